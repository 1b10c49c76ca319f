"""A declaration as the rules see it: what stands at each path, found in one walk and shared.

Values come as they are in the dataset, in the order of the message. Only for what a rule reports is
the place made, by the value's position among those of its path.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from declarations import codelists
from declarations.rules import controlled
from declarations.rules.context import RuleContext
from declarations.rules.layout import Layout, first_at, layout, source
from declarations.rules.places import Place
from declarations.wco import Declaration
from declarations.wco.dataset import GovernmentAgencyGoodsItem

ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"


class Survey:
    """Made for one check; the dataset must not change meanwhile."""

    def __init__(self, declaration: Declaration, context: RuleContext) -> None:
        self.declaration = declaration
        self.country = context.country
        self.today = context.today
        self.declarant_id = context.declarant_id
        self.permits = context.permits
        self.groups: dict[str, list[Any]] = {"": [declaration]}
        """By path: every group, and every value with a unit."""
        self._values: dict[str, list[Any]] = {}
        self._columns: dict[str, list[Any]] = {}
        self._places: dict[str, list[Place]] = {}
        self._in_force: dict[str, frozenset[str]] = {}
        whole = layout()
        assert whole is not None
        self._walk(whole, declaration)
        self.items: Sequence[Any] = self.groups.get(ITEM, ())
        """The goods items."""
        self.hs_codes = [code or "" for code in self.column("Commodity/Classification/ID")]
        """The commodity code of each item; empty if it has none."""
        treaties = {hs: controlled.entries(hs) for hs in set(self.hs_codes) if hs}
        self.controlled = {hs: entries for hs, entries in treaties.items() if entries}
        """Of those codes the ones under a treaty, with the entry of the list for each permit."""

    def _walk(self, here: Layout, group: Any) -> None:
        groups = self.groups
        for (path, repeated, inner), value in zip(here.parts, here.read(group), strict=True):
            if not value:
                continue
            found = groups.get(path)
            if found is None:
                found = groups[path] = []
            if repeated:
                found += value
                if inner is not None:
                    for each in value:
                        self._walk(inner, each)
            else:
                found.append(value)
                if inner is not None:
                    self._walk(inner, value)

    def values(self, path: str) -> Sequence[Any]:
        """Everything at a path. Raises KeyError for a path that the dataset cannot have."""
        found = self.groups.get(path) or self._values.get(path)
        if found is None:
            above, read = source(path)
            owners = self.groups.get(above)
            if owners is None or read is None:
                return ()
            found = self._values[path] = [
                value for owner in owners if (value := read(owner)) is not None
            ]
        return found

    def get(self, path: str) -> Any:
        """The first value at a path; None if there is none."""
        found = self.values(path)
        return found[0] if found else None

    def column(self, path: str) -> list[Any]:
        """For each goods item the first value at a path within it, or None."""
        found = self._columns.get(path)
        if found is None:
            first = first_at(GovernmentAgencyGoodsItem, path)
            found = self._columns[path] = [first(item) for item in self.items]
        return found

    @cached_property
    def papers(self) -> frozenset[str]:
        """The types of the documents that are named for the whole declaration."""
        return frozenset(self.values("AdditionalDocument/TypeCode"))

    def papers_of(self, item: Any) -> set[str]:
        """The types of the documents that are named for one goods item."""
        return {document.TypeCode for document in item.AdditionalDocument if document.TypeCode}

    def knows(self, code_list: str, code: str) -> bool:
        """Whether a code stands in a list and is in force on the day of filing."""
        codes = self._in_force.get(code_list)
        if codes is None:
            codes = codelists.in_force(code_list, self.today)
            self._in_force[code_list] = codes
        # A code longer than its list decides on, such as a national commodity code.
        return code in codes or codelists.is_valid(code_list, code, self.today)

    @cached_property
    def root(self) -> Place:
        return Place.root(self.declaration)

    def place(self, path: str, position: int = 0) -> Place:
        """The place of a value by its position, from 0, among ``values(path)``."""
        if not path:
            return self.root
        found = self._places.get(path)
        if found is None:
            found = self._places[path] = list(self.root.find(path))
        return found[position]

    def item(self, position: int) -> Place:
        """The place of a goods item by its position, from 0."""
        return self.place(ITEM, position)
