"""The pages of the agency and of the holder, and that others find nothing there."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.permits import changing, seal
from agencies.permits.models import Permit
from declarations.lifecycle import Action
from portal.journal import receipts
from tests.factories import make_agency, make_member, make_officer, make_organisation
from tests.permits.world import World, act, in_days


@pytest.fixture
def officer(world: World, client: Client) -> Client:
    client.force_login(world.user)
    return client


def holder(world: World) -> Client:
    client = Client()
    client.force_login(world.trader_user)
    return client


def test_an_application_is_issued_from_its_page_with_corrections(
    world: World, officer: Client
) -> None:
    application = world.application()
    listed = officer.get(reverse("permits")).content.decode()
    address = reverse("permit_issue", args=[application.pk])
    assert address in listed
    page = officer.get(address).content.decode()
    assert 'value="100"' in page and "Red grape wine" in page
    form = {"valid_from": in_days(0).isoformat(), "valid_to": in_days(30).isoformat(),
            "conditions": "At Tbilisi airport only", "lines-0-quantity": "80",
            "lines-0-value": "15000", "lines-TOTAL_FORMS": "7", "lines-INITIAL_FORMS": "0"}
    answer = officer.post(address, form)
    permit = Permit.objects.get()
    assert answer.headers["Location"] == reverse("permit", args=[permit.pk])
    line = permit.lines.get()
    assert [line.quantity, line.value, line.currency] == [80, 15000, "USD"]
    assert permit.conditions == "At Tbilisi airport only"
    assert officer.get(address).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"valid_to": "2020-01-01"}, "end before it begins"), ({"lines-0-quantity": "0"}, "0.000001"),
     ({"valid_from": ""}, "required")],
)
def test_a_wrong_issue_says_where(
    world: World, officer: Client, wrong: dict[str, str], words: str
) -> None:
    form = {"valid_from": in_days(0).isoformat(), "valid_to": in_days(30).isoformat(),
            "lines-0-quantity": "80"} | wrong
    answer = officer.post(reverse("permit_issue", args=[world.application().pk]), form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Permit.objects.exists()


def test_the_list_is_searched_filtered_and_paged(world: World, officer: Client) -> None:
    first, second = world.permit(), world.permit(line={"hs": "0406", "description": "Cheese"})
    changing.suspend(second.pk, world.officer, "Inquiry")
    address = reverse("permits")
    found = {
        query: [p.number for p in officer.get(f"{address}?{query}").context["page"]]
        for query in ("q=cheese", "q=0406", "state=suspended", "state=in_force", "q=nothing",
                      "state=nonsense", "page=99")
    }
    assert found == {
        "q=cheese": [second.number], "q=0406": [second.number],
        "state=suspended": [second.number], "state=in_force": [first.number], "q=nothing": [],
        "state=nonsense": [second.number, first.number],
        "page=99": [second.number, first.number],
    }


def test_the_permit_page_shows_balance_ledger_and_history(world: World, officer: Client) -> None:
    permit = world.permit("100")
    act(declaration := world.declare(permit, "30"), Action.RELEASE)
    page = officer.get(reverse("permit", args=[permit.pk])).content.decode()
    assert declaration.mrn and declaration.mrn in page
    for words in ("Written off", "70", "Permit issued", "30 % written off"):
        assert words in page


def test_every_change_is_made_from_the_page(world: World, officer: Client) -> None:
    permit = world.permit()

    def post(verb: str, **fields: str) -> int:
        return officer.post(reverse(f"permit_{verb}", args=[permit.pk]), fields).status_code

    assert post("suspend", reason="") == 422
    assert post("suspend", reason="Inquiry") == 302
    assert post("resume", reason="Settled") == 302
    assert post("extend", reason="Late ship", valid_to=in_days(1).isoformat()) == 422
    assert post("extend", reason="Late ship", valid_to=in_days(200).isoformat()) == 302
    replaced = officer.post(reverse("permit_replace", args=[permit.pk]), {
        "valid_from": in_days(0).isoformat(), "valid_to": in_days(30).isoformat(),
        "lines-0-quantity": "100", "reason": "Another consignor"})
    assert replaced.status_code == 302
    new = Permit.objects.get(replaces=permit)
    assert officer.post(reverse("permit_revoke", args=[new.pk]), {"reason": "Fraud"}
                        ).status_code == 302
    new.refresh_from_db()
    assert new.state == "revoked"
    assert officer.get(reverse("permit", args=[new.pk])).status_code == 200


def test_another_agency_and_another_trader_find_nothing(world: World) -> None:
    permit = world.permit()
    stranger_officer, _ = make_officer(make_agency("customs"))
    stranger, _ = make_member(make_organisation())
    for user, names in (
        (stranger_officer, ("permit", "permit_certificate", "permit_replace")),
        (stranger, ("our_permit", "permit_certificate")),
    ):
        client = Client()
        client.force_login(user)
        for name in names:
            assert client.get(reverse(name, args=[permit.pk])).status_code == 404
    client = Client()
    client.force_login(stranger_officer)
    for verb in ("sign", "suspend", "resume", "revoke", "extend"):
        answer = client.post(reverse(f"permit_{verb}", args=[permit.pk]), {"reason": "Mine"})
        assert answer.status_code == 404
    permit.refresh_from_db()
    assert permit.state == "in_force"


def test_the_holder_sees_its_permits_with_certificate(world: World) -> None:
    permit = world.permit()
    client = holder(world)
    assert permit.number in client.get(reverse("our_permits")).content.decode()
    page = client.get(reverse("our_permit", args=[permit.pk])).content.decode()
    assert permit.check_code in page
    pdf = client.get(reverse("permit_certificate", args=[permit.pk]))
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-") and b"pdfaid" in pdf.content
    assert client.get(reverse("permits")).status_code == 403


@pytest.mark.parametrize("layout", ["general", "cites", "phytosanitary", "veterinary", "ods"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_layout_is_set_in_every_language(db: None, layout: str, language: str) -> None:
    from agencies.permits import certificate

    world = World(layout=layout)
    line = {"scientific_name": "Vitis vinifera", "appendix": "II", "particulars": {
        "packages": [{"quantity": "10", "type": "CT", "marks": "#1 *[x]* $y$"}],
        "treatment": "Fumigation"}}
    permit = world.permit(line=line, conditions="Cold chain\nat 2 to 4 °C")
    assert certificate.make(permit, language).startswith(b"%PDF-")


def test_the_seal_verifies_and_is_no_receipt_of_another_kind(world: World) -> None:
    permit = world.permit()
    token = seal.token(permit)
    told = receipts.verify(token, type=seal.TYPE)
    assert (told["no"], told["goods"]) == (permit.number, ["2204 100 KGM"])
    with pytest.raises(receipts.ReceiptRefused):
        receipts.verify(token)
    assert len(token) < 1200


def test_an_unsigned_permit_is_not_handed_out(db: None) -> None:
    world = World(second_signature=True)
    permit = world.permit()
    client = holder(world)
    for name in ("our_permit", "permit_certificate"):
        assert client.get(reverse(name, args=[permit.pk])).status_code == 404
    assert client.get(reverse("permit_verify_one", args=[permit.public_id])).status_code == 404
