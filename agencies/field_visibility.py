"""Which parts of a dataset an agency's mandate covers. Pure: JSON in, JSON out.

What is withheld is gone from the dataset before anything is laid out from it, so no page, paper or
program can show it by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from declarations.wco import Declaration
from declarations.wco.model import Element, ElementType, elements

Json = dict[str, Any]


class ElementGroup(models.TextChoices):
    """Parts of a declaration that belong together for the law."""

    VALUE = "value", _("Values, prices and invoice")
    TAX = "tax", _("Duties and taxes")
    GUARANTEE = "guarantee", _("Guarantees")
    BUYER = "buyer", _("Buyer and seller")
    TRANSPORT = "transport", _("Transport and route")
    PREVIOUS = "previous", _("Previous documents")


# By the name of an element, wherever it stands; what is below it goes with it.
NAMES: dict[str, frozenset[str]] = {
    ElementGroup.VALUE: frozenset({
        "Invoice", "InvoiceLine", "CustomsValuation", "ValuationAdjustment", "CurrencyExchange",
        "TradeTerms",
    }),
    ElementGroup.TAX: frozenset({"DutyTaxFee", "Payment"}),
    ElementGroup.GUARANTEE: frozenset({"ObligationGuarantee"}),
    ElementGroup.BUYER: frozenset({"Buyer", "Seller"}),
    ElementGroup.TRANSPORT: frozenset({"BorderTransportMeans", "Consignment", "Itinerary"}),
    ElementGroup.PREVIOUS: frozenset({"PreviousDocument"}),
}
_NUMBERED = re.compile(r"\[[^\]]*\]")


def covered(dataset: Json | None, withheld: Collection[str]) -> Json | None:
    """The dataset without the groups that are withheld."""
    if not dataset or not withheld:
        return dataset
    return _without(dataset, Declaration, frozenset(withheld))


def is_withheld(path: str, withheld: Collection[str]) -> bool:
    """Whether the element at a path, as faults and differences name it, is among them."""
    cls: type | None = Declaration
    for name in _NUMBERED.sub("", path).replace("/Declaration/", "").strip("/").split("/"):
        element = next((e for e in elements(cls) if e.name == name), None) if cls else None
        if element is None:
            return False
        if _group(element) in withheld:
            return True
        cls = element.group
    return False


def _group(element: Element) -> str:
    for group, names in NAMES.items():
        if element.name in names:
            return group
    return ElementGroup.VALUE if element.type is ElementType.AMOUNT else ""


def _without(data: Json, cls: type, withheld: frozenset[str]) -> Json:
    kept: Json = {}
    for element in elements(cls):
        if element.name not in data or _group(element) in withheld:
            continue
        value = data[element.name]
        if element.group is not None and isinstance(value, list):
            value = [_without(one, element.group, withheld) for one in value]
        elif element.group is not None and isinstance(value, dict):
            value = _without(value, element.group, withheld)
        kept[element.name] = value
    return kept
