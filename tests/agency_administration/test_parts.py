"""Offices, queues, usual conditions and permit series: kept by the agency, noted, its own only."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from agencies import decisions
from agencies.calendars import Office
from agencies.conditions_of_approval import ConditionTemplate
from agencies.correspondence import RequestTemplate
from agencies.inspections.models import Site
from agencies.models import Agency, Queue
from agencies.permits.models import PermitScheme
from portal.accounts.roles import Role
from portal.journal.models import Event
from tests.agencies.conftest import World
from tests.agencies.samples import make_declaration
from tests.agency_administration.conftest import Desk, desk
from tests.factories import make_member, make_organisation

OFFICE: dict[str, Any] = {"name": "Poti", "code": "poti", "address": "1 Quay",
                          "customs_offices": "ge000202, GE000203"}


def events(agency: Agency) -> list[Event]:
    return list(Event.objects.of(agency.organisation_id).order_by("sequence"))


def journal(boss: Desk) -> str:
    return boss.client.get(reverse("organisation_journal")).content.decode()


def test_an_office_is_added_changed_and_takes_its_cases(world: World, boss: Desk) -> None:
    answer = boss.client.post(reverse("agency_office_new"), OFFICE | {"officers": [boss.user.pk]})
    assert answer.status_code == 302
    office = Office.objects.get()
    assert (office.agency, office.customs_offices) == (world.phyto, ["GE000202", "GE000203"])
    assert list(office.officers.all()) == [boss.user]
    review = world.review(world.route(make_declaration(office="GE000203")), world.phyto)
    assert review.office == office
    changed = OFFICE | {"name": "Poti port", "officers": []}
    boss.client.post(reverse("agency_office", args=[office.pk]), changed)
    added, moved = events(world.phyto)
    assert (added.kind, added.payload["did"], added.user) == (
        "offices_changed", "added", boss.user.pk)
    assert moved.payload["changes"] == {
        "name": ["Poti", "Poti port"], "officers": [str(boss.user), ""]}
    told = journal(boss)
    assert "Added: Poti" in told and "Name: Poti → Poti port" in told


def test_nothing_changed_is_no_event(world: World, boss: Desk) -> None:
    boss.client.post(reverse("agency_office_new"), OFFICE)
    boss.client.post(reverse("agency_office", args=[Office.objects.get().pk]), OFFICE)
    assert len(events(world.phyto)) == 1


@pytest.mark.parametrize(("wrong", "said"), [
    ({"code": "poti"}, "one like this already"),
    ({"customs_offices": "GE000202"}, "belongs to Poti already"),
    ({"customs_offices": "Poti!"}, "is not a code of a customs office"),
    ({"name": ""}, "This field is required"),
])
def test_what_an_office_cannot_be(boss: Desk, wrong: dict[str, str], said: str) -> None:
    boss.client.post(reverse("agency_office_new"), OFFICE)
    answer = boss.client.post(reverse("agency_office_new"), {
        "name": "Batumi", "code": "batumi", "customs_offices": "GE000301"} | wrong)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert Office.objects.count() == 1


def test_an_office_with_a_queue_is_not_closed(world: World, boss: Desk) -> None:
    boss.client.post(reverse("agency_office_new"), OFFICE)
    office = Office.objects.get()
    queue = world.phyto.queues.get()
    boss.client.post(reverse("agency_queue", args=[queue.pk]), {
        "name": "Plants", "service_hours": "48", "office": str(office.pk)})
    queue.refresh_from_db()
    assert (queue.name, queue.service_hours, queue.office) == ("Plants", 48, office)
    assert events(world.phyto)[-1].payload["changes"]["office"] == ["", "Poti"]
    answer = boss.client.post(reverse("agency_office", args=[office.pk]), OFFICE | {"closed": "on"})
    assert answer.status_code == 422 and "Give it another office first" in answer.content.decode()


def test_a_queue_is_added_and_its_code_stays(world: World, boss: Desk) -> None:
    given = {"name": "Laboratory", "code": "phyto-lab", "service_hours": "72"}
    boss.client.post(reverse("agency_queue_new"), given)
    queue = Queue.objects.get(code="phyto-lab")
    assert queue.agency == world.phyto
    boss.client.post(reverse("agency_queue", args=[queue.pk]), given | {"code": "other"})
    queue.refresh_from_db()
    assert queue.code == "phyto-lab"
    for wrong in ("0", "-5", "99999"):
        answer = boss.client.post(reverse("agency_queue", args=[queue.pk]),
                                  given | {"service_hours": wrong})
        assert answer.status_code == 422
    taken = world.vet.queues.get().code
    assert boss.client.post(reverse("agency_queue_new"), {
        "name": "X", "code": taken, "service_hours": "1"}).status_code == 422


def test_conditions_in_two_languages_come_and_go(world: World, boss: Desk) -> None:
    boss.client.post(reverse("agency_condition_new"), {
        "code": "cold", "text": "Keep it below  15 °C.", "text_ru": "Не выше 15 °C.",
        "when": "after"})
    template = ConditionTemplate.objects.get()
    assert (template.code, template.text) == ("COLD", "Keep it below 15 °C.")
    assert (template.text_in("ru"), template.text_in("en")) == (
        "Не выше 15 °C.", "Keep it below 15 °C.")
    assert boss.client.post(reverse("agency_condition_new"), {
        "code": "other", "text": "x", "when": "after"}).status_code == 422
    assert "Не выше" in boss.client.get(reverse("agency_conditions")).content.decode()
    address = reverse("agency_condition_remove", args=[template.pk])
    assert boss.client.get(address).status_code == 200 and ConditionTemplate.objects.exists()
    boss.client.post(address)
    assert not ConditionTemplate.objects.exists()
    assert [event.payload["did"] for event in events(world.phyto)] == ["added", "removed"]


def test_a_trader_reads_a_usual_condition_in_the_own_language(
    world: World, officer: Desk
) -> None:
    ConditionTemplate.objects.create(agency=world.phyto, code="COLD", text="Keep it cool.",
                                     text_ru="Хранить в холоде.")
    trader = make_organisation()
    user, _actor = make_member(trader)
    review = decisions.claim(
        world.review(world.route(make_declaration(trader, user)), world.phyto).pk, officer.actor)
    decisions.approve(review.pk, officer.actor, "", [
        decisions.Wanted("COLD", "Keep it cool."), decisions.Wanted("COLD", "Keep it below 5 °C.")])
    client = Client()
    client.force_login(user)
    address = reverse("declaration", args=[review.declaration_id])
    assert "Keep it cool." in client.get(address).content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    text = client.get(address).content.decode()
    assert "Хранить в холоде." in text and "Keep it cool." not in text
    assert "Keep it below 5 °C." in text  # what an officer wrote otherwise stays as it is


def test_a_permit_series_keeps_what_the_operator_set(world: World, boss: Desk) -> None:
    scheme = PermitScheme.objects.create(
        agency=world.phyto, permit_type="851", prefix="PHYTO", second_signature=True)
    address = reverse("agency_scheme", args=[scheme.pk])
    boss.client.post(address, {
        "number_format": "{prefix}/{year}/{number:04d}", "validity_days": "30",
        "conditions": "", "prefix": "EVIL", "permit_type": "999"})
    scheme.refresh_from_db()
    assert (scheme.number_format, scheme.validity_days, scheme.prefix, scheme.permit_type) == (
        "{prefix}/{year}/{number:04d}", 30, "PHYTO", "851")
    assert scheme.second_signature and not scheme.discloses_balance
    for wrong in ("{year}-{number}", "{prefix}-{year}", "{prefix}{prefix.x}{year}{number}"):
        assert boss.client.post(address, {"number_format": wrong, "validity_days": "30"}
                                ).status_code == 422


def test_what_officers_see_is_shown_and_not_changed(world: World, boss: Desk) -> None:
    world.phyto.withheld = ["value"]
    world.phyto.save()
    boss.client.post(reverse("agency_hours"), {"withheld": ""})
    world.phyto.refresh_from_db()
    assert world.phyto.withheld == ["value"]
    text = boss.client.get(reverse("our_agency")).content.decode()
    assert text.count("not seen") == 1


def test_places_and_questions_are_noted_too(world: World, boss: Desk) -> None:
    site = {"name": "Ramp 1", "capacity": "2", "slot_minutes": "60", "opens_at": "09:00",
            "closes_at": "18:00"}
    boss.client.post(reverse("inspection_site_new"), site)
    made = Site.objects.get()
    assert (made.agency, made.capacity) == (world.phyto, 2)
    boss.client.post(reverse("inspection_site", args=[made.pk]), site | {"capacity": "3"})
    boss.client.post(reverse("request_template_new"), {
        "title": "Analysis", "text": "Send it.", "documents": "Report", "days": "7"})
    boss.client.post(reverse("request_template_delete", args=[RequestTemplate.objects.get().pk]))
    told = [(event.kind, event.payload["did"]) for event in events(world.phyto)]
    assert told == [("sites_changed", "added"), ("sites_changed", "changed"),
                    ("request_templates_changed", "added"),
                    ("request_templates_changed", "removed")]
    assert events(world.phyto)[1].payload["changes"] == {"capacity": [2, 3]}


LISTS = ("our_agency", "agency_offices", "agency_hours", "agency_queues", "agency_conditions",
         "agency_schemes", "holiday_import", "agency_office_new", "agency_queue_new")


@pytest.mark.parametrize("name", LISTS)
def test_only_who_manages_an_agency_comes_here(boss: Desk, officer: Desk, name: str) -> None:
    assert boss.client.get(reverse(name)).status_code == 200
    assert officer.client.get(reverse(name)).status_code == 403
    manager = Client()
    manager.force_login(make_member(make_organisation(), Role.MANAGER)[0])
    assert manager.get(reverse(name)).status_code == 404


def test_another_agencys_is_not_there(world: World, boss: Desk) -> None:
    stranger = desk(world.vet)
    scheme = PermitScheme.objects.create(agency=world.phyto, permit_type="851", prefix="PHYTO")
    office = Office.objects.create(agency=world.phyto, code="poti", name="Poti")
    template = ConditionTemplate.objects.create(agency=world.phyto, code="C", text="x")
    queue = world.phyto.queues.get()
    for name, one in (("agency_office", office), ("agency_queue", queue),
                      ("agency_condition", template), ("agency_condition_remove", template),
                      ("agency_scheme", scheme)):
        address = reverse(name, args=[one.pk])
        assert boss.client.get(address).status_code == 200
        assert stranger.client.get(address).status_code == 404
        assert stranger.client.post(address, {"name": "Mine", "code": "m"}).status_code == 404
    answer = stranger.client.post(reverse("agency_queue", args=[world.vet.queues.get().pk]), {
        "name": "Vet", "service_hours": "24", "office": str(office.pk)})
    assert answer.status_code == 422
    answer = stranger.client.post(reverse("agency_office_new"), OFFICE | {
        "officers": [str(boss.user.pk)]})
    assert answer.status_code == 422 and events(world.vet) == []
