"""Risk rules and profiles for the tests of this room."""

from itertools import count
from typing import Any

from django.utils import timezone

from agencies.conditions import parse
from agencies.risk.engine import CompiledRisk
from agencies.risk.models import RiskProfile, RiskRule
from agencies.states import RuleSetStatus
from tests.agencies.samples import without_triggers

_numbers = count(1)
EVERYTHING: dict[str, Any] = {"all": []}


def compiled(conditions: dict[str, Any] | None = None, **fields: Any) -> CompiledRisk:
    code = fields.pop("code", f"risk-{next(_numbers)}")
    return CompiledRisk(
        code=code, title=code.capitalize(), condition=parse(conditions or EVERYTHING), **fields)


def make_profile(*rules: dict[str, Any], version: int = 0, **fields: Any) -> RiskProfile:
    """Published and in force since now; ``rules`` are the columns of its rules."""
    values = {"title": "Risk", "status": RuleSetStatus.PUBLISHED, "effective_from": timezone.now()}
    with without_triggers():
        profile = RiskProfile.objects.create(
            version=version or 1000 + next(_numbers), **(values | fields))
        for rule in rules:
            add_rule(profile, **rule)
    return profile


def add_rule(profile: RiskProfile, **fields: Any) -> RiskRule:
    code = fields.pop("code", f"risk-{next(_numbers)}")
    values = {"title": f"Rule {code}", "conditions": EVERYTHING}
    with without_triggers():
        return RiskRule.objects.create(profile=profile, code=code, **(values | fields))
