"""The grant: what it keeps, its number without gaps, who may, and what is refused."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from agencies.cases import DecisionError
from agencies.permits import issuing, numbering
from agencies.permits.models import Permit, PermitMovement
from agencies.permits.states import MovementKind, PermitState
from agencies.states import ReviewState
from declarations.models import Declaration
from declarations.states import State
from portal.journal.models import Event
from tests.factories import make_agency, make_officer
from tests.intake.conftest import together
from tests.permits.world import World, in_days


def test_a_permit_is_granted_with_its_lines_ledger_and_events(world: World) -> None:
    permit = world.permit("250.5")
    year = timezone.now().year
    assert permit.number == f"GE-WINE-{year}-000001"
    assert permit.state == PermitState.IN_FORCE
    assert permit.holder == world.trader
    line = permit.lines.get()
    assert line.left_quantity == line.quantity
    assert PermitMovement.objects.get(line=line).kind == MovementKind.GRANT
    for subject in (permit.pk, permit.application_id):
        event = Event.objects.of(subject).last()
        assert event is not None and event.kind == "permit_issued"
        assert event.user == world.officer.user_id
        assert event.payload["permit"] == permit.number


def test_an_issue_that_is_rolled_back_leaves_no_gap(world: World) -> None:
    first = world.permit()
    with pytest.raises(RuntimeError), transaction.atomic():
        world.permit()
        raise RuntimeError("the printer is on fire")
    second = world.permit()
    assert (first.serial, second.serial) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_permits_issued_at_once_have_numbers_in_a_row() -> None:
    world = World()
    applications = [world.application() for _ in range(6)]

    def issue(pk: Any) -> Any:
        return lambda: issuing.issue(pk, world.scheme, world.officer, world.terms()).serial

    assert sorted(together(*[issue(a.pk) for a in applications])) == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db(transaction=True)
def test_one_application_granted_at_once_by_two_is_granted_once() -> None:
    world = World()
    pk = world.application().pk
    _user, colleague = make_officer(world.agency)
    results = together(*[
        lambda actor=actor: issuing.issue(pk, world.scheme, actor, world.terms())
        for actor in (world.officer, colleague)
    ])
    assert sum(isinstance(one, Permit) for one in results) == 1
    assert Permit.objects.get().serial == 1


@pytest.mark.parametrize(
    ("state", "review"),
    [(State.UNDER_REVIEW, ReviewState.APPROVED), (State.REFUSED, ReviewState.REFUSED),
     (State.RELEASED, ReviewState.LAPSED)],
)
def test_only_what_the_agency_has_approved_is_granted(
    world: World, state: str, review: str
) -> None:
    application = world.application(state, review)
    with pytest.raises(Declaration.DoesNotExist):
        issuing.issue(application.pk, world.scheme, world.officer, world.terms())


def test_another_agency_cannot_grant_it(world: World) -> None:
    _user, stranger = make_officer(make_agency("customs"))
    with pytest.raises(Declaration.DoesNotExist):
        issuing.issue(world.application().pk, world.scheme, stranger, world.terms())


def test_terms_that_cannot_be_are_said_in_words(world: World) -> None:
    application = world.application()
    for wrong in ({"valid_to": in_days(-1)}, {"lines": []}, {"holder_identifier": ""},
                  {"valid_from": in_days(5), "valid_to": in_days(2)}):
        with pytest.raises(DecisionError):
            issuing.issue(application.pk, world.scheme, world.officer, world.terms(**wrong))


def test_the_balance_cannot_go_below_zero_whoever_writes_it(world: World) -> None:
    line = world.permit().lines.get()
    for field in ("used_quantity", "reserved_quantity"):
        for value in (101, -1):
            with pytest.raises(IntegrityError), transaction.atomic():
                type(line).objects.filter(pk=line.pk).update(**{field: value})


def test_the_ledger_is_never_edited(world: World) -> None:
    world.permit()
    with pytest.raises(IntegrityError), transaction.atomic():
        PermitMovement.objects.update(quantity=1)


def test_the_form_of_the_numbers_is_the_agencys_own(world: World) -> None:
    written = numbering.write("{prefix}/{year}/{country}/{number:04d}", "PHY", 2026, 7)
    assert written == "PHY/2026/GE/0007"
    form = numbering.pattern("{prefix}/{year}/{country}/{number:04d}", "PHY")
    assert form.fullmatch(written) and not form.fullmatch("PHY/2026/AZ/0007")
    for wrong in ("{number}", "{year}-{number.real}", "{year!r}{number}", "{", "{year}{number}{x}",
                  "{year}{number:999999d}"):
        with pytest.raises(ValidationError):
            numbering.check_format(wrong)
