"""Proving an assessment: the record is what the journal says, and chance was chance.

A draw is made again from the seed that the assessment recorded; whether it was drawn, from the
share that the rule of that version has.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext as _

from agencies.risk.assessing import digest
from agencies.risk.engine import draw
from agencies.risk.models import RiskAssessment, RiskRule
from portal.journal.kinds import EventKind
from portal.journal.models import Event


def problems_of(kept: RiskAssessment) -> Iterator[str]:
    """What is wrong with an assessment, in words; nothing if it is proven."""
    event = Event.objects.of(kept.declaration_id).filter(
        kind=EventKind.RISK_ASSESSED, payload__assessment=str(kept.pk)).first()
    if event is None:
        yield _("The journal does not know this assessment.")
    elif event.payload["sha256"] != digest(kept):
        yield _("The assessment is not what the journal recorded.")
    draws: dict[str, int] = kept.inputs.get("draws", {})
    if draws and kept.inputs.get("seed") != kept.profile.secret:
        yield _("The seed is not that of the profile.")
    shares = _shares(kept.profile_id)
    for code, drawn in draws.items():
        if draw(kept.inputs["seed"], kept.declaration_id, code) != drawn:
            yield _("%(code)s: drawn again, another number comes.") % {"code": code}
        elif (drawn < shares[code]) != (code in kept.codes):
            yield _("%(code)s: whether it was selected does not follow from the draw.") % {
                "code": code}


@lru_cache(maxsize=64)
def _shares(profile: UUID) -> dict[str, int]:
    """Of a published version, which never changes, the random rules with their shares."""
    random = RiskRule.objects.filter(profile=profile, share__isnull=False)
    return {rule.code: int(rule.share * 100) for rule in random if rule.share is not None}
