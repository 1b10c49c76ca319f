"""Datasets and messages that the tests of the WCO library share."""

from __future__ import annotations

import random
import string
from decimal import Decimal
from pathlib import Path
from typing import Any

from declarations.wco import Declaration, MessageKind, get_profile, to_xml
from declarations.wco.dataset import (
    Address,
    Amount,
    Classification,
    Commodity,
    Declarant,
    Exporter,
    GoodsShipment,
    GovernmentAgencyGoodsItem,
    GovernmentProcedure,
    Importer,
    InvoiceLine,
    Response,
)
from declarations.wco.model import Element, ElementType, elements
from declarations.wco.values import DateTime
from declarations.wco.xml_form import UNITS

CORPUS = (Path(__file__).resolve().parents[2] / "../shared/corpus/uk-dms").resolve()
PROFILE = get_profile("carec")
TYPE_CODES = {
    MessageKind.IMPORT: ("IM", "IMA", "IM4"),
    MessageKind.EXPORT: ("EX", "EXA", "EX1"),
    MessageKind.TRANSIT: ("TR", "TR1"),
    MessageKind.LPCO: ("LP", "LPI"),
    MessageKind.CANCELLATION: ("INV",),
}
_LETTERS = string.ascii_letters + string.digits + " .-/&<>'\"ÄßçЖжҚқўәөქართული日本𝄞"


def wine() -> Declaration:
    """A small valid import."""
    item = GovernmentAgencyGoodsItem(
        SequenceNumeric=1,
        Commodity=Commodity(
            Description="Wine of fresh grapes",
            Classification=[Classification(ID="22042100", IdentificationTypeCode="HS")],
            InvoiceLine=InvoiceLine(ItemChargeAmount=Amount(Decimal("10.50"), "GEL")),
        ),
        GovernmentProcedure=[GovernmentProcedure(CurrentCode="40", PreviousCode="00")],
    )
    return Declaration(
        FunctionCode="9",
        FunctionalReferenceID="LRN-0001",
        TypeCode="IMA",
        Declarant=Declarant(ID="GE100"),
        Exporter=Exporter(Name="Vinuri SRL", Address=Address(CountryCode="MD")),
        GoodsShipment=GoodsShipment(
            Importer=Importer(ID="GE200", Name="Marani"), GovernmentAgencyGoodsItem=[item]
        ),
    )


def wine_xml(*changes: tuple[str, str]) -> bytes:
    """The wine as a message with pieces of its text replaced; each must be there."""
    text = to_xml(wine(), PROFILE, country="GE").decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def random_dataset(seed: int, kind: MessageKind, fill: float = 0.25) -> Any:
    """A dataset that is complete for ``kind`` and holds a random part of what is optional."""
    chance = random.Random(seed)
    made = _group(Response if kind is MessageKind.RESPONSE else Declaration, kind, chance, fill)
    if kind in TYPE_CODES:
        made.TypeCode = chance.choice(TYPE_CODES[kind])
    return made


def _group(cls: type, kind: MessageKind, chance: random.Random, fill: float) -> Any:
    values: dict[str, Any] = {}
    for element in elements(cls):
        needed = kind in element.required
        if kind not in element.kinds or not (needed or chance.random() < fill):
            continue
        if element.group is None:
            values[element.name] = _leaf(element, chance)
        elif element.repeatable:
            count = chance.randint(1, 3)
            values[element.name] = [_group(element.group, kind, chance, fill) for _ in range(count)]
        else:
            values[element.name] = _group(element.group, kind, chance, fill)
    return cls(**values)


def _leaf(element: Element, chance: random.Random) -> Any:
    if element.type is ElementType.DATE_TIME:
        if chance.random() < 0.5:
            return DateTime("20240229", "102")
        return DateTime("20251231235959" + chance.choice(["Z", "+04", "-03", "+0430"]), "304")
    if element.type is ElementType.NUMERIC and element.integer:
        return chance.randint(1, 10**element.length - 1)
    if element.type is ElementType.NUMERIC or element.type in UNITS:
        number = Decimal(chance.randint(0, 10**element.length - 1)).scaleb(
            -chance.randint(0, element.decimals)
        )
        if element.signed and chance.random() < 0.5:
            number = -number
        if element.type not in UNITS:
            return number
        unit: str | None = (
            "GEL" if element.type is ElementType.AMOUNT else chance.choice(["KGM", "C62"])
        )
        if element.type is ElementType.QUANTITY and chance.random() < 0.3:
            unit = None
        return UNITS[element.type][0](number, unit)
    return _string(element, chance)


def _string(element: Element, chance: random.Random) -> str:
    if element.codes:
        return chance.choice(list(element.codes.values))
    length = element.length if element.exact else chance.randint(1, element.length)
    alphabet = {"a": string.ascii_uppercase, "n": string.digits}.get(element.charset, _LETTERS)
    if element.type is ElementType.TEXT:
        alphabet += "\n\t\r"
    made = "".join(chance.choice(alphabet) for _ in range(length))
    if element.charset == "an" and element.type is not ElementType.TEXT:
        made = "A" + made[1:-1] + "Z" if length > 1 else "A"
    elif not made.strip():
        made = "A" + made[1:]
    return made
