"""The list as CSV: row by row, so that 100,000 declarations take no more memory than one."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from declarations.models import Declaration, DeclarationQuerySet

MOST_ROWS = 100_000
_CHUNK = 2_000
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Column:
    label: str | Promise
    value: Callable[[Declaration], Any]
    # The columns of the database that it reads.
    reads: tuple[str, ...]
    # Without having been asked for.
    usual: bool = True


def _field(label: str | Promise, name: str, usual: bool = True) -> Column:
    return Column(label, lambda declaration: getattr(declaration, name), (name,), usual)


def _moment(label: str | Promise, name: str, usual: bool = True) -> Column:
    return Column(label, lambda declaration: _local(getattr(declaration, name)), (name,), usual)


COLUMNS: dict[str, Column] = {
    "lrn": _field(_("LRN"), "lrn"),
    "mrn": _field(_("MRN"), "mrn"),
    "kind": Column(_("Kind"), lambda each: each.get_kind_display(), ("kind",)),
    "state": Column(_("State"), lambda each: each.get_state_display(), ("state",)),
    "exporter": _field(_("Exporter"), "exporter"),
    "export_country": _field(_("Country of export"), "export_country"),
    "importer": _field(_("Importer"), "importer"),
    "destination_country": _field(_("Country of destination"), "destination_country"),
    "goods": _field(_("Goods"), "goods"),
    "hs_codes": Column(_("HS codes"), lambda each: " ".join(each.hs_codes), ("hs_codes",)),
    "item_count": _field(_("Goods items"), "item_count"),
    "invoice_amount": _field(_("Invoice value"), "invoice_amount"),
    "invoice_currency": _field(_("Currency"), "invoice_currency"),
    "gross_mass_kg": _field(_("Gross mass, kg"), "gross_mass_kg", usual=False),
    "office": _field(_("Customs office"), "office", usual=False),
    "transport_mode": _field(_("Mode at the border"), "transport_mode", usual=False),
    "submitted_at": _moment(_("Filed"), "submitted_at"),
    "accepted_at": _moment(_("Accepted"), "accepted_at", usual=False),
    "closed_at": _moment(_("Closed"), "closed_at", usual=False),
    "created_at": _moment(_("Begun"), "created_at", usual=False),
}


def chosen(names: Iterable[str]) -> list[Column]:
    """The columns that were asked for, in the order of the list; the usual ones where none was."""
    wanted = set(names) & COLUMNS.keys()
    return [
        column for name, column in COLUMNS.items()
        if (name in wanted if wanted else column.usual)
    ]


def lines(found: DeclarationQuerySet, columns: list[Column]) -> Iterator[str]:
    """The CSV of the declarations, line by line; the mark before it tells spreadsheets it is UTF-8."""
    write = csv.writer(_Echo()).writerow
    yield "\ufeff" + write([str(column.label) for column in columns])
    reads = {name for column in columns for name in column.reads}
    rows = found.only("id", *reads)[:MOST_ROWS]
    for declaration in rows.iterator(chunk_size=_CHUNK):
        yield write([safe(column.value(declaration)) for column in columns])


def safe(value: Any) -> str:
    """The text of a cell that no spreadsheet computes: an apostrophe before what looks like it."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _local(moment: datetime | None) -> datetime | str:
    return "" if moment is None else f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text
