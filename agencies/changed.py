"""What changed in a declaration since the version that an agency read last, by where it stands."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from agencies.emphasis import part_of
from agencies.field_visibility import covered
from agencies.visibility import version_seen_before
from declarations.compared import Row, compared
from declarations.models import Declaration, Version
from portal.accounts.actors import Actor

_NUMBERED = re.compile(r"\[\d+\]")
_ITEM = re.compile(r"^/Declaration/GoodsShipment/GovernmentAgencyGoodsItem\[(\d+)\]/(.+)$")
# The element that every goods item has: where it is new, the item is.
_NEW = "Commodity/Description"


@dataclass(frozen=True, slots=True)
class Changes:
    """``items``: by the place of a goods item, what is new or other in it. ``parts``: the rest, by
    part of the page; ``elsewhere`` is what stands in none of them."""

    since: int
    items: dict[int, list[Row]] = field(default_factory=dict)
    parts: dict[str, list[Row]] = field(default_factory=dict)
    more: int = 0

    @property
    def elsewhere(self) -> list[Row]:
        return self.parts.get("", [])

    @property
    def any(self) -> bool:
        return bool(self.items or self.parts)


def changes(
    declaration: Declaration, version: Version | None, actor: Actor, withheld: Collection[str]
) -> Changes | None:
    """None where the agency has read no earlier version. Costs nothing for a first version."""
    if version is None or version.number < 2:
        return None
    since = version_seen_before(declaration, actor, version.number)
    old = declaration.versions.filter(number=since).only("dataset").first() if since else None
    if since is None or old is None:
        return None
    found = compared(covered(old.dataset, withheld), covered(version.dataset, withheld))
    told = Changes(since, more=found.more)
    for part in found.parts:
        first = _ITEM.match(part.rows[0].path)
        if first and is_new(part.rows):  # the line itself says so
            told.items[int(first[1])] = part.rows
            continue
        for row in part.rows:
            at = _ITEM.match(row.path)
            plain = _NUMBERED.sub("", row.path)
            section = part_of(plain)
            # What is gone has the number that its item had then; it is told above the lines.
            if at and section == "goods" and row.sort != "removed":
                told.items.setdefault(int(at[1]), []).append(row)
            else:
                label = f"{part.title} › {row.label}" if at else row.label
                told.parts.setdefault(section, []).append(
                    Row(label, row.sort, row.old, row.new, row.path, row.pointer))
    return told


def is_new(rows: list[Row]) -> bool:
    """Whether these rows are a whole goods item that was not there before."""
    return all(row.sort == "added" for row in rows) and any(
        row.path.endswith(_NEW) for row in rows)
