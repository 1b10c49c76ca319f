"""Whether the rules were right: of each, how often it matched, was inspected, and found something.

Counted from the assessments, the inspections and the decisions themselves; there are no counters
that could differ from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from agencies.risk.models import RiskProfile, RiskRule
from agencies.states import Lane

# Each declaration counts once for a rule, however often it was amended.
_SEEN = """
WITH seen AS (
    SELECT DISTINCT a.declaration_id, {what} AS key
    FROM agencies_riskassessment a {also}
    WHERE a.profile_id = %(profile)s AND a.assessed_at >= %(begin)s AND a.assessed_at < %(end)s
), looked AS (
    SELECT declaration_id, bool_or(discrepancy) AS found FROM agencies_inspection
    WHERE state = 'closed' AND declaration_id IN (SELECT declaration_id FROM seen)
    GROUP BY declaration_id
)
SELECT seen.key, count(*),
       count(looked.declaration_id),
       count(*) FILTER (WHERE looked.found),
       count(*) FILTER (WHERE d.state = 'refused')
FROM seen JOIN declarations_declaration d ON d.id = seen.declaration_id
LEFT JOIN looked ON looked.declaration_id = seen.declaration_id
GROUP BY seen.key
"""
_BY_RULE = _SEEN.format(what="code", also="CROSS JOIN unnest(a.codes) AS code")
# Of a declaration that was amended, the lane that it came to at last.
_BY_LANE = _SEEN.format(
    what="last_value(a.lane) OVER (PARTITION BY a.declaration_id ORDER BY a.number "
    "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)", also="")


@dataclass(frozen=True, slots=True)
class Rate:
    """How many declarations, and of those how many were inspected, found and refused."""

    hits: int = 0
    inspected: int = 0
    found: int = 0
    refused: int = 0

    @property
    def percent(self) -> int | None:
        """Of those inspected, on how many something was found; None where none was inspected."""
        return round(100 * self.found / self.inspected) if self.inspected else None


@dataclass(frozen=True, slots=True)
class RuleRate:
    rule: RiskRule
    rate: Rate


@dataclass(frozen=True, slots=True)
class LaneRate:
    lane: str
    rate: Rate


def by_rule(profile: RiskProfile, begin: datetime, end: datetime) -> list[RuleRate]:
    """For every rule of the profile, those that match most first. Two queries."""
    counted = _counted(_BY_RULE, profile, begin, end)
    rates = [RuleRate(rule, counted.get(rule.code, Rate())) for rule in profile.rules.all()]
    return sorted(rates, key=lambda one: (-one.rate.hits, one.rule.code))


def by_lane(profile: RiskProfile, begin: datetime, end: datetime) -> list[LaneRate]:
    """For every lane, the heaviest first."""
    counted = _counted(_BY_LANE, profile, begin, end)
    return [LaneRate(lane, counted.get(lane, Rate()))
            for lane in (Lane.RED, Lane.YELLOW, Lane.BLUE, Lane.GREEN)]


def _counted(query: str, profile: RiskProfile, begin: datetime, end: datetime) -> dict[str, Rate]:
    about: dict[str, Any] = {"profile": profile.pk, "begin": begin, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(query, about)
        return {key: Rate(*numbers) for key, *numbers in cursor.fetchall()}
