"""The address book as CSV, out and in again."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from declarations.address_book.forms import FIELDS, PartyForm
from declarations.address_book.models import Party
from declarations.forms.pasted import decoded
from declarations.sheets.tables import languages, plain
from declarations.tables_csv import safe
from portal.accounts.actors import Actor

MAX_BYTES = 1_000_000
MOST_ROWS = 5_000


@dataclass(slots=True)
class Imported:
    """``faults``: what is wrong, by line; then nothing was taken over. ``skipped``: parties whose
    number the book has already."""

    made: int = 0
    replaced: int = 0
    skipped: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def written(parties: Iterable[Party]) -> str:
    """The book in UTF-8 with a mark, under headings in the language of the page."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow([str(Party.field(name).verbose_name) for name in FIELDS])
    rows.writerows([safe(getattr(party, name)) for name in FIELDS] for party in parties)
    return "\ufeff" + out.getvalue()


def take_over(actor: Actor, content: bytes, *, replace: bool) -> Imported:
    """Import a CSV file, all of it or, if any line is wrong, none."""
    if len(content) > MAX_BYTES:
        return Imported(faults=[_("The file is larger than %(limit)s MB.") % {"limit": 1}])
    text = decoded(content).replace("\0", "").lstrip("\ufeff")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    try:
        lines = list(csv.reader(
            io.StringIO(text, newline=""), delimiter=max("\t;,", key=first.count)
        ))
    except csv.Error:
        return Imported(faults=[_("The file is not CSV.")])
    known = _headings()
    names = [known.get(plain(cell)) for cell in lines[0]] if lines else []
    if "name" not in names:
        return Imported(faults=[_(
            "The first line must name the columns, one of them “Name”. Export the book to see how."
        )])
    if len(lines) > MOST_ROWS + 1:
        return Imported(faults=[_("At most %(count)s lines at a time.") % {"count": MOST_ROWS}])
    found = Imported()
    with transaction.atomic():
        for number, line in enumerate(lines[1:], start=2):
            values = {
                name: _unguarded(cell.strip())
                for name, cell in zip(names, line, strict=False) if name
            }
            if any(values.values()):
                _take(actor, number, values, replace, found)
        if found.faults:
            transaction.set_rollback(True)
    if found.faults:
        return Imported(faults=found.faults)
    return found


def _take(
    actor: Actor, number: int, values: dict[str, str], replace: bool, found: Imported
) -> None:
    assert actor.organisation_id is not None  # whoever may file acts for an organisation
    identifier = values.get("identifier", "")
    there = None
    if identifier:
        there = Party.objects.owned_by(actor).filter(identifier=identifier).first()
    if there is not None and not replace:
        found.skipped.append(_("Line %(line)s: %(name)s has number %(number)s already.") % {
            "line": number, "name": there.name, "number": identifier})
        return
    party = there or Party(organisation_id=actor.organisation_id)
    form = PartyForm(values, instance=party, actor=actor)
    if not form.is_valid():
        found.faults += [
            _("Line %(line)s, %(field)s: %(error)s") % {
                "line": number, "field": form.fields[name].label, "error": " ".join(map(str, errors))}
            for name, errors in form.errors.items()
        ]
        return
    form.save()
    if there is None:
        found.made += 1
    else:
        found.replaced += 1


def _unguarded(text: str) -> str:
    """Without the apostrophe that the export puts before what looks like a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text


def _headings() -> dict[str, str]:
    known: dict[str, str] = {}
    for _language in languages():
        known |= {plain(str(Party.field(name).verbose_name)): name for name in FIELDS}
    return known | {plain(name): name for name in FIELDS} | {"id": "identifier", "address": "line"}
