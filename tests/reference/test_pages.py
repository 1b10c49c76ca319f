"""The reference is public, complete, and made from what checks a message."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from agencies import rule_sets
from agencies.conditions import FIELDS
from agencies.elements import ELEMENTS, asked_for
from agencies.models import Rule, RuleSet
from agencies.states import ReviewKind
from declarations import codelists
from declarations.rules import RuleContext, all_rules, check
from declarations.wco import MessageKind, Severity, from_xml, get_profile, validate
from declarations.wco.dictionary import entries
from portal.accounts.actors import SYSTEM
from portal.pages.reference import dictionary, samples
from portal.pages.reference.rules import rule_rows
from tests.factories import make_agency

pytestmark = pytest.mark.django_db
PAGES = ("reference", "reference_rules", "reference_dictionary", "reference_codes")


def text(client: Client, name: str, *args: str, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def table(client: Client, name: str, *args: str) -> list[dict[str, str]]:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_is_open_to_anyone_and_cheap(
    client: Client, django_assert_max_num_queries: Any, language: str
) -> None:
    for name in PAGES:
        with django_assert_max_num_queries(5):
            answer = client.get(reverse(name), headers={"accept-language": language})
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.content.decode()


def test_every_rule_is_listed_with_where_it_looks() -> None:
    rows = rule_rows()
    assert [row.code for row in rows] == [rule.code for rule in all_rules()]
    paths = {entry.path for entry in entries()}
    for row in rows:
        assert row.label, row.code
        assert row.places or not row.path, row.code
        assert set(row.places) <= paths, row.code
        assert row.message and "%(" not in row.message and row.source, row.code
        assert row.area_name != row.area, row.code


def test_rules_are_found_by_words_and_narrowed(client: Client) -> None:
    page = text(client, "reference_rules", q="caviar")
    assert "SW-R-HDR-001" not in page
    page = text(client, "reference_rules", area="TRA", severity="error", kind="transit")
    assert "SW-R-TRA-001" in page and "SW-R-ITM-001" not in page
    page = text(client, "reference_rules", q="/Declaration/FunctionalReferenceID")
    assert "SW-R-HDR-005" in page and "SW-R-HDR-001" not in page
    assert "No rule matches" in text(client, "reference_rules", q="<script>alert(1)</script>")
    assert len(table(client, "reference_rules_csv")) == len(all_rules())


def test_the_dictionary_has_every_element_with_its_cardinality(client: Client) -> None:
    rows = {row["path"]: row for row in table(client, "reference_dictionary_csv")}
    assert list(rows) == [entry.path for entry in entries()]
    importer = rows["/Declaration/GoodsShipment/Importer"]
    assert (importer["import"], importer["export"], importer["cancellation"]) == (
        "1..1", "0..1", "0..0",
    )
    code = rows["/Declaration/GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Classification/ID"]
    assert (code["wco_id"], code["format"], code["code_list"]) == ("145", "an..18", "hs")
    assert "SW-R-ITM-025" in code["business_rules"]
    assert rows["/Declaration/InvoiceAmount"]["code_list"] == "currency"


def test_every_list_that_the_dictionary_names_has_its_page(client: Client) -> None:
    named = set(dictionary.code_lists_by_path().values())
    assert {"country", "currency", "unit", "hs", "procedure", "Incoterms"} <= named
    for name in named:
        text(client, "reference_code_list", name)


def test_agencies_ask_by_the_rule_set_in_force(client: Client) -> None:
    agency = make_agency("phyto")
    queue = agency.queues.get()
    draft = RuleSet.objects.create(version=1, title="First", default_queue=queue)
    Rule.objects.create(
        rule_set=draft, code="plants", title="Plants are inspected", queue=queue,
        review_kind=ReviewKind.DOCUMENTARY, legal_basis="Plant Protection Act, article 7",
        conditions={"all": [{"field": "hs", "prefix": "06"},
                            {"none": [{"field": "origin", "is": "GE"}]}]},
    )
    assert asked_for() == {}
    rule_sets.publish(draft.pk, SYSTEM)
    page = text(client, "reference_dictionary", agency="phyto")
    assert "Plant Protection Act, article 7" in page
    assert "Country of origin" in page and "Invoice" not in page
    rows = {row["path"]: row for row in table(client, "reference_dictionary_csv")}
    origin = rows["/Declaration/GoodsShipment/GovernmentAgencyGoodsItem/Origin/CountryCode"]
    assert (origin["routing_rules"], origin["legal_bases"]) == (
        "plants", "Plant Protection Act, article 7",
    )
    assert origin["agencies"] == agency.name


def test_every_routing_field_names_elements_that_exist() -> None:
    paths = {entry.path for entry in entries()}
    assert ELEMENTS.keys() == FIELDS.keys()
    for field, elements in ELEMENTS.items():
        assert set(elements) <= paths, field


def test_codes_are_found_by_code_and_by_words(client: Client) -> None:
    assert "Kazakhstan" in text(client, "reference_code_list", "country", q="kz")
    page = text(client, "reference_code_list", "country", q="uzbek")
    assert "UZ" in page and "Kazakhstan" not in page
    assert "No code matches" in text(client, "reference_code_list", "hs", q="no such goods at all")
    assert len(table(client, "reference_code_list_csv", "unit")) == len(codelists.codes("unit"))
    closed = table(client, "reference_code_list_csv", "TransportMode")
    assert {"code": "3", "name": "Road", "valid_from": "", "valid_to": ""} in closed


@pytest.mark.parametrize("path", [
    "codes/nothing/", "codes/nothing.csv", "samples/nothing.xml", "codes/..%2f/",
])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/reference/{path}").status_code == 404


def test_odd_questions_are_answered(client: Client) -> None:
    for query in ({"page": "x"}, {"page": "-1"}, {"kind": "moon"}, {"q": "%(x)s" * 90}):
        for name in PAGES:
            assert client.get(reverse(name), query).status_code == 200


def test_the_schemas_come_as_a_zip_that_compiles(client: Client, tmp_path: Path) -> None:
    answer = client.get(reverse("reference_schemas"))
    assert "public" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    for kind, schemas in get_profile("carec").kinds.items():
        found = tmp_path / schemas.entry.parent.name / schemas.entry.name
        assert etree.XMLSchema(file=str(found)), kind
    assert client.get(reverse("reference_schemas")).content == answer.content


@pytest.mark.parametrize("country", ["GE", "AZ", "UZ"])
@pytest.mark.parametrize("kind", samples.KINDS)
def test_samples_are_valid(client: Client, settings: Any, kind: MessageKind, country: str) -> None:
    settings.PORTAL_COUNTRY = country
    body = client.get(reverse("reference_sample", args=[kind.value])).content
    profile = get_profile("carec")
    verdict = validate(body, profile, kind)
    assert verdict.accepted, verdict.faults
    if kind in (MessageKind.RESPONSE, MessageKind.CANCELLATION) or country == "UZ":
        return
    assert verdict.message is not None
    context = RuleContext(country, samples.today())
    faults = check(from_xml(verdict.message.root, profile), context)
    if kind in (MessageKind.IMPORT, MessageKind.EXPORT) or country == "GE":
        assert not [fault for fault in faults if fault.severity == Severity.ERROR], faults


def test_pages_lead_to_the_reference(client: Client) -> None:
    assert reverse("reference") in client.get(reverse("account_login")).content.decode()
