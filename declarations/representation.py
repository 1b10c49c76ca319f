"""Filing for somebody else: whom a declaration is filed for, and whether that trader agrees.

The declarant is always who files (rule SW-R-PTY-002); the trader that it files for stands in the
declaration by its number, in a place of its own for each kind. If that trader is registered in
this portal, it must have given the filer a mandate that is in force at filing. If it is not, the
portal cannot know of its mandates and takes the filing (docs/adr/0007). Once a mandate has
ended the filer still reads what it has filed under it, and changes, cancels and answers no more;
questions of agencies are then the trader's own to answer.
"""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from declarations import wco
from declarations.models import Declaration
from declarations.states import Kind
from declarations.wco import Fault, Layer
from declarations.wco.i18n import gettext_noop as _
from declarations.wco.pointers import to_pointer
from portal.accounts.mandates import Mandate
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind

PATHS = {
    Kind.IMPORT: "GoodsShipment.Importer.ID",
    Kind.EXPORT: "Exporter.ID",
    Kind.TRANSIT: "TransitPrincipal.ID",
    Kind.LPCO: "LPCO.Applicant.ID",
}
# Who can be represented: agencies and the operator trade through no one.
TRADING = (OrganisationKind.TRADER, OrganisationKind.BROKER)

NO_MANDATE = _(
    "%(label)s: %(name)s is registered in this portal and has given you no mandate to file "
    "declarations of the kind “%(hint)s” that is in force on %(day)s. Ask for one under “Our "
    "organisation”, “Mandates”, and file again once it is granted; or let %(name)s file."
)
OTHER_REPRESENTATION = _(
    "%(label)s: the mandate of %(name)s does not allow the representation %(value)s. Write "
    "%(allowed)s, or ask for a mandate that allows it."
)


@dataclass(frozen=True, slots=True)
class Represented:
    """The trader that a declaration is filed for, and where it stands."""

    organisation: Organisation
    path: str
    written: str


def represented(kind: str, dataset: wco.Declaration, filer: Organisation) -> Represented | None:
    """The organisation of this portal, other than the filer, that the declaration is filed for."""
    where = PATHS[Kind(kind)]
    written = _at(dataset, where)
    compact = "".join(written.split())
    if not compact:
        return None
    found = (
        Organisation.objects.filter(
            kind__in=TRADING, identifier__in={written, compact, compact.upper()}
        ).exclude(pk=filer.pk).first()
    )
    if found is None:
        return None
    return Represented(found, "/Declaration/" + where.replace(".", "/"), written)


def principal_of(
    kind: str, dataset: wco.Declaration, filer: Organisation
) -> Organisation | None:
    """Whose declaration it is, if an organisation of this portal other than the filer."""
    found = represented(kind, dataset, filer)
    return None if found is None else found.organisation


def check(
    kind: str, dataset: wco.Declaration, filer: Organisation, moment: datetime
) -> list[Fault]:
    """What stands against filing for the trader named, at ``moment``. Empty if nothing does."""
    found = represented(kind, dataset, filer)
    if found is None:
        return []
    mandates = list(
        Mandate.objects.in_force(moment).filter(
            principal=found.organisation, representative=filer, kinds__contains=[kind]
        )
    )
    if not mandates:
        day = f"{moment.astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)):%Y-%m-%d}"
        return [Fault(
            "SW-REP-01", Layer.RULE, NO_MANDATE,
            {"label": _LABELS[Kind(kind)], "name": found.organisation.name,
             "hint": _KINDS[Kind(kind)], "day": day, "value": found.written},
            found.path, to_pointer(found.path), value=found.written,
        )]
    code = _at(dataset, "Agent.FunctionCode")
    allowed = {mandate.representation for mandate in mandates}
    if code not in ("2", "3") or "" in allowed or code in allowed:
        return []
    path = "/Declaration/Agent/FunctionCode"
    return [Fault(
        "SW-REP-02", Layer.RULE, OTHER_REPRESENTATION,
        {"label": _("Agent status"), "name": found.organisation.name, "value": code,
         "allowed": ", ".join(sorted(allowed))},
        path, to_pointer(path), value=code, allowed=tuple(sorted(allowed)),
    )]


def ended(declaration: Declaration) -> str | None:
    """Why the filer may not act on it any more, in the reader's words; None while it may."""
    if declaration.principal is None:
        return None
    in_force = Mandate.objects.in_force(timezone.now()).filter(
        principal=declaration.principal_id, representative=declaration.organisation_id,
        kinds__contains=[declaration.kind],
    )
    if in_force.exists():
        return None
    return gettext(
        "The mandate of %(name)s for declarations of the kind “%(kind)s” has ended. You may still "
        "read what you filed under it. To amend, cancel or answer, ask for a new mandate under "
        "“Our organisation”, “Mandates”."
    ) % {"name": declaration.principal.name, "kind": declaration.get_kind_display()}


def takes_over(declaration: Declaration, organisation_id: object) -> bool:
    """Whether the trader that it was filed for answers itself: once the filer's mandate has ended,
    nobody else could."""
    return (
        declaration.principal_id is not None
        and declaration.principal_id == organisation_id
        and ended(declaration) is not None
    )


_LABELS = {
    Kind.IMPORT: _("Importer identifier"),
    Kind.EXPORT: _("Exporter identifier"),
    Kind.TRANSIT: _("Transit principal identifier"),
    Kind.LPCO: _("Applicant identifier"),
}
# The words of ``Kind``, as texts that a fault translates in its reader's language.
_KINDS = {
    Kind.IMPORT: _("Import"),
    Kind.EXPORT: _("Export"),
    Kind.TRANSIT: _("Transit"),
    Kind.LPCO: _("Permit application"),
}


def _at(dataset: wco.Declaration, path: str) -> str:
    value: Any
    try:
        value = attrgetter(path)(dataset)
    except AttributeError:  # a group on the way is absent
        return ""
    return str(value or "").strip()
