"""Filing by form: the bytes are valid and say what was typed; faults stand beside their fields."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from declarations import wco
from declarations.models import Declaration, Version
from declarations.states import State
from portal.journal.models import Event
from tests.agencies.samples import make_rule_set
from tests.factories import make_agency, run_pipeline, wine_import
from tests.forms.conftest import Trader, wine

NEW = reverse("declaration_new", args=["import"])


def file(client: Client, controls: dict[str, str], address: str = NEW) -> tuple[int, str]:
    """Status and page; of a draft that was not filed the page that its own address shows."""
    answer = client.post(address, {"file": "1"} | controls)
    location = answer.get("Location", "")
    if location.endswith("?check=1"):
        page = client.get(location)
        return (422 if page.context["forms"].problems else 200), page.content.decode()
    return answer.status_code, location or answer.content.decode()


def test_what_is_filed_is_valid_and_is_what_was_typed(trader: Trader) -> None:
    status, address = file(trader.client, wine(trader).controls())
    assert status == 302, address
    declaration = Declaration.objects.get()
    assert address == reverse("declaration", args=[declaration.pk])
    assert (declaration.state, declaration.lrn) == (State.SUBMITTED, "WINE-1")
    version = Version.objects.get(declaration=declaration)
    assert version.channel == "form"

    profile = wco.get_profile("carec")
    verdict = wco.validate(bytes(version.body), profile)
    assert verdict.accepted
    assert verdict.message
    filed = wco.from_xml(verdict.message.root, profile)
    shipment = filed.GoodsShipment
    assert shipment and shipment.Importer
    (item,) = shipment.GovernmentAgencyGoodsItem
    assert filed.TypeCode == "IMA"
    assert trader.organisation.identifier == shipment.Importer.ID
    assert item.Commodity.Classification[0].ID == "220421"
    assert item.Commodity.InvoiceLine.ItemChargeAmount == wco.Amount(Decimal("18600.00"), "USD")
    assert item.Commodity.GoodsMeasure.NetNetWeightMeasure == wco.Measure(Decimal("9000.5"), "KGM")
    assert item.AdditionalDocument[0].ID == "GS-2026-0417"
    assert filed.InvoiceAmount == wco.Amount(Decimal("18600.00"), "USD")
    assert filed.TotalPackageQuantity and filed.TotalPackageQuantity.value == 1000

    kinds = list(Event.objects.filter(subject=declaration.pk).values_list("kind", flat=True))
    assert sorted(kinds) == ["drafted", "submitted"]


def test_the_worker_accepts_what_the_form_let_through(trader: Trader) -> None:
    make_rule_set(make_agency("customs").queues.get())
    file(trader.client, wine(trader).controls())
    declaration = run_pipeline(Declaration.objects.get())
    assert declaration.state not in {State.SUBMITTED, State.REJECTED}
    assert declaration.mrn


def test_faults_stand_beside_their_fields_and_the_draft_is_kept(trader: Trader) -> None:
    controls = wine(trader).controls() | {
        "importer_id": "", "invoice_date": "soon", "item-0-hs_code": "220499",
        "item-0-net_mass": "99999", "exporter_country": "QQ",
    }
    status, page = file(trader.client, controls)
    assert status == 422
    for control in ("importer_id", "invoice_date", "item-0-hs_code", "exporter_country"):
        assert f'id="id_{control}_error"' in page, control
        assert f'href="#id_{control}"' in page, control
    assert 'value="soon"' in page
    declaration = Declaration.objects.get()
    assert declaration.state == State.DRAFT
    assert not Version.objects.exists()


def test_without_items_nothing_is_filed(trader: Trader) -> None:
    typed = wine(trader)
    typed.act("remove_item-0")
    typed.act("add_item")
    status, page = file(trader.client, typed.controls())
    assert status == 422
    assert 'href="#items"' in page


def test_a_used_reference_is_told_at_its_field(trader: Trader) -> None:
    assert file(trader.client, wine(trader).controls())[0] == 302
    status, page = file(trader.client, wine(trader).controls())
    assert status == 422
    assert 'href="#id_lrn"' in page
    assert sorted(Declaration.objects.values_list("state", flat=True)) == ["draft", "submitted"]


def test_an_export_is_filed_by_the_same_form(trader: Trader) -> None:
    typed = wine(trader)
    consignee = {
        name.replace("exporter", "consignee"): value
        for name, value in typed.header.items() if name.startswith("exporter")
    }
    home = {
        name.replace("importer", "exporter"): value
        for name, value in typed.header.items() if name.startswith("importer")
    }
    typed.header |= home | consignee | {"export_country": "GE", "destination_country": "AZ"}
    typed.items[0].values |= {"procedure": "10", "origin_country": "GE"}
    new = reverse("declaration_new", args=["export"])
    status, page = file(trader.client, typed.controls(), new)
    assert status == 200 and "The office of exit is missing." in page
    assert Declaration.objects.get().state == State.DRAFT, "a warning is told before filing"
    status, address = file(trader.client, typed.controls() | {"file": "anyway"}, new)
    assert status == 302, [line for line in address.splitlines() if 'href="#id_' in line]
    assert Declaration.objects.exclude(state=State.DRAFT).get().kind == "export"


def test_an_export_with_its_office_of_exit_needs_no_second_word(trader: Trader) -> None:
    typed = wine(trader)
    swapped = {"exporter": "consignee", "importer": "exporter"}
    typed.header |= {
        name.replace(old, new): value
        for old, new in swapped.items()
        for name, value in wine(trader).header.items() if name.startswith(old)
    }
    typed.header |= {
        "export_country": "GE", "destination_country": "AZ", "exit_office": "GE000101",
    }
    typed.items[0].values |= {"procedure": "10", "origin_country": "GE"}
    status, address = file(
        trader.client, typed.controls(), reverse("declaration_new", args=["export"])
    )
    assert status == 302, [line for line in address.splitlines() if 'href="#id_' in line]
    assert Version.objects.get().body.tobytes().count(b"<ExitOffice>") == 1


@pytest.fixture
def rejected(trader: Trader) -> Declaration:
    """A message from the trader's own system with an HS code that there is not."""
    from declarations import intake

    body = wine_import(trader.organisation).replace(b"220421", b"220499")
    declaration = run_pipeline(intake.submit(trader.actor, body, channel="rest"))
    assert declaration.state == State.REJECTED
    return declaration


def test_a_rejected_declaration_is_corrected_in_the_form(
    trader: Trader, rejected: Declaration
) -> None:
    address = reverse("declaration_edit", args=[rejected.pk])
    answer = trader.client.get(address)
    page = answer.content.decode()
    assert 'id="id_item-0-hs_code_error"' in page
    assert 'value="220499"' in page

    controls = answer.context["forms"].typed.controls() | {"item-0-hs_code": "220421"}
    status, where = file(trader.client, controls, address)
    assert status == 302, [line for line in where.splitlines() if 'href="#id_' in line]
    corrected = Declaration.objects.exclude(pk=rejected.pk).get()
    assert (corrected.lrn, corrected.state) == (rejected.lrn, State.SUBMITTED)
    rejected.refresh_from_db()
    assert rejected.state == State.REJECTED, "the rejected message stays on record"
    body = bytes(corrected.current.body)
    assert b"StatisticalValueAmount" in body, "what the form does not show is kept"


def test_saving_a_correction_begins_a_draft(trader: Trader, rejected: Declaration) -> None:
    address = reverse("declaration_edit", args=[rejected.pk])
    controls = trader.client.get(address).context["forms"].typed.controls()
    answer = trader.client.post(address, controls | {"save": "1"})
    draft = Declaration.objects.get(state=State.DRAFT)
    assert answer["Location"] == reverse("declaration_edit", args=[draft.pk])
    assert draft.draft and draft.draft["corrects"] == str(rejected.pk)


def test_what_is_filed_is_no_longer_edited(trader: Trader) -> None:
    _, address = file(trader.client, wine(trader).controls())
    declaration = Declaration.objects.get()
    edit = reverse("declaration_edit", args=[declaration.pk])
    assert trader.client.get(edit)["Location"] == address
    assert trader.client.post(edit, {"save": "1"})["Location"] == address


@pytest.mark.parametrize(
    "number", ["1e999999999", "-1E999999999", "0e999999999", "1e-999999999", "9" * 5000, "sNaN"]
)
def test_a_number_beyond_all_measure_is_told_at_its_field(trader: Trader, number: str) -> None:
    status, page = file(trader.client, wine(trader).controls() | {"item-0-net_mass": number})
    assert status == 422
    assert 'id="id_item-0-net_mass_error"' in page
    assert not Version.objects.exists()


def test_a_first_filing_that_fails_leads_to_the_drafts_own_page(trader: Trader) -> None:
    controls = wine(trader).controls() | {"file": "1", "importer_id": ""}
    answer = trader.client.post(NEW, controls)
    draft = Declaration.objects.get()
    address = reverse("declaration_edit", args=[draft.pk])
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?check=1")
    for _reload in range(2):
        page = trader.client.get(answer["Location"]).content.decode()
        assert 'id="id_importer_id_error"' in page
        assert f'action="{address}"' in page
    assert Declaration.objects.count() == 1


def test_a_form_says_when_the_rejected_one_was_in_another_format(trader: Trader) -> None:
    file(trader.client, wine(trader).controls())
    declaration = Declaration.objects.get()
    Declaration.objects.filter(pk=declaration.pk).update(profile="uk-dms", state=State.REJECTED)
    dataset = wco.to_json(wco.from_xml(wco.read(bytes(declaration.current.body)).root,
                                       wco.get_profile("carec")))
    declaration.versions.update(dataset=dataset)
    page = trader.client.get(reverse("declaration_edit", args=[declaration.pk])).content.decode()
    assert "was filed with the message profile “uk-dms”" in page
