"""How a review's page is laid out for its agency: the parts of the dataset that its rules looked at
come first, as the snapshot of the routing has them; the others are folded away."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.conditions import FIELDS
from agencies.elements import ELEMENTS
from agencies.field_visibility import ElementGroup, is_withheld
from declarations.compared import Row

_ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"
# Title, and the elements that stand there: by the beginning of their path, the longest one wins.
PARTS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "goods": (_("Goods"), (
        _ITEM, "TotalGrossMassMeasure", "TotalPackageQuantity", "GoodsItemQuantity")),
    "documents": (_("Documents"), (
        "AdditionalDocument", f"{_ITEM}/AdditionalDocument", "LPCO",
        "GoodsShipment/PreviousDocument", f"{_ITEM}/PreviousDocument")),
    "parties": (_("Parties"), (
        "Exporter", "Declarant", "Agent", "Submitter", "TransitPrincipal", "LPCO/Applicant",
        "LPCO/IssuingAgency", "AuthorisationHolder", "GoodsShipment/Importer",
        "GoodsShipment/Consignor", "GoodsShipment/Consignee", "GoodsShipment/Buyer",
        "GoodsShipment/Seller", "Consignment/Carrier")),
    "transport": (_("Transport and route"), (
        "BorderTransportMeans", "Consignment", "GoodsShipment/Consignment",
        "GoodsShipment/ExportCountry", "GoodsShipment/Destination", "DeclarationOfficeID",
        "ExitOffice", "PresentationOffice", "SupervisingOffice", "TransitOffice",
        "TransitDepartureOffice", "TransitDestinationOffice")),
    "value": (_("Value and delivery"), (
        "InvoiceAmount", "CurrencyExchange", "GoodsShipment/Invoice", "GoodsShipment/TradeTerms",
        "GoodsShipment/CustomsValuation")),
}
# What an officer always has at hand.
ALWAYS = frozenset({"documents"})


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page. ``looked_at``: fields of rules that brought the review here."""

    name: str
    title: str
    looked_at: list[str] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)

    @property
    def template(self) -> str:
        return f"agencies/parts/{self.name}.html"


@dataclass(frozen=True, slots=True)
class Layout:
    first: list[Section]
    rest: list[Section]


def layout(
    snapshot: dict[str, Any], withheld: Collection[str], changed: dict[str, list[Row]]
) -> Layout:
    """The sections in their order. Where no rule looked at anything, all of them come first."""
    looked_at: dict[str, list[str]] = {name: [] for name in PARTS}
    for name in fields_of(snapshot):
        if name in FIELDS and not hides(name, withheld):
            for part in {part_of(path) for path in ELEMENTS.get(name, ())} - {""}:
                looked_at[part].append(str(FIELDS[name].label))
    sections = [
        Section(name, str(title), looked_at[name], changed.get(name, []))
        for name, (title, _paths) in PARTS.items()
        if name != "value" or ElementGroup.VALUE not in withheld
    ]
    first = [one for one in sections if one.looked_at or one.name in ALWAYS]
    if not any(one.looked_at for one in sections):
        return Layout(sections, [])
    return Layout(first, [one for one in sections if one not in first])


def fields_of(snapshot: dict[str, Any]) -> Iterable[str]:
    """The names of the fields that the rules matched, each once."""
    return dict.fromkeys(
        one["field"] for rule in snapshot.get("rules") or () for one in rule.get("matched") or ())


def part_of(path: str) -> str:
    """The part of the page where an element stands; nothing for one that has no place there."""
    plain = path.replace("/Declaration/", "", 1)
    best, found = 0, ""
    for name, (_title, prefixes) in PARTS.items():
        for prefix in prefixes:
            if len(prefix) > best and (plain == prefix or plain.startswith(f"{prefix}/")):
                best, found = len(prefix), name
    return found


def hides(name: str, withheld: Collection[str]) -> bool:
    """Whether what a field of a rule read is among what is withheld; so is what is not known."""
    if not withheld:
        return False
    paths = ELEMENTS.get(name)
    return paths is None or any(is_withheld(path, withheld) for path in paths)
