"""Sound declarations of every kind, and a way to change one place in them."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from declarations.rules import RuleContext, check
from declarations.wco import Amount, DateTime, Declaration, Fault, Measure, Quantity
from declarations.wco.model import elements_by_name
from portal.demo.samples import georgia_exports, georgia_imports, permits, transit

TODAY = date(2026, 11, 24)
HERE = RuleContext("GE", TODAY)

BASES = {
    "wine": georgia_imports.wine,
    "rice": georgia_imports.rice,
    "wheat": georgia_imports.wheat,
    "cashmere": georgia_imports.cashmere,
    "caviar": georgia_imports.caviar,
    "polymers": georgia_imports.polymers,
    "export": georgia_exports.wine,
    "hazelnuts": georgia_exports.hazelnuts,
    "transit": transit.ferrochrome,
    "permit": permits.caviar,
}
ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"

_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


def base(name: str) -> Declaration:
    return BASES[name](TODAY)


def put(declaration: Declaration, path: str, value: Any) -> None:
    """Set what stands at a path, making groups on the way; a repeated group needs no number if it
    is the first. None takes the element away."""
    here: Any = declaration
    steps = [_STEP.fullmatch(part).groups() for part in path.split("/")]
    for name, number in steps[:-1]:
        element = elements_by_name(type(here))[name]
        if element.repeatable:
            group, position = getattr(here, name), int(number or 1)
            while len(group) < position:
                group.append(element.group())
            here = group[position - 1]
        else:
            if getattr(here, name) is None:
                setattr(here, name, element.group())
            here = getattr(here, name)
    name, number = steps[-1]
    if number and value is None:
        del getattr(here, name)[int(number) - 1]
    elif number:
        getattr(here, name).insert(int(number) - 1, value)
    else:
        setattr(here, name, value)


def faults(declaration: Declaration, code: str, context: RuleContext = HERE) -> list[Fault]:
    return [fault for fault in check(declaration, context) if fault.code == code]


def usd(value: str) -> Amount:
    return Amount(Decimal(value), "USD")


def money(value: str, currency: str | None) -> Amount:
    return Amount(Decimal(value), currency)


def kg(value: str) -> Measure:
    return Measure(Decimal(value), "KGM")


def mass(value: str, unit: str | None) -> Measure:
    return Measure(Decimal(value), unit)


def count(value: str, unit: str | None = None) -> Quantity:
    return Quantity(Decimal(value), unit)


def day(text: str) -> DateTime:
    return DateTime(text, "102")
