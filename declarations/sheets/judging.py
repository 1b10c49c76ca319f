"""Judging what a spreadsheet says by the checks of the form, each fault at its cell."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from declarations.forms import filing
from declarations.forms.codes import meaning
from declarations.forms.declaration import DeclarationForms, Problem
from declarations.forms.start import opening, suggested_lrn
from declarations.forms.typed import Typed, TypedItem
from declarations.sheets.reading import Filled, Told
from portal.accounts.models import Organisation


@dataclass(slots=True)
class Judged:
    """``unreadable``: cells that cannot be taken over, so there is nothing to keep. ``faults``
    forbid filing only. ``doubts`` and ``warnings`` forbid nothing."""

    filled: Filled
    forms: DeclarationForms
    unreadable: list[Told] = field(default_factory=list)
    faults: list[Told] = field(default_factory=list)
    doubts: list[Told] = field(default_factory=list)
    warnings: list[Told] = field(default_factory=list)
    written: filing.Written | None = None


def judge(filled: Filled, filer: Organisation) -> Judged:
    """Complete what the file leaves to the portal, and check it as filing would."""
    typed = _completed(filled, filer)
    forms = DeclarationForms(filled.kind, typed, check=True)
    if filled.faults:
        return Judged(filled, forms, unreadable=filled.faults, doubts=filled.doubts)
    unknown = list(_unknown_codes(filled, forms))
    written = filing.write(forms, filer)
    forms.place(written.notes)
    places = filled.places
    judged = Judged(filled, forms, doubts=filled.doubts, written=written)
    judged.faults = [_at(problem, places) for problem in forms.problems]
    told = {told.place for told in judged.faults}
    judged.warnings = [w for w in unknown if w.place not in told]
    if not judged.faults:
        judged.warnings += [_at(p, places) for p in forms.located(written.warnings)]
    return judged


def _completed(filled: Filled, filer: Organisation) -> Typed:
    """Items alone get the header that a new form opens with; a file without reference, one."""
    typed = filled.typed
    if not filled.has_header:
        opened = opening(filled.kind, filer)
        return Typed(opened.header, typed.items or [TypedItem()], opened.rows | typed.rows)
    header = typed.header
    if not header.get("lrn"):
        header = header | {"lrn": suggested_lrn()}
    return Typed(header, typed.items, typed.rows)


def _unknown_codes(filled: Filled, forms: DeclarationForms) -> list[Told]:
    """Codes that no list has and that no rule refuses; the form shows them without a meaning."""
    found = []
    for form in forms.forms():
        for name, bound in form.bound():
            value = form.cleaned_data.get(name)
            place = filled.places.get(form.add_prefix(name), "")
            if not place or not bound.code_list or not value or isinstance(value, list):
                continue
            if not meaning(bound.code_list, str(value)):
                found.append(Told(place, _("“%(code)s” is not in the list.") % {"code": value}))
    return found


def _at(problem: Problem, places: dict[str, str]) -> Told:
    """The cell of the control that a problem is about; where the file has none, words say which."""
    place = places.get(problem.target.removeprefix("id_"), "")
    if place or not problem.label:
        return Told(place, problem.message)
    return Told("", f"{problem.label}: {problem.message}")
