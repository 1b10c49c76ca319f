"""One box of a certificate: its title in two languages, its value, its width in twelfths."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from agencies.permits.models import Permit, PermitLine
from agencies.permits.words import country

Cell = dict[str, Any]


def both(text: str) -> str:
    """A title in the language of the reader and, if that is another, in English."""
    told = _(text)
    return told if told == text else f"{told} / {text}"


def both_paragraphs(text: str) -> list[str]:
    told = _(text)
    return [told] if told == text else [told, text]


def cell(label: str, value: str | Iterable[str], width: int = 6, code: str = "") -> Cell:
    lines = [value] if isinstance(value, str) else list(value) or [""]
    return {"label": label, "value": lines if len(lines) > 1 else lines[0], "width": width,
            "code": code}


def numbered(*cells: Cell) -> list[Cell]:
    for number, cell in enumerate(cells, start=1):
        cell["label"] = f"{number}. {cell['label']}"
    return list(cells)


def part(permit: Permit, name: str) -> Any:
    return permit.particulars.get(name) or ""


def party(permit: Permit, name: str) -> list[str]:
    lines = list(permit.particulars.get(name) or [])
    if not lines:
        return [permit.holder_name if name == "holder" else ""]
    return [*lines[:-1], country(lines[-1])]  # the last is a country, by its code


def agency(permit: Permit) -> list[str]:
    body = permit.agency.organisation
    place = " ".join(filter(None, (body.postcode, body.city, country(body.country))))
    return [permit.agency.name, *filter(None, (body.address, place))]


def day(value: date) -> str:
    return formats.date_format(value, "j M Y")


def quantity(line: PermitLine) -> str:
    return f"{formats.number_format(line.quantity.normalize(), use_l10n=True)} {line.unit}"


def packages(line: PermitLine) -> str:
    return "; ".join(
        " ".join(filter(None, (one.get("quantity"), one.get("type"), one.get("marks"))))
        for one in line.particulars.get("packages", [])
    )


def value(line: PermitLine) -> str:
    if line.value is None:
        return _("not limited")
    return f"{formats.number_format(line.value, 2, force_grouping=True)} {line.currency}"
