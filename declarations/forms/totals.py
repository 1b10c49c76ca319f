"""Totals over the goods items, computed by the server on each post and written into the header."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from declarations.forms.paths import Path, get

_GROSS = Path.parse("Commodity/GoodsMeasure/GrossMassMeasure@value")
_NET = Path.parse("Commodity/GoodsMeasure/NetNetWeightMeasure@value")
_PRICE = Path.parse("Commodity/InvoiceLine/ItemChargeAmount")


@dataclass(frozen=True, slots=True)
class Totals:
    items: int = 0
    packages: Decimal = Decimal(0)
    gross_mass: Decimal = Decimal(0)
    net_mass: Decimal = Decimal(0)
    prices: dict[str, Decimal] = field(default_factory=dict)
    """Sum of the prices by currency; "" where none is known yet."""


def totals_of(items: Iterable[dict[str, Any]]) -> Totals:
    """Add up the goods items of a dataset; what is missing counts as nothing."""
    rows = list(items)
    prices: dict[str, Decimal] = {}
    for row in rows:
        if price := get(row, _PRICE):
            currency = price.get("currencyID") or ""
            prices[currency] = prices.get(currency, Decimal(0)) + Decimal(price["value"])
    packages = [
        Decimal(packaging["QuantityQuantity"]["value"])
        for row in rows
        for packaging in row.get("Packaging") or []
        if packaging.get("QuantityQuantity")
    ]
    return Totals(
        len(rows), sum(packages, Decimal(0)), _sum(rows, _GROSS), _sum(rows, _NET), prices
    )


def _sum(rows: Iterable[dict[str, Any]], path: Path) -> Decimal:
    return sum((Decimal(get(row, path) or 0) for row in rows), Decimal(0))
