"""What a message says: written from a declaration for a partner, read from a partner for the list."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from agencies.permits.models import Permit
from declarations import wco
from declarations.models import Declaration, Version
from declarations.profiles import store
from exchange import minimisation
from exchange.models import CAREC, OutboxMessage, OutboxState, Partner, WireKind

# More goods than that are in the message itself; the list only hints at them.
_GOODS_SHOWN = 20


class CannotBeWritten(ValueError):
    """What cannot be said validly; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A message ready to be sent. ``left_out``: elements that the partner does not get, as agreed;
    ``original_sha256``: the digest of the message with them, "" where none is left out."""

    body: bytes
    profile: str = CAREC
    left_out: tuple[str, ...] = ()
    original_sha256: str = ""

    @property
    def sha256(self) -> str:
        return sha256(self.body)


def compose(
    declaration: Declaration, partner: Partner, permit: Permit | None = None
) -> Composed:
    """The version in force as WCO XML, as agreed with this partner, with the MRN as ID and the
    moment of acceptance; an application with the number and the validity of the ``permit``.

    What the trader filed has none of these: this portal gave them. Raises CannotBeWritten.
    """
    if declaration.mrn is None or declaration.accepted_at is None:
        raise CannotBeWritten(_("It was never accepted and has no MRN to be told by."))
    try:
        profile = profile_for(declaration, partner)
        message = wco.from_json(declaration.current.dataset)
        message.ID = declaration.mrn
        message.AcceptanceDateTime = wco.DateTime.of(declaration.accepted_at)
        if permit is not None and message.LPCO is not None:
            _say_permit(message.LPCO, permit)
        return written(message, wco.MessageKind(declaration.kind), profile, partner.elements)
    except Version.DoesNotExist as error:
        raise CannotBeWritten(_("It has no version in force.")) from error
    except (wco.MessageError, wco.UnknownProfile) as error:
        raise CannotBeWritten(str(error)) from error


def written(
    message: wco.Declaration, kind: wco.MessageKind, profile: wco.Profile, agreed: Sequence[str]
) -> Composed:
    """The message with no more than the elements agreed (none: all), and valid. Raises
    CannotBeWritten."""
    whole = _xml(message, profile)
    reduced, left_out = minimisation.reduce(wco.to_json(message), agreed, kind)
    body = _xml(wco.from_json(reduced), profile) if left_out else whole
    checked(body, profile)
    if not left_out:
        return Composed(body, profile.name)
    return Composed(body, profile.name, tuple(left_out), sha256(whole))


def write(message: OutboxMessage) -> None:
    """Put the words into an outbox row; parks it, with the reason, if they cannot be valid."""
    declaration = message.declaration
    assert declaration is not None, "Only messages of declarations are written here."
    permit = None
    if message.kind == WireKind.PERMIT_ISSUED:
        permit = Permit.objects.filter(application=declaration).order_by("-issued_at").first()
    message.body, message.sha256, message.state = b"", "", OutboxState.PARKED
    try:
        composed = compose(declaration, message.partner, permit)
    except CannotBeWritten as problem:
        message.last_error = str(problem)
        return
    message.state, message.last_error = OutboxState.PENDING, ""
    message.body, message.sha256 = composed.body, composed.sha256
    message.left_out = list(composed.left_out)
    message.original_sha256 = composed.original_sha256


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _say_permit(application: wco.dataset.LPCO, permit: Permit) -> None:
    application.ID = permit.number
    application.EffectiveDateTime = _day(permit.valid_from)
    application.ExpirationDateTime = _day(permit.valid_to)


def _day(day: date) -> wco.DateTime:
    return wco.DateTime.of(datetime.combine(day, time(), ZoneInfo(settings.PORTAL_TIME_ZONE)))


def _xml(message: wco.Declaration, profile: wco.Profile) -> bytes:
    try:
        return wco.to_xml(message, profile, country=settings.PORTAL_COUNTRY)
    except ValueError as error:
        raise CannotBeWritten(str(error)) from error


def profile_for(declaration: Declaration, partner: Partner) -> wco.Profile:
    """The declaration's own profile if it is agreed with the partner, else carec, which all read."""
    if declaration.profile in (CAREC, partner.profile):
        return store.pinned(declaration.profile, declaration.profile_version)
    return wco.get_profile(CAREC)


def checked(body: bytes, profile: wco.Profile) -> None:
    """Raises CannotBeWritten for what a partner would refuse."""
    verdict = wco.validate(body, profile)
    if not verdict.accepted:
        faults = "\n".join(f"{fault.path}: {fault.message}" for fault in verdict.faults[:10])
        raise CannotBeWritten(
            _("It is not valid by the profile %(profile)s:") % {"profile": profile.name}
            + f"\n{faults}"
        )


def countries_on_itinerary(declaration: Declaration) -> list[str]:
    """Every country that the goods pass through, in order."""
    message = wco.from_json(declaration.current.dataset)
    return [stop.RoutingCountryCode for stop in _at(message, "Consignment.Itinerary") or []]


def project(message: wco.Declaration) -> dict[str, Any]:
    """The columns of an inbox message: what its list and page show at a glance.

    Amounts and masses are texts, as they were sent.
    """
    items = _at(message, "GoodsShipment.GovernmentAgencyGoodsItem") or []
    summary = {
        "type": message.TypeCode,
        "accepted": _at(message, "AcceptanceDateTime.value"),
        "exporter": _at(message, "Exporter.Name") or _at(message, "GoodsShipment.Seller.Name"),
        "importer": _at(message, "GoodsShipment.Importer.Name")
        or _at(message, "GoodsShipment.Consignee.Name"),
        "declarant": _at(message, "Declarant.Name") or _at(message, "Declarant.ID"),
        "export_country": _at(message, "GoodsShipment.ExportCountry.ID"),
        "destination_country": _at(message, "GoodsShipment.Destination.CountryCode"),
        "item_count": len(items),
        "goods": [_goods(item) for item in items[:_GOODS_SHOWN]],
        "gross_mass_kg": _text(_at(message, "TotalGrossMassMeasure.value")),
        "invoice_amount": _text(_at(message, "InvoiceAmount.value")),
        "invoice_currency": _at(message, "InvoiceAmount.currencyID"),
        "packages": _text(_at(message, "TotalPackageQuantity.value")),
    }
    return {
        "mrn": (message.ID or "")[:18],
        "lrn": message.FunctionalReferenceID or "",
        "summary": summary,
    }


def _goods(item: Any) -> dict[str, Any]:
    classification = _at(item, "Commodity.Classification") or []
    return {
        "number": item.SequenceNumeric,
        "description": _at(item, "Commodity.Description"),
        "hs": classification[0].ID if classification else None,
        "origin": [origin.CountryCode for origin in _at(item, "Origin") or []][:1],
        "net_mass_kg": _text(_at(item, "Commodity.GoodsMeasure.NetNetWeightMeasure.value")),
    }


def _at(group: Any, path: str) -> Any:
    """What stands at a dotted path of WCO names; None where any group on the way is absent."""
    try:
        return attrgetter(path)(group)
    except AttributeError:
        return None


def _text(number: Any) -> str | None:
    return None if number is None else str(number)
