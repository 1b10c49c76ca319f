"""The business rules as a table: what each looks at and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.rules import Rule, all_rules
from declarations.states import Kind
from declarations.wco import Severity
from declarations.wco.dictionary import entries
from declarations.wco.pointers import element_at

AREAS: dict[str, str | Promise] = {
    "HDR": gettext_lazy("Header"),
    "PTY": gettext_lazy("Parties"),
    "TRN": gettext_lazy("Transport"),
    "ITM": gettext_lazy("Goods items"),
    "VAL": gettext_lazy("Valuation"),
    "TRA": gettext_lazy("Transit"),
    "PRM": gettext_lazy("Permits"),
    "CON": gettext_lazy("Consistency"),
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule in the language of the page. ``path`` is empty where it looks at many places."""

    code: str
    area: str
    is_error: bool
    kinds: tuple[str, ...]
    label: str
    path: str
    places: tuple[str, ...]
    message: str
    source: str

    @property
    def area_name(self) -> str:
        return str(AREAS.get(self.area, self.area))

    @property
    def kind_names(self) -> str:
        if len(self.kinds) == len(Kind.values):
            return _("all kinds")
        return ", ".join(str(Kind(kind).label) for kind in self.kinds)

    @property
    def steps(self) -> list[str]:
        """The path's names, between which a line may break."""
        return self.path.split("/")

    def matches(self, text: str) -> bool:
        here = f"{self.code} {self.label} {self.path} {self.message} {self.source}".casefold()
        return text in self.places or all(word in here for word in text.casefold().split())


def rule_rows() -> list[RuleRow]:
    """Every rule, in the order of its area."""
    return [_row(rule) for rule in all_rules()]


def select(
    rows: Iterable[RuleRow], text: str, area: str, kind: str, severity: str
) -> list[RuleRow]:
    return [
        row for row in rows
        if (not area or row.area == area)
        and (not kind or kind in row.kinds)
        and (not severity or row.is_error == (severity == Severity.ERROR))
        and row.matches(text)
    ]


@cache
def rules_by_path() -> dict[str, list[str]]:
    """The codes of the rules that look at each element, by its path."""
    found: dict[str, list[str]] = {}
    for rule in all_rules():
        for path in _places(rule.path):
            found.setdefault(path, []).append(rule.code)
    return found


@cache
def _places(path: str) -> tuple[str, ...]:
    """The elements that a rule's path names; ``**`` names several."""
    if not path:
        return ()
    if not path.startswith("**/"):
        return (f"/Declaration/{path}",)
    return tuple(entry.path for entry in entries() if entry.path.endswith(path[2:]))


def _row(rule: Rule) -> RuleRow:
    places = _places(rule.path)
    element = element_at(places[0]) if places else None
    label = _(rule.where) if rule.where else _(element.label) if element else ""
    path = places[0] if len(places) == 1 else rule.path.replace("**", "…")
    return RuleRow(
        code=rule.code,
        area=rule.code.split("-")[2],
        is_error=rule.severity is Severity.ERROR,
        kinds=tuple(kind for kind in Kind.values if kind in rule.kinds),
        label=label,
        path=path,
        places=places,
        message=_said(rule, label),
        source=rule.source,
    )


def _said(rule: Rule, label: str) -> str:
    """The rule's message as it reads without a declaration."""
    text = (_(rule.message) % _Words(rule, label)).replace("….", "…")
    return text[:1].upper() + text[1:]


class _Words(dict[str, Any]):
    """What fills a message that is about no declaration: the element, what the rule itself knows,
    and an ellipsis for the rest."""

    def __init__(self, rule: Rule, label: str) -> None:
        super().__init__(label=label)
        self._rule = rule

    def __missing__(self, name: str) -> str:
        known = getattr(self._rule, name, None)
        return known if isinstance(known, str) and known else "…"
