"""A whole case by the interface alone: filed, read, asked about, answered, decided, released."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from agencies.conditions_of_approval import ConditionTemplate
from portal.accounts.tokens import create_client
from portal.journal.models import Event
from tests.agency_api.conftest import System, World
from tests.factories import make_organisation, run_pipeline, wine_import

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_a_case_goes_all_its_way_by_programs(
    world: World, phyto: System, vet: System, customs: System
) -> None:
    ConditionTemplate.objects.create(
        agency=world.vet, code="COLD", text="Keep it below 15 °C.", when="after")
    trader = make_organisation()
    _client, token = create_client(trader, "Warehouse")
    own = {"Authorization": f"Bearer {token}"}
    began = timezone.now()
    filed = Client().post("/api/v1/declarations", wine_import(trader),
                          content_type="application/xml", headers=own)
    from declarations.models import Declaration

    declaration = run_pipeline(Declaration.objects.get(pk=filed.json()["id"]))

    # Plant protection: finds it, takes it up, asks, reads the answer, agrees.
    (found,) = phyto.get("reviews", state="open", changed_since=began.isoformat()).json()["results"]
    assert found["declaration"]["mrn"] == declaration.mrn and found["officer"] is None
    path = f"reviews/{found['id']}"
    read = phyto.get(path).json()
    assert read["dataset"]["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]
    assert read["reasons"][0]["title"] == "Wine" and read["version"] == 1
    assert b"Declaration" in phyto.get(f"{path}/message").content
    taken = phyto.post(f"{path}/claim").json()
    assert (taken["state"], taken["officer"]) == ("claimed", phyto.officer.username)
    asked = phyto.post(f"{path}/requests", {
        "text": "Which vineyard?", "documents": ["Certificate of origin"],
        "due_at": (timezone.now() + timedelta(days=3)).isoformat()})
    assert asked.status_code == 201, asked.json()
    assert phyto.post(f"{path}/approve").status_code == 409
    answered = Client().post(
        f"/api/v1/declarations/{declaration.pk}/requests/{asked.json()['id']}/answer",
        {"answer": "Ganja.", "files": [SimpleUploadedFile("origin.pdf", PDF)]}, headers=own)
    assert answered.status_code == 200, answered.json()
    (question,) = phyto.get(path).json()["requests"]
    assert (question["answer"], question["state"]) == ("Ganja.", "answered")
    (file,) = question["files"]
    content = Client().get(file["content"], headers={"Authorization": f"Bearer {phyto.token}"})
    assert b"".join(content.streaming_content) == PDF
    assert phyto.post(f"{path}/approve", {"note": "Seen."}).json()["state"] == "approved"

    # The vets: agree with a condition of their templates.
    (found,) = vet.get("reviews").json()["results"]
    vet.post(f"reviews/{found['id']}/claim")
    agreed = vet.post(f"reviews/{found['id']}/approve", {"conditions": [{"code": "COLD"}]})
    assert agreed.status_code == 200, agreed.json()
    (condition,) = vet.get(f"reviews/{found['id']}").json()["conditions"]
    assert (condition["text"], condition["when"]) == ("Keep it below 15 °C.", "after")

    # Customs: its tier has opened, and the last approval releases.
    taken = customs.post("reviews/next")
    assert taken.status_code == 200
    released = customs.post(f"reviews/{taken.json()['id']}/approve")
    assert released.json()["declaration"]["status"] == "released"
    assert customs.post("reviews/next").status_code == 204

    event = Event.objects.get(subject=declaration.pk, kind="released")
    assert event.user == customs.officer.pk and "Laboratory system (API)" in event.actor
    assert event.payload["client"]
    done = phyto.post(f"{path}/conditions")
    assert done.status_code == 404
    assert vet.post(f"conditions/{condition['id']}/fulfil", {"note": "Seen."}).status_code == 200
