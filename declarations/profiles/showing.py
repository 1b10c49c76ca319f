"""What the pages show of a profile: standings, faults in the reader's language, a trial."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from declarations import wco
from declarations.models import Declaration
from declarations.profiles.forms import KIND_LABELS
from declarations.profiles.models import InstalledProfile, ProfileGrant, Standing
from declarations.projection import project
from declarations.wco import MessageKind, Verdict
from declarations.wco.foreign import SchemaFault

MAX_SHOWN = 20
BADGES = {
    Standing.PLANNED: ("calendar-clock", "info"),
    Standing.CURRENT: ("circle-check", "good"),
    Standing.OVERLAPPING: ("layers", "wait"),
    Standing.ENDED: ("archive", "mute"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One installed version as a list shows it."""

    profile: InstalledProfile
    standing: Standing
    organisations: int

    @property
    def label(self) -> str | Promise:
        return self.standing.label

    @property
    def icon(self) -> str:
        return BADGES[self.standing][0]

    @property
    def tone(self) -> str:
        return BADGES[self.standing][1]

    @property
    def kinds(self) -> list[str | Promise]:
        return [KIND_LABELS[kind] for kind in MessageKind if kind.value in self.profile.entries]


def listed(installed: Iterable[InstalledProfile], on: date) -> list[Listed]:
    """Every version with where it stands on a day. ``installed``: all versions of their names."""
    versions = list(installed)
    granted: dict[str, int] = {}
    for name in ProfileGrant.objects.values_list("name", flat=True):
        granted[name] = granted.get(name, 0) + 1
    newest: dict[str, InstalledProfile] = {}
    for one in sorted(versions, key=lambda one: (one.valid_from, one.installed_at)):
        if _in_force(one, on):
            newest[one.name] = one
    return [
        Listed(one, _standing(one, newest.get(one.name), on), granted.get(one.name, 0))
        for one in versions
    ]


def _in_force(one: InstalledProfile, on: date) -> bool:
    return one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)


def _standing(one: InstalledProfile, newest: InstalledProfile | None, on: date) -> Standing:
    if one.valid_from > on:
        return Standing.PLANNED
    if not _in_force(one, on):
        return Standing.ENDED
    return Standing.CURRENT if one == newest else Standing.OVERLAPPING


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault, as ``components/error_summary.html`` lists it."""

    message: str
    label: str = ""
    target: str = ""


def problems(faults: Iterable[SchemaFault]) -> list[Problem]:
    return [Problem(fault.translated(_), fault.place) for fault in faults]


def kind_lines(
    entries: dict[str, str], type_codes: dict[str, str]
) -> list[dict[str, Any]]:
    """Each kind of a profile with its root schema and its type codes."""
    return [
        {"label": KIND_LABELS[kind], "entry": entries[kind.value],
         "codes": ", ".join(code for code, other in type_codes.items() if other == kind.value)}
        for kind in MessageKind
        if kind.value in entries
    ]


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a sample message: the verdict, and what the portal reads in it."""

    accepted: bool
    layer: str
    kind: str | Promise
    faults: list[dict[str, Any]]
    more: int
    facts: list[tuple[str, str]]


def trial_of(verdict: Verdict, sample: wco.Declaration | None) -> Trial:
    shown = [
        {"message": fault.translated(_), "path": fault.path, "line": fault.line,
         "code": fault.code}
        for fault in verdict.faults[:MAX_SHOWN]
    ]
    return Trial(
        verdict.accepted,
        verdict.layer.value if verdict.layer else "",
        KIND_LABELS[verdict.kind] if verdict.kind else "",
        shown,
        max(len(verdict.faults) - MAX_SHOWN, 0),
        [] if sample is None else [(label, text) for label, text in _facts(sample) if text],
    )


def _facts(sample: wco.Declaration) -> list[tuple[str, str]]:
    """The same columns that a filed message is searched and routed by."""
    columns = Declaration()
    project(columns, sample)
    shipment = sample.GoodsShipment
    items = shipment.GovernmentAgencyGoodsItem if shipment else []
    holders: list[Any] = [sample, *items]  # an item's documents are of another class
    codes = dict.fromkeys(
        f"{document.CategoryCode or ''}{document.TypeCode or ''}"
        for holder in holders for document in holder.AdditionalDocument
    )
    origins = dict.fromkeys(o.CountryCode or "" for item in items for o in item.Origin)
    return [
        (_("LRN"), sample.FunctionalReferenceID or ""),
        (_("Type"), sample.TypeCode or ""),
        (_("Declarant"), columns.declarant_id),
        (_("Importer"), columns.importer),
        (_("Exporter"), columns.exporter),
        (_("From"), columns.export_country),
        (_("To"), columns.destination_country),
        (_("Origin"), ", ".join(filter(None, origins))),
        (_("Goods items"), str(columns.item_count or "")),
        (_("Commodity codes"), ", ".join(columns.hs_codes)),
        (_("Goods"), columns.goods),
        (_("Gross mass, kg"), str(columns.gross_mass_kg or "")),
        (_("Additional documents"), ", ".join(filter(None, codes))),
    ]
