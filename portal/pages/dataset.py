"""The whole dataset of a declaration, laid out for reading: every element that was filed, labelled.

Made from the elements of ``declarations.wco``: nothing is listed here twice, and an element that a
later profile adds shows up by itself. Paths are those of ``declarations.forms.paths``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from declarations.forms.paths import Path, element_at
from declarations.wco import Declaration, PointerStep, Severity
from declarations.wco import Fault as StoredFault
from declarations.wco.model import Element, ElementType, elements
from declarations.wco.values import DateTime
from portal.pages import names
from portal.pages.sheet import Block as Block
from portal.pages.sheet import Document as Document
from portal.pages.sheet import Fact as Fact
from portal.pages.sheet import Fault, target_of
from portal.pages.sheet import Item as Item
from portal.pages.sheet import Sheet as Sheet

Json = dict[str, Any]

ITEMS = "GovernmentAgencyGoodsItem"
DOCUMENTS = "AdditionalDocument"
# The code list that explains an element, by the end of its path.
LISTS = {
    "CountryCode": "country",
    "RoutingCountryCode": "country",
    "RegistrationNationalityCode": "country",
    "ExportCountry/ID": "country",
    "DeclarationOfficeID": "office",
    "Office/ID": "office",
    "Packaging/TypeCode": "package",
    "AdditionalDocument/TypeCode": "document",
    "LPCO/TypeCode": "permit",
    "GovernmentProcedure/CurrentCode": "procedure",
    "GovernmentProcedure/PreviousCode": "procedure",
    "TransactionNatureCode": "transaction",
    "CustomsValuation/MethodCode": "valuation_method",
    "ObligationGuarantee/SecurityDetailsCode": "guarantee",
    "LoadingLocation/ID": "locode",
    "IssueLocationID": "locode",
}
# Groups that only hold others together: their parts stand on the page by themselves.
CONTAINERS = frozenset({"GoodsShipment"})


def sheet(dataset: Json | None, faults: list[Json]) -> Sheet:
    """Lay out a version's dataset (None when the message could not be read) with its faults."""
    shown = [_fault(fault) for fault in faults]
    by_path: dict[str, list[Fault]] = {}
    for fault in shown:
        by_path.setdefault(fault.path.partition("@")[0], []).append(fault)
    if dataset is None:
        return Sheet([], [], [], shown)
    root = _Reader(by_path).block(Declaration, dataset, _("Declaration"), "Declaration", "")
    panels, items = _panels(root)
    on_page = {fact.target for fact in root.every_fact()} | {b.target for b in root.walk()}
    shown = [_linked(fault, on_page) for fault in shown]
    return Sheet(panels, items, _documents(root, items), shown)


def _panels(root: Block) -> tuple[list[Block], list[Item]]:
    """What stands as a panel of its own, and the goods items."""
    panels: list[Block] = []
    items: list[Item] = []
    if root.facts or root.faults:
        panels.append(Block(root.label, root.name, root.path, root.facts, [], root.faults))
    for block in root.blocks:
        if block.name == ITEMS:
            sequence = block.value("SequenceNumeric")
            items.append(Item(block, sequence.value if sequence else len(items) + 1))
        elif block.name in CONTAINERS:
            inner, inner_items = _panels(block)
            panels += inner
            items += inner_items
        else:
            panels.append(block)
    return panels, items


def _documents(root: Block, items: list[Item]) -> list[Document]:
    found = []
    of_items = {
        block.path: _("Item %(number)s") % {"number": item.sequence}
        for item in items for block in item.block.walk() if block.name == DOCUMENTS
    }
    for block in root.walk():
        if block.name == DOCUMENTS:
            found.append(Document(block, of_items.get(block.path, _("The whole declaration"))))
    return found


@dataclass
class _Reader:
    faults: dict[str, list[Fault]]
    labels: dict[str, str] = field(default_factory=dict)  # translated once, not for each of 999 items

    def label(self, element: Element) -> str:
        text = element.label or element.name
        if text not in self.labels:
            self.labels[text] = _(text)
        return self.labels[text]

    def block(self, cls: type, data: Json, label: str, name: str, path: str) -> Block:
        facts: list[Fact] = []
        blocks: list[Block] = []
        for element in elements(cls):
            here = f"{path}/{element.name}" if path else element.name
            given = data.get(element.name)
            if given is None and not self.faults:
                continue
            values: list[Any] = given if isinstance(given, list) else [given]
            for position, value in enumerate(values, start=1):
                place = f"{here}[{position}]" if position > 1 else here
                found = tuple(self.faults.get(place, ()))
                if value in (None, "", {}) and not found:
                    continue
                if element.group is None:
                    facts.append(_fact(element, self.label(element), value, place, found))
                    continue
                words = self.label(element)
                alone = len(values) == 1
                inner = self.block(element.group, value or {},
                                   words if alone else f"{words} {position}", element.name, place)
                if element.name == "Address":
                    facts.append(_address(inner))
                elif alone and _joins(inner):
                    facts.extend(inner.facts)
                else:
                    blocks.append(inner)
        facts = facts if name == ITEMS else _numbered(facts)
        return Block(label, name, path, facts, blocks, tuple(self.faults.get(path, ())))


def _joins(block: Block) -> bool:
    """True for a small group without faults of its own: its elements explain themselves."""
    small = len(block.facts) <= 2 and not block.blocks and not block.faults
    return small and block.name not in (ITEMS, DOCUMENTS)


def _numbered(facts: list[Fact]) -> list[Fact]:
    """Leave out sequence numbers beside other facts: the order on the page says the same."""
    if len(facts) == 1:
        return facts
    return [f for f in facts if f.faults or not f.path.endswith("/SequenceNumeric")]


def _address(block: Block) -> Fact:
    """An address on one line, as an envelope has it; faults of its parts stand below it."""
    part = {fact.path.rpartition("/")[2]: str(fact.value or "") for fact in block.facts}
    city = " ".join(filter(None, (part.get("PostcodeID"), part.get("CityName"))))
    known = ("Line", "PostcodeID", "CityName", "CountryCode")
    rest = [value for name, value in part.items() if name not in known]
    line = ", ".join(filter(None, (part.get("Line"), city, *rest, part.get("CountryCode"))))
    faults = block.faults + tuple(fault for fact in block.facts for fault in fact.faults)
    return Fact(block.label, block.path, line, "text", "", faults)


def _fact(
    element: Element, label: str, value: Any, path: str, faults: tuple[Fault, ...]
) -> Fact:
    unit = ""
    kind = "text"
    if isinstance(value, dict):
        unit = value.get("currencyID") or names.unit(value.get("unitCode") or "")
        form = value.get("formatCode")
        value = value.get("value")
        if form and isinstance(value, str):
            kind, value = _moment(value, form)
    if element.type in (ElementType.AMOUNT, ElementType.MEASURE, ElementType.QUANTITY):
        kind = element.type.lower()
    elif path.endswith("Classification/ID"):
        kind = "hs"
    elif element.codes is not None and value in element.codes.values:
        return Fact(label, path, _(element.codes.values[value]), "listed", str(value), faults)
    elif name := _listed(path, value):
        return Fact(label, path, name, "listed", str(value), faults)
    elif element.type in (ElementType.CODE, ElementType.IDENTIFIER):
        kind = "code"
    return Fact(label, path, value, kind, unit, faults)


def _listed(path: str, value: Any) -> str:
    plain = re.sub(r"\[\d+\]", "", path)
    name = next((name for end, name in LISTS.items() if plain.endswith(end)), None)
    return names.of(name, str(value or "")) if name else ""


def _moment(value: str, form: str) -> tuple[str, Any]:
    """A moment for reading; the characters as sent where the calendar has no such moment."""
    try:
        moment = DateTime(value, form).as_datetime()
    except ValueError:
        return "text", value
    return ("date", moment) if len(value) == 8 else ("moment", moment)


def is_error(fault: Json) -> bool:
    return str(fault.get("severity", Severity.ERROR)) == Severity.ERROR


def _fault(fault: Json) -> Fault:
    told = StoredFault.from_dict(fault)
    path = str(Path.parse(told.path))
    return Fault(
        message=told.translated(_),
        label=_label(path),
        path=path,
        code=told.code,
        pointer=_pointer(told.pointer),
        line=told.line,
        allowed=told.allowed,
        is_error=told.severity == Severity.ERROR,
    )


def _pointer(steps: Iterable[PointerStep]) -> str:
    """A WCO pointer for reading: 42A/67A/68A[2]/92A/063."""
    text = []
    for step in steps:
        number = f"[{step.SequenceNumeric}]" if step.SequenceNumeric else ""
        text.append(f"{step.DocumentSectionCode}{number}")
        if step.TagID:
            text.append(step.TagID)
    return "/".join(text)


def _label(path: str) -> str:
    """“Item 2, Origin country”: which item, then the name of the element."""
    steps = Path.parse(path).steps
    if not steps:
        return ""
    try:
        label = str(_(element_at(path.partition("@")[0]).label))
    except KeyError:  # a path of another profile, or of an element that should not be there
        label = steps[-1][0]
    item = next((position for name, position in steps if name == ITEMS), None)
    if item is None or steps[-1][0] == ITEMS:
        return label
    return _("Item %(number)s, %(label)s") % {"number": item, "label": label}


def _linked(fault: Fault, on_page: set[str]) -> Fault:
    """Point at the field, or where it is missing at the nearest group that is on the page."""
    path = fault.path.partition("@")[0]
    while path:
        if target_of(path) in on_page:
            return replace(fault, target=target_of(path))
        path = path.rpartition("/")[0]
    return fault
