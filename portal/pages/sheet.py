"""What a page shows of a dataset: facts in blocks, goods items, documents, and faults beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from declarations.forms.paths import Path

SHOWN_VALUES = 12


@dataclass(frozen=True)
class Fault:
    """A fault as it is shown in the list and, when its field is on the page, beside the field."""

    message: str
    label: str
    path: str
    code: str
    pointer: str
    line: int | None
    allowed: tuple[str, ...] = ()
    is_error: bool = True
    target: str = ""

    @property
    def allowed_words(self) -> str:
        """The values that would do, if they are few enough to be read."""
        return ", ".join(self.allowed) if len(self.allowed) <= SHOWN_VALUES else ""


@dataclass(frozen=True)
class Fact:
    """One element with its value; ``type`` tells the template how to show it."""

    label: str
    path: str
    value: Any
    type: str = "text"
    unit: str = ""
    faults: tuple[Fault, ...] = ()

    @property
    def target(self) -> str:
        return target_of(self.path)

    @property
    def is_wrong(self) -> bool:
        return any(fault.is_error for fault in self.faults)


@dataclass(frozen=True)
class Block:
    """A group of elements: its own facts, then the groups inside it."""

    label: str
    name: str
    path: str
    facts: list[Fact] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    faults: tuple[Fault, ...] = ()

    @property
    def target(self) -> str:
        return target_of(self.path)

    def walk(self) -> Iterator[Block]:
        yield self
        for block in self.blocks:
            yield from block.walk()

    def every_fact(self) -> Iterator[Fact]:
        for block in self.walk():
            yield from block.facts

    def value(self, place: str) -> Fact | None:
        """The fact at ``place``, a path from this block (first of many), if it was filed."""
        wanted = str(Path.parse(f"{self.path}/{place}"))
        return next((fact for fact in self.every_fact() if fact.path == wanted), None)


@dataclass(frozen=True)
class Item:
    """One goods item: what its line in the table shows, and everything else below it."""

    block: Block
    sequence: Any

    def _at(self, place: str) -> Fact | None:
        return self.block.value(place)

    @property
    def description(self) -> Fact | None:
        return self._at("Commodity/Description") or self._at("Commodity/CargoDescription")

    @property
    def hs_code(self) -> Fact | None:
        return self._at("Commodity/Classification/ID")

    @property
    def origin(self) -> Fact | None:
        return self._at("Origin/CountryCode")

    @property
    def net_mass(self) -> Fact | None:
        return self._at("Commodity/GoodsMeasure/NetNetWeightMeasure")

    @property
    def gross_mass(self) -> Fact | None:
        return self._at("Commodity/GoodsMeasure/GrossMassMeasure")

    @property
    def price(self) -> Fact | None:
        for place in ("Commodity/InvoiceLine/ItemChargeAmount", "StatisticalValueAmount",
                      "CustomsValueAmount"):
            if fact := self._at(place):
                return fact
        return None

    @property
    def packages(self) -> Fact | None:
        return self._at("Packaging/QuantityQuantity")

    @property
    def fault_count(self) -> int:
        found = [fault for block in self.block.walk() for fault in block.faults]
        found += [fault for fact in self.block.every_fact() for fault in fact.faults]
        return sum(fault.is_error for fault in found)


@dataclass(frozen=True)
class Document:
    """A document named by the declaration, and what it is for."""

    block: Block
    concerns: str


@dataclass(frozen=True)
class Sheet:
    """The dataset of one version, ready for the page."""

    panels: list[Block]
    items: list[Item]
    documents: list[Document]
    faults: list[Fault]

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.is_error]

    @property
    def notes(self) -> list[Fault]:
        """What the checks noticed and let pass."""
        return [fault for fault in self.faults if not fault.is_error]


def target_of(path: str) -> str:
    """The HTML id of the element at ``path``."""
    return "e-" + path.replace("/", "-").replace("[", "-").replace("]", "").replace("@", "-")
