"""The numbers of a consignment that the countries of a permit tell each other (docs/permits.md)."""

from typing import Any

from declarations import wco
from declarations.consignments import SHORTEST, TRANSPORT_DOCUMENTS, compact
from declarations.models import Declaration
from declarations.states import Kind

# As long as a message carries, which carries no other letters than A to Z.
LONGEST = 70


def keys_of(dataset: wco.Declaration, mrn: str = "", item: int = 0) -> tuple[str, ...]:
    """``mrn:``, ``ucr:`` and ``doc:`` with the numbers of the consignment. ``mrn``: of an export, its
    own. ``item``: only what is said of it and of the whole declaration; 0: of all items."""
    shipment = dataset.GoodsShipment
    all_items = list(shipment.GovernmentAgencyGoodsItem) if shipment else []
    items = all_items[item - 1:item] if item else all_items
    groups: list[Any] = [*([shipment] if shipment else []), *items]
    found = {("mrn", mrn)}
    for group in groups:
        found |= {("mrn", paper.ID) for paper in group.PreviousDocument}
        if group.UCR:
            found.add(("ucr", group.UCR.ID))
    papered: list[Any] = [dataset, *items]
    for group in papered:
        found |= {("doc", paper.ID) for paper in group.AdditionalDocument
                  if paper.TypeCode in TRANSPORT_DOCUMENTS}
    numbers = ((kind, compact(number)) for kind, number in found)
    return tuple(sorted({f"{kind}:{number}" for kind, number in numbers
                         if number.isascii() and SHORTEST <= len(number) <= LONGEST}))


def keys_of_declaration(declaration: Declaration, dataset: wco.Declaration) -> tuple[str, ...]:
    own = declaration.mrn or "" if declaration.kind == Kind.EXPORT else ""
    return keys_of(dataset, own)
