"""An inspection by programs: called, joined, appointed, signed, and its result read."""

from uuid import UUID, uuid4

import pytest

from agencies.inspections import noting
from agencies.inspections.models import Site
from agencies.models import Review
from portal.journal.models import Event
from tests.agency_api.conftest import System, World
from tests.inspections.conftest import at


@pytest.fixture
def review(world: World) -> Review:
    return world.review(world.route(), world.phyto)


def test_two_programs_and_one_visit(
    world: World, phyto: System, vet: System, customs: System, review: Review
) -> None:
    Site.objects.create(agency=world.phyto, name="Yard 2")
    path = f"reviews/{review.pk}/inspection"
    need = {"reasons": "Soil was found.", "looks": ["goods", "samples"], "items": [1]}
    assert phyto.post(path, need).status_code == 409  # not taken up
    phyto.post(f"reviews/{review.pk}/claim")
    assert vet.post(path, need).status_code == 404
    wrong = phyto.post(path, need | {"items": [99]})
    assert wrong.status_code == 400 and wrong.json()["errors"][0]["path"] == "items"
    called = phyto.post(path, need | {"prepare": "Open the doors.", "site": "Yard 2"}, key="c")
    assert called.status_code == 200, called.json()
    again = phyto.post(path, need | {"prepare": "Open the doors.", "site": "Yard 2"}, key="c")
    assert again.json()["id"] == called.json()["id"]
    one = f"inspections/{called.json()['id']}"
    assert called.json()["review"] == str(review.pk) and called.json()["result"] is None

    # The vets are asked; customs, whose tier waits, has nothing to do with it.
    (asked,) = vet.get("inspections", part="asked").json()["results"]
    assert asked["id"] == called.json()["id"] and asked["lead"] == str(world.phyto)
    assert customs.get("inspections").json()["results"] == []
    for verb in ("join", "not-needed", "appoint", "call-off", "sign"):
        assert customs.post(f"{one}/{verb}", need).status_code == 404
    assert customs.get(one).status_code == 404
    when = {"site": "Yard 2", "starts_at": at(10).isoformat(), "minutes": 60}
    assert phyto.post(f"{one}/appoint", when).status_code == 409  # the vets have not answered
    assert vet.post(f"{one}/not-needed").status_code == 200
    assert vet.post(f"{one}/join", {"reasons": "Papers.", "looks": ["documents"]}).status_code == 200
    assert vet.post(f"{one}/appoint", when).status_code == 409  # leads not
    appointed = phyto.post(f"{one}/appoint", when)
    assert (appointed.status_code, appointed.json()["state"]) == (200, "appointed")

    for system, verdict in ((phyto, "discrepancy"), (vet, "as_declared")):
        assert system.officer is not None
        officer = system.officer.memberships.get().actor()
        noting.note(UUID(called.json()["id"]), officer, uuid4(), noting.Note(
            "check", 1, verdict, ["weight"] if verdict == "discrepancy" else (), "200 kg more."))
    assert phyto.post(f"{one}/call-off", {"reason": "Not now."}).status_code == 409
    assert phyto.post(f"{one}/sign", {"conclusion": "Heavier."}).json()["result"] is None
    closed = vet.post(f"{one}/sign").json()
    assert (closed["state"], closed["result"]) == ("closed", "discrepancy")
    read = phyto.get(one).json()
    assert {part["part"] for part in read["participants"]} == {"signed"}
    assert [finding["verdict"] for finding in read["findings"]] == ["discrepancy", "as_declared"]
    event = Event.objects.get(subject=review.declaration_id, kind="inspection_ordered")
    assert event.user == phyto.officer.pk and event.payload["client"]  # type: ignore[union-attr]
    assert phyto.post(f"reviews/{review.pk}/approve").json()["state"] == "approved"


def test_it_is_called_off(phyto: System, review: Review) -> None:
    phyto.post(f"reviews/{review.pk}/claim")
    called = phyto.post(f"reviews/{review.pk}/inspection", {"reasons": "Soil."}).json()
    one = f"inspections/{called['id']}"
    assert phyto.post(f"{one}/call-off", {}).status_code == 400
    assert phyto.post(f"{one}/call-off", {"reason": "Papers came."}).json()["state"] == "called_off"
    assert phyto.get("inspections", state="called_off").json()["results"][0]["id"] == called["id"]
    assert phyto.get("inspections", state="x").status_code == 400
