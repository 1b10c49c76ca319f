"""What will be asked: before filing, on the form and by itself; and what is begun from it."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Rule, RuleSet
from declarations import drafts
from declarations.forms.declaration import DeclarationForms
from declarations.models import Declaration
from declarations.requirements import requirements
from declarations.starting import from_permit
from declarations.states import State
from declarations.wco import from_json
from portal.accounts.roles import OrganisationKind
from portal.journal.models import Event
from tests.agencies.samples import make_rule_set
from tests.factories import make_agency, make_organisation, run_pipeline, wine_dataset
from tests.forms.conftest import Trader, caviar, wine

ASKED = reverse("asked")
NEW = reverse("declaration_new", args=["import"])


@pytest.fixture
def rules(db: None) -> None:
    """CITES sees caviar, the plant service plants, customs everything later."""
    rule_set = make_rule_set(make_agency("customs").queues.get(), status="draft")
    cites = make_agency("cites", name="CITES Management Authority").queues.get()
    secret = make_agency("investigations").queues.get()
    made = (
        ("sturgeon", "Species under CITES", cites, "CITES, article IV",
         {"field": "hs", "prefix": ["160431"]}, 1),
        ("suspect", "Under suspicion", secret, "Secret",
         {"any": [{"field": "trader", "prefix": ["1", "2", "4"]}, {"field": "hs", "is": "1"}]}, 1),
        ("release", "Customs release", rule_set.default_queue, "Kyoto Convention",
         {"field": "kind", "in": ["import", "export", "transit"]}, 2),
    )
    Rule.objects.bulk_create(
        Rule(rule_set=rule_set, code=code, title=title, queue=queue, legal_basis=law,
             conditions=conditions, tier=tier, review_kind="permit")
        for code, title, queue, law, conditions, tier in made
    )
    RuleSet.objects.filter(pk=rule_set.pk).update(status="published")


def test_agencies_rules_and_treaties_are_told(trader: Trader, rules: None) -> None:
    page = trader.client.get(
        ASKED, {"kind": "import", "hs": "1604.31, 220421", "origin": "az", "mode": "3"}
    ).content.decode()
    for told in ("CITES Management Authority", "Species under CITES", "CITES, article IV",
                 "sturgeon", "Customs release", "treaty-green", "Sturgeon caviar",
                 "permit=CIT", "Veterinary certificate"):
        assert told in page, told
    assert "Under suspicion" not in page, "rules about a trader are not told to the trader"


def test_a_question_that_is_no_question_is_told(trader: Trader, rules: None) -> None:
    page = trader.client.get(ASKED, {"kind": "import", "hs": "wine", "origin": "ZZ"})
    assert page.status_code == 200
    assert "is no HS code" in page.content.decode()
    assert trader.client.get(ASKED).status_code == 200


@pytest.mark.parametrize(("hs", "permit", "treaty"), [
    ("290345", "ODS", "Montreal Protocol"), ("854911", "WST", "Basel Convention"),
    ("380891", "PES", "Rotterdam Convention"), ("050710", "CIT", "CITES"),
])
def test_green_trade_names_its_convention(db: None, hs: str, permit: str, treaty: str) -> None:
    dataset = wine_dataset()
    item = dataset["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]
    item["Commodity"]["Classification"][0]["ID"] = hs
    (found,) = [r for r in requirements("import", from_json(dataset)) if r.permit == permit]
    assert (str(found.treaty), found.green, found.must) == (treaty, True, True)
    assert found.missing
    item["AdditionalDocument"] = [{"TypeCode": permit, "ID": "GE/2026/0123"}]
    (found,) = [r for r in requirements("import", from_json(dataset)) if r.permit == permit]
    assert not found.missing
    assert found.numbers == ("GE/2026/0123",)


def caviar_import(trader: Trader) -> dict[str, str]:
    return wine(trader).controls() | {
        "item-0-hs_code": "160431", "item-0-description": "Caviar of Siberian sturgeon",
    }


def test_the_form_says_what_is_missing(trader: Trader, rules: None) -> None:
    page = trader.client.post(NEW, caviar_import(trader) | {"recount": "1"}).content.decode()
    assert "without it the declaration is rejected" in page
    assert 'name="apply" value="CIT"' in page
    answer = trader.client.post(NEW, caviar_import(trader) | {"name_permit": "CIT"})
    documents = answer.context["forms"].typed.items[0].rows["doc"]
    assert [d["type"] for d in documents] == ["380", "CIT"]
    page = trader.client.post(
        NEW, answer.context["forms"].typed.controls() | {"item-0-doc-1-id": "GE/2026/0123", "save": "1"},
        follow=True,
    ).content.decode()
    assert "GE/2026/0123" in page
    assert 'name="apply" value="CIT"' not in page


def test_an_application_is_begun_from_a_missing_permit(trader: Trader, rules: None) -> None:
    answer = trader.client.post(NEW, caviar_import(trader) | {"apply": "CIT"})
    kept = Declaration.objects.get(kind="import")
    begun = Declaration.objects.get(kind="lpco")
    assert answer["Location"] == reverse("declaration_edit", args=[begun.pk])
    assert (kept.state, kept.lrn, begun.state) == (State.DRAFT, "WINE-1", State.DRAFT)
    typed = drafts.typed_of(begun)
    assert typed.header["permit_type"] == "CIT"
    assert typed.header["applicant_id"] == trader.organisation.identifier
    assert typed.header["exporter_name"] == "Ganja Sharab 2 OJSC"
    assert (typed.header["asked_quantity"], typed.header["asked_unit"]) == ("9000.5", "KGM")
    (item,) = typed.items
    assert item.values["hs_code"] == "160431"
    assert "doc" not in item.rows
    event = Event.objects.get(subject=begun.pk)
    assert event.payload == {"needed_for": str(kept.pk)}


def test_an_application_is_begun_from_the_question(trader: Trader) -> None:
    page = trader.client.get(
        reverse("declaration_new", args=["lpco"]),
        {"hs": "160431,220421", "origin": "AZ", "permit": "CIT", "dispatch": "AZ", "mode": "3"},
    )
    typed = page.context["forms"].typed
    assert typed.header["permit_type"] == "CIT"
    assert typed.items[0].values["hs_code"] == "160431"


def test_a_filed_declaration_is_copied(trader: Trader) -> None:
    make_rule_set(make_agency("customs").queues.get())
    trader.client.post(NEW, wine(trader).controls() | {"file": "1", "ucr": "26GE-1"})
    former = run_pipeline(Declaration.objects.get())
    answer = trader.client.post(reverse("declaration_copy", args=[former.pk]))
    draft = Declaration.objects.get(state=State.DRAFT)
    assert answer["Location"] == reverse("declaration_edit", args=[draft.pk])
    typed = drafts.typed_of(draft)
    assert draft.lrn not in {"", former.lrn}
    assert "ucr" not in typed.header
    assert typed.items[0].values["hs_code"] == "220421"
    again = trader.client.post(
        reverse("declaration_edit", args=[draft.pk]),
        typed.controls() | {"file": "1", "stamp": drafts.stamp_of(draft)},
    )
    assert again.status_code == 302, [p.message for p in again.context["forms"].problems]
    former.refresh_from_db()
    assert former.lrn == "WINE-1"


def test_a_draft_is_copied_and_anothers_is_not_found(trader: Trader, stranger: Trader) -> None:
    trader.client.post(NEW, wine(trader).controls() | {"save": "1"})
    draft = Declaration.objects.get()
    address = reverse("declaration_copy", args=[draft.pk])
    assert stranger.client.post(address).status_code == 404
    assert trader.client.get(address).status_code == 405
    assert trader.client.post(address).status_code == 302
    assert Declaration.objects.filter(organisation=trader.organisation).count() == 2


def test_copying_on_the_form_saves_it_first(trader: Trader) -> None:
    answer = trader.client.post(NEW, wine(trader).controls() | {"copy": "1"})
    former = Declaration.objects.get(lrn="WINE-1")
    copied = Declaration.objects.exclude(pk=former.pk).get()
    assert answer["Location"] == reverse("declaration_edit", args=[copied.pk])
    assert drafts.typed_of(copied).header["border_id"] == "90-AB-123"


@pytest.mark.parametrize(("destination", "kind", "party"), [
    ("GE", "import", "importer"), ("TR", "transit", "consignee"),
])
def test_a_declaration_is_begun_from_a_permit(
    trader: Trader, destination: str, kind: str, party: str
) -> None:
    agency = make_organisation(OrganisationKind.AGENCY)
    application = DeclarationForms("lpco", caviar(trader, agency)).dataset
    application["GoodsShipment"]["Destination"] = {"CountryCode": destination}
    application["GoodsShipment"]["Importer"] = {"Name": "Iskenderun Trade", "ID": "481005"}
    draft = from_permit(
        trader.actor, application, "GE/2026/0123", issuer="CITES authority",
        valid_from=date(2026, 3, 1),
    )
    assert (draft.kind, draft.state, draft.lrn == "CITES-1") == (kind, State.DRAFT, False)
    typed = drafts.typed_of(draft)
    assert typed.header[f"{party}_name"] == "Iskenderun Trade"
    assert typed.header["exporter_id"] == "1600012345"
    assert typed.header["declarant_id"] == trader.organisation.identifier
    (item,) = typed.items
    assert (item.values["hs_code"], item.values["price"]) == ("160431", "43200")
    assert item.rows["doc"] == [{
        "type": "CIT", "id": "GE/2026/0123", "issuer": "CITES authority",
        "valid_from": "2026-03-01",
    }]
    needed = requirements(kind, from_json(draft.draft["dataset"]))
    assert not any(each.missing for each in needed if each.permit == "CIT")
