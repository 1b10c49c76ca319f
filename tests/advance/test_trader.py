"""The consignee alone is told, confirms, and begins the import; everybody else gets nothing."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declarations import drafts
from declarations.drafts import typed_of
from declarations.forms.declaration import DeclarationForms
from declarations.models import Declaration
from declarations.states import Kind, State
from exchange.advance.models import Advance, Confirmation, Match
from portal.accounts.mandates import Mandate
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind
from portal.journal.models import Event
from portal.notices.models import Notice
from tests.advance.conftest import UCR, Tell, export_of, file, import_of, the_advance, work
from tests.factories import make_member, make_officer, make_organisation

VERBS = ("announcement_confirm", "announcement_disown", "announcement_begin")


@pytest.fixture
def told(tell: Tell, trader: Organisation) -> Advance:
    export = export_of(trader, UCR)
    export["GoodsShipment"]["Consignment"] = {
        "ContainerCode": "1", "TransportEquipment": [{"SequenceNumeric": 1, "ID": "TCLU6582036"}]}
    export["AdditionalDocument"] = [{"TypeCode": "730", "ID": "CMR AZ 0098214"},
                                    {"TypeCode": "380", "ID": "GS-1183"}]
    tell(export)
    work()
    return the_advance()


@pytest.fixture
def importer(client: Client, trader: Organisation) -> Client:
    client.force_login(make_member(trader)[0])
    return client


def post(client: Client, verb: str, advance: Advance) -> int:
    return client.post(reverse(verb, args=[advance.pk])).status_code


def body(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_the_consignee_is_told_and_asked(importer: Client, told: Advance) -> None:
    assert "Azerbaijan customs has told us of this consignment" in body(importer, "home")
    assert told.mrn in body(importer, "announced")
    page = body(importer, "announcement", told.pk)
    assert "Ganja Sharab 2 OJSC" in page and "TCLU6582036" in page and "Yes, it is ours" in page
    assert "18,600" not in page and "18600" not in page, "the value comes with the draft"
    assert "Begin the import" not in page


def test_only_after_consent_the_import_is_begun(
    importer: Client, told: Advance, trader: Organisation
) -> None:
    assert post(importer, "announcement_begin", told) == 302
    assert not Declaration.objects.exists()
    assert post(importer, "announcement_confirm", told) == 302
    assert post(importer, "announcement_confirm", told) == 302, "twice is once"
    assert "Begin the import" in body(importer, "announcement", told.pk)
    assert post(importer, "announcement_begin", told) == 302
    assert post(importer, "announcement_begin", told) == 302
    draft = Declaration.objects.get()
    assert (draft.kind, draft.state, draft.organisation) == (Kind.IMPORT, State.DRAFT, trader)
    header, (item,) = typed_of(draft).header, typed_of(draft).items
    assert header["importer_id"] == header["declarant_id"] == trader.identifier
    assert header["exporter_name"] == "Ganja Sharab 2 OJSC"
    assert header["ucr"] == UCR["ID"] and header["destination_country"] == "GE"
    assert "office" not in header, "that of the export is theirs"
    assert header["lrn"] and header["lrn"] != told.dataset["FunctionalReferenceID"]
    assert item.values["hs_code"] == "220421" and "procedure" not in item.values
    rows = typed_of(draft).rows
    assert rows["previous"][0] == {"type": "830", "id": told.mrn}
    assert rows["equipment"][0]["id"] == "TCLU6582036"
    assert [row["id"] for row in rows["paper"]] == ["CMR AZ 0098214"]
    kinds = list(Event.objects.of(told.pk).values_list("kind", flat=True))
    assert kinds == ["advance_told", "advance_confirmed", "advance_used"]
    assert importer.get(reverse("declaration_edit", args=[draft.pk])).status_code == 200
    assert "has told us" not in body(importer, "home")


def test_what_the_trader_typed_stays(
    importer: Client, told: Advance, tell: Tell, trader: Organisation
) -> None:
    post(importer, "announcement_confirm", told)
    post(importer, "announcement_begin", told)
    draft = Declaration.objects.get()
    typed = typed_of(draft)
    typed.header["ucr"], typed.items[0].values["hs_code"] = "6GE-TYPED", "22042142"
    typed.header["exporter_name"] = ""
    forms = DeclarationForms(Kind.IMPORT, typed, drafts.base_of(draft))
    drafts.save(make_member(trader)[1], draft.pk, forms, drafts.stamp_of(draft))
    tell(export_of(trader, {"ID": "6AZ-NEWS"}), movement=told.movement, position=2)
    work()
    post(importer, "announcement_begin", told)
    again = Declaration.objects.get()
    kept = typed_of(again)
    assert again.pk == draft.pk and kept.header["ucr"] == "6GE-TYPED"
    assert kept.items[0].values["hs_code"] == "22042142"
    assert not kept.header.get("exporter_name"), "what was emptied is not filled again"
    page = body(importer, "declaration_edit", draft.pk)
    assert "6GE-TYPED" in page and "6AZ-NEWS" not in page


def test_what_is_filed_from_it_matches_by_its_mrn(
    importer: Client, told: Advance, trader: Organisation
) -> None:
    bought = import_of(trader)
    bought["GoodsShipment"]["PreviousDocument"] = [{"TypeCode": "830", "ID": told.mrn}]
    filed = file(make_member(trader)[1], bought)
    work()
    assert Match.objects.get().declaration == filed
    post(importer, "announcement_confirm", told)
    page = body(importer, "announcement", told.pk)
    assert filed.mrn in page and "Begin the import" not in page


def test_it_is_not_his_and_then_it_is(importer: Client, told: Advance) -> None:
    post(importer, "announcement_disown", told)
    assert Confirmation.objects.get().answer == "not_ours"
    assert "has told us" not in body(importer, "home")
    assert told.mrn not in body(importer, "announced")
    post(importer, "announcement_confirm", told)
    assert Confirmation.objects.get().answer == "ours"


def test_what_was_withdrawn_is_not_begun(
    importer: Client, told: Advance, tell: Tell, trader: Organisation
) -> None:
    post(importer, "announcement_confirm", told)
    tell(export_of(trader, UCR), "cancelled", movement=told.movement, position=2)
    work()
    post(importer, "announcement_begin", told)
    assert not Declaration.objects.exists()
    assert "has withdrawn this declaration" in body(importer, "announcement", told.pk)


def test_a_stranger_gets_nothing(client: Client, told: Advance) -> None:
    client.force_login(make_member(make_organisation())[0])
    assert told.mrn not in body(client, "announced") + body(client, "home")
    assert client.get(reverse("announcement", args=[told.pk])).status_code == 404
    assert {post(client, verb, told) for verb in VERBS} == {404}
    assert not Confirmation.objects.exists()


def test_an_officer_is_no_consignee(client: Client, told: Advance, trader: Organisation) -> None:
    from agencies.models import Agency

    client.force_login(make_officer(Agency.objects.get())[0])
    assert client.get(reverse("announced")).status_code == 403
    assert client.get(reverse("announcement", args=[told.pk])).status_code == 403


@pytest.mark.parametrize(("kinds", "days", "sees"), [
    (["import"], 1, True), (["export"], 1, False), (["import"], -1, False),
])
def test_a_representative_sees_it_by_mandate(
    kinds: list[str], days: int, sees: bool, client: Client, told: Advance, trader: Organisation
) -> None:
    broker = make_organisation(OrganisationKind.BROKER)
    today = timezone.localdate()
    Mandate.objects.create(
        principal=trader, representative=broker, kinds=kinds, granted_at=timezone.now(),
        valid_from=today - timedelta(days=9), valid_to=today + timedelta(days=days))
    client.force_login(make_member(broker)[0])
    assert (told.mrn in body(client, "announced")) == sees
    assert post(client, "announcement_confirm", told) == (302 if sees else 404)
    if not sees:
        return
    assert Confirmation.objects.get().organisation == trader
    post(client, "announcement_begin", told)
    draft = Declaration.objects.get()
    header = typed_of(draft).header
    assert draft.organisation == broker and header["declarant_id"] == broker.identifier
    assert header["importer_id"] == trader.identifier


def test_one_of_two_named_has_confirmed(
    client: Client, tell: Tell, trader: Organisation
) -> None:
    other = make_organisation()
    export = export_of(trader, UCR)
    export["GoodsShipment"]["Importer"] = {"Name": other.name, "ID": other.identifier}
    tell(export)
    work()
    client.force_login(make_member(trader)[0])
    post(client, "announcement_confirm", the_advance())
    client.force_login(make_member(other)[0])
    post(client, "announcement_disown", the_advance())
    assert Confirmation.objects.get().organisation == trader
    assert f"{trader.name} has confirmed" in body(client, "announcement", the_advance().pk)


def test_everybody_of_the_consignee_is_told_once(
    tell: Tell, trader: Organisation, client: Client
) -> None:
    person, stranger = make_member(trader)[0], make_member(make_organisation())[0]
    movement = uuid.uuid4()
    for position, kind in enumerate(("accepted", "released", "cancelled"), start=1):
        tell(export_of(trader, UCR), kind, movement=movement, position=position)
        work()
    notices = list(Notice.objects.filter(user__in=[person, stranger]).order_by("pk"))
    assert [(one.user, one.kind) for one in notices] == [
        (person, "advance_told"), (person, "advance_voided")]
    client.force_login(person)
    answer = client.get(reverse("notice", args=[notices[0].pk]))
    assert answer["Location"] == reverse("announcement", args=[the_advance().pk])
