"""From the call to the result, without pages."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import timezone as dt_timezone
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from agencies import decisions, requests
from agencies.cases import DecisionError
from agencies.inspections import appointing, calendar, noting, visits
from agencies.inspections.models import Finding, Inspection, Site
from agencies.inspections.noting import Note
from agencies.inspections.states import InspectionState, Part
from agencies.models import Agency
from declarations.states import State
from portal.journal.models import Event
from tests.factories import make_agency, make_officer
from tests.inspections.conftest import Scene, at, filed, make_scene

CHECK = Note("check", 1, "as_declared")
WRONG = Note("check", 1, "discrepancy", ["weight"], "9100 kg instead of 9000 kg")


def kinds(scene: Scene) -> list[str]:
    return [event.kind for event in Event.objects.of(scene.declaration.pk)]


def part_of(inspection: Inspection, scene: Scene) -> str:
    return inspection.participants.get(agency=scene.customs).part


def state(scene: Scene) -> str:
    scene.declaration.refresh_from_db()
    return scene.declaration.state


def test_the_whole_way_of_a_joint_visit(scene: Scene) -> None:
    visit = scene.call()
    assert state(scene) == State.INSPECTION
    assert part_of(visit, scene) == Part.ASKED
    with pytest.raises(DecisionError, match="has not answered"):
        scene.appoint(visit)
    scene.join(visit)
    scene.appoint(visit)
    appointing.confirm(visit.pk, scene.trader)
    noting.note(visit.pk, scene.inspector, uuid4(), CHECK)
    noting.note(visit.pk, scene.officer, uuid4(), WRONG)
    noting.sign(visit.pk, scene.inspector, "No soil.")
    assert state(scene) == State.INSPECTION
    with pytest.raises(DecisionError, match="not over"):
        decisions.approve(scene.review(scene.phyto).pk, scene.inspector)
    noting.sign(visit.pk, scene.officer)
    assert state(scene) == State.UNDER_REVIEW
    visit.refresh_from_db()
    assert (visit.state, visit.discrepancy) == (InspectionState.CLOSED, True)
    assert [one.pk for one in Inspection.objects.results()] == [visit.pk]
    assert [one.text for one in Finding.objects.discrepancies()] == [WRONG.text]
    assert [kind.removeprefix("inspection_") for kind in kinds(scene) if "inspection" in kind] == [
        "ordered", "asked", "joined", "appointed", "confirmed", "started", "noted", "noted", "signed",
        "signed", "closed",
    ]
    decisions.approve(scene.review(scene.phyto).pk, scene.inspector)
    decisions.approve(scene.review(scene.customs).pk, scene.officer)
    assert state(scene) == State.RELEASED


def test_neither_reasons_nor_findings_are_in_the_journal(scene: Scene) -> None:
    visit = scene.join(scene.call())
    scene.appoint(visit)
    noting.note(visit.pk, scene.officer, uuid4(), WRONG)
    told = str([event.payload for event in Event.objects.of(scene.declaration.pk)])
    assert "Soil" not in told and "9100" not in told
    assert "Open the doors" in told


def test_an_agency_that_needs_nothing_does_not_hold_it_up(scene: Scene) -> None:
    visit = scene.call()
    visits.not_needed(visit.pk, scene.officer)
    scene.appoint(visit)
    noting.note(visit.pk, scene.inspector, uuid4(), CHECK)
    noting.sign(visit.pk, scene.inspector)
    assert state(scene) == State.UNDER_REVIEW


def test_approving_says_that_nothing_is_needed(scene: Scene) -> None:
    visit = scene.call()
    decisions.approve(scene.review(scene.customs).pk, scene.officer)
    assert part_of(visit, scene) == Part.NOT_NEEDED
    assert state(scene) == State.INSPECTION


def test_once_the_time_to_answer_is_over_the_lead_appoints_and_others_may_still_join(
    scene: Scene,
) -> None:
    visit = scene.call()
    Inspection.objects.update(answer_by=timezone.now() - timedelta(minutes=1))
    scene.appoint(visit)
    scene.join(visit)
    assert part_of(visit, scene) == Part.JOINED


def test_a_second_call_joins_the_first(scene: Scene) -> None:
    visit = scene.call()
    again = visits.call(scene.review(scene.customs).pk, scene.officer, visits.Need("Weight."))
    assert again.pk == visit.pk and part_of(visit, scene) == Part.JOINED


def test_a_question_stays_open_while_the_goods_are_looked_at(scene: Scene) -> None:
    requests.ask(scene.review(scene.customs).pk, scene.officer, "Which vintage?", at(12, 5))
    visit = scene.call()
    requests.ask(scene.review(scene.phyto).pk, scene.inspector, "Which soil?", at(12, 5))
    assert state(scene) == State.INSPECTION
    visits.call_off(visit.pk, scene.inspector, "The certificate was found.")
    assert state(scene) == State.INFORMATION_REQUIRED


def test_a_refusal_calls_it_off(scene: Scene) -> None:
    visit = scene.call()
    decisions.refuse(scene.review(scene.customs).pk, scene.officer, "other", "Embargo.")
    visit.refresh_from_db()
    assert visit.state == InspectionState.CALLED_OFF
    assert state(scene) == State.REFUSED


def test_moving_needs_a_reason_and_asks_the_trader_again(scene: Scene) -> None:
    visit = scene.join(scene.call())
    scene.appoint(visit)
    appointing.confirm(visit.pk, scene.trader)
    with pytest.raises(DecisionError, match="why it is moved"):
        scene.appoint(visit, 11)
    moved = scene.appoint(visit, 11, reason="Rain")
    assert (moved.moved, moved.confirmed_at) == (1, None)
    appointing.ask_other_time(visit.pk, scene.trader, "The lorry comes at noon.")
    visit.refresh_from_db()
    assert visit.asks_other_time


@pytest.mark.parametrize(("hour", "minutes", "words"), [
    (7, 60, "beginning of a slot"), (17, 120, "closes before"), (10, 30, "at least 60"),
])
def test_a_site_is_booked_within_its_hours(
    scene: Scene, hour: int, minutes: int, words: str
) -> None:
    visit = scene.join(scene.call())
    with pytest.raises(DecisionError, match=words):
        appointing.appoint(visit.pk, scene.inspector, scene.site.pk, at(hour), minutes)


def test_a_site_is_closed_on_other_days(scene: Scene) -> None:
    scene.phyto.working_days = [at(10, 2).isoweekday()]
    scene.phyto.save()
    visit = scene.join(scene.call())
    with pytest.raises(DecisionError, match="closed on that day"):
        scene.appoint(visit)


def test_only_those_who_take_part_see_and_note(scene: Scene) -> None:
    visit = scene.call()
    _user, stranger = make_officer(make_agency("vet"))
    for act in (lambda: visits.not_needed(visit.pk, stranger),
                lambda: noting.note(visit.pk, stranger, uuid4(), CHECK),
                lambda: appointing.confirm(visit.pk, scene.officer)):
        with pytest.raises((Inspection.DoesNotExist, DecisionError)):
            act()
    visits.not_needed(visit.pk, scene.officer)
    scene.appoint(visit)
    with pytest.raises(DecisionError, match="does not take part"):
        noting.note(visit.pk, scene.officer, uuid4(), CHECK)


def test_what_was_asked_for_is_checked_before_signing(scene: Scene) -> None:
    visit = scene.join(scene.call())
    scene.appoint(visit)
    noting.note(visit.pk, scene.inspector, uuid4(), Note("check", None, "as_declared"))
    with pytest.raises(DecisionError, match="Check these goods items first: 1"):
        noting.sign(visit.pk, scene.inspector)


def test_the_last_check_of_an_item_counts(scene: Scene) -> None:
    visit = scene.call()
    visits.not_needed(visit.pk, scene.officer)
    scene.appoint(visit)
    noting.note(visit.pk, scene.inspector, uuid4(), WRONG)
    noting.note(visit.pk, scene.inspector, uuid4(), CHECK)
    assert noting.sign(visit.pk, scene.inspector).discrepancy is False


def test_the_same_finding_is_kept_once(scene: Scene) -> None:
    visit = scene.join(scene.call())
    scene.appoint(visit)
    key = uuid4()
    first, new = noting.note(visit.pk, scene.inspector, key, CHECK)
    again, new_again = noting.note(visit.pk, scene.inspector, key, CHECK)
    assert (first, new, new_again) == (again, True, False)
    with pytest.raises(noting.KeyReused):
        noting.note(visit.pk, scene.inspector, key, WRONG)


def test_a_phone_whose_clock_is_wrong_is_not_believed(scene: Scene) -> None:
    visit = scene.appoint(scene.join(scene.call()))
    ahead = timezone.now() + timedelta(days=1)
    for told in (datetime(1, 1, 1, tzinfo=dt_timezone(timedelta(hours=23))),
                 datetime(1970, 1, 1, tzinfo=UTC), ahead):
        found, _new = noting.note(visit.pk, scene.inspector, uuid4(), CHECK, noted_at=told)
        assert found.noted_at == found.received_at


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave or raised, all begun in threads of their own at the same moment."""
    ready = threading.Barrier(len(acts))
    found: list[object] = [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        ready.wait()
        try:
            found[number] = act()
        except Exception as error:
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_a_slot_is_given_once() -> None:
    scene = make_scene()
    calls = [scene.call()]
    for _number in range(3):
        scene.declaration = filed(scene.declaration.organisation, scene.trader_user)
        decisions.claim(scene.review(scene.phyto).pk, scene.inspector)
        calls.append(scene.call())
    Inspection.objects.update(answer_by=timezone.now() - timedelta(minutes=1))
    scene.site.capacity = 2
    scene.site.save()
    found = at_once(*(lambda visit=visit: scene.appoint(visit) for visit in calls))
    refused = [one for one in found if isinstance(one, DecisionError)]
    assert len(refused) == 2 and all("no place left" in str(one) for one in refused)
    assert appointing.slots(scene.site, at(10).date())[1].taken == 2


@pytest.mark.django_db(transaction=True)
def test_a_finding_sent_twice_at_once_is_kept_once() -> None:
    scene = make_scene()
    visit = scene.join(scene.call())
    scene.appoint(visit)
    key = uuid4()
    found = at_once(*[lambda: noting.note(visit.pk, scene.inspector, key, CHECK)] * 4)
    assert sorted(new for _one, new in found) == [False, False, False, True]  # type: ignore[misc, has-type]
    assert Finding.objects.count() == 1


def test_slots_are_in_the_time_zone_of_the_agency(scene: Scene) -> None:
    visit = scene.join(scene.call())
    site = scene.site
    day = at(10).date()
    here = appointing.slots(site, day)[0].starts_at
    Agency.objects.filter(pk=site.agency_id).update(time_zone="Asia/Almaty")
    site = Site.objects.select_related("agency").get(pk=site.pk)
    zone = ZoneInfo("Asia/Almaty")
    there = appointing.slots(site, day)[0].starts_at
    assert there != here and there.astimezone(zone).time() == site.opens_at
    rows = calendar.week(site, calendar.week_of(day), scene.inspector)
    assert rows[0].starts == site.opens_at
    with pytest.raises(DecisionError, match="beginning of a slot"):
        appointing.appoint(visit.pk, scene.inspector, site.pk, there - timedelta(hours=1), 60)
    appointing.appoint(visit.pk, scene.inspector, site.pk, there, 60)
    (slot, *_rest) = appointing.slots(site, day)
    assert slot.taken == 1
