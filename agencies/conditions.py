"""The language in which a routing rule says what it is about.

A condition is JSON. A **leaf** compares one field, a **group** joins conditions::

    {"field": "hs", "prefix": ["0604", "1604"]}
    {"all": [...]}    every one holds (an empty list always holds)
    {"any": [...]}    at least one holds
    {"none": [...]}   not one holds

Groups nest. A leaf has one field and one operator; a group has one key. Example: wine or spirits
from outside the neighbouring countries, cleared for home use, worth 10,000 dollars or more::

    {"all": [
        {"field": "kind", "is": "import"},
        {"field": "hs", "range": ["2204", "2208"]},
        {"field": "regime", "prefix": "40"},
        {"none": [{"field": "origin", "in": ["AM", "AZ", "TR"]}]},
        {"field": "value", "gte": 10000, "unit": "USD"}
    ]}

Operators
    ``is``      one value: ``{"field": "kind", "is": "import"}``
    ``in``      any of a list: ``{"field": "origin", "in": ["KZ", "UZ"]}``
    ``prefix``  begins with a text, or with any of a list: ``{"field": "hs", "prefix": "06"}``
    ``range``   from … to, both included. For text both have the same length, and as many characters
                of the value are compared: ``{"field": "hs", "range": ["0601", "0604"]}`` holds for
                0604 20 9000.
    ``gte``     at least, ``lte`` at most (numbers only; whole numbers, or decimals as text "0.5")

Text fields take ``is``, ``in``, ``prefix``, ``range``; number fields ``is``, ``gte``, ``lte``,
``range``, and may name a ``unit`` (a currency for values, UN/ECE Recommendation 20 for quantities):
then only amounts in that unit count. Masses are in kilograms; TNE and GRM are converted. Amounts
are never converted between currencies.

The fields that a leaf may compare are in ``agencies.condition_fields``.

What it means. The condition is judged **for one goods item at a time**: a field of the item is read
from that item, a field of the declaration is the same for all. The rule matches the declaration
when at least one item satisfies the whole condition, so all of its item fields hold on the same
item. ``none`` too is about that item: ``{"none": [{"field": "origin", "is": "GE"}]}`` holds when
some item is not from Georgia. A field with several values holds if one of them does; one without a
value never holds. A declaration without items is judged once, as if it had an item with nothing in
it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from agencies.condition_fields import FIELDS as FIELDS
from agencies.condition_fields import Field as Field
from agencies.condition_fields import ValueType as ValueType

MAX_DEPTH = 6
MAX_VALUES = 5000
MOST_DIGITS = 30  # before or behind the point; 1e999999999 written out would fill the memory
GROUPS = ("all", "any", "none")
OPERATORS = ("is", "in", "prefix", "range", "gte", "lte")


# --- the parsed form ------------------------------------------------------------------------


class Number(NamedTuple):
    """A number as the declaration gives it, with its currency or unit."""

    value: Decimal
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class TextLeaf:
    """Holds if the field has one of ``exact``, begins with one of ``prefixes``, or lies between."""

    field: str
    exact: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    between: tuple[str, str] | None = None

    def accepts(self, value: str) -> bool:
        if value in self.exact or any(value.startswith(prefix) for prefix in self.prefixes):
            return True
        if self.between is None:
            return False
        low, high = self.between
        return len(value) >= len(low) and low <= value[: len(low)] <= high


@dataclass(frozen=True, slots=True)
class NumberLeaf:
    """Holds if the field is between ``low`` and ``high``, both included; None: open end."""

    field: str
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""

    def accepts(self, value: Number) -> bool:
        if self.unit and self.unit != value.unit:
            return False
        return (self.low is None or self.low <= value.value) and (
            self.high is None or value.value <= self.high
        )


@dataclass(frozen=True, slots=True)
class Group:
    """``op``: all, any or none of ``parts``."""

    op: str
    parts: tuple[Condition, ...]


Leaf = TextLeaf | NumberLeaf
Condition = TextLeaf | NumberLeaf | Group


def positive_leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf that can make the condition hold: those outside ``none``."""
    if not isinstance(condition, Group):
        yield condition
    elif condition.op != "none":
        for part in condition.parts:
            yield from positive_leaves(part)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a condition, and where: ``all[2].prefix``."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class ConditionError(ValueError):
    """The JSON is not a condition; ``problems`` says why, all of it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def parse(data: Any) -> Condition:
    """Return the condition in ``data``. Raises ConditionError with every problem found."""
    reader = _Reader()
    condition = reader.condition(data, "", 1)
    if reader.problems or condition is None:
        raise ConditionError(reader.problems)
    return condition


def written(data: Any, indent: str = "") -> str:
    """``data`` as JSON for people: a leaf on one line, its field first; a group over several.

    What is no condition is written as it is. The database does not keep the order of keys.
    """
    if isinstance(data, dict) and len(data) == 1 and next(iter(data)) in GROUPS:
        op, parts = next(iter(data.items()))
        if isinstance(parts, list) and parts:
            inner = f"{indent}    "
            lines = ",\n".join(inner + written(part, inner) for part in parts)
            return f'{{"{op}": [\n{lines}\n{indent}]}}'
    if isinstance(data, dict):
        order = ("field", *OPERATORS, "unit")
        data = {key: data[key] for key in sorted(
            data, key=lambda key: order.index(key) if key in order else len(order))}
    return json.dumps(data, ensure_ascii=False)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def _wrong(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))

    def condition(self, data: Any, where: str, depth: int) -> Condition | None:
        if not isinstance(data, dict) or not data:
            self._wrong(where, _("A condition is an object with a “field”, or with one of “all”, "
                                 "“any” and “none”. To match every declaration, write "
                                 "{\"all\": []}."))
        elif depth > MAX_DEPTH:
            self._wrong(where, _("Groups are nested too deeply. Use at most %(depth)s levels.")
                        % {"depth": MAX_DEPTH})
        elif "field" in data:
            return self._leaf(data, where)
        else:
            return self._group(data, where, depth)
        return None

    def _group(self, data: dict[str, Any], where: str, depth: int) -> Group | None:
        if len(data) != 1 or next(iter(data)) not in GROUPS:
            self._wrong(where, _("A group has exactly one of “all”, “any” and “none”; "
                                 "here there is: %(keys)s.") % {"keys": ", ".join(map(str, data))})
            return None
        op, parts = next(iter(data.items()))
        here = f"{where}.{op}" if where else op
        if not isinstance(parts, list):
            self._wrong(here, _("Give a list of conditions in square brackets."))
            return None
        if not parts and op != "all":
            self._wrong(here, _("The list is empty. Add a condition or remove the group."))
        read = [self.condition(part, f"{here}[{number}]", depth + 1)
                for number, part in enumerate(parts, 1)]
        return Group(op, tuple(part for part in read if part is not None))

    def _leaf(self, data: dict[str, Any], where: str) -> Leaf | None:
        field = FIELDS.get(data["field"]) if isinstance(data["field"], str) else None
        if field is None:
            self._wrong(f"{where}.field".lstrip("."),
                        _("There is no field “%(field)s”. Use one of: %(known)s.")
                        % {"field": data["field"], "known": ", ".join(FIELDS)})
            return None
        allowed = {"field", *OPERATORS} | ({"unit"} if field.takes_unit else set())
        for key in data.keys() - allowed:
            self._wrong(where, _("“%(key)s” has no meaning for the field “%(field)s”.")
                        % {"key": key, "field": field.name})
        given = [key for key in data if key in OPERATORS]
        if len(given) != 1 or given[0] not in field.operators:
            self._wrong(where, _("The field “%(field)s” takes exactly one of: %(operators)s.")
                        % {"field": field.name, "operators": ", ".join(field.operators)})
            return None
        op = given[0]
        here = f"{where}.{op}".lstrip(".")
        if field.type is ValueType.NUMBER:
            return self._number_leaf(field, op, data, here)
        return self._text_leaf(field, op, data[op], here)

    def _text_leaf(self, field: Field, op: str, value: Any, here: str) -> Leaf | None:
        if op == "range":
            bounds = self._texts(field, value, here)
            if len(bounds) == 2 and bounds[0] <= bounds[1] and len(bounds[0]) == len(bounds[1]):
                return TextLeaf(field.name, between=(bounds[0], bounds[1]))
            self._wrong(here, _("Give two values of the same length, the lower one first: "
                                "[\"0601\", \"0604\"]."))
            return None
        if isinstance(value, str) and op in ("is", "prefix"):
            value = [value]
        elif op == "is":
            self._wrong(here, _("Give one value in quotation marks."))
            return None
        texts = frozenset(self._texts(field, value, here))
        if op == "prefix":
            return TextLeaf(field.name, prefixes=texts)
        return TextLeaf(field.name, exact=texts)

    def _texts(self, field: Field, values: Any, here: str) -> list[str]:
        if not isinstance(values, list) or not 0 < len(values) <= MAX_VALUES:
            self._wrong(here, _("Give a list of values in square brackets."))
            return []
        found = []
        for value in values:
            if not isinstance(value, str) or not value.strip():
                self._wrong(here, _("%(value)s must be text in quotation marks.")
                            % {"value": value})
                continue
            text = value.strip()
            if field.name == "hs":
                text = text.replace(".", "").replace(" ", "")
            if problem := field.problem(text):
                self._wrong(here, problem)
            found.append(text)
        return found

    def _number_leaf(
        self, field: Field, op: str, data: dict[str, Any], here: str
    ) -> Leaf | None:
        unit = data.get("unit", "")
        if not isinstance(unit, str):
            self._wrong(here, _("The unit must be text in quotation marks."))
            return None
        if op == "range":
            bounds = data[op] if isinstance(data[op], list) else []
            numbers = [self._number(value, here) for value in bounds]
            if len(numbers) != 2 or None in numbers or numbers[0] > numbers[1]:  # type: ignore[operator]
                self._wrong(here, _("Give two numbers, the lower one first: [10, 20]."))
                return None
            return NumberLeaf(field.name, numbers[0], numbers[1], unit)
        number = self._number(data[op], here)
        if number is None:
            return None
        return NumberLeaf(field.name, None if op == "lte" else number,
                          None if op == "gte" else number, unit)

    def _number(self, value: Any, here: str) -> Decimal | None:
        """A decimal from a whole number or text; never from a float, whose digits are lost."""
        try:
            if isinstance(value, int | str) and not isinstance(value, bool):
                number = Decimal(value)
                if number.is_finite() and max(
                    abs(number.adjusted()), len(number.as_tuple().digits)
                ) <= MOST_DIGITS:
                    return number
        except InvalidOperation:
            pass
        self._wrong(here, _("%(value)s is not a number. Write whole numbers as 10, decimals as "
                            "\"0.5\".") % {"value": value})
        return None
