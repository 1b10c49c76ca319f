"""What an agency does about another country's permit: release without an answer, note what was
found, ask again."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.cases import DecisionError, must_not_be_own, must_review
from agencies.models import Review
from agencies.permits.states import UseState
from declarations.models import Declaration
from declarations.states import State
from exchange.models import ForeignUse
from exchange.permits import using
from exchange.permits.states import ANSWER_TIME, Answer
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record

_ENDED = (State.RELEASED, State.REFUSED, State.CANCELLED, State.REJECTED)


def vouch(use_id: UUID, actor: Actor, why: str) -> ForeignUse:
    """Let the goods be released although the issuing country does not answer: a supervisor answers
    for it. The write-off is told all the same. Raises DecisionError."""
    if not actor.may(Permission.SUPERVISE):
        raise DecisionError(_("Only a supervisor of the agency may answer for this."))
    with _locked(use_id, actor) as (use, declaration):
        if use.answer != Answer.WAITING or use.said != UseState.RESERVED:
            raise DecisionError(_("An answer is there: nobody needs to answer for it."))
        if not use.is_late():
            raise DecisionError(
                _("The other country still has time to answer. After %(hours)s hours a supervisor "
                  "may answer for it.") % {"hours": int(ANSWER_TIME.total_seconds() // 3600)}
            )
        if not (why := why.strip()):
            raise DecisionError(_("Write why the goods are released without an answer."), "reason")
        if use.vouched_at is None:
            use.vouched_by, use.vouched_at, use.vouched_why = actor.label, timezone.now(), why[:500]
            use.save(update_fields=["vouched_by", "vouched_at", "vouched_why"])
            record(declaration.pk, EventKind.PERMIT_USE_VOUCHED, actor, {
                "partner": use.partner.country, "permit": use.number, "item": use.item,
                "reason": use.vouched_why,
            })
        return use


def found(use_id: UUID, actor: Actor, quantity: Decimal) -> ForeignUse:
    """Note the quantity that was found, not more than declared: it is what the release writes off.
    Raises DecisionError."""
    with _locked(use_id, actor) as (use, declaration):
        if use.quantity is None or not Decimal(0) < quantity <= use.quantity:
            raise DecisionError(
                _("Give a quantity above zero and not above what is declared."), "quantity"
            )
        if use.actual_quantity != quantity:
            use.actual_quantity = quantity
            use.save(update_fields=["actual_quantity"])
            record(declaration.pk, EventKind.PERMIT_USE_MEASURED, actor, {
                "partner": use.partner.country, "permit": use.number, "item": use.item,
                "quantity": f"{quantity:f}", "unit": use.unit,
            })
        return use


def ask_again(use_id: UUID, actor: Actor) -> ForeignUse:
    """Ask anew what was refused. Raises DecisionError."""
    with _locked(use_id, actor) as (use, declaration):
        if use.answer != Answer.REFUSED or use.said != UseState.RESERVED:
            raise DecisionError(_("It was not refused, or it can be mended by an amendment only."))
        using.ask_again(use, declaration, actor)
        return use


@contextmanager
def _locked(use_id: UUID, actor: Actor) -> Iterator[tuple[ForeignUse, Declaration]]:
    """The use of a declaration that came to the actor's agency, both locked, before its end.

    Raises ForeignUse.DoesNotExist for any other.
    """
    must_review(actor)
    mine = Review.objects.came_to(actor).values("declaration")
    with transaction.atomic():
        known = ForeignUse.objects.get(pk=use_id, declaration__in=mine)
        declaration = Declaration.objects.select_for_update(of=("self",)).get(pk=known.declaration_id)
        must_not_be_own(declaration, actor)
        if declaration.state in _ENDED:
            raise DecisionError(_("The declaration has ended already."))
        yield ForeignUse.objects.locked().get(pk=use_id), declaration
