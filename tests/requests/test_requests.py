"""Asking the trader and answering: the clock, the states, who may, and that nobody races."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agencies import cancellations, decisions, requests
from agencies.correspondence import InformationRequest
from agencies.decisions import DecisionError
from agencies.models import Review
from agencies.states import RefusalReason, RequestState, ReviewState
from declarations import attachments
from declarations.models import Attachment
from declarations.states import State
from declarations.wco import read_response
from portal.accounts.actors import Actor
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.conftest import World
from tests.agencies.test_decisions import at_once, kinds
from tests.factories import make_member, make_officer, make_organisation
from tests.requests.files import sent


def soon() -> Any:
    return timezone.now() + timedelta(days=5)


class Asked:
    """A declaration with a review that an officer of plant protection holds."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.declaration = world.route()
        user = self.declaration.filed_by
        assert user is not None
        self.trader = Membership.objects.get(user=user).actor()
        _user, self.officer = make_officer(world.phyto)
        self.review = decisions.claim(
            world.review(self.declaration, world.phyto).pk, self.officer)

    def ask(self, text: str = "Which laboratory made the analysis?", **more: Any) -> InformationRequest:
        return requests.ask(self.review.pk, self.officer, text, soon(), **more)

    def state(self) -> str:
        self.declaration.refresh_from_db()
        return self.declaration.state


@pytest.fixture
def case(world: World) -> Asked:
    return Asked(world)


def test_a_question_stops_the_clock_and_the_answer_moves_the_due_date(case: Asked) -> None:
    due = case.review.due_at
    assert due is not None
    request = case.ask(documents=["Phytosanitary certificate", " "])
    assert case.state() == State.INFORMATION_REQUIRED
    assert request.documents == ["Phytosanitary certificate"]
    review = Review.objects.get(pk=case.review.pk)
    assert review.waits_for_trader and review.due_at == due
    paused = timezone.now() - timedelta(hours=30)
    Review.objects.filter(pk=review.pk).update(paused_at=paused)
    requests.answer(request.pk, case.trader, "The State Laboratory, report 12.")
    review.refresh_from_db()
    assert case.state() == State.UNDER_REVIEW
    assert not review.waits_for_trader
    assert timedelta(hours=30) <= review.due_at - due < timedelta(hours=30, minutes=1)
    assert kinds(case.declaration)[-2:] == [
        EventKind.INFORMATION_REQUESTED, EventKind.INFORMATION_GIVEN]


def test_the_trader_is_told_by_a_wco_response(case: Asked) -> None:
    case.ask("Send the certificate.", documents=["Phytosanitary certificate"])
    response = case.declaration.responses.get(function_code="06")
    told = read_response(bytes(response.body)).AdditionalInformation
    assert [one.StatementDescription for one in told] == [
        "Send the certificate.", "Phytosanitary certificate"]
    assert all(one.LimitDateTime for one in told)


def test_the_case_waits_until_the_last_question_is_answered(case: Asked) -> None:
    _user, vet = make_officer(case.world.vet)
    theirs = decisions.claim(case.world.review(case.declaration, case.world.vet).pk, vet)
    first, second = case.ask(), case.ask("And when?")
    third = requests.ask(theirs.pk, vet, "Is it pasteurised?", soon())
    assert case.declaration.responses.filter(function_code="06").count() == 3
    requests.answer(third.pk, case.trader, "Yes.")
    requests.answer(first.pk, case.trader, "The state's.")
    assert case.state() == State.INFORMATION_REQUIRED
    assert Review.objects.get(pk=case.review.pk).waits_for_trader
    assert not Review.objects.get(pk=theirs.pk).waits_for_trader
    requests.withdraw(second.pk, case.officer)
    assert case.state() == State.UNDER_REVIEW
    assert not Review.objects.get(pk=case.review.pk).waits_for_trader
    assert kinds(case.declaration)[-1] == EventKind.REQUEST_WITHDRAWN


def test_files_are_prepared_and_sent_with_the_answer(case: Asked) -> None:
    request = case.ask()
    taken, _refused = attachments.receive([sent("a.pdf"), sent("b.pdf")])
    requests.prepare(request.pk, case.trader, "So far.", taken)
    first, second = request.files.all()
    assert not requests.files_seen_by(case.declaration, case.officer).exists()
    assert requests.files_seen_by(case.declaration, case.trader).count() == 2
    requests.remove_file(request.pk, second.pk, case.trader)
    assert not Attachment.objects.filter(pk=second.pk).exists()
    requests.answer(request.pk, case.trader, "")
    assert list(requests.files_seen_by(case.declaration, case.officer)) == [first]
    event = Event.objects.of(case.declaration.pk).last()
    assert event is not None
    assert event.payload["files"] == [{"file": "a.pdf", "sha256": first.sha256}]
    with pytest.raises(DecisionError, match="closed: Answered"):
        requests.remove_file(request.pk, first.pk, case.trader)


def test_an_answer_needs_words_or_a_file_and_is_given_once(case: Asked) -> None:
    request = case.ask()
    with pytest.raises(DecisionError, match="Write an answer or add a file"):
        requests.answer(request.pk, case.trader, "  ")
    requests.answer(request.pk, case.trader, "Yes.")
    with pytest.raises(DecisionError, match="closed: Answered"):
        requests.answer(request.pk, case.trader, "No.")


@pytest.mark.parametrize(
    ("text", "days", "documents", "field"),
    [(" ", 5, [], "text"), ("x" * 2001, 5, [], "text"), ("What?", -1, [], "due_on"),
     ("What?", 5, ["paper"] * 21, "documents")],
)
def test_a_question_is_complete(
    case: Asked, text: str, days: int, documents: list[str], field: str
) -> None:
    with pytest.raises(DecisionError) as caught:
        requests.ask(
            case.review.pk, case.officer, text, timezone.now() + timedelta(days=days), documents)
    assert caught.value.field == field
    assert case.state() == State.UNDER_REVIEW


def test_only_the_holder_asks_and_only_the_owner_answers(case: Asked) -> None:
    _user, colleague = make_officer(case.world.phyto)
    _user, vet = make_officer(case.world.vet)
    _user, stranger = make_member(make_organisation())
    with pytest.raises(DecisionError, match="has taken this review up"):
        requests.ask(case.review.pk, colleague, "What?", soon())
    with pytest.raises(Review.DoesNotExist):
        requests.ask(case.review.pk, vet, "What?", soon())
    request = case.ask()
    for actor in (stranger, Actor("x", organisation_id=None, permissions=stranger.permissions)):
        with pytest.raises(InformationRequest.DoesNotExist):
            requests.answer(request.pk, actor, "Yes.")
    with pytest.raises(DecisionError, match="Only the trader"):
        requests.answer(request.pk, case.officer, "Yes.")
    with pytest.raises(InformationRequest.DoesNotExist):
        requests.withdraw(request.pk, vet)
    with pytest.raises(DecisionError, match="has taken this review up"):
        requests.withdraw(request.pk, colleague)
    _user, supervisor = make_officer(case.world.phyto, Role.SUPERVISOR)
    requests.withdraw(request.pk, supervisor)


def test_an_open_question_bars_approval_but_not_refusal(case: Asked) -> None:
    request = case.ask()
    with pytest.raises(DecisionError, match="not answered yet"):
        decisions.approve(case.review.pk, case.officer)
    decisions.refuse(case.review.pk, case.officer, RefusalReason.DOCUMENT_MISSING, "Nothing came.")
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN
    assert case.state() == State.REFUSED
    review = Review.objects.get(pk=case.review.pk)
    assert review.state == ReviewState.REFUSED and review.paused_at is None
    assert EventKind.REQUEST_WITHDRAWN in kinds(case.declaration)
    with pytest.raises(DecisionError, match="closed: Withdrawn"):
        requests.answer(request.pk, case.trader, "Here it is.")


def test_another_agency_goes_on_while_one_waits(case: Asked) -> None:
    request = case.ask()
    _user, vet = make_officer(case.world.vet)
    review = decisions.claim(case.world.review(case.declaration, case.world.vet).pk, vet)
    decisions.approve(review.pk, vet)
    assert case.state() == State.INFORMATION_REQUIRED
    requests.answer(request.pk, case.trader, "Yes.")
    decisions.approve(case.review.pk, case.officer)
    assert case.world.review(case.declaration, case.world.customs).state == ReviewState.OPEN


def test_what_waits_for_the_trader_is_nobodys_next_case(case: Asked) -> None:
    request = case.ask()
    decisions.hand_back(case.review.pk, case.officer)
    assert decisions.claim_next(case.officer) is None
    requests.answer(request.pk, case.trader, "Yes.")
    taken = decisions.claim_next(case.officer)
    assert taken is not None and taken.pk == case.review.pk


# --- races ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_refusal_at_once_leave_one_truth(world: World) -> None:
    for _round in range(6):
        case = Asked(world)
        request = case.ask()
        answered, refused = at_once(
            lambda c=case, r=request: requests.answer(r.pk, c.trader, "Yes."),
            lambda c=case: decisions.refuse(c.review.pk, c.officer, RefusalReason.OTHER, "No."),
        )
        assert isinstance(refused, Review), refused
        assert case.state() == State.REFUSED
        request.refresh_from_db()
        happened = kinds(case.declaration)
        if isinstance(answered, InformationRequest):
            assert request.state == RequestState.ANSWERED and request.answer == "Yes."
            assert happened.index("information_given") < happened.index("refused")
        else:
            assert isinstance(answered, DecisionError), answered
            assert request.state == RequestState.WITHDRAWN and not request.answer
            assert "information_given" not in happened


@pytest.mark.django_db(transaction=True)
def test_answers_to_two_questions_at_once_set_the_case_going_once(world: World) -> None:
    for _round in range(4):
        case = Asked(world)
        _user, vet = make_officer(world.vet)
        theirs = decisions.claim(world.review(case.declaration, world.vet).pk, vet)
        one = case.ask()
        other = requests.ask(theirs.pk, vet, "What?", soon())
        results = at_once(
            lambda c=case, r=one: requests.answer(r.pk, c.trader, "Yes."),
            lambda c=case, r=other: requests.answer(r.pk, c.trader, "No."),
        )
        assert all(isinstance(r, InformationRequest) for r in results), results
        assert case.state() == State.UNDER_REVIEW
        assert not Review.objects.filter(declaration=case.declaration, paused_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_one_answer_sent_twice_is_kept_once(world: World) -> None:
    case = Asked(world)
    request = case.ask()
    results = at_once(*[
        lambda n=n: requests.answer(request.pk, case.trader, f"Answer {n}") for n in range(4)])
    assert sum(isinstance(r, InformationRequest) for r in results) == 1, results
    assert sum(isinstance(r, DecisionError) for r in results) == 3
    assert kinds(case.declaration).count("information_given") == 1


@pytest.mark.django_db(transaction=True)
def test_a_cancellation_and_an_approval_at_once_leave_one_truth(world: World) -> None:
    _user, customs = make_officer(world.customs)
    for _round in range(6):
        case = Asked(world)
        wish = cancellations.ask(case.declaration.pk, case.trader, "Sent twice.")
        granted, approved = at_once(
            lambda w=wish: cancellations.grant(w.pk, customs),
            lambda c=case: decisions.approve(c.review.pk, c.officer),
        )
        assert not isinstance(granted, Exception), granted
        assert isinstance(approved, Review | DecisionError), approved
        assert case.state() == State.CANCELLED
        assert not case.declaration.reviews.filter(state__in=["waiting", "open", "claimed"]).exists()
        assert kinds(case.declaration)[-1] == EventKind.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_a_crowd_over_one_case_never_deadlocks(world: World) -> None:
    """Questions, answers, withdrawals and at the end a cancellation, all at once."""
    _user, customs = make_officer(world.customs)
    case = Asked(world)
    _user, vet = make_officer(world.vet)
    theirs = decisions.claim(world.review(case.declaration, world.vet).pk, vet)

    def often(job: Callable[[], Any]) -> int:
        done = 0
        for _number in range(12):
            with contextlib.suppress(DecisionError):  # somebody was faster
                job()
                done += 1
        return done

    def each_open(verb: Callable[[Any], Any], **whose: Any) -> None:
        for request in InformationRequest.objects.open().filter(**whose):
            verb(request)

    def withdraw() -> None:
        own = {"review__queue__agency": world.customs}
        each_open(lambda r: requests.withdraw(r.pk, case.officer), **own)

    def cancel() -> int:
        often(lambda: requests.ask(theirs.pk, vet, "What?", soon()))
        wish = cancellations.ask(case.declaration.pk, case.trader, "Enough.")
        cancellations.grant(wish.pk, customs)
        return 1

    results = at_once(
        cancel,
        lambda: often(case.ask),
        lambda: often(lambda: each_open(lambda r: requests.answer(r.pk, case.trader, "Yes."))),
        lambda: often(withdraw),
    )
    assert all(isinstance(r, int) for r in results), results
    assert case.state() == State.CANCELLED
    assert not InformationRequest.objects.open().exists()
    assert not Review.objects.filter(paused_at__isnull=False).exists()
