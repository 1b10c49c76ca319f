"""What an edition changes against the one before it. Pure: two lists in, a comparison out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from declarations.codelists import Code, CodeList


@dataclass(frozen=True, slots=True)
class Changed:
    before: Code
    after: Code

    @property
    def code(self) -> str:
        return self.after.code


@dataclass(frozen=True, slots=True)
class Changes:
    """``result``: every code of the new edition. ``renamed``: the name is another; ``altered``:
    the name is the same, dates or attributes are not."""

    result: dict[str, Code]
    added: list[Code]
    renamed: list[Changed]
    altered: list[Changed]
    withdrawn: list[Code]
    same: int

    @property
    def counts(self) -> dict[str, int]:
        return {
            "codes": len(self.result), "added": len(self.added), "renamed": len(self.renamed),
            "altered": len(self.altered), "withdrawn": len(self.withdrawn),
        }


def compare(
    base: CodeList, found: Mapping[str, Code], valid_from: date, *, partial: bool = False
) -> Changes:
    """The edition that ``found`` makes when it follows ``base`` from ``valid_from`` on.

    What the portal's list tells of a code and the file does not (attributes; names in other
    languages while the English one stays) is kept. A code that is absent is withdrawn, unless the
    file is only a ``partial`` one, or the code had ended before, which is no change.
    """
    kept = {*base.attributes, *base.optional, "status"}
    changes = Changes({}, [], [], [], [], 0)
    same = 0
    for code in found.values():
        before = base.codes.get(code.code)
        if before is None:
            after = code
            changes.added.append(after)
        else:
            after = _enriched(before, code, kept)
            if after.name != before.name:
                changes.renamed.append(Changed(before, after))
            elif _tells(after, kept) != _tells(before, kept):
                changes.altered.append(Changed(before, after))
            else:
                same += 1
        changes.result[after.code] = after
    for code in base.codes.values():
        if code.code in found:
            continue
        if partial or (code.valid_to is not None and code.valid_to < valid_from):
            changes.result[code.code] = code
            same += 1
        else:
            changes.withdrawn.append(code)
    return replace(changes, same=same)


def _tells(code: Code, kept: set[str]) -> tuple[object, ...]:
    """What of a code, beside its name, decides anything."""
    return (code.valid_from, code.valid_to, {n: t for n, t in code.more.items() if n in kept})


def _enriched(before: Code, code: Code, kept: set[str]) -> Code:
    more = {
        name: text for name, text in before.more.items()
        if (name in kept and name != "status") or (name.startswith("name_") and before.name == code.name)
    }
    return replace(code, more={**more, **code.more})
