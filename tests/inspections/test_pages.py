"""The pages without scripts: every step, who may see what, and photographs without their place."""

import hashlib
import io
import struct
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agencies.field_visibility import ElementGroup
from agencies.inspections.models import Finding, Inspection, Photograph, Site
from agencies.inspections.photographs import without_metadata
from declarations.states import State
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notices import words
from portal.notices.models import Notice
from tests.factories import (
    make_agency,
    make_member,
    make_officer,
    make_organisation,
    wine_dataset,
)
from tests.inspections.conftest import Scene, at


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(way_up: int = 6) -> bytes:
    """As a phone makes it: Exif with orientation and place, a comment, a picture, an appendix."""
    tiff = b"II*\0" + struct.pack("<IHHHIHHHHIII", 8, 2, 0x0112, 3, 1, way_up, 0,
                                  0x8825, 4, 1, 38, 0) + b"GPS 41.52N 41.55E"
    return (b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + segment(0xE1, b"Exif\0\0" + tiff)
            + segment(0xFE, b"taken in Sarpi") + segment(0xDB, b"\0" * 65)
            + segment(0xDA, b"\1\1\0\0\x3f\0") + b"data\xff\x00more\xff\xd9" + b"appendix GPS")


def picture(name: str = "IMG_1.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or jpeg(), "image/jpeg")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, visit: Inspection, **fields: Any) -> Any:
    fields = {"key": str(uuid4()), "kind": "check", "item": "1", "verdict": "as_declared"} | fields
    return client.post(reverse("finding_add", args=[visit.pk]), fields,
                       headers={"accept": "application/json"})


def appointed(scene: Scene) -> Inspection:
    return scene.appoint(scene.join(scene.call()))


def test_the_whole_way_by_forms(scene: Scene) -> None:
    inspector, officer = client_of(scene.inspector_user), client_of(scene.officer_user)
    review = scene.review(scene.phyto)
    assert reverse("inspection_call", args=[review.pk]) in inspector.get(
        reverse("review", args=[review.pk])).content.decode()
    answer = inspector.post(reverse("inspection_call", args=[review.pk]), {
        "reasons": "Soil", "looks": ["goods"], "items": "1", "prepare": "Open the doors.",
        "site": scene.site.pk, "hours": "4"})
    visit = Inspection.objects.get()
    assert answer.status_code == 302 and answer["Location"] == reverse("inspection", args=[visit.pk])
    listed = officer.get(reverse("inspections") + "?show=asked").content.decode()
    assert scene.declaration.mrn in listed
    officer.post(reverse("inspection_join", args=[visit.pk]), {"reasons": "Weight", "looks": "goods"})
    page = inspector.get(reverse("inspection", args=[visit.pk]) + f"?on={at(10):%Y-%m-%d}")
    start = page.context["slots"][1].starts_at.isoformat()
    answer = inspector.post(reverse("inspection_appoint", args=[visit.pk]), {
        "site": scene.site.pk, "start": start, "minutes": 60, "directions": "Ramp 3"})
    assert answer.status_code == 302
    trader = client_of(scene.trader_user)
    card = trader.get(reverse("declaration", args=[scene.declaration.pk])).content.decode()
    assert "Ramp 3" in card and "Open the doors." in card and "Soil" not in card
    trader.post(reverse("inspection_confirm", args=[visit.pk]))
    form = {"key": str(uuid4()), "kind": "check", "item": "1", "verdict": "discrepancy",
            "aspects": ["weight"], "text": "9100 kg", "photographs": picture()}
    address = reverse("finding_add", args=[visit.pk])
    for client in (inspector, inspector, officer):
        form["photographs"] = picture()
        form["key"] = str(uuid4()) if client is officer else form["key"]
        assert client.post(address, form).status_code == 302
    assert Finding.objects.count() == Photograph.objects.count() == 2
    for client in (inspector, officer):
        client.post(reverse("inspection_sign", args=[visit.pk]), {"conclusion": "Too heavy."})
    scene.declaration.refresh_from_db()
    assert scene.declaration.state == State.UNDER_REVIEW
    for client, agency in ((inspector, scene.phyto), (officer, scene.customs)):
        told = client.get(reverse("review", args=[scene.review(agency).pk])).content.decode()
        assert "9100 kg" in told and "The goods are not as declared" in told
    card = trader.get(reverse("declaration", args=[scene.declaration.pk])).content.decode()
    assert "were not found as declared" in card and "9100" not in card
    assert "9100" not in trader.get(
        reverse("declaration", args=[scene.declaration.pk]) + "?tab=timeline").content.decode()


def test_the_trader_is_told(scene: Scene) -> None:
    appointed(scene)
    kinds = set(Notice.objects.filter(user=scene.trader_user).values_list("kind", flat=True))
    assert {"inspection_ordered", "inspection_appointed"} <= kinds


def test_the_other_agencys_officer_is_told_and_nobody_else_of_it(scene: Scene) -> None:
    scene.call()
    told = Notice.objects.filter(kind="inspection_asked")
    assert [one.user for one in told] == [scene.officer_user]
    page = client_of(scene.officer_user).get(reverse("notices")).content.decode()
    assert "Phyto looks at the goods. Say by " in page
    assert words.address(told[0]) == reverse("inspection", args=[Inspection.objects.get().pk])


def test_another_agencys_and_another_traders_are_not_there(scene: Scene) -> None:
    visit = appointed(scene)
    stranger = client_of(make_officer(make_agency("vet"))[0])
    for name in ("inspection", "inspection_visit"):
        assert stranger.get(reverse(name, args=[visit.pk])).status_code == 404
    for name in ("inspection_join", "inspection_not_needed", "inspection_appoint",
                 "inspection_call_off", "inspection_sign", "finding_add"):
        assert stranger.post(reverse(name, args=[visit.pk])).status_code == 404, name
    other = client_of(make_member(make_organisation())[0])
    for name in ("inspection_confirm", "inspection_other_time"):
        assert other.post(reverse(name, args=[visit.pk]), {"words": "x"}).status_code == 404
    assert client_of(scene.trader_user).get(
        reverse("inspection", args=[visit.pk])).status_code == 403


def test_the_phone_hears_what_became_of_a_finding(scene: Scene) -> None:
    visit = appointed(scene)
    client = client_of(scene.inspector_user)
    key = str(uuid4())
    assert send(client, visit, key=key).status_code == 201
    known = send(client, visit, key=key)
    assert (known.status_code, known.json()["known"]) == (200, True)
    assert send(client, visit, key=key, text="otherwise").status_code == 409
    wrong = send(client, visit, verdict="discrepancy")
    assert wrong.status_code == 422 and "in what it differs" in wrong.json()["detail"]
    assert send(client, visit, item="9").status_code == 422
    assert Finding.objects.count() == 1


def test_the_phone_shows_what_the_agencys_mandate_covers(scene: Scene) -> None:
    visit = appointed(scene)
    scene.declaration.versions.create(
        number=1, dataset=wine_dataset(), organisation=scene.declaration.organisation)
    address = reverse("inspection_visit", args=[visit.pk])
    page = client_of(scene.inspector_user).get(address).content.decode()
    assert "Red grape wine" in page and "90-AB-123 AZ" in page
    scene.phyto.withheld = [*ElementGroup.values]
    scene.phyto.save(update_fields=["withheld"])
    page = client_of(scene.inspector_user).get(address).content.decode()
    assert "Red grape wine" in page and "90-AB-123" not in page
    assert "90-AB-123 AZ" in client_of(scene.officer_user).get(address).content.decode()


def test_only_a_page_that_takes_findings_may_be_kept_on_the_phone(scene: Scene) -> None:
    visit = scene.join(scene.call())
    client = client_of(scene.inspector_user)
    address = reverse("inspection_visit", args=[visit.pk])
    assert 'data-copy=""' not in client.get(address).content.decode()
    scene.appoint(visit)
    assert client.get(address).content.decode().count('data-copy=""') == 1
    worker = Client().get(reverse("inspection_worker"))
    assert worker["Content-Type"].startswith("text/javascript")
    assert "default-src 'none'" in worker["Content-Security-Policy"]


@pytest.mark.parametrize("content", [b"%PDF-1.7 no picture", b"<svg onload=alert(1)>", b""])
def test_only_photographs_are_taken(scene: Scene, content: bytes) -> None:
    visit = appointed(scene)
    answer = send(client_of(scene.inspector_user), visit,
                  photographs=SimpleUploadedFile("a.jpg", content, "image/jpeg"))
    assert answer.status_code == 422
    assert not Finding.objects.exists()


def test_a_photograph_is_kept_whole_and_shown_without_its_place(scene: Scene) -> None:
    visit = appointed(scene)
    client = client_of(scene.inspector_user)
    assert send(client, visit, photographs=picture()).status_code == 201
    kept = Photograph.objects.get()
    assert kept.sha256 == hashlib.sha256(jpeg()).hexdigest()
    address = reverse("finding_photograph", args=[visit.pk, kept.pk])
    shown = client.get(address)
    assert shown.status_code == 200 and shown["X-Content-Type-Options"] == "nosniff"
    assert b"GPS" not in shown.content and b"Sarpi" not in shown.content
    assert b"data\xff\x00more" in shown.content
    assert client_of(scene.trader_user).get(address).status_code == 403


def test_metadata_is_taken_out_and_the_way_up_stays() -> None:
    clean = without_metadata(jpeg(8), "image/jpeg")
    assert clean.startswith(b"\xff\xd8") and clean.endswith(b"\xff\xd9")
    assert clean.count(b"Exif") == 1 and without_metadata(clean, "image/jpeg") == clean
    assert b"Exif" not in without_metadata(jpeg(1), "image/jpeg")
    for damaged in (b"\xff\xd8\xff", jpeg()[:30], b"\xff\xd8" + b"\0" * 40):
        with pytest.raises(ValueError, match="damaged"):
            without_metadata(damaged, "image/jpeg")


def test_webp_loses_its_metadata() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    body = b"WEBP" + chunk(b"VP8X", b"\x0c" + b"\0" * 9) + chunk(b"VP8 ", b"pixels") + chunk(
        b"EXIF", b"GPS here")
    clean = without_metadata(b"RIFF" + struct.pack("<I", len(body)) + body, "image/webp")
    assert b"GPS" not in clean and b"pixels" in clean
    assert clean[20] == 0 and struct.unpack("<I", clean[4:8])[0] == len(clean) - 8
    assert io.BytesIO(clean).read(4) == b"RIFF"


def test_the_calendar_shows_others_visits_without_their_numbers(scene: Scene) -> None:
    visit = appointed(scene)
    client = client_of(scene.inspector_user)
    for view in ("", "&view=day"):
        shown = client.get(reverse("inspection_calendar") + f"?on={at(10):%Y-%m-%d}{view}")
        assert scene.declaration.mrn in shown.content.decode()
        assert "1 of 1 taken" in shown.content.decode()
    visit.participants.filter(agency=scene.phyto).delete()
    hidden = client.get(reverse("inspection_calendar") + f"?on={at(10):%Y-%m-%d}").content.decode()
    assert scene.declaration.mrn not in hidden and "Visit of Phyto" in hidden
    for odd in ("?on=nonsense", "?on=2026-02-31", "?on=0001-01-01"):
        assert client.get(reverse("inspection_calendar") + odd).status_code == 200


def test_a_supervisor_names_the_places(scene: Scene) -> None:
    boss = client_of(make_officer(scene.phyto, Role.SUPERVISOR)[0])
    values = {"name": "Ramp", "capacity": "2", "slot_minutes": "30", "opens_at": "08:00",
              "closes_at": "07:00", "address": ""}
    address = reverse("inspection_site_new")
    assert boss.post(address, values).status_code == 422
    assert boss.post(address, values | {"closes_at": "12:00"}).status_code == 302
    assert Site.objects.get(name="Ramp").capacity == 2
    assert boss.post(address, values | {"closes_at": "12:00"}).status_code == 422
    foreign = Site.objects.create(agency=scene.customs, name="Customs yard")
    assert boss.get(reverse("inspection_site", args=[foreign.pk])).status_code == 404
    assert client_of(scene.inspector_user).get(address).status_code == 403
