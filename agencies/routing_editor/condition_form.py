"""A condition as rows of a form: groups of (field, operator, values), one level of them inside.

The state of the form is in its own fields, so that every button, without scripts, sends it, has it
changed, and gets it back: ``g0`` is the outer group, ``g1`` … those inside, ``g1-2-field`` the field
of the third row of ``g1``. What is nested more deeply is edited as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as of_each
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from agencies.conditions import FIELDS, GROUPS, ConditionError, ValueType, parse
from agencies.explanation import CODE_LISTS
from agencies.routing_editor.words import plain_name
from declarations import codelists
from declarations.states import Kind

MOST_GROUPS, MOST_ROWS, SHOWN_HITS = 20, 200, 12
GROUP_WORDS = {
    "all": gettext_lazy("all of these hold"),
    "any": gettext_lazy("at least one of these holds"),
    "none": gettext_lazy("none of these holds"),
}
OPERATOR_WORDS = {
    "is": gettext_lazy("is one of"),
    "prefix": gettext_lazy("begins with"),
    "range": gettext_lazy("from … to"),
    "gte": gettext_lazy("at least"),
    "lte": gettext_lazy("at most"),
}
_PLACE = re.compile(r"(all|any|none)\[(\d+)\]")


@dataclass
class Row:
    field: str = "hs"
    op: str = "prefix"
    values: str = ""
    unit: str = ""
    find: str = ""
    name: str = ""  # of its inputs: g0-1
    number: int = 0
    errors: list[str] = of_each(default_factory=list)
    hits: list[tuple[str, str]] = of_each(default_factory=list)
    searched: bool = False

    @property
    def listed(self) -> list[str]:
        return [text for one in re.split(r"[,;\n]", self.values) if (text := one.strip())]

    @property
    def named(self) -> list[tuple[str, str]]:
        """The codes among its values that the code lists know, with their names."""
        if self.field == "kind":
            return [(c, str(Kind(c).label)) for c in self.listed if c in Kind.values]
        codes = [c.replace(" ", "").replace(".", "") if self.field == "hs" else c
                 for c in self.listed]
        return [(code, name) for code in codes[:20] if (name := plain_name(self.field, code))]

    @property
    def searchable(self) -> bool:
        return self.field in CODE_LISTS

    @property
    def takes_unit(self) -> bool:
        return self.field in FIELDS and FIELDS[self.field].takes_unit

    def data(self) -> dict[str, Any]:
        """As a leaf of the condition; not checked."""
        known = FIELDS.get(self.field)
        values: list[Any] = list(self.listed)
        if known is not None and known.type is ValueType.NUMBER:
            values = [int(text) if re.fullmatch(r"-?\d+", text) else text
                      for text in (v.replace(" ", "").replace("\u00a0", "") for v in values)]
        leaf: dict[str, Any] = {"field": self.field}
        if self.op == "is" and len(values) > 1:
            leaf["in"] = values
        elif self.op == "range" or len(values) > 1:
            leaf[self.op] = values
        else:
            leaf[self.op] = values[0] if values else ""
        if self.unit.strip():
            leaf["unit"] = self.unit.strip().upper()
        return leaf

    def find_codes(self) -> None:
        language = (get_language() or "en").split("-")[0]
        text = self.find.strip()
        self.searched = bool(text)
        for name in CODE_LISTS.get(self.field, ()) if text else ():
            found = codelists.search(name, text, SHOWN_HITS, language=language)
            self.hits += [(c.code, codelists.name(name, c.code, language)) for c in found]
        self.hits = self.hits[:SHOWN_HITS]

    def add(self, code: str) -> None:
        held = self.listed
        if code not in held:
            self.values = ", ".join([*held, code])


@dataclass
class GroupRows:
    op: str = "all"
    rows: list[Row] = of_each(default_factory=list)
    number: int = 0
    errors: list[str] = of_each(default_factory=list)


@dataclass
class ConditionForm:
    """``groups[0]`` is the outer group; the others are inside it."""

    groups: list[GroupRows]
    focus: str = ""  # id of the input to go on with

    def __post_init__(self) -> None:
        for number, group in enumerate(self.groups):
            group.number = number
            for place, row in enumerate(group.rows):
                row.number, row.name = place + 1, f"g{number}-{place}"

    # --- reading and writing -------------------------------------------------------------

    @classmethod
    def from_data(cls, data: Any) -> ConditionForm | None:
        """The rows of a condition; None if it is nested more deeply than rows can show."""
        if not isinstance(data, dict):
            return None
        if "field" in data:
            data = {"all": [data]}
        op = next(iter(data), "")
        parts = data.get(op)
        if op not in GROUPS or len(data) != 1 or not isinstance(parts, list):
            return None
        outer, inner = GroupRows(op), []
        for part in parts:
            if isinstance(part, dict) and "field" in part:
                outer.rows.append(_row(part))
                continue
            group = next(iter(part), "") if isinstance(part, dict) else ""
            leaves = part.get(group) if group in GROUPS else None
            if not isinstance(leaves, list) or not all(
                isinstance(leaf, dict) and "field" in leaf for leaf in leaves
            ):
                return None
            inner.append(GroupRows(group, [_row(leaf) for leaf in leaves]))
        return cls([outer, *inner])

    @classmethod
    def from_post(cls, post: Mapping[str, str]) -> ConditionForm:
        groups = []
        for g in range(1 + min(_count(post, "groups"), MOST_GROUPS)):
            joined = post.get(f"g{g}-group", "all")
            rows = []
            for r in range(min(_count(post, f"g{g}-rows"), MOST_ROWS)):
                field, op, values, unit, find = (
                    post.get(f"g{g}-{r}-{name}", "")[:60_000]
                    for name in ("field", "op", "values", "unit", "find"))
                rows.append(Row(field, op, values, unit, find))
            groups.append(GroupRows(joined if joined in GROUPS else "all", rows))
        return cls(groups)

    def data(self) -> dict[str, Any]:
        """The condition as JSON, as simple as it can be written; not checked."""
        outer, *inner = self.groups
        parts: list[dict[str, Any]] = [row.data() for row in outer.rows]
        parts += [{group.op: [row.data() for row in group.rows]} for group in inner]
        if len(parts) == 1 and outer.op in ("all", "any"):
            return parts[0]
        return {outer.op: parts}

    # --- buttons -------------------------------------------------------------------------

    def press(self, button: str) -> None:
        """What a button does: ``add-row 0``, ``remove-row 0 2``, ``pick 0 2 160431`` …"""
        what, *rest = button.split(" ", 3)
        numbers = [int(one) for one in rest[:2] if one.isdecimal() and one.isascii()]
        group = self.groups[numbers[0]] if numbers and numbers[0] < len(self.groups) else None
        row = None
        if group and len(numbers) > 1 and numbers[1] < len(group.rows):
            row = group.rows[numbers[1]]
        if what == "add-group" and len(self.groups) <= MOST_GROUPS:
            self.groups.append(GroupRows("any", [Row()]))
            self.focus = f"id_g{len(self.groups) - 1}-group"
        elif what == "add-row" and group and len(group.rows) < MOST_ROWS:
            group.rows.append(Row())
            self.focus = f"id_g{numbers[0]}-{len(group.rows) - 1}-field"
        elif what == "remove-group" and group and numbers[0]:
            self.groups.remove(group)
            self.focus = "id_g0-group"
        elif what == "remove-row" and group and row:
            group.rows = [one for one in group.rows if one is not row]
            self.focus = f"id_g{numbers[0]}-group"
        elif what == "pick" and row and len(rest) == 3:
            row.add(rest[2][:40])
            self.focus = f"id_g{numbers[0]}-{numbers[1]}-values"
        for one in self.groups:
            for each in one.rows:
                if each.find:
                    each.find_codes()
        if what == "find" and row:
            self.focus = f"id_g{numbers[0]}-{numbers[1]}-find"
        self.__post_init__()

    # --- checking ------------------------------------------------------------------------

    def check(self) -> list[dict[str, str]]:
        """Every problem, each put at its row; for the summary with the field to go to."""
        summary = []
        for group in self.groups:
            for row in group.rows:
                for message in _problems(row):
                    row.errors.append(message)
                    summary.append({
                        "label": _("Condition %(number)s") % {"number": row.number},
                        "message": message, "target": f"id_{row.name}-values"})
            if not group.rows and (group.number or (group.op != "all" and len(self.groups) == 1)):
                message = _("The list is empty. Add a condition or remove the group.")
                group.errors.append(message)
                summary.append({"label": _("Group"), "message": message,
                                "target": f"id_g{group.number}-group"})
        return summary


def _problems(row: Row) -> list[str]:
    if not row.listed:
        return [_("Give at least one value.")]
    known = FIELDS.get(row.field)
    if known is not None and row.op not in known.operators:
        allowed = ", ".join(str(OPERATOR_WORDS[op]) for op in known.operators
                            if op in OPERATOR_WORDS)
        return [_("“%(field)s” is compared by one of: %(operators)s.")
                % {"field": known.label, "operators": allowed}]
    if row.op in ("gte", "lte") and len(row.listed) != 1:
        return [_("Give one number.")]
    if row.unit.strip() and not row.takes_unit:
        return [_("“%(field)s” has no unit to choose. Leave it empty.")
                % {"field": known.label if known else row.field}]
    if row.op == "is" and len(row.listed) > 1 and known and known.type is ValueType.NUMBER:
        return [_("Give one number.")]
    try:
        parse(row.data())
    except ConditionError as error:
        return list(dict.fromkeys(problem.message for problem in error.problems))
    return []


def _row(leaf: dict[str, Any]) -> Row:
    op = next((key for key in leaf if key in ("is", "in", *OPERATOR_WORDS)), "is")
    values = leaf.get(op, "")
    texts = [str(one) for one in values] if isinstance(values, list) else [str(values)]
    return Row(field=str(leaf["field"]), op="is" if op == "in" else op, values=", ".join(texts),
               unit=str(leaf.get("unit", "")))


def _count(post: Mapping[str, str], name: str) -> int:
    text = post.get(name, "0")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 6 else 0
