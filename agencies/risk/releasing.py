"""Release without a hand: what no agency asked to see, in a lane that needs nobody before release.

A case that a routing rule sends to an agency waits for that agency, whatever its lane. One that
goes only to the default queue is released by the portal at once, if the profile says so for its
lane and the declaration cites no permit (a permit has an issuer who may object).
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from agencies.models import Review
from agencies.permits.models import PermitUse
from agencies.risk.assessing import Judged
from agencies.risk.models import RiskAssessment
from agencies.states import Lane, ReviewState
from declarations import lifecycle
from declarations.models import Declaration
from portal.accounts.actors import SYSTEM


def needs_no_hand(declaration: Declaration, made: Judged | None, reviews: list[Review]) -> bool:
    """Whether the planned ``reviews`` are the default one alone and the lane lets the goods go."""
    if made is None or not all(review.snapshot["default"] for review in reviews):
        return False
    lets_go = {Lane.GREEN: made.profile.releases_green, Lane.BLUE: made.profile.releases_blue}
    if not lets_go.get(made.lane, False):
        return False
    cites_abroad: Callable[[Declaration], bool] | None = (
        import_string(settings.FOREIGN_PERMITS) if settings.FOREIGN_PERMITS else None
    )
    if cites_abroad is not None and cites_abroad(declaration):
        return False
    return not PermitUse.objects.filter(declaration=declaration).exists()


def release(declaration: Declaration, reviews: list[Review]) -> bool:
    """Release what routing has found to need no hand, in the transaction that routed it."""
    if not reviews or not all(review.state == ReviewState.LAPSED for review in reviews):
        return False
    found: RiskAssessment = declaration.risk_assessments.latest("number", "again")
    lifecycle.perform(declaration, lifecycle.Action.RELEASE, SYSTEM, {
        "automatic": True, "assessment": str(found.pk), "lane": str(found.lane),
        "grounds": [one["title"] for one in found.reasons if one["disclosable"]],
    })
    return True
