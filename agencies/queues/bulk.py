"""One action on many reviews: each in a transaction of its own, each with its own result."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import decisions
from agencies.decisions import DecisionError
from agencies.models import Review
from agencies.queues.assigning import assign
from portal.accounts.actors import Actor

MOST = 100
ACTIONS = {
    "claim": gettext_lazy("Taken up"), "hand_back": gettext_lazy("Handed back"),
    "approve": gettext_lazy("Approved"), "assign": gettext_lazy("Given to the officer"),
}
PROPOSED = gettext_lazy("Proposed: a colleague must sign it")


@dataclass(frozen=True)
class Outcome:
    review: Review
    done: bool
    text: str


def run(action: str, keys: Iterable[UUID], actor: Actor, officer: UUID | None = None) -> list[Outcome]:
    """Do it where every rule allows; what does not go says why. Unknown reviews are passed over."""
    verbs: dict[str, Callable[[UUID], Review]] = {
        "claim": lambda key: decisions.claim(key, actor),
        "hand_back": lambda key: decisions.hand_back(key, actor),
        "approve": lambda key: decisions.approve(key, actor),
        "assign": lambda key: _assign(key, officer, actor),
    }
    found = Review.objects.came_to(actor).select_related("declaration", "queue__agency")
    there = found.in_bulk(list(dict.fromkeys(keys))[:MOST])
    outcomes = []
    for key, review in there.items():
        try:
            then = verbs[action](key)
        except DecisionError as error:
            outcomes.append(Outcome(review, False, str(error)))
        else:
            text = ACTIONS[action]
            if action == "approve" and then.closed_at is None:
                text = PROPOSED
            outcomes.append(Outcome(review, True, str(text)))
    return outcomes


def _assign(key: UUID, officer: UUID | None, actor: Actor) -> Review:
    if officer is None:
        raise DecisionError(_("Choose an officer of your agency."))
    return assign(key, officer, actor)
