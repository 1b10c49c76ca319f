"""File the samples through the real intake, wait for the real workers, let the officers decide."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies import decisions
from agencies.models import Review
from agencies.states import ReviewState
from declarations import intake, wco
from declarations.models import Declaration
from declarations.states import State
from portal.accounts.actors import Actor
from portal.accounts.models import Membership
from portal.demo.samples.sample import Sample, Step

POLL_SECONDS = 0.2
PATIENCE_SECONDS = 90.0


class SamplesFailed(Exception):
    """A sample did not go as it should; the message says which, and what to look at."""


@dataclass
class Filed:
    sample: Sample
    declaration: Declaration
    new: bool


def file_all(samples: tuple[Sample, ...], country: str) -> Iterator[Filed]:
    """File every sample that is not there yet, then carry out its officers' steps in order.

    Raises SamplesFailed when no worker reads them in time or an officer finds no review.
    """
    today = datetime.now(UTC).astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
    filed = [file_one(sample, today, country) for sample in samples]
    for each in filed:
        if each.new:
            wait_until_read(each.declaration)
            for step in each.sample.steps:
                take(step, each.declaration)
            each.declaration.refresh_from_db()
            if each.declaration.state != each.sample.ends:
                raise SamplesFailed(
                    f"{each.sample.title} ({each.declaration.lrn}) is {each.declaration.state}, "
                    f"not {each.sample.ends.value}."
                )
        yield each


def file_one(sample: Sample, today: date, country: str) -> Filed:
    """Write the message of a sample and submit it, unless its LRN has been filed before."""
    actor = actor_of(sample.filed_by)
    made = sample.make(today)
    earlier = (
        Declaration.objects.owned_by(actor).filed().filter(lrn=made.FunctionalReferenceID).first()
    )
    if earlier is not None:
        return Filed(sample, earlier, new=False)
    body = wco.to_xml(made, wco.get_profile("carec"), country=country)
    try:
        declaration = intake.submit(actor, body, channel=sample.channel)
    except intake.IntakeRefused as error:
        told = "; ".join(fault.message for fault in error.faults)
        raise SamplesFailed(f"{sample.title} was refused at intake: {told}") from error
    return Filed(sample, declaration, new=True)


def actor_of(username: str) -> Actor:
    """The demo user's actor. Raises SamplesFailed before the portal is seeded."""
    membership = (
        Membership.objects.select_related("user", "organisation")
        .filter(user__username=username)
        .first()
    )
    if membership is None:
        raise SamplesFailed(f"There is no demo user {username}. Run manage.py seed first.")
    return membership.actor()


def wait_until_read(declaration: Declaration) -> None:
    """Wait until a worker has checked the declaration."""

    def read() -> bool:
        declaration.refresh_from_db()
        return declaration.state != State.SUBMITTED

    if not within(PATIENCE_SECONDS, read):
        raise SamplesFailed(
            f"No worker has read {declaration.lrn} within {PATIENCE_SECONDS:.0f} seconds. Start "
            "one: celery -A portal worker -B -Q intake,exchange,notify,bulk"
        )


def within(seconds: float, done: Callable[[], bool]) -> bool:
    """Ask again and again until ``done`` says yes; False if the time runs out."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def take(step: Step, declaration: Declaration) -> None:
    """Do what the officer does, through the same verbs as the officer's page."""
    actor = actor_of(step.user)
    review = _open_review(actor, declaration, step)
    decisions.claim(review, actor)
    match step.verb:
        case "claim":
            return
        case "approve":
            decisions.approve(review, actor, step.reason, step.conditions)
        case "refuse":
            decisions.refuse(review, actor, step.reason_code, step.reason)
        case _:
            raise ValueError(f"An officer cannot {step.verb}.")


def _open_review(actor: Actor, declaration: Declaration, step: Step) -> UUID:
    review = (
        Review.objects.of_agency(actor)
        .filter(declaration=declaration, state=ReviewState.OPEN)
        .first()
    )
    if review is None:
        faults = "; ".join(f["message"] for f in declaration.current.faults) or "none"
        raise SamplesFailed(
            f"{step.user} has no open review of {declaration.lrn} (state {declaration.state}, "
            f"faults: {faults})."
        )
    return review.pk
