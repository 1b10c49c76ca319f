"""What holds for officers holds for programs, and what a program may never do."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agencies.models import AgencyCall, Review
from agencies.states import ReviewState
from portal.accounts.models import Membership
from portal.accounts.roles import Permission, Role
from portal.accounts.tokens import create_client
from portal.journal.models import Event
from tests.agencies.samples import make_declaration
from tests.agency_api.conftest import System, World, make_system
from tests.factories import make_officer, make_organisation, make_user


@pytest.fixture
def review(world: World) -> Review:
    return world.review(world.route(), world.phyto)


def test_another_agencys_review_is_not_there(vet: System, review: Review) -> None:
    path = f"reviews/{review.pk}"
    assert vet.get(path).status_code == 404
    assert vet.get(f"{path}/message").status_code == 404
    for verb, body in (
        ("claim", {}), ("hand-back", {}), ("approve", {}),
        ("refuse", {"reason_code": "other", "reason": "No."}),
        ("requests", {"text": "?", "due_at": (timezone.now() + timedelta(days=1)).isoformat()}),
    ):
        answer = vet.post(f"{path}/{verb}", body)
        assert answer.status_code == 404, verb
        assert answer["Content-Type"] == "application/problem+json"
    assert str(review.pk) not in str(vet.get("reviews").json())


def test_a_review_of_a_tier_that_waits_has_not_come(customs: System, world: World) -> None:
    waiting = world.review(world.route(), world.customs)
    assert waiting.state == ReviewState.WAITING
    assert customs.get(f"reviews/{waiting.pk}").status_code == 404
    assert customs.get("reviews").json()["results"] == []


@pytest.mark.parametrize("scopes", [
    (Permission.VIEW_CASES,), (Permission.FILE, Permission.VIEW_OWN)])
def test_deciding_takes_the_scope(
    world: World, review: Review, scopes: tuple[Permission, ...]
) -> None:
    system = make_system(world.phyto, scopes)
    assert system.post(f"reviews/{review.pk}/claim").status_code == 403
    expected = 200 if Permission.VIEW_CASES in scopes else 403
    assert system.get("reviews").status_code == expected


def test_reading_takes_the_scope(world: World, review: Review) -> None:
    system = make_system(world.phyto, (Permission.REVIEW,))
    assert system.get("reviews").status_code == 403
    assert system.get(f"reviews/{review.pk}").status_code == 403
    taken = system.post(f"reviews/{review.pk}/claim")
    assert taken.status_code == 200 and "dataset" not in taken.json()


def test_a_traders_program_with_these_scopes_has_no_case(review: Review, phyto: System) -> None:
    _client, token = create_client(
        make_organisation(), "x", (Permission.REVIEW, Permission.VIEW_CASES))
    stranger = System(phyto.agency, token)
    assert stranger.get("reviews").json()["results"] == []
    assert stranger.get(f"reviews/{review.pk}").status_code == 404


# --- the officer ----------------------------------------------------------------------------


def test_an_officer_must_be_named(phyto: System, review: Review) -> None:
    officer, phyto.officer = phyto.officer, None
    answer = phyto.post(f"reviews/{review.pk}/claim")
    assert answer.status_code == 400 and answer.json()["errors"][0]["path"] == "officer"
    assert phyto.get(f"reviews/{review.pk}").status_code == 200
    answer = phyto.post(f"reviews/{review.pk}/claim", {"officer": officer.email.upper()})
    assert answer.json()["officer"] == officer.username


def test_a_stranger_is_no_officer(phyto: System, world: World, review: Review) -> None:
    elsewhere, _actor = make_officer(world.vet)
    gone, _actor = make_officer(world.phyto)
    gone.is_active = False
    gone.save()
    for who in (elsewhere, gone, make_user()):
        assert phyto.post(f"reviews/{review.pk}/claim", officer=who).status_code == 400
    for name in ([], {}, 7, "x" * 300, "\x00", ""):
        phyto.officer = None
        answer = phyto.post(f"reviews/{review.pk}/claim", {"officer": name})
        assert answer.status_code == 400, name


def test_who_belongs_to_the_filer_does_not_decide(phyto: System, world: World) -> None:
    trader = make_organisation()
    Membership.objects.create(user=phyto.officer, organisation=trader, role=Role.DECLARANT)
    review = world.review(world.route(make_declaration(trader)), world.phyto)
    assert phyto.post(f"reviews/{review.pk}/claim").status_code == 409
    assert phyto.post("reviews/next").status_code == 204


def test_one_officer_does_not_decide_for_another(
    phyto: System, world: World, review: Review
) -> None:
    colleague, _actor = make_officer(world.phyto)
    assert phyto.post(f"reviews/{review.pk}/claim").status_code == 200
    assert phyto.post(f"reviews/{review.pk}/claim", officer=colleague).status_code == 409
    assert phyto.post(f"reviews/{review.pk}/approve", officer=colleague).status_code == 409
    assert phyto.post(f"reviews/{review.pk}/hand-back").json()["state"] == "open"


def test_a_supervisor_by_a_program_is_no_supervisor(
    phyto: System, world: World, review: Review
) -> None:
    boss, _actor = make_officer(world.phyto, Role.SUPERVISOR)
    phyto.post(f"reviews/{review.pk}/claim")
    assert phyto.post(f"reviews/{review.pk}/hand-back", officer=boss).status_code == 409


# --- two signatures -------------------------------------------------------------------------


def test_the_second_signature_is_another_officers_by_another_hand(
    phyto: System, world: World, review: Review
) -> None:
    review.snapshot = {"rules": [{"title": "Wine", "second_signature": True}]}
    review.save()
    colleague, _actor = make_officer(world.phyto)
    path = f"reviews/{review.pk}"
    phyto.post(f"{path}/claim")
    proposed = phyto.post(f"{path}/approve")
    assert proposed.json()["state"] == "claimed" and proposed.json()["second_signature"]
    (proposal,) = phyto.get(path).json()["proposals"]
    assert phyto.post(f"proposals/{proposal['id']}/sign").status_code == 409
    same_hand = phyto.post(f"proposals/{proposal['id']}/sign", officer=colleague)
    assert same_hand.status_code == 409 and "program" in same_hand.json()["detail"]
    other = make_system(world.phyto, name="Directorate")
    other.officer = phyto.officer
    assert other.post(f"proposals/{proposal['id']}/sign").status_code == 409
    other.officer = colleague
    assert other.post(f"proposals/{proposal['id']}/sign").json()["state"] == "approved"


def test_a_proposal_is_returned_and_taken_back(
    phyto: System, vet: System, world: World, review: Review
) -> None:
    review.snapshot = {"rules": [{"title": "Wine", "second_signature": True}]}
    review.save()
    colleague, _actor = make_officer(world.phyto)
    path = f"reviews/{review.pk}"
    phyto.post(f"{path}/claim")

    def propose() -> str:
        phyto.post(f"{path}/refuse", {"reason_code": "health_risk", "reason": "Mould."})
        return str(phyto.get(path).json()["proposals"][0]["id"])

    first = propose()
    assert vet.post(f"proposals/{first}/sign").status_code == 404
    assert phyto.post(f"proposals/{first}/return", {"words": ""}).status_code == 400
    returned = phyto.post(f"proposals/{first}/return", {"words": "Look again."}, officer=colleague)
    assert returned.status_code == 200
    second = propose()
    assert phyto.post(f"proposals/{second}/take-back").status_code == 200
    assert phyto.get(path).json()["state"] == "claimed"


# --- what is seen ---------------------------------------------------------------------------


def test_a_mandate_covers_the_dataset(phyto: System, world: World) -> None:
    from declarations import intake
    from declarations.states import Channel
    from tests.factories import make_member, run_pipeline, wine_import

    trader = make_organisation()
    _user, actor = make_member(trader)
    declaration = run_pipeline(intake.submit(actor, wine_import(trader), channel=Channel.REST))
    review = world.review(declaration, world.phyto)
    assert "18600" in str(phyto.get(f"reviews/{review.pk}").json())
    world.phyto.withheld = ["value"]
    world.phyto.save()
    read = phyto.get(f"reviews/{review.pk}").json()
    assert read["withheld"] == ["value"] and "18600" not in str(read)
    assert "18600" not in str(phyto.get("reviews").json())
    assert phyto.get(f"reviews/{review.pk}/message").status_code == 404


def test_reading_is_journalled_by_officer_and_by_program(
    phyto: System, vet: System, world: World, review: Review
) -> None:
    declaration = review.declaration
    phyto.get(f"reviews/{review.pk}")
    phyto.get(f"reviews/{review.pk}")
    phyto.officer = vet.officer = None
    phyto.get(f"reviews/{review.pk}")
    vet.get(f"reviews/{world.review(declaration, world.vet).pk}")
    seen = Event.objects.filter(subject=declaration.pk, kind="viewed")
    assert {(one.organisation, bool(one.user)) for one in seen} == {
        (world.phyto.organisation_id, True), (world.phyto.organisation_id, False),
        (world.vet.organisation_id, False)}
    assert seen.count() == 3


# --- lists ----------------------------------------------------------------------------------


def test_filters_and_cursor(phyto: System, world: World) -> None:
    reviews = [world.review(world.route(), world.phyto) for _ in range(3)]
    first = phyto.get("reviews", limit=2).json()
    assert [one["id"] for one in first["results"]] == [str(one.pk) for one in reviews[:2]]
    rest = phyto.get("reviews", limit=2, cursor=first["next"].split("cursor=")[1].split("&")[0]
                     .replace("%3D", "=")).json()
    assert [one["id"] for one in rest["results"]] == [str(reviews[2].pk)] and not rest["next"]
    phyto.post(f"reviews/{reviews[0].pk}/claim")
    Review.objects.filter(pk=reviews[1].pk).update(due_at=timezone.now() - timedelta(hours=1))

    def listed(**parameters: Any) -> list[str]:
        return [one["id"] for one in phyto.get("reviews", **parameters).json()["results"]]

    assert listed(state=["claimed"]) == [str(reviews[0].pk)]
    assert listed(officer=phyto.officer.username) == [str(reviews[0].pk)]
    assert listed(overdue="true") == [str(reviews[1].pk)]
    assert len(listed(overdue="false")) == 2
    assert len(listed(queue="phyto")) == 3 and listed(queue="vet") == []
    assert listed(q=reviews[2].declaration.lrn) == [str(reviews[2].pk)]
    assert listed(changed_since=(timezone.now() + timedelta(minutes=1)).isoformat()) == []


@pytest.mark.parametrize("wrong", [
    {"state": "waiting"}, {"kind": "x"}, {"lane": "pink"}, {"changed_since": "yesterday"},
    {"changed_since": "2026-13-45T00:00:00Z"}, {"changed_since": "0001-01-01T00:00:00Z"},
    {"overdue": "perhaps"},
])
def test_what_a_filter_cannot_be(phyto: System, wrong: dict[str, str]) -> None:
    answer = phyto.get("reviews", **wrong)
    assert answer.status_code == 400 and answer.json()["errors"][0]["path"] in wrong


# --- once -----------------------------------------------------------------------------------


def test_a_request_sent_again_is_done_once(phyto: System, review: Review) -> None:
    path = f"reviews/{review.pk}"
    phyto.post(f"{path}/claim")
    body = {"text": "Which?", "due_at": (timezone.now() + timedelta(days=2)).isoformat()}
    first = phyto.post(f"{path}/requests", body, key="a-1")
    again = phyto.post(f"{path}/requests", body, key="a-1")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert review.requests.count() == 1
    other = phyto.post(f"{path}/requests", body | {"text": "Other?"}, key="a-1")
    assert other.status_code == 422 and review.requests.count() == 1
    assert phyto.post(f"{path}/requests", body, key="a" * 151).status_code == 400


def test_what_was_refused_is_not_kept(phyto: System, review: Review) -> None:
    path = f"reviews/{review.pk}"
    assert phyto.post(f"{path}/approve", key="k").status_code == 409
    assert not AgencyCall.objects.exists()
    phyto.post(f"{path}/claim")
    assert phyto.post(f"{path}/approve", key="k").status_code == 200
    assert phyto.post(f"{path}/approve", key="k").status_code == 200


def test_keys_are_each_programs_own(phyto: System, world: World, review: Review) -> None:
    other = make_system(world.phyto)
    phyto.post(f"reviews/{review.pk}/claim", key="k")
    assert other.post(f"reviews/{review.pk}/hand-back", key="k").status_code == 409


@pytest.mark.parametrize(("verb", "body", "field"), [
    ("refuse", {"reason_code": "nonsense", "reason": "x"}, "reason_code"),
    ("refuse", {"reason_code": "other"}, "reason"),
    ("approve", {"conditions": [{"code": "NONE"}]}, "conditions"),
    ("approve", {"conditions": [{"text": ""}]}, "conditions"),
    ("approve", {"note": "x" * 2001}, "note"),
    ("requests", {"text": "x", "due_at": "2020-01-01T00:00:00Z"}, "due_at"),
    ("requests", {"text": "x", "due_at": "2099-01-01T00:00:00Z"}, "due_at"),
])
def test_what_is_wrong_is_named(
    phyto: System, review: Review, verb: str, body: dict[str, Any], field: str
) -> None:
    phyto.post(f"reviews/{review.pk}/claim")
    answer = phyto.post(f"reviews/{review.pk}/{verb}", body)
    assert answer.status_code == 400 and answer.json()["errors"][0]["path"] == field, answer.json()
    review.refresh_from_db()
    assert review.state == ReviewState.CLAIMED
