"""One sample message of each kind: valid today, of the trade of this portal's country."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from declarations import wco
from declarations.wco import FunctionCode, MessageKind
from declarations.wco.dataset import AdditionalInformation, Declaration
from portal.demo.samples import azerbaijan_trade, georgia_exports, georgia_imports, permits, transit

Maker = Callable[[date], Declaration]
GEORGIA: dict[MessageKind, Maker] = {
    MessageKind.IMPORT: georgia_imports.wine,
    MessageKind.EXPORT: georgia_exports.wine,
    MessageKind.TRANSIT: transit.ferrochrome,
    MessageKind.LPCO: permits.caviar,
}
COUNTRIES: dict[str, dict[MessageKind, Maker]] = {
    "AZ": {
        MessageKind.IMPORT: azerbaijan_trade.georgian_wine,
        MessageKind.EXPORT: azerbaijan_trade.persimmons,
    },
}
KINDS = (*GEORGIA, MessageKind.CANCELLATION, MessageKind.RESPONSE)


def sample(kind: MessageKind) -> bytes:
    """The message. Raises KeyError for a kind of which there is none."""
    profile = wco.get_profile("carec")
    if kind is MessageKind.RESPONSE:
        return wco.write_response(_accepted(), profile, country=settings.PORTAL_COUNTRY)
    if kind is MessageKind.CANCELLATION:
        made = _cancellation()
    else:
        makers = GEORGIA | COUNTRIES.get(settings.PORTAL_COUNTRY, {})
        made = makers[kind](today())
    return wco.to_xml(made, profile, country=settings.PORTAL_COUNTRY)


def today() -> date:
    """The day of filing, in the portal's time zone."""
    return datetime.now(UTC).astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()


def _cancellation() -> Declaration:
    return Declaration(
        FunctionCode="1", FunctionalReferenceID="TRADER-0002", ID=_mrn(), TypeCode="INV",
        AdditionalInformation=[
            AdditionalInformation(StatementDescription="The buyer cancelled the order.")
        ],
    )


def _accepted() -> wco.Response:
    return wco.notice(FunctionCode.ACCEPTED, "TRADER-0001", _mrn(), reference="RESPONSE-0001")


def _mrn() -> str:
    return f"{today():%y}{settings.PORTAL_COUNTRY}0000000000001A"[:18]
