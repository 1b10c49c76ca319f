"""What a new declaration begins with: what the portal knows already is not asked again."""

import secrets

from django.conf import settings
from django.utils import timezone

from declarations.forms.typed import Typed, TypedItem
from declarations.states import Kind
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind

_UNMISTAKABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def suggested_lrn() -> str:
    """A reference that is most likely free; the trader may write their own over it."""
    tail = "".join(secrets.choice(_UNMISTAKABLE) for _ in range(5))
    return f"{timezone.localdate():%y%m%d}-{tail}"


def opening(kind: str, organisation: Organisation) -> Typed:
    """The organisation as declarant, and as the trading party unless it is a broker."""
    header = {"lrn": suggested_lrn()} | _party("declarant", organisation)
    own, other = ("importer", "destination") if kind == Kind.IMPORT else ("exporter", "export")
    header[f"{other}_country"] = settings.PORTAL_COUNTRY
    if organisation.kind == OrganisationKind.TRADER:
        header |= _party(own, organisation)
    return Typed(header, [TypedItem()])


def _party(prefix: str, organisation: Organisation) -> dict[str, str]:
    known = {
        "name": organisation.name, "id": organisation.identifier, "line": organisation.address,
        "postcode": organisation.postcode, "city": organisation.city,
        "country": organisation.country,
    }
    return {f"{prefix}_{part}": value for part, value in known.items() if value}
