"""What a declaration would take from the permits that it cites, and what forbids it. Reads only
what it is given, so that the check at lodgement and the write-off judge alike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from re import Pattern
from typing import Any
from uuid import UUID

from agencies.permits.models import Permit, PermitLine
from agencies.permits.states import STOPPED, PermitState
from agencies.permits.units import convert
from declarations import wco
from declarations.rules import cited
from declarations.rules.base import PermitProblem
from declarations.rules.check import kind_of
from declarations.wco import MessageKind
from declarations.wco.i18n import gettext_noop as _

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Draw:
    """What one goods item takes from one line."""

    item: int
    line: PermitLine
    quantity: Decimal
    value: Decimal


@dataclass(slots=True)
class Plan:
    draws: list[Draw] = field(default_factory=list)
    problems: list[PermitProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Citation:
    """A document that may be a permit of this portal; ``goods`` None: of the whole declaration."""

    number: str
    document: Any
    position: int
    item: int | None = None
    goods: Any = None

    def problem(self, rule: type[cited.CitedPermit], **params: Any) -> PermitProblem:
        return PermitProblem(rule.code, self.item, self.position, params)


def citations(dataset: wco.Declaration) -> Iterator[Citation]:
    """Every document with a number, of the whole declaration and of each item."""
    for position, paper in enumerate(dataset.AdditionalDocument, start=1):
        if paper.ID:
            yield Citation(paper.ID.strip(), paper, position)
    shipment = dataset.GoodsShipment
    for number, item in enumerate(shipment.GovernmentAgencyGoodsItem if shipment else (), start=1):
        for position, document in enumerate(item.AdditionalDocument, start=1):
            if document.ID:
                yield Citation(document.ID.strip(), document, position, number, item)


def plan(
    dataset: wco.Declaration,
    permits: Mapping[str, Permit],
    day: date,
    *,
    series: Iterable[Pattern[str]] = (),
    own: Mapping[Any, tuple[Decimal, Decimal]] | None = None,
    done: Iterable[tuple[int, UUID]] = (),
) -> Plan:
    """``permits`` by number, with their lines; ``day``: of filing. ``series``: what numbers of
    this portal look like. ``own``: quantity and value that the declaration holds already, by key
    of the line. ``done``: items, with the key of the permit, that have drawn already."""
    made = Plan()
    drawn = set(done)
    left = _Left(own or {})
    forms = tuple(series)
    holders = _holders(dataset)
    for citation in citations(dataset):
        permit = permits.get(citation.number)
        if permit is None:
            if any(form.fullmatch(citation.number) for form in forms):
                made.problems.append(citation.problem(cited.PermitIssued))
            continue
        if (citation.item, permit.pk) in drawn:
            continue
        problem = _unusable(citation, permit, day, holders)
        if problem is None:
            found = _draw(citation, permit, left)
            if isinstance(found, Draw):
                left.take(found)
                drawn.add((found.item, permit.pk))
                made.draws.append(found)
                continue
            problem = found
        made.problems.append(problem)
    return made


class _Left:
    """What is left of each line while the items of one declaration are gone through."""

    def __init__(self, own: Mapping[Any, tuple[Decimal, Decimal]]) -> None:
        self._own = own
        self._taken: dict[Any, tuple[Decimal, Decimal]] = {}

    def of(self, line: PermitLine) -> tuple[Decimal, Decimal | None]:
        held, held_value = self._own.get(line.pk, (NOTHING, NOTHING))
        taken, taken_value = self._taken.get(line.pk, (NOTHING, NOTHING))
        value = None if line.left_value is None else line.left_value + held_value - taken_value
        return line.left_quantity + held - taken, value

    def take(self, draw: Draw) -> None:
        taken, value = self._taken.get(draw.line.pk, (NOTHING, NOTHING))
        self._taken[draw.line.pk] = (taken + draw.quantity, value + draw.value)


def _holders(dataset: wco.Declaration) -> frozenset[str]:
    """The numbers of those whose permits may be used: of an import the importer's, of an export the
    exporter's, who file or have given a mandate (``declarations.representation``). Whom else these
    name, say as consignee, has agreed to nothing. What draws nothing may name a permit of any."""
    shipment, kind = dataset.GoodsShipment, kind_of(dataset)
    parties: list[Any] = [] if kind is MessageKind.IMPORT else [dataset.Exporter]
    if shipment is not None and kind is not MessageKind.EXPORT:
        parties.append(shipment.Importer)
        if kind is not MessageKind.IMPORT:
            parties += [shipment.Consignee, shipment.Consignor]
    return frozenset(party.ID for party in parties if party is not None and party.ID)


def _unusable(
    citation: Citation, permit: Permit, day: date, holders: frozenset[str]
) -> PermitProblem | None:
    state = PermitState(permit.state)
    if state in STOPPED or state is PermitState.REPLACED:
        return citation.problem(cited.PermitStands, hint=_STATES[state])
    if not permit.valid_from <= day <= permit.valid_to:
        return citation.problem(
            cited.PermitOnItsDays, first=permit.valid_from, last=permit.valid_to
        )
    if citation.document.TypeCode != permit.scheme.permit_type:
        return citation.problem(
            cited.PermitOfThisType, number=permit.number, type=permit.scheme.permit_type
        )
    if permit.holder_identifier not in holders:
        return citation.problem(cited.PermitOfThisTrader)
    if citation.item is None:
        return citation.problem(cited.PermitAtTheItem)
    return None


# As a part of a sentence; translated where the fault is told.
_STATES = {
    PermitState.UNSIGNED: _("it waits for its second signature"),
    PermitState.SUSPENDED: _("it is suspended"),
    PermitState.REVOKED: _("it is revoked"),
    PermitState.REPLACED: _("another permit has replaced it"),
}


def _draw(citation: Citation, permit: Permit, left: _Left) -> Draw | PermitProblem:
    lines: Sequence[PermitLine] = list(permit.lines.all())
    hs = _hs(citation.goods)
    covering = sorted(
        (line for line in lines if hs and hs.startswith(line.hs)),
        key=lambda line: (-len(line.hs), line.number),
    )
    if not covering:
        covered = ", ".join(dict.fromkeys(line.hs for line in lines))
        return citation.problem(cited.PermitForTheseGoods, hs=hs or "?", covered=covered)
    first: PermitProblem | None = None
    for line in covering:
        found = _from_line(citation, permit, line, left)
        if isinstance(found, Draw):
            return found
        first = first or found
    assert first is not None
    return first


def _from_line(
    citation: Citation, permit: Permit, line: PermitLine, left: _Left
) -> Draw | PermitProblem:
    quantity = _quantity(citation, line.unit)
    if quantity is None or quantity <= 0:
        return citation.problem(cited.PermitQuantityTold, number=permit.number, unit=line.unit)
    left_quantity, left_value = left.of(line)
    if quantity > left_quantity:
        return citation.problem(
            cited.PermitQuantityLeft, needed=_plain(quantity), left=_plain(left_quantity),
            unit=line.unit,
        )
    value = NOTHING
    if left_value is not None:
        told = _value(citation, line.currency)
        if told is None:
            return citation.problem(
                cited.PermitValueTold, number=permit.number, currency=line.currency
            )
        if told > left_value:
            return citation.problem(
                cited.PermitValueLeft, needed=_plain(told), left=_plain(left_value),
                currency=line.currency,
            )
        value = told
    assert citation.item is not None
    return Draw(citation.item, line, quantity, value)


def _hs(goods: Any) -> str:
    classifications = goods.Commodity.Classification if goods.Commodity else ()
    code = classifications[0].ID if classifications else None
    return (code or "").replace(".", "").replace(" ", "")


def _quantity(citation: Citation, unit: str) -> Decimal | None:
    """The write-off, else the net mass or the tariff's quantity, in the line's unit."""
    write_off = citation.document.WriteOff
    if write_off is not None and write_off.QuantityQuantity is not None:
        told = write_off.QuantityQuantity
        return convert(told.value, told.unitCode or unit, unit)
    measures = citation.goods.Commodity.GoodsMeasure if citation.goods.Commodity else None
    if measures is None:
        return None
    for told, default in ((measures.NetNetWeightMeasure, "KGM"), (measures.TariffQuantity, "")):
        if told is not None:
            found = convert(told.value, told.unitCode or default, unit)
            if found is not None:
                return found
    return None


def _value(citation: Citation, currency: str) -> Decimal | None:
    """The write-off, else the price of the item, if that is in the line's currency."""
    write_off = citation.document.WriteOff
    told = write_off.AmountAmount if write_off is not None else None
    if told is None and citation.goods.Commodity and citation.goods.Commodity.InvoiceLine:
        told = citation.goods.Commodity.InvoiceLine.ItemChargeAmount
    if told is None or (told.currencyID or currency) != currency:
        return None
    return told.value.quantize(Decimal("0.001"))


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
