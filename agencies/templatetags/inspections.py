"""Inspections on the pages of others: the review's and the declaration's."""

from typing import Any

from django import template
from django.template.context import RequestContext

from agencies.cases import is_own
from agencies.inspections.appointing import place
from agencies.inspections.models import Finding, Inspection
from agencies.inspections.states import TAKES_PART, InspectionState
from agencies.models import Review
from agencies.states import ReviewState
from declarations.models import Declaration
from declarations.states import State
from portal.accounts.actors import NOBODY, Actor
from portal.accounts.roles import Permission

register = template.Library()


@register.inclusion_tag("agencies/inspections/parts/review_card.html", takes_context=True)
def review_inspection(context: RequestContext, review: Review) -> dict[str, Any]:
    """The last visit that the reader's agency was asked to, and the way to call for one."""
    actor: Actor = getattr(context.get("request"), "actor", NOBODY)
    visible = Inspection.objects.of_agency(actor).filter(declaration=review.declaration_id)
    found = visible.select_related("lead", "site").first()
    active = review.declaration.inspections.active().exists()
    holds = review.state == ReviewState.CLAIMED and review.claimed_by_id == actor.user_id
    return {
        "review": review, "inspection": found,
        "part": found and found.participants.filter(
            agency__organisation=actor.organisation_id).first(),
        "participants": list(found.participants.listed()) if found else [],
        "findings": list(Finding.objects.about(found.pk)) if found else [],
        "may_call": holds and not (active and found is not None and found.is_active)
        and review.declaration.state in (
            State.UNDER_REVIEW, State.INFORMATION_REQUIRED)
        and not is_own(review.declaration, actor),
    }


@register.inclusion_tag("agencies/inspections/parts/trader_card.html", takes_context=True)
def trader_inspection(context: RequestContext, declaration: Declaration) -> dict[str, Any]:
    """The appointment and the result in a word, for whoever filed the declaration."""
    actor: Actor = getattr(context.get("request"), "actor", NOBODY)
    found = None
    if declaration.organisation_id == actor.organisation_id or (
        declaration.principal_id is not None and declaration.principal_id == actor.organisation_id
    ):
        found = declaration.inspections.select_related("site").first()
    parts = found.participants.filter(part__in=TAKES_PART).select_related("agency") if found else ()
    return {
        "inspection": found, "place": place(found) if found else "",
        "agencies": [str(one.agency) for one in parts],
        "may_answer": found is not None and found.state == InspectionState.APPOINTED
        and actor.may(Permission.FILE) and declaration.organisation_id == actor.organisation_id,
        "csrf_token": context.get("csrf_token"),
    }
