"""Which permits of other countries a declaration cites, and what it takes from each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies.permits.abroad import consignment
from agencies.permits.abroad.models import Reason
from agencies.permits.abroad.settling import Goods
from agencies.permits.drawing import Citation, citations
from agencies.permits.models import Permit
from agencies.permits.register import filing_day, series
from declarations import codelists, wco
from declarations.models import Declaration, Version
from declarations.states import Kind
from exchange.documents import clean
from exchange.models import PERMIT_USE_KINDS, Partner

# Documents (UNCL 1001) that are certificates with a balance: phytosanitary, sanitary, veterinary,
# of origin and value aside; export and import licences; CITES.
CERTIFICATES = frozenset({"811", "851", "852", "853", "861", "911"})
_PLACES, _VALUE_PLACES = Decimal("0.000001"), Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Claim:
    """One citation. ``goods`` None: it cannot be asked, for ``reason``. ``item`` 0: of the whole
    declaration."""

    partner: Partner
    number: str
    item: int
    permit_type: str
    goods: Goods | None
    reason: str = ""


def agreed() -> list[tuple[str, Partner]]:
    """What the numbers of other countries' permits begin with, as agreed; the longest first."""
    partners = Partner.objects.filter(message_kinds__contains=sorted(PERMIT_USE_KINDS))
    found = [(start, one) for one in partners for start in one.permit_series]
    return sorted(found, key=lambda pair: (-len(pair[0]), pair[0]))


def claims(declaration: Declaration, version: Version) -> list[Claim]:
    """What the declaration takes, in that version, from permits of partners."""
    known = agreed()
    if not known or not version.dataset:
        return []
    message = wco.from_json(version.dataset)
    cited = list(_foreign(message, known))
    own = set(
        Permit.objects.filter(number__in=[one.number for one, _partner in cited])
        .values_list("number", flat=True)
    )
    own_mrn = declaration.mrn or "" if declaration.kind == Kind.EXPORT else ""
    day, parties = _day(declaration, version), _parties(message)
    made: dict[tuple[int, str], Claim] = {}
    for citation, partner in cited:
        if citation.number not in own:
            claim = _claim(citation, partner, day, parties)
            if claim.goods is not None:
                keys = consignment.keys_of(message, own_mrn, claim.item)
                claim = replace(claim, goods=replace(claim.goods, consignment=keys))
            made.setdefault((claim.item, claim.number), claim)
    return list(made.values())


def cites(declaration: Declaration) -> bool:
    """Whether the version in force takes from another country's permit: then a hand is needed."""
    return bool(claims(declaration, declaration.current))


def _foreign(
    message: wco.Declaration, known: Iterable[tuple[str, Partner]]
) -> Iterable[tuple[Citation, Partner]]:
    forms = list(series())
    for citation in citations(message):
        if not _is_permit(citation.document.TypeCode or ""):
            continue
        if any(form.fullmatch(citation.number) for form in forms):
            continue
        for start, partner in known:
            if citation.number.startswith(start):
                yield citation, partner
                break


def _is_permit(code: str) -> bool:
    return code in CERTIFICATES or codelists.known("permit", code) is not None


def _claim(
    citation: Citation, partner: Partner, day: date, parties: tuple[tuple[str, str], ...]
) -> Claim:
    kind = citation.document.TypeCode or ""
    if citation.item is None:
        return Claim(partner, citation.number, 0, kind, None, Reason.ITEM)
    told = _quantity(citation)
    hs = _hs(citation.goods)
    if told is None or told[0] <= 0 or not told[1]:
        return Claim(partner, citation.number, citation.item, kind, None, Reason.UNIT)
    if not hs.isdecimal():
        return Claim(partner, citation.number, citation.item, kind, None, Reason.GOODS)
    value = _value(citation)
    return Claim(partner, citation.number, citation.item, kind, Goods(
        permit_type=kind, hs=hs, quantity=told[0].quantize(_PLACES), unit=told[1], day=day,
        value=value[0] if value else None, currency=value[1] if value else "", parties=parties,
    ))


def _quantity(citation: Citation) -> tuple[Decimal, str] | None:
    """The write-off, else the net mass, else the tariff's quantity, in the unit it is told in."""
    write_off = citation.document.WriteOff
    if write_off is not None and write_off.QuantityQuantity is not None:
        told = write_off.QuantityQuantity
        return told.value, told.unitCode or ""
    measures = citation.goods.Commodity.GoodsMeasure if citation.goods.Commodity else None
    if measures is None:
        return None
    for told, usual in ((measures.NetNetWeightMeasure, "KGM"), (measures.TariffQuantity, "")):
        if told is not None and (told.unitCode or usual):
            return told.value, told.unitCode or usual
    return None


def _value(citation: Citation) -> tuple[Decimal, str] | None:
    """The write-off, else the price of the item."""
    write_off = citation.document.WriteOff
    told = write_off.AmountAmount if write_off is not None else None
    if told is None and citation.goods.Commodity and citation.goods.Commodity.InvoiceLine:
        told = citation.goods.Commodity.InvoiceLine.ItemChargeAmount
    if told is None or not told.currencyID:
        return None
    return told.value.quantize(_VALUE_PLACES), told.currencyID


def _hs(goods: Any) -> str:
    classifications = goods.Commodity.Classification if goods.Commodity else ()
    return ((classifications[0].ID if classifications else "") or "").replace(".", "").replace(" ", "")


def _parties(message: wco.Declaration) -> tuple[tuple[str, str], ...]:
    """Who may be the holder: nobody else is told.

    As at home, to be named as consignee or consignor opens nobody's permit.
    """
    shipment = message.GoodsShipment
    parties: list[Any] = [message.Exporter, shipment.Importer if shipment is not None else None]
    found = [
        (clean(one.ID or "", 35), clean(one.Name or "", 140)) for one in parties if one is not None
    ]
    return tuple(dict.fromkeys(pair for pair in found if any(pair)))


def _day(declaration: Declaration, version: Version) -> date:
    return filing_day(declaration) or version.received_at.astimezone(
        ZoneInfo(settings.PORTAL_TIME_ZONE)
    ).date()


def by_place(found: Iterable[Claim]) -> Mapping[tuple[int, str], Claim]:
    return {(one.item, one.number): one for one in found}
