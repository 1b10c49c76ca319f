"""A neighbour tells of an export after its import was accepted here: the import is assessed and
routed again, once for each message, as it is for an amendment.

It may add a control and never takes one away: the lane does not become lighter, a review that is at
work stays, and the draw of a random rule is the one that was drawn. What has been released or has
ended stays as it is; its officer reads the comparison. Noted with the match that found it, woken on
commit, found again by the sweep.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agencies import cases, rerouting
from agencies.cases import Case
from agencies.mirror import mirror_of
from agencies.risk import assessing
from declarations import wco
from declarations.states import State
from exchange.advance import putting_off
from exchange.advance.models import Advance, News
from exchange.advance.putting_off import PATIENCE
from exchange.advance.states import Outcome
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.record import record

BECAUSE = "advance_information"
_OPEN = (State.UNDER_REVIEW, State.INFORMATION_REQUIRED, State.INSPECTION)


def note(advance: Advance, message: UUID, declarations: Iterable[UUID]) -> None:
    """In the caller's transaction, which found that the export is these imports, or no longer is."""
    from exchange.advance.tasks import assess_again

    due = timezone.now() + PATIENCE
    for declaration in declarations:
        news, made = News.objects.get_or_create(
            declaration_id=declaration, message_id=message,
            defaults={"advance": advance, "due_at": due})
        if made:
            pk = str(news.pk)
            transaction.on_commit(lambda pk=pk: assess_again.delay(pk), robust=True)  # type: ignore[misc]


def settle(pk: UUID) -> None:
    """Look at one; nothing if that was done. The declaration's row is locked before this one's."""
    found = News.objects.filter(pk=pk, outcome=Outcome.WAITING).first()
    if found is None:
        return
    with transaction.atomic():
        case = cases.lock(found.declaration_id)
        news = (
            News.objects.select_for_update(of=("self",))
            .select_related("advance__partner", "message")
            .filter(pk=pk, outcome=Outcome.WAITING).first()
        )
        if news is None:
            return
        news.outcome, news.settled_at = _look(case, news), timezone.now()
        news.save()


def due() -> list[UUID]:
    """What nobody seems to have, for the sweep."""
    return putting_off.take(News.objects.due())


def _look(case: Case, news: News) -> Outcome:
    declaration = case.declaration
    version = declaration.versions.latest("number")
    before = assessing.latest(declaration)
    if not case.reviews or not version.dataset:
        return Outcome.NOTHING  # not routed yet: that will know it
    now = mirror_of(declaration, wco.from_json(version.dataset)).as_data()
    if before is not None and before.inputs.get("mirror", {}) == now:
        return Outcome.NOTHING
    if declaration.state not in _OPEN:
        return Outcome.LATE
    plan = rerouting.plan(case, version.dataset, version.dataset, only_more=True)
    if plan.risk is None and not plan.asks_again:
        return Outcome.NOTHING
    news.lane_before = before.lane if before else ""
    if plan.risk is not None:
        kept = assessing.keep(declaration, plan.risk, version.number, because=BECAUSE)
        news.lane_after = kept.lane
    partner = news.advance.partner
    # In the journal of the export: the trader reads that of its declaration.
    record(news.advance_id, EventKind.ADVANCE_ASSESSED, SYSTEM, {
        "declaration": str(declaration.pk), "mrn": news.advance.mrn, "partner": partner.country,
        "neighbour": partner.name, "message": str(news.message.message_id),
        "lane_before": news.lane_before, "lane_after": news.lane_after,
        "reviews": [str(review.pk) for review in plan.asks_again],
    })
    rerouting.carry_out(case, plan, SYSTEM)
    return Outcome.ASSESSED
