"""The permits of other countries that a declaration cites, as its pages show them."""

from dataclasses import dataclass

from django.utils import timezone

from agencies.cases import is_own
from agencies.models import Review
from agencies.permits.states import UseState
from declarations.models import Declaration
from declarations.states import State
from exchange.models import ForeignUse
from exchange.permits import wording
from exchange.permits.states import Answer
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission

_OPEN = (State.ACCEPTED, State.UNDER_REVIEW, State.INFORMATION_REQUIRED, State.INSPECTION,
         State.AMENDED)
_LOOKS = {
    Answer.WAITING: ("hourglass", "wait"), Answer.GRANTED: ("circle-check", "good"),
    Answer.REFUSED: ("ban", "bad"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One use. ``may_…``: what the officer is offered; exchange.permits.acting decides."""

    use: ForeignUse
    state: str
    icon: str
    tone: str
    reason: str = ""
    remedy: str = ""
    late: bool = False
    may_note: bool = False
    may_ask: bool = False
    may_vouch: bool = False


def shown(declaration: Declaration, actor: Actor) -> list[Shown]:
    """What the declaration takes; those that it does not cite any more are left out."""
    uses = list(ForeignUse.objects.of_declaration(declaration.pk).live())
    if not uses:
        return []
    officer = (
        declaration.state in _OPEN and actor.may(Permission.REVIEW)
        and Review.objects.came_to(actor).filter(declaration=declaration).exists()
        and not is_own(declaration, actor)
    )
    return [_shown(use, officer, actor) for use in uses]


def _shown(use: ForeignUse, officer: bool, actor: Actor) -> Shown:
    icon, tone = _LOOKS[Answer(use.answer)]
    refused, late = use.answer == Answer.REFUSED, use.is_late(timezone.now())
    reserved = use.said == UseState.RESERVED
    return Shown(
        use, wording.state(use), icon, tone,
        reason=wording.reason(use.reason) if refused else "",
        remedy=wording.remedy(use) if refused and use.said != UseState.WRITTEN_OFF else "",
        late=late,
        may_note=officer and reserved,
        may_ask=officer and reserved and refused,
        may_vouch=officer and late and use.vouched_at is None and actor.may(Permission.SUPERVISE),
    )
