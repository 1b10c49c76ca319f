"""A declaration laid out for an officer who decides about it: parties, goods, documents, route.

Made from the stored dataset as far as the agency's mandate covers it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from agencies.changed import Changes, is_new
from declarations import codelists, wco
from declarations.compared import Part, Row, compared

PARTIES: tuple[tuple[str, str | Promise], ...] = (
    ("Exporter", gettext_lazy("Exporter")),
    ("GoodsShipment.Importer", gettext_lazy("Importer")),
    ("Declarant", gettext_lazy("Declarant")),
    ("Agent", gettext_lazy("Agent")),
    ("TransitPrincipal", gettext_lazy("Transit principal")),
    ("LPCO.Applicant", gettext_lazy("Applicant")),
    ("GoodsShipment.Consignor", gettext_lazy("Consignor")),
    ("GoodsShipment.Consignee", gettext_lazy("Consignee")),
    ("Consignment.Carrier", gettext_lazy("Carrier")),
)


@dataclass(frozen=True, slots=True)
class Party:
    """One of the parties, under every role that it has."""

    roles: str
    name: str
    identifier: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One goods item. ``matched``: a rule names it as a reason for this review."""

    sequence: int
    hs: str
    description: str
    origin: str
    procedure: str
    packages: str
    gross_mass: Decimal | None
    net_mass: Decimal | None
    mass_unit: str
    value: Any
    documents: list[str]
    matched: bool
    place: int
    changed: list[Row] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Not in the version that the agency read last."""
        return is_new(self.changed) if self.changed else False


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the declaration names, and the items it is for (empty: the whole)."""

    type: str
    type_code: str
    number: str
    issuer: str
    valid_from: Any
    items: list[int]


@dataclass(frozen=True, slots=True)
class Dossier:
    parties: list[Party]
    lines: list[Line]
    documents: list[Document]
    mode: str
    vehicle: str
    containers: list[str]
    terms: str
    invoice: str

    @property
    def matched_count(self) -> int:
        return sum(line.matched for line in self.lines)

    @property
    def some_matched(self) -> bool:
        """Some, but not all: then it helps to mark them."""
        return 0 < self.matched_count < len(self.lines)


def dossier(
    data: dict[str, Any] | None, matched: frozenset[int], changes: Changes | None = None
) -> Dossier:
    """Lay out a dataset as far as it is covered; ``matched`` are the numbers of items to mark."""
    dataset = wco.from_json(data or {}, lenient=True)
    changed = changes.items if changes else {}
    shipment = _at(dataset, "GoodsShipment")
    items = _at(shipment, "GovernmentAgencyGoodsItem") or []
    lines = [_line(item, number, matched, changed) for number, item in enumerate(items, 1)]
    means = dataset.BorderTransportMeans
    equipment = _at(shipment, "Consignment.TransportEquipment") or []
    return Dossier(
        parties=_parties(dataset),
        lines=lines,
        documents=list(_documents(dataset, items)),
        mode=named("mode", _at(means, "ModeCode")),
        vehicle=" ".join(filter(None, (_at(means, "ID"), _at(means, "RegistrationNationalityCode")))),
        containers=[one.ID for one in equipment if one.ID],
        terms=" ".join(filter(None, (
            _at(shipment, "TradeTerms.ConditionCode"), _at(shipment, "TradeTerms.LocationName")))),
        invoice=_at(shipment, "Invoice.ID") or "",
    )


def _parties(dataset: wco.Declaration) -> list[Party]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for path, role in PARTIES:
        party = _at(dataset, path)
        if party is None or not (party.Name or party.ID):
            continue
        address = _at(party, "Address")
        words = [_at(address, "Line"), _at(address, "PostcodeID"), _at(address, "CityName"),
                 named("country", _at(address, "CountryCode"))]
        key = (party.Name or "", party.ID or "", ", ".join(word for word in words if word))
        found.setdefault(key, []).append(str(role))
    return [Party(", ".join(roles), *key) for key, roles in found.items()]


def every_element(data: dict[str, Any] | None, places: list[int]) -> list[Part]:
    """Every element around the goods, then every element of the items at these places, in words."""
    shipment = (data or {}).get("GoodsShipment") or {}
    items = shipment.get("GovernmentAgencyGoodsItem") or []
    around = (data or {}) | {"GoodsShipment": {
        name: value for name, value in shipment.items() if name != "GovernmentAgencyGoodsItem"}}
    told = compared(None, around).parts
    for place in places:
        alone = {"GoodsShipment": {"GovernmentAgencyGoodsItem": [items[place - 1]]}}
        number = items[place - 1].get("SequenceNumeric") or place
        told += [Part(_("Item %(number)s") % {"number": number}, part.rows)
                 for part in compared(None, alone).parts]
    return told


def _line(
    item: Any, number: int, matched: frozenset[int], changed: dict[int, list[Row]]
) -> Line:
    sequence = item.SequenceNumeric or number
    classification = _at(item, "Commodity.Classification") or []
    procedures = [
        (p.CurrentCode or "") + (p.PreviousCode or "") for p in item.GovernmentProcedure
    ]
    packages = [
        " ".join(filter(None, (
            f"{pack.QuantityQuantity.value:f}" if pack.QuantityQuantity else "",
            named("package", pack.TypeCode))))
        for pack in item.Packaging
    ]
    gross = _at(item, "Commodity.GoodsMeasure.GrossMassMeasure")
    net = _at(item, "Commodity.GoodsMeasure.NetNetWeightMeasure")
    unit = _at(gross or net, "unitCode") or "KGM"
    return Line(
        sequence=sequence,
        hs=classification[0].ID or "" if classification else "",
        description=_at(item, "Commodity.Description") or "",
        origin=next((one.CountryCode for one in item.Origin if one.CountryCode), ""),
        procedure=", ".join(filter(None, procedures)),
        packages=", ".join(filter(None, packages)),
        gross_mass=gross.value if gross else None,
        net_mass=net.value if net else None,
        mass_unit=_("kg") if unit == "KGM" else unit,
        value=_at(item, "Commodity.InvoiceLine.ItemChargeAmount") or item.CustomsValueAmount
        or item.StatisticalValueAmount,
        documents=[document.TypeCode for document in item.AdditionalDocument if document.TypeCode],
        matched=sequence in matched,
        place=number,
        changed=changed.get(number, []),
    )


def _documents(dataset: wco.Declaration, items: list[Any]) -> Iterator[Document]:
    """Those of the whole declaration, then those of items, each once with all its items."""
    for document in dataset.AdditionalDocument:
        code = document.TypeCode or ""
        yield Document(document_name(code), code, document.ID or "", "", None, [])
    found: dict[tuple[str, str], tuple[Any, list[int]]] = {}
    for number, item in enumerate(items, 1):
        for document in item.AdditionalDocument:
            key = (document.TypeCode or "", document.ID or "")
            found.setdefault(key, (document, []))[1].append(item.SequenceNumeric or number)
    for (code, identifier), (document, numbers) in found.items():
        issuer = _at(document, "Submitter.Name") or ""
        yield Document(document_name(code), code, identifier, issuer,
                       _moment(document.EffectiveDateTime), numbers)


def document_name(code: str) -> str:
    """What the code of a permit or of another document means; nothing if unknown."""
    for code_list in ("permit", "document"):
        if code and codelists.get(code_list, code):
            return named(code_list, code)
    return _("Document")


def named(code_list: str, code: str | None) -> str:
    language = (get_language() or "en").split("-")[0]
    return codelists.name(code_list, code, language) if code else ""


def _moment(value: wco.DateTime | None) -> Any:
    try:
        return value.as_datetime() if value else None
    except ValueError:  # a date that the calendar has not
        return None


def _at(group: Any, path: str) -> Any:
    """What stands at a dotted path of WCO names; None where any group on the way is absent."""
    for name in path.split("."):
        group = getattr(group, name, None)
    return group
