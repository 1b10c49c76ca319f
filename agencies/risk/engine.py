"""From the facts of a declaration to a lane with its reasons. Pure: no database, no clock.

Every rule in force that day whose condition holds for at least one goods item counts: its score is
added, and the lane is not below its floor. A rule with a share counts only if the declaration is
drawn. The draw is an HMAC of the declaration's key and the rule's code with the profile's secret,
so the portal can repeat it at any time and nobody without the secret can foresee it. It does not
depend on what is declared: amending a declaration does not draw again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from agencies.conditions import Condition
from agencies.facts import Facts
from agencies.matcher import Masks, RuleIndex
from agencies.states import Lane

# From the lightest control to the heaviest.
STRENGTH = (Lane.GREEN, Lane.BLUE, Lane.YELLOW, Lane.RED)
LOWEST_SCORE, HIGHEST_SCORE = 0, 100
SHOWN_ITEMS, SHOWN_VALUES = 20, 12
DRAWS = 10_000  # a draw is a whole number below this; a share of 5.25 percent takes those below 525


@dataclass(frozen=True, slots=True)
class RiskTerms:
    """From which score a declaration is yellow, and red."""

    yellow_from: int
    red_from: int


@dataclass(frozen=True, slots=True)
class CompiledRisk:
    """What assessing needs of one rule. ``share``: of ``DRAWS``; None where it always counts."""

    code: str
    title: str
    condition: Condition
    score: int = 0
    floor: str = ""
    share: int | None = None
    disclosable: bool = False
    legal_basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class RiskReason:
    """A rule that counted, as it stood, with what it matched. ``item_count``: of all items."""

    rule: CompiledRisk
    items: tuple[int, ...] = ()
    item_count: int = 0
    values: dict[str, list[str]] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        rule = self.rule
        return {
            "code": rule.code, "title": rule.title, "score": rule.score, "floor": rule.floor,
            "random": rule.share is not None, "disclosable": rule.disclosable,
            "legal_basis": rule.legal_basis, "items": list(self.items),
            "item_count": self.item_count,
            "matched": [{"field": name, "values": found} for name, found in self.values.items()],
        }


@dataclass(frozen=True, slots=True)
class Conclusion:
    """``draws``: of every random rule whose condition held, drawn or not."""

    lane: Lane
    score: int
    reasons: list[RiskReason]
    draws: dict[str, int]


def draw(secret: str, declaration: UUID, code: str) -> int:
    """A whole number below ``DRAWS``, always the same for the same three."""
    message = f"{declaration}:{code}".encode()
    made = hmac.new(bytes.fromhex(secret), message, hashlib.sha256).digest()
    return int.from_bytes(made[:8]) * DRAWS >> 64


def strongest(lanes: Iterable[str]) -> Lane:
    """The heaviest control among lanes; green if there is none."""
    return max((Lane(lane) for lane in lanes if lane), key=STRENGTH.index, default=Lane.GREEN)


def lane_of(score: int, terms: RiskTerms) -> Lane:
    """By the score alone. Blue is given by floors only."""
    if score >= terms.red_from:
        return Lane.RED
    return Lane.YELLOW if score >= terms.yellow_from else Lane.GREEN


def judge(
    rules: RuleIndex[CompiledRisk], terms: RiskTerms, secret: str, declaration: UUID, facts: Facts,
    day: date,
) -> Conclusion:
    """What the rules say about the declaration on that day."""
    masks = Masks(facts)
    reasons, draws = [], {}
    for rule, mask in rules.holding(masks):
        if not rule.is_valid(day):
            continue
        if rule.share is not None:
            draws[rule.code] = draw(secret, declaration, rule.code)
            if draws[rule.code] >= rule.share:
                continue
        match = masks.explain(rule, mask, SHOWN_ITEMS)
        reasons.append(RiskReason(
            rule, match.items, mask.bit_count() if match.items else 0,
            {name: found[:SHOWN_VALUES] for name, found in match.values.items()},
        ))
    total = sum(reason.rule.score for reason in reasons)
    score = min(max(total, LOWEST_SCORE), HIGHEST_SCORE)
    lane = strongest([lane_of(score, terms), *(reason.rule.floor for reason in reasons)])
    reasons.sort(key=_weight, reverse=True)
    return Conclusion(lane, score, reasons, draws)


def _weight(reason: RiskReason) -> tuple[int, int, str]:
    floor = STRENGTH.index(Lane(reason.rule.floor)) if reason.rule.floor else -1
    return floor, reason.rule.score, reason.rule.code
