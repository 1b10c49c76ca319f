"""Beside the case: permits that it cites with their balance, and earlier consignments."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from agencies.models import Agency
from agencies.permits.models import PermitLine, PermitScheme
from declarations.models import Declaration
from declarations.states import State
from tests.agencies.conftest import World
from tests.agencies.test_pages import filed
from tests.factories import make_organisation
from tests.permits.world import World as Permits
from tests.reviews.conftest import Desk

pytestmark = pytest.mark.django_db


def cite(desk: Desk, permits: Permits) -> str:
    permit = permits.permit("100")
    version = desk.declaration.versions.get()
    version.dataset = permits.dataset(permit, "10")
    version.save()
    return permit.number


def test_a_permit_that_is_cited_shows_its_state_and_what_is_left(desk: Desk) -> None:
    permits = Permits()
    number = cite(desk, permits)
    text = desk.page()
    assert "Permits cited" in text and text.count(number) >= 2  # and among the documents
    assert "In force" in text and "National Wine Agency" in text
    assert "permit-balance" in text
    PermitScheme.objects.update(discloses_balance=False)
    text = desk.page()
    assert "permit-balance" not in text and "does not disclose" in text


def test_a_document_of_another_number_is_no_permit(desk: Desk) -> None:
    assert "Permits cited" not in desk.page()


def test_its_value_is_not_told_to_those_whose_mandate_covers_none(desk: Desk) -> None:
    permits = Permits()
    cite(desk, permits)
    PermitLine.objects.update(value=Decimal("5432.10"), currency="USD")
    assert "5,432.10" in desk.page()
    Agency.objects.filter(pk=desk.review.queue.agency_id).update(withheld=["value"])
    text = desk.page()
    assert "5,432.10" not in text and "permit-balance" in text


def past(world: World, desk: Desk, days: int, state: str, **fields: object) -> Declaration:
    given: dict[str, object] = {"organisation": desk.declaration.organisation} | fields
    made = filed(world, **given)
    Declaration.objects.filter(pk=made.pk).update(
        state=state, submitted_at=timezone.now() - timedelta(days=days))
    return made


def test_earlier_consignments_are_counted_by_outcome_and_paged(world: World, desk: Desk) -> None:
    assert "Nothing of this trader came" in desk.page()
    for number in range(12):
        past(world, desk, number + 1, State.RELEASED, lrn=f"PAST-{number:02}", mrn=None)
    past(world, desk, 20, State.REFUSED, lrn="PAST-REFUSED", mrn=None)
    past(world, desk, 500, State.REFUSED, lrn="LONG-AGO", mrn=None)
    past(world, desk, 3, State.RELEASED, organisation=make_organisation(), lrn="STRANGER", mrn=None)
    text = desk.page()
    assert "13 cases came to your agency" in text
    outcomes = text[text.index('class="outcomes"'):]
    outcomes = outcomes[:outcomes.index("</ul>")]
    assert "<strong>12</strong>" in outcomes and "<strong>1</strong>" in outcomes
    assert "PAST-00" in text and "PAST-11" not in text
    assert "PAST-REFUSED" in desk.page("?earlier=2")
    for absent in ("LONG-AGO", "STRANGER"):
        assert absent not in text and absent not in desk.page("?earlier=2")


def test_only_what_came_to_the_agency_is_told(world: World, desk: Desk) -> None:
    unseen = past(world, desk, 4, State.RELEASED, lrn="NOT-OURS", mrn=None)
    unseen.reviews.filter(queue__agency=world.phyto).update(opened_at=None)
    assert "NOT-OURS" not in desk.page()
    assert "Nothing of this trader came" in desk.page()
