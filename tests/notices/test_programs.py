"""The notification queue of programs, over REST."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.roles import Permission
from portal.accounts.tokens import create_client
from portal.identifiers import new_id
from portal.journal.kinds import EventKind
from portal.notices.models import ProgramNotice
from portal.notices.tasks import prune
from tests.factories import make_organisation
from tests.notices.conftest import Case, Tell

pytestmark = pytest.mark.django_db


class Program:
    def __init__(self, token: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def pull(self, **query: Any) -> dict[str, Any]:
        answer = self.client.get(reverse("api_notifications"), query)
        assert answer.status_code == 200, answer.content
        return answer.json()  # type: ignore[no-any-return]

    def acknowledge(self, *ids: str | UUID) -> int:
        answer = self.client.post(
            reverse("api_notifications_acknowledge"), {"ids": [str(one) for one in ids]},
            "application/json",
        )
        assert answer.status_code == 200, answer.content
        return answer.json()["acknowledged"]  # type: ignore[no-any-return]


@pytest.fixture
def program(case: Case) -> Program:
    return Program(create_client(case.organisation, "ERP")[1])


def test_oldest_first_until_acknowledged(case: Case, tell: Tell, program: Program) -> None:
    events = [tell(case.declaration.pk, kind) for kind in (
        EventKind.INSPECTION_ORDERED, EventKind.INSPECTION_CLOSED, EventKind.RELEASED
    )]
    pulled = program.pull(limit=2)
    assert pulled["more"] and program.pull(limit=2) == pulled, "the same until acknowledged"
    first, second = pulled["notifications"]
    assert [first["event"], second["event"]] == [str(event.pk) for event in events[:2]]
    assert first["kind"] == "inspection_ordered"
    assert (first["lrn"], first["mrn"]) == (case.declaration.lrn, case.declaration.mrn)
    assert first["declaration"] == str(case.declaration.pk)
    assert program.acknowledge(first["id"], new_id()) == 1
    assert program.acknowledge(first["id"]) == 0
    assert program.pull()["notifications"][0] == second


def test_it_leads_to_the_response(case: Case, tell: Tell, program: Program) -> None:
    tell(case.declaration.pk, EventKind.RELEASED)
    link = program.pull()["notifications"][0]["links"]["response"]
    response = case.declaration.responses.get()
    assert link.endswith(f"/responses/{response.pk}")


def test_only_kinds_that_are_wanted(case: Case, tell: Tell, program: Program) -> None:
    tell(case.declaration.pk, EventKind.INSPECTION_ORDERED)
    tell(case.declaration.pk, EventKind.RELEASED)
    assert len(program.pull(kind=["released", "refused"])["notifications"]) == 1
    for wrong in ({"kind": "no_such"}, {"limit": "0"}, {"limit": "x"}, {"limit": "9999999999999"}):
        answer = program.client.get(reverse("api_notifications"), wrong)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"


def test_each_program_has_a_queue_of_its_own(case: Case, tell: Tell, program: Program) -> None:
    other = Program(create_client(case.organisation, "TMS")[1])
    stranger = Program(create_client(make_organisation(), "x")[1])
    blind = Program(create_client(case.organisation, "files only", (Permission.FILE,))[1])
    tell(case.declaration.pk, EventKind.RELEASED)
    [first] = program.pull()["notifications"]
    assert other.acknowledge(first["id"]) == 0 and stranger.acknowledge(first["id"]) == 0
    assert len(program.pull()["notifications"]) == 1
    assert len(other.pull()["notifications"]) == 1
    assert stranger.pull()["notifications"] == []
    assert blind.client.get(reverse("api_notifications")).status_code == 403


def test_agencies_business_is_not_in_it(case: Case, tell: Tell, program: Program) -> None:
    tell(case.declaration.pk, EventKind.INFORMATION_GIVEN, **case.about())
    tell(case.declaration.pk, EventKind.SERVICE_TIME_LOW, **case.about())
    assert program.pull()["notifications"] == []


def test_what_nobody_fetches_is_dropped_in_the_end(case: Case, tell: Tell, program: Program) -> None:
    tell(case.declaration.pk, EventKind.RELEASED)
    ProgramNotice.objects.update(at=timezone.now() - timedelta(days=31))
    prune()
    assert program.pull() == {"notifications": [], "more": False}


def test_it_is_described(client: Client) -> None:
    paths = client.get(reverse("schema")).json()["paths"]
    assert "/api/v1/notifications" in paths and "/api/v1/notifications/acknowledge" in paths
