"""From the value of a cell to the text that a person would have typed into the form.

Spreadsheets hold numbers as binary fractions with 15 digits that count, dates as numbers, and drop
the zeros at the front of a code. What was lost is told, never guessed.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from declarations.forms.codes import meaning
from declarations.forms.fields import Bound, DateField, NumberField

# Between a code and its name, in the lists that a template offers.
JOINT = " · "
_MOST_DIGITS = 15
_ERRORS = frozenset({
    "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
})


class Uncomputed:
    """A formula whose result the file does not hold."""


@dataclass(frozen=True, slots=True)
class Cell:
    """``fault``: it cannot be taken over. ``doubt``: it is, but a person should look at it."""

    text: str = ""
    fault: str = ""
    doubt: str = ""


def read(value: Any, field: Bound | None) -> Cell:
    """The text of a cell for a field; for the number of an item without one."""
    match value:
        case None:
            return Cell()
        case str():
            return _text(value, field)
        case bool():
            return Cell(fault=_("This is a yes-or-no value. Write a word or a code."))
        case Uncomputed():
            return Cell(fault=_(
                "This formula has no result in the file. Open the file in your spreadsheet program "
                "and save it, or write the value itself."
            ))
        case int() | float():
            return _number(value, field)
        case datetime() | date():
            return _day(value, field)
        case time() | timedelta():
            return Cell(fault=_("This is a time of the day. Write it as text, or a date."))
    return Cell(fault=_("This cell cannot be read. Write its value as text."))


def _text(value: str, field: Bound | None) -> Cell:
    text = value.replace("\0", "").strip()
    if text in _ERRORS:
        return Cell(fault=_("The formula ends in the error %(error)s. Correct it.") % {"error": text})
    if field is not None and JOINT in text and _has_codes(field):
        text = text.split(JOINT)[0].strip()
    return Cell(text)


def _has_codes(field: Bound) -> bool:
    return bool(field.code_list) or field.element.codes is not None


def _number(value: float, field: Bound | None) -> Cell:
    number = Decimal(format(value, f".{_MOST_DIGITS}g")) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return Cell(fault=_("Write a number, as 1234.5."))
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if field is None or isinstance(field, NumberField):
        return Cell(text)
    if isinstance(field, DateField):
        if len(text) == 8:
            return Cell(text)  # 20260331 is a day as messages write it
        return Cell(fault=_(
            "This is the number %(number)s, not a date. Format the cell as a date, or write the day "
            "as text: 2026-03-31."
        ) % {"number": text})
    if abs(number) >= Decimal(10) ** _MOST_DIGITS:
        return Cell(fault=_(
            "The spreadsheet keeps only 15 digits of a number and has changed the others. Format "
            "the cell as text and type it again."
        ))
    if field.code_list == "hs":
        return _hs(text)
    if field.path.steps[-1][0] == "PostcodeID":
        return Cell(text, doubt=_(
            "This postcode is kept as a number, which loses zeros at its front. Look whether one is "
            "missing."
        ))
    return Cell(_padded(text, field))


def _padded(text: str, field: Bound) -> str:
    """A code of two digits, such as a procedure "07", that the spreadsheet has made a 7."""
    codes = field.element.codes
    if codes is not None and text not in codes.values and f"0{text}" in codes.values:
        return f"0{text}"
    if field.code_list and not meaning(field.code_list, text) and meaning(field.code_list, f"0{text}"):
        return f"0{text}"
    return text


def _hs(text: str) -> Cell:
    if len(text) % 2 == 0:
        return Cell(text)
    whole = f"0{text}"
    named = meaning("hs", whole) or meaning("hs", whole[:6])
    goods = f" ({named})" if named else ""
    return Cell(fault=_(
        "%(code)s has an odd number of digits: the spreadsheet has dropped the zero at its front. "
        "Format the column as text and write %(whole)s%(goods)s, if that is the code."
    ) % {"code": text, "whole": whole, "goods": goods})


def _day(value: date, field: Bound | None) -> Cell:
    if isinstance(field, DateField):
        return Cell(f"{value:%Y-%m-%d}")
    return Cell(fault=_(
        "The spreadsheet has made a date (%(day)s) of what was typed. Format the cell as text and "
        "type it again."
    ) % {"day": f"{value:%Y-%m-%d}"})
