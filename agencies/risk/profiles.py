"""Versions of risk profiles; what can be done with them is in ``agencies.versions.shelf``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agencies.conditions import Condition, ConditionError, Group, parse
from agencies.risk.models import RiskProfile, RiskRule
from agencies.versions.shelf import Kinds, Shelf
from portal.journal.kinds import EventKind

TERMS = ("yellow_from", "red_from", "releases_green", "releases_blue")


class RiskShelf(Shelf[RiskProfile, RiskRule]):
    model, rule, link = RiskProfile, RiskRule, "profile"
    lock = 0x5249534B  # "RISK"
    kinds = Kinds(
        drafted=EventKind.RISK_DRAFTED, edited=EventKind.RISK_EDITED,
        discarded=EventKind.RISK_DISCARDED, asked=EventKind.RISK_ASKED,
        unasked=EventKind.RISK_UNASKED, returned=EventKind.RISK_RETURNED,
        published=EventKind.RISK_PUBLISHED, withdrawn=EventKind.RISK_WITHDRAWN,
    )

    def rule_data(self, rule: RiskRule) -> dict[str, Any]:
        return {
            "code": rule.code, "title": rule.title, "score": rule.score, "floor": rule.floor,
            "share": None if rule.share is None else f"{rule.share:.2f}",
            "disclosable": rule.disclosable, "legal_basis": rule.legal_basis,
            "valid_from": rule.valid_from.isoformat() if rule.valid_from else None,
            "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
            "conditions": rule.conditions,
        }

    def about(self, version: RiskProfile) -> dict[str, Any]:
        return {name: getattr(version, name) for name in TERMS}

    def copied(self, version: RiskProfile) -> dict[str, Any]:
        """Not the secret: what is drawn with the new version cannot be told from the old."""
        return self.about(version)

    def more_problems(self, version: RiskProfile, rules: list[Any]) -> list[str]:
        return [
            f"{rule.code}: {problem}" for rule in rules
            for problem in condition_problems(rule.conditions)
        ]


SHELF = RiskShelf()


def condition_problems(data: Any) -> list[str]:
    """What a risk rule may not ask, in words; of a condition that can be read."""
    try:
        condition = parse(data)
    except ConditionError:
        return []
    if "lane" in _fields(condition):
        return [_("A risk rule finds the lane, so it cannot ask for it. Remove that condition.")]
    return []


def _fields(condition: Condition) -> set[str]:
    if isinstance(condition, Group):
        return set().union(*map(_fields, condition.parts))
    return {condition.field}
