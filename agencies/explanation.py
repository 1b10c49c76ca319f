"""Why a review exists, in words, from the snapshot that was kept when it was routed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from agencies.conditions import FIELDS
from declarations import codelists
from declarations.states import Kind

SHOWN_VALUES = 12
# Fields whose codes have names in the portal's code lists.
CODE_LISTS = {
    "origin": ("country",), "export_country": ("country",), "destination": ("country",),
    "route_country": ("country",),
    "mode": ("mode",), "office": ("office",), "document": ("permit", "document"), "hs": ("hs",),
    "permit": ("permit", "document"),
    "regime": ("procedure",),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that sent the case here, as it stood then."""

    title: str
    code: str = ""
    legal_basis: str = ""
    rule_set: str = ""
    matched: list[str] = field(default_factory=list)
    items: frozenset[int] = frozenset()


def reasons(
    snapshot: dict[str, Any], hides: Callable[[str], bool] = lambda _name: False
) -> list[Reason]:
    """The rules of a review's snapshot, with the values that they matched; not those of fields
    that ``hides`` says the reader may not see."""
    about = snapshot.get("rule_set") or {}
    rule_set = ""
    if about:
        rule_set = _("%(title)s, version %(version)s") % about
    rules = snapshot.get("rules") or []
    if not rules:
        title = _("No rule names an agency for it, so it came to the default queue.")
        return [Reason(title, rule_set=rule_set)]
    return [
        Reason(
            title=rule["title"], code=rule["code"], legal_basis=rule.get("legal_basis", ""),
            rule_set=rule_set, items=frozenset(rule.get("items", ())),
            matched=[told_values(one["field"], one["values"]) for one in rule.get("matched", ())
                     if not hides(one["field"])],
        )
        for rule in rules
    ]


def told_values(name: str, values: list[str]) -> str:
    """“Country of origin: Kazakhstan (KZ)”."""
    label = FIELDS[name].label if name in FIELDS else name
    shown = ", ".join(_value(name, value) for value in values[:SHOWN_VALUES])
    more = len(values) - SHOWN_VALUES
    if more > 0:
        shown += " " + ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}
    return f"{label}: {shown}"


def _value(field_name: str, value: str) -> str:
    if field_name == "kind" and value in Kind.values:
        return str(Kind(value).label)
    language = (get_language() or "en").split("-")[0]
    for code_list in CODE_LISTS.get(field_name, ()):
        if codelists.get(code_list, value) is not None:
            return f"{codelists.name(code_list, value, language)} ({value})"
    return value
