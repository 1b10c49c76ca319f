"""Claiming and deciding: who may, what follows, and that nothing happens twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from agencies import decisions
from agencies.decisions import DecisionError
from agencies.models import Review
from agencies.states import RefusalReason, ReviewState
from agencies.visibility import cases_of
from declarations.models import Declaration
from declarations.states import State
from portal.accounts.actors import SYSTEM, Actor
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.conftest import World
from tests.agencies.samples import dataset, item, make_declaration
from tests.factories import make_member, make_officer, make_organisation


def kinds(declaration: Declaration) -> list[str]:
    return [event.kind for event in Event.objects.of(declaration.pk)]


def decide(world: World, declaration: Declaration, agency: Any, verb: str = "approve") -> Actor:
    _user, actor = make_officer(agency)
    review = world.review(declaration, agency)
    decisions.claim(review.pk, actor)
    if verb == "approve":
        decisions.approve(review.pk, actor)
    else:
        decisions.refuse(review.pk, actor, RefusalReason.HEALTH_RISK, "The certificate is missing.")
    declaration.refresh_from_db()
    return actor


def test_the_last_approval_of_a_tier_opens_the_next_and_the_last_of_all_releases(
    world: World,
) -> None:
    declaration = world.route()
    decide(world, declaration, world.phyto)
    assert world.review(declaration, world.customs).state == ReviewState.WAITING
    decide(world, declaration, world.vet)
    assert declaration.state == State.UNDER_REVIEW
    opened = world.review(declaration, world.customs)
    assert opened.state == ReviewState.OPEN and opened.due_at
    customs = decide(world, declaration, world.customs)
    assert declaration.state == State.RELEASED and declaration.closed_at
    closed = world.review(declaration, world.customs)
    assert closed.decided_by_id == customs.user_id
    assert kinds(declaration)[-2:] == [EventKind.REVIEW_APPROVED, EventKind.RELEASED]


def test_a_refusal_ends_the_case_and_lapses_the_other_reviews(world: World) -> None:
    declaration = world.route()
    decide(world, declaration, world.phyto, "refuse")
    assert declaration.state == State.REFUSED
    states = {r.queue.agency.code: r.state for r in declaration.reviews.all()}
    assert states == {"phyto": ReviewState.REFUSED, "vet": ReviewState.LAPSED,
                      "customs": ReviewState.LAPSED}
    event = Event.objects.of(declaration.pk).last()
    assert event is not None and event.kind == EventKind.REFUSED
    assert event.payload["reason"] == "The certificate is missing."
    assert event.payload["agency"] == world.phyto.name


@pytest.mark.parametrize(
    ("code", "text", "field"),
    [("", "Text", "reason_code"), ("nonsense", "Text", "reason_code"), ("other", "  ", "reason")],
)
def test_a_refusal_needs_a_reason(world: World, code: str, text: str, field: str) -> None:
    declaration = world.route()
    _user, actor = make_officer(world.phyto)
    review = decisions.claim(world.review(declaration, world.phyto).pk, actor)
    with pytest.raises(DecisionError) as caught:
        decisions.refuse(review.pk, actor, code, text)
    assert caught.value.field == field
    assert world.review(declaration, world.phyto).state == ReviewState.CLAIMED


def test_only_the_holder_decides(world: World) -> None:
    declaration = world.route()
    review = world.review(declaration, world.phyto)
    _user, holder = make_officer(world.phyto, name="holder")
    _user, other = make_officer(world.phyto)
    with pytest.raises(DecisionError, match="Take the review up first"):
        decisions.approve(review.pk, holder)
    decisions.claim(review.pk, holder)
    for verb in (decisions.claim, decisions.approve, decisions.hand_back):
        with pytest.raises(DecisionError, match="holder has taken this review up"):
            verb(review.pk, other)
    decisions.claim(review.pk, holder)
    assert kinds(declaration).count(EventKind.REVIEW_CLAIMED) == 1


def test_a_closed_review_stays_closed(world: World) -> None:
    declaration = world.route()
    actor = decide(world, declaration, world.phyto)
    review = world.review(declaration, world.phyto)
    for verb in (decisions.claim, decisions.approve, decisions.hand_back):
        with pytest.raises(DecisionError, match="This review is closed: Approved"):
            verb(review.pk, actor)


def test_the_submitter_never_decides(world: World) -> None:
    """Someone who files for a trader and works at an agency too."""
    trader = make_organisation()
    user, _actor = make_member(trader)
    officer = Membership.objects.create(
        user=user, organisation=world.phyto.organisation, role=Role.OFFICER
    ).actor()
    own = world.route(make_declaration(trader, user))
    review = world.review(own, world.phyto)
    with pytest.raises(DecisionError, match="You filed this declaration yourself"):
        decisions.claim(review.pk, officer)
    assert decisions.claim_next(officer) is None
    Review.objects.filter(pk=review.pk).update(state=ReviewState.CLAIMED, claimed_by=user)
    with pytest.raises(DecisionError, match="You filed this declaration yourself"):
        decisions.approve(review.pk, officer)
    by_own_program = world.route(make_declaration(trader, user))
    Declaration.objects.filter(pk=by_own_program.pk).update(filed_by=None)
    by_colleague = world.route(make_declaration(trader))
    by_broker = world.route(make_declaration(make_organisation(), principal=trader))
    for declaration in (by_own_program, by_colleague, by_broker):
        with pytest.raises(DecisionError, match="You belong to the organisation that filed"):
            decisions.claim(world.review(declaration, world.phyto).pk, officer)
    assert decisions.claim_next(officer) is None
    by_program = world.route(make_declaration(make_organisation()))
    Declaration.objects.filter(pk=by_program.pk).update(filed_by=None)
    taken = decisions.claim_next(officer)
    assert taken is not None and taken.declaration_id == by_program.pk


def test_an_officer_of_another_agency_does_not_find_the_review(world: World) -> None:
    declaration = world.route()
    _user, vet = make_officer(world.vet)
    review = world.review(declaration, world.phyto)
    for verb in (decisions.claim, decisions.approve, decisions.hand_back):
        with pytest.raises(Review.DoesNotExist):
            verb(review.pk, vet)
    waiting = world.review(declaration, world.customs)
    _user, customs = make_officer(world.customs)
    with pytest.raises(Review.DoesNotExist):
        decisions.claim(waiting.pk, customs)


def test_traders_and_the_system_cannot_decide(world: World) -> None:
    declaration = world.route()
    review = world.review(declaration, world.phyto)
    _user, trader = make_member(make_organisation())
    for actor in (trader, SYSTEM):
        with pytest.raises(DecisionError, match="Only an officer"):
            decisions.claim(review.pk, actor)
        with pytest.raises(DecisionError, match="Only an officer"):
            decisions.claim_next(actor)


def test_handing_back_opens_the_review_for_others(world: World) -> None:
    declaration = world.route()
    _user, first = make_officer(world.phyto)
    _user, supervisor = make_officer(world.phyto, Role.SUPERVISOR)
    review = decisions.claim(world.review(declaration, world.phyto).pk, first)
    due = review.due_at
    decisions.hand_back(review.pk, first)
    review.refresh_from_db()
    assert (review.state, review.claimed_by, review.due_at) == (ReviewState.OPEN, None, due)
    decisions.claim(review.pk, first)
    decisions.hand_back(review.pk, supervisor)
    review.refresh_from_db()
    assert review.state == ReviewState.OPEN


def test_claim_next_takes_what_is_due_first_of_ones_own_agency(world: World) -> None:
    _user, actor = make_officer(world.phyto)
    first, second = world.route(), world.route()
    early = world.review(second, world.phyto)
    Review.objects.filter(pk=early.pk).update(due_at=early.opened_at)
    taken = [decisions.claim_next(actor), decisions.claim_next(actor, world.phyto.queues.get())]
    assert [r.declaration_id for r in taken if r] == [second.pk, first.pk]
    assert decisions.claim_next(actor) is None


def test_cases_of_an_agency_are_those_that_came_to_it(world: World) -> None:
    declaration, other = world.route(), world.route(data=dataset(item("090210")))
    _user, phyto = make_officer(world.phyto)
    _user, customs = make_officer(world.customs)
    assert set(cases_of(phyto)) == {declaration}
    assert set(cases_of(customs)) == {other}
    decide(world, declaration, world.phyto)
    decide(world, declaration, world.vet)
    assert set(cases_of(phyto)) == {declaration}
    assert set(cases_of(customs)) == {declaration, other}
    _user, trader = make_member(declaration.organisation)
    assert not cases_of(trader).exists()


# --- races ----------------------------------------------------------------------------------


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; each gives its result or its exception."""
    barrier = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[number] = job()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_officers_never_get_one_case(world: World) -> None:
    for _number in range(5):
        world.route()
    officers = [make_officer(world.phyto)[1] for _number in range(8)]
    results = at_once(*[lambda actor=actor: decisions.claim_next(actor) for actor in officers])
    assert not [r for r in results if isinstance(r, Exception)]
    taken = [r.pk for r in results if r is not None]
    assert len(taken) == len(set(taken)) == 5
    for review, actor in zip(results, officers, strict=True):
        if review is not None:
            assert Review.objects.get(pk=review.pk).claimed_by_id == actor.user_id


@pytest.mark.django_db(transaction=True)
def test_of_officers_who_claim_the_same_review_one_gets_it(world: World) -> None:
    review = world.review(world.route(), world.phyto)
    officers = [make_officer(world.phyto)[1] for _number in range(6)]
    results = at_once(*[lambda a=a: decisions.claim(review.pk, a) for a in officers])
    assert sum(isinstance(r, Review) for r in results) == 1
    assert sum(isinstance(r, DecisionError) for r in results) == 5


@pytest.mark.django_db(transaction=True)
def test_agencies_that_decide_at_once_release_exactly_once(world: World) -> None:
    for _round in range(4):
        declaration = world.route(data=dataset(item("220830"), item("220421")))
        jobs = []
        for agency in (world.phyto, world.vet):
            _user, actor = make_officer(agency)
            review = decisions.claim(world.review(declaration, agency).pk, actor)
            jobs.append(lambda r=review, a=actor: decisions.approve(r.pk, a))
        assert all(isinstance(r, Review) for r in at_once(*jobs))
        assert world.review(declaration, world.customs).state == ReviewState.OPEN
        assert kinds(declaration).count(EventKind.REVIEW_OPENED) == 3


@pytest.mark.django_db(transaction=True)
def test_approval_and_refusal_at_once_end_in_one_outcome(world: World) -> None:
    for _round in range(4):
        declaration = world.route()
        _user, phyto = make_officer(world.phyto)
        _user, vet = make_officer(world.vet)
        mine = decisions.claim(world.review(declaration, world.phyto).pk, phyto)
        theirs = decisions.claim(world.review(declaration, world.vet).pk, vet)
        results = at_once(
            lambda r=mine, a=phyto: decisions.approve(r.pk, a),
            lambda r=theirs, a=vet: decisions.refuse(r.pk, a, RefusalReason.OTHER, "No."),
        )
        assert isinstance(results[1], Review), results
        assert isinstance(results[0], Review | DecisionError), results
        declaration.refresh_from_db()
        assert declaration.state == State.REFUSED
        assert not declaration.reviews.pending().exists()  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_a_crowd_of_officers_ends_every_case_and_never_deadlocks(world: World) -> None:
    declarations = [world.route() for _number in range(12)]
    refused = {declarations[3].pk, declarations[7].pk}

    def work(actor: Actor) -> int:
        done = 0
        while (review := decisions.claim_next(actor)) is not None:
            try:
                if review.declaration_id in refused:
                    decisions.refuse(review.pk, actor, RefusalReason.OTHER, "No.")
                else:
                    decisions.approve(review.pk, actor)
                done += 1
            except DecisionError:
                assert review.declaration_id in refused  # another agency has refused meanwhile
        return done

    crowd = [make_officer(agency)[1] for agency in (world.phyto, world.vet) for _n in range(3)]
    results = at_once(*[lambda a=actor: work(a) for actor in crowd])
    assert all(isinstance(done, int) for done in results), results
    # What was passed over because a colleague held it at that moment is still there to take.
    for actor in crowd:
        work(actor)
    _user, customs = make_officer(world.customs)
    assert work(customs) == 10
    for declaration in declarations:
        declaration.refresh_from_db()
        expected = State.REFUSED if declaration.pk in refused else State.RELEASED
        assert declaration.state == expected
        last = [kind for kind in kinds(declaration) if kind in (EventKind.RELEASED, EventKind.REFUSED)]
        assert last == [expected.value]
