"""Why a review was opened: the rules behind it, from the snapshot taken when it was routed."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.conditions import FIELDS
from agencies.emphasis import hides
from agencies.models import Review

SHOWN_ITEMS = 20


@dataclass(frozen=True)
class Reason:
    """The rule that sent a case to an agency, and the values that it matched, as they were then."""

    title: str
    code: str = ""
    legal_basis: str = ""
    matched: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Opinion:
    """One agency's review, with the rules behind it for those who may know them."""

    review: Review
    rule_set: str = ""
    reasons: list[Reason] = field(default_factory=list)


def opinion(
    review: Review, sees_rules: bool, withheld: Collection[str] = frozenset()
) -> Opinion:
    """The review as ``agencies.routing`` explained it in its snapshot, without the values that
    the reader's mandate does not cover."""
    if not sees_rules:
        return Opinion(review)
    rule_set = review.snapshot.get("rule_set") or {}
    reasons = [_reason(rule, withheld) for rule in review.snapshot.get("rules", [])]
    if review.snapshot.get("default"):
        reasons = [Reason(_("No rule matched, so it went to the queue that takes the rest"))]
    title = _("%(title)s, version %(version)s") % rule_set if rule_set else ""
    return Opinion(review, title, reasons)


def _reason(rule: dict[str, Any], withheld: Collection[str]) -> Reason:
    found = rule.get("matched") or []
    if isinstance(found, dict):  # as they were kept at first
        found = [{"field": name, "values": values} for name, values in found.items()]
    matched = [
        f"{FIELDS[one['field']].label if one['field'] in FIELDS else one['field']}: "
        f"{', '.join(one['values'])}" for one in found if not hides(one["field"], withheld)
    ]
    if items := rule.get("items"):
        numbers = ", ".join(str(number) for number in items[:SHOWN_ITEMS])
        more = len(items) - SHOWN_ITEMS
        text = ngettext("On item %(numbers)s", "On items %(numbers)s", len(items))
        matched.append(text % {"numbers": f"{numbers} …" if more > 0 else numbers})
    return Reason(rule.get("title", ""), rule.get("code", ""), rule.get("legal_basis", ""), matched)
