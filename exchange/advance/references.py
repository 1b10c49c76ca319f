"""By what a consignment can be known again on the other side of the border. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from declarations.consignments import SHORTEST, TRANSPORT_DOCUMENTS, compact
from declarations.wco import Declaration
from declarations.wco.dataset import GoodsShipment

HS_DIGITS = 6


@dataclass(frozen=True, slots=True)
class References:
    """Numbers in capitals without spaces and signs. ``receivers``: identifiers of the importer and
    the consignee who are not said to be of another country; ``hs``: commodity codes at six digits."""

    mrns: frozenset[str] = frozenset()
    ucrs: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()
    receivers: frozenset[str] = frozenset()
    hs: frozenset[str] = frozenset()

    @property
    def keys(self) -> list[str]:
        """What a match needs at least one of; ``mrn:``, ``ucr:``, ``doc:`` or ``box:`` and a
        number."""
        kinds = (("mrn", self.mrns), ("ucr", self.ucrs), ("doc", self.documents),
                 ("box", self.containers))
        return sorted(f"{kind}:{number}" for kind, numbers in kinds for number in numbers)


def references_of(declaration: Declaration, own_mrn: str = "") -> References:
    """Of an export with its ``own_mrn``; of an import the MRN is that of a document before it."""
    shipment = declaration.GoodsShipment or GoodsShipment()
    items = shipment.GovernmentAgencyGoodsItem
    previous = [*shipment.PreviousDocument, *(p for item in items for p in item.PreviousDocument)]
    papers: list[Any] = [
        *declaration.AdditionalDocument, *previous,
        *(paper for item in items for paper in item.AdditionalDocument),
    ]
    ucrs = [shipment.UCR, *(item.UCR for item in items)]
    boxes = [
        *(shipment.Consignment.TransportEquipment if shipment.Consignment else ()),
        *(box for item in items if item.Commodity for box in item.Commodity.TransportEquipment),
    ]
    return References(
        mrns=_numbers([own_mrn] if own_mrn else (paper.ID for paper in previous)),
        ucrs=_numbers(ucr.ID for ucr in ucrs if ucr),
        documents=_numbers(p.ID for p in papers if p.TypeCode in TRANSPORT_DOCUMENTS),
        containers=_numbers(box.ID for box in boxes),
        receivers=frozenset(filter(None, (
            compact(party.ID) for party in (shipment.Importer, shipment.Consignee)
            if party and _is_of_here(party)))),
        hs=frozenset(_codes(items)),
    )


def _is_of_here(party: Any) -> bool:
    """Numbers of traders are those of a country: another country may give the same to somebody."""
    country = party.Address.CountryCode if party.Address else None
    return not country or country == settings.PORTAL_COUNTRY


def _numbers(given: Iterable[str | None]) -> frozenset[str]:
    return frozenset(one for one in map(compact, given) if len(one) >= SHORTEST)


def _codes(items: Iterable[Any]) -> Iterator[str]:
    for item in items:
        for one in item.Commodity.Classification if item.Commodity else ():
            code = compact(one.ID)
            if code.isdecimal() and len(code) >= HS_DIGITS:
                yield code[:HS_DIGITS]
