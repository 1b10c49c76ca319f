"""Each further kind is filed from nothing by the page's POST, accepted, and says what was typed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from declarations import wco
from declarations.forms.dataset import from_dataset
from declarations.forms.declaration import DeclarationForms
from declarations.models import Declaration
from declarations.states import State
from portal.accounts.roles import OrganisationKind
from portal.demo.samples import permits, transit
from tests.agencies.samples import make_rule_set
from tests.factories import make_agency, make_organisation, run_pipeline
from tests.forms.conftest import Trader, caviar, ferrochrome, wine


def file(trader: Trader, kind: str, controls: dict[str, str]) -> Declaration:
    """File by the page and have the worker check it."""
    make_rule_set(make_agency("customs").queues.get())
    answer = trader.client.post(
        reverse("declaration_new", args=[kind]), controls | {"file": "1"}
    )
    assert answer.status_code == 302, [str(p.label) + ": " + p.message
                                       for p in answer.context["forms"].problems]
    declaration = run_pipeline(Declaration.objects.get(lrn=controls["lrn"]))
    assert declaration.state not in {State.DRAFT, State.SUBMITTED, State.REJECTED}
    assert declaration.mrn
    assert declaration.kind == kind
    return declaration


def read(declaration: Declaration) -> wco.Declaration:
    profile = wco.get_profile("carec")
    verdict = wco.validate(bytes(declaration.current.body), profile)
    assert verdict.accepted
    assert verdict.message
    return wco.from_xml(verdict.message.root, profile)


def test_a_transit_is_filed(trader: Trader) -> None:
    filed = read(file(trader, "transit", ferrochrome(trader).controls()))
    assert filed.TypeCode == "TRA"
    assert filed.TransitDepartureOffice and filed.TransitDepartureOffice.ID == "KZ000103"
    assert [o.ID for o in filed.TransitOffice] == ["AZ000103", "GE000203"]
    assert [o.SequenceNumeric for o in filed.TransitOffice] == [1, 2]
    assert filed.Consignment
    assert [c.RoutingCountryCode for c in filed.Consignment.Itinerary] == ["KZ", "AZ", "GE"]
    assert filed.TransitPrincipal and trader.organisation.identifier == filed.TransitPrincipal.ID
    (guarantee,) = filed.ObligationGuarantee
    assert (guarantee.SecurityDetailsCode, guarantee.AccessCode) == ("1", "7Q4K")
    assert guarantee.AmountAmount == wco.Amount(Decimal("45000"), "EUR")
    shipment = filed.GoodsShipment
    assert shipment and shipment.Consignment and shipment.UCR
    first, second = shipment.Consignment.TransportEquipment
    assert [seal.ID for seal in first.Seal] == ["KZ8840112", "KZ8840115"]
    assert (second.SequenceNumeric, second.ID) == (2, "TGHU9051243")
    assert shipment.PreviousDocument[0].LineNumeric == 4
    (item,) = shipment.GovernmentAgencyGoodsItem
    assert [p.SequenceNumeric for p in item.Packaging] == [1, 2]
    assert item.AdditionalDocument[0].Submitter
    assert filed.TotalPackageQuantity and filed.TotalPackageQuantity.value == 80
    assert item.Commodity
    assert len(item.Commodity.TransportEquipment) == 2


def test_a_permit_is_applied_for(trader: Trader) -> None:
    agency = make_organisation(OrganisationKind.AGENCY, name="CITES authority",
                               identifier="GE-CITES-T")
    filed = read(file(trader, "lpco", caviar(trader, agency).controls()))
    assert filed.LPCO and filed.LPCO.IssuingAgency and filed.LPCO.Applicant
    assert filed.LPCO.TypeCode == "CIT"
    assert (filed.LPCO.IssuingAgency.ID, filed.LPCO.IssuingAgency.Name) == (
        "GE-CITES-T", "CITES authority"
    )
    assert filed.LPCO.TotalQuantity == wco.Quantity(Decimal("60"), "KGM")
    assert filed.GoodsShipment
    (item,) = filed.GoodsShipment.GovernmentAgencyGoodsItem
    assert item.Commodity and item.Commodity.Specimen[0].ScientificName == "Acipenser baerii"


def test_a_treatment_is_declared(trader: Trader) -> None:
    agency = make_organisation(OrganisationKind.AGENCY)
    typed = caviar(trader, agency)
    typed.header["permit_type"] = "851"
    for name in ("scientific_name", "appendix", "source", "specimen_purpose", "common_name"):
        del typed.items[0].values[name]
    typed.items[0].values |= {
        "hs_code": "080211", "description": "Almonds in shell", "treatment_type": "HT",
        "temperature": "56,5", "duration": "24", "treated_on": "2026-01-02",
        "specimen_code": "",
    }
    filed = read(file(trader, "lpco", typed.controls()))
    assert filed.GoodsShipment
    (treatment,) = filed.GoodsShipment.GovernmentAgencyGoodsItem[0].Treatment
    assert treatment.TemperatureMeasure == wco.Measure(Decimal("56.5"), "CEL")


def test_an_import_with_all_that_the_form_has(trader: Trader) -> None:
    typed = wine(trader)
    typed.header |= {
        "container": "1", "agent_name": "Caucasus Brokers", "agent_id": "404988152",
        "agent_status": "2", "agent_country": "GE", "agent_line": "1 Street",
        "agent_city": "Tbilisi", "ucr": "26GE-77",
    }
    typed.rows = {
        "equipment": [{"id": "CMAU3145907", "seals": "S1; S2"}],
        "paper": [{"type": "730", "id": "CMR 99"}],
        "previous": [{"type": "821", "id": "26GE00020100001234"}],
    }
    typed.items[0].rows["doc"].append(
        {"type": "861", "id": "CO-1", "issuer": "Chamber of Commerce", "valid_from": "2026-01-10"}
    )
    filed = read(file(trader, "import", typed.controls()))
    assert filed.Agent and filed.Agent.FunctionCode == "2"
    assert filed.AdditionalDocument[0].ID == "CMR 99"
    assert filed.GoodsShipment and filed.GoodsShipment.Consignment
    assert len(filed.GoodsShipment.Consignment.TransportEquipment[0].Seal) == 2
    document = filed.GoodsShipment.GovernmentAgencyGoodsItem[0].AdditionalDocument[1]
    assert document.Submitter and document.Submitter.Name == "Chamber of Commerce"
    assert document.EffectiveDateTime and document.EffectiveDateTime.value == "20260110"


def faults(trader: Trader, kind: str, controls: dict[str, str]) -> tuple[str, dict[str, str]]:
    answer = trader.client.post(
        reverse("declaration_new", args=[kind]), controls | {"file": "1"}, follow=True
    )
    assert answer.redirect_chain and answer.context["sheet"].draft
    problems = answer.context["forms"].problems
    return answer.content.decode(), {p.target: f"{p.label}" for p in problems}


def test_faults_of_a_transit_stand_beside_their_rows(trader: Trader) -> None:
    typed = ferrochrome(trader)
    typed.header["itinerary"] = "KZ, QQ, AZ"
    typed.rows["office"][1]["id"] = "AZ000103"
    typed.rows["guarantee"][0] |= {"type": "2", "amount": "", "currency": ""}
    typed.rows["equipment"][1]["id"] = "TGHU9051240"
    page, found = faults(trader, "transit", typed.controls())
    assert "id_itinerary" in found
    assert found["id_office-1-id"] == "Office 2, Office of transit"
    assert "id_guarantee-0-amount" in found
    assert "id_equipment-1-id" in found
    assert 'id="id_equipment-1-id_error"' in page


def test_missing_rows_are_told_at_their_place(trader: Trader) -> None:
    typed = ferrochrome(trader)
    del typed.rows["equipment"], typed.rows["guarantee"]
    del typed.items[0].values["containers"]
    page, found = faults(trader, "transit", typed.controls())
    assert found["rows-equipment"] == "Containers and seals"
    assert found["rows-guarantee"] == "Guarantees"
    assert 'id="rows-guarantee"' in page


def test_faults_of_an_application_stand_beside_their_fields(trader: Trader) -> None:
    agency = make_organisation(OrganisationKind.AGENCY)
    typed = caviar(trader, agency)
    typed.header |= {"valid_until": "2020-01-01", "permit_type": ""}
    _page, found = faults(trader, "lpco", typed.controls())
    assert {"id_permit_type", "id_valid_until"} <= set(found)
    typed.header |= {"permit_type": "CIT"}
    typed.items[0].values |= {"scientific_name": "Acipenser", "source": ""}
    _page, found = faults(trader, "lpco", typed.controls())
    assert {"id_item-0-scientific_name", "id_item-0-source"} <= set(found)


@pytest.mark.parametrize(("kind", "sample"), [
    ("transit", transit.ferrochrome), ("lpco", permits.caviar),
])
def test_the_form_loses_nothing_of_a_message(
    db: None, kind: str, sample: Callable[[date], wco.Declaration]
) -> None:
    dataset = wco.to_json(sample(date.today()))
    forms = DeclarationForms(kind, from_dataset(kind, dataset), dataset, check=True)
    assert not forms.problems
    written = {n: v for n, v in forms.dataset.items() if n != "IssueDateTime"}
    kept = {n: v for n, v in dataset.items() if n != "IssueDateTime"}
    assert written == kept


def test_rows_are_added_and_removed(trader: Trader) -> None:
    new = reverse("declaration_new", args=["transit"])
    controls = ferrochrome(trader).controls()
    page = trader.client.post(new, controls | {"add_office": "1"}).content.decode()
    assert 'name="office-2-id"' in page
    page = trader.client.post(new, controls | {"remove_equipment-0": "1"}).content.decode()
    assert 'name="equipment-1-id"' not in page
    assert 'name="equipment-0-id" value="TGHU9051243"' in page
    page = trader.client.post(new, controls | {"add_pack-0": "1"}).content.decode()
    assert 'name="item-0-pack-1-packages"' in page
    assert not Declaration.objects.exists()


def test_an_empty_transit_tells_each_thing_once(trader: Trader) -> None:
    answer = trader.client.post(reverse("declaration_new", args=["transit"]), {"file": "1"}, follow=True)
    problems = answer.context["forms"].problems
    assert all(problem.target for problem in problems), [p.message for p in problems]
    assert len({problem.target for problem in problems}) == len(problems)
