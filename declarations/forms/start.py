"""What a new declaration begins with: what the portal knows already is not asked again."""

import secrets

from django.conf import settings
from django.utils import timezone

from declarations.forms.typed import Rows, Typed, TypedItem
from declarations.states import Kind
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind

_UNMISTAKABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


# Where the organisation itself stands in a declaration of each kind.
_OWN_PARTIES = {
    Kind.IMPORT: ("importer",), Kind.EXPORT: ("exporter",), Kind.TRANSIT: ("principal",),
    Kind.LPCO: ("applicant",),
}
_HOME = {
    Kind.IMPORT: "destination_country", Kind.EXPORT: "export_country",
}


def suggested_lrn() -> str:
    """A reference that is most likely free; the trader may write their own over it."""
    tail = "".join(secrets.choice(_UNMISTAKABLE) for _ in range(5))
    return f"{timezone.localdate():%y%m%d}-{tail}"


def opening(kind: str, organisation: Organisation) -> Typed:
    """The organisation as declarant, and as the trading party unless it is a broker.

    A broker too is the principal of a transit: whoever files answers for the goods on the way.
    """
    header = {"lrn": suggested_lrn()} | _party("declarant", organisation)
    if country := _HOME.get(Kind(kind)):
        header[country] = settings.PORTAL_COUNTRY
    for prefix in _OWN_PARTIES[Kind(kind)]:
        if organisation.kind == OrganisationKind.TRADER or prefix == "principal":
            header |= _party(prefix, organisation)
    rows: Rows = {"guarantee": [{}]} if kind == Kind.TRANSIT else {}
    return Typed(header, [TypedItem()], rows)


def _party(prefix: str, organisation: Organisation) -> dict[str, str]:
    known = {
        "name": organisation.name, "id": organisation.identifier, "line": organisation.address,
        "postcode": organisation.postcode, "city": organisation.city,
        "country": organisation.country,
    }
    return {f"{prefix}_{part}": value for part, value in known.items() if value}
