"""The editor's pages: rows that are added and removed by submitting, errors at the field, texts."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies import rule_sets
from agencies.conditions import parse
from agencies.models import RuleSet
from agencies.routing_editor import files
from agencies.routing_editor.condition_form import ConditionForm
from agencies.routing_editor.words import said, said_data
from tests.agencies.conftest import World
from tests.agencies.samples import make_rule
from tests.routing_editor.conftest import Admins
from tests.routing_editor.test_publication import past, tried


@pytest.fixture
def draft(world: World, admins: Admins) -> RuleSet:
    return rule_sets.copy_to_draft(world.rule_set, admins.author_actor)


@pytest.fixture
def client(admins: Admins) -> Client:
    return admins.client(admins.author)


def sent(**more: Any) -> dict[str, Any]:
    """What the form sends for: import, and HS 1604 31 or from Iran."""
    return {
        "groups": 1, "g0-group": "all", "g0-rows": 1, "g0-0-field": "kind", "g0-0-op": "is",
        "g0-0-values": "import", "g1-group": "any", "g1-rows": 2, "g1-0-field": "hs",
        "g1-0-op": "prefix", "g1-0-values": "1604 31", "g1-1-field": "origin", "g1-1-op": "is",
        "g1-1-values": "IR, KZ", "code": "caviar", "title": "Caviar", "queue": "vet", "tier": 1,
        "review_kind": "permit", **more}


def test_a_rule_is_written_as_rows(client: Client, draft: RuleSet) -> None:
    address = reverse("routing_rule_new", args=[draft.pk])
    assert client.get(address).status_code == 200
    answer = client.post(address, sent(do="save", needs_second_signature="on"))
    assert answer.status_code == 302, answer.content.decode()
    rule = draft.rules.get(code="caviar")
    assert rule.needs_second_signature
    assert rule.conditions == {"all": [{"field": "kind", "is": "import"}, {"any": [
        {"field": "hs", "prefix": "1604 31"}, {"field": "origin", "in": ["IR", "KZ"]}]}]}
    shown = client.get(reverse("routing_rule", args=[draft.pk, rule.pk])).content.decode()
    assert 'value="1604 31"' in shown and "Iran" in shown


@pytest.mark.parametrize(("button", "expected"), [
    ("add-row 0", (2, [2])), ("add-row 1", (1, [3])), ("remove-row 1 0", (1, [1])),
    ("add-group", (1, [2, 1])), ("remove-group 1", (1, [])), ("remove-row 9 9", (1, [2])),
    ("nonsense", (1, [2])), ("add-row x", (1, [2])),
])
def test_buttons_change_the_rows_and_keep_the_rest(
    client: Client, draft: RuleSet, button: str, expected: tuple[int, list[int]]
) -> None:
    answer = client.post(reverse("routing_rule_new", args=[draft.pk]), sent(do=button))
    assert answer.status_code == 200
    outer, *inner = answer.context["rows"].groups
    assert (len(outer.rows), [len(group.rows) for group in inner]) == expected
    assert 'value="Caviar"' in answer.content.decode()


def test_codes_are_found_and_picked(client: Client, draft: RuleSet) -> None:
    address = reverse("routing_rule_new", args=[draft.pk])
    page = client.post(address, sent(**{"do": "find 1 0", "g1-0-find": "caviar"})).content.decode()
    assert "pick 1 0 160431" in page
    page = client.post(address, sent(do="pick 1 0 160432")).content.decode()
    assert 'value="1604 31, 160432"' in page


def test_what_is_wrong_is_told_at_its_row(client: Client, draft: RuleSet) -> None:
    address = reverse("routing_rule_new", args=[draft.pk])
    answer = client.post(address, sent(**{
        "do": "save", "g1-0-values": "wine", "g1-1-op": "gte", "code": "wine-vet", "title": ""}))
    page = answer.content.decode()
    assert answer.status_code == 422
    for told in ("“wine” is no commodity code", "is compared by one of", "has this code"):
        assert told in page
    assert '#id_g1-0-values' in page and 'aria-invalid="true"' in page
    assert not draft.rules.filter(code="caviar").exists()


def test_conditions_are_written_as_text_too(client: Client, draft: RuleSet) -> None:
    address = reverse("routing_rule_new", args=[draft.pk])
    text = sent(do="switch") | {"as": ""}
    page = client.post(address, text).content.decode()
    assert "&quot;prefix&quot;: &quot;1604 31&quot;" in page
    for wrong, told in (('{"all": [', "Line 1, column"),
                        ('{"all": [{"field": "hs", "prefix": "wine"}]}', "all[1].prefix")):
        answer = client.post(address, sent(do="save") | {"as": "text", "text": wrong})
        assert answer.status_code == 422 and told in answer.content.decode()
    deep = '{"all": [{"any": [{"none": [{"field": "origin", "is": "GE"}]}]}]}'
    answer = client.post(address, sent(do="switch") | {"as": "text", "text": deep})
    assert "Nested too deeply" in answer.content.decode()
    assert client.post(address, sent(do="save") | {"as": "text", "text": deep}).status_code == 302
    rule = draft.rules.get(code="caviar")
    shown = client.get(reverse("routing_rule", args=[draft.pk, rule.pk])).content.decode()
    assert 'name="as" value="text"' in shown


def test_sample_lines_are_shown(client: Client, draft: RuleSet) -> None:
    past("160431")
    past("080810")
    page = client.post(reverse("routing_rule_new", args=[draft.pk]), sent(do="try"))
    assert "Goods of 160431" in page.content.decode()
    assert "Goods of 080810" not in page.content.decode()


@pytest.mark.parametrize("data", [
    {"field": "hs", "prefix": ["0604", "1604"]}, {"all": []},
    {"any": [{"field": "value", "gte": "0.5", "unit": "USD"}, {"field": "kind", "is": "import"}]},
    {"none": [{"field": "origin", "is": "GE"}]},
    {"all": [{"field": "net_mass", "range": [1, 20]}, {"none": [{"field": "mode", "in": ["3", "4"]}]}]},
])
def test_rows_say_what_the_condition_said(data: dict[str, Any]) -> None:
    rows = ConditionForm.from_data(data)
    assert rows is not None
    assert parse(rows.data()) == parse(data)


def test_conditions_in_plain_words() -> None:
    assert said_data({"all": [{"field": "hs", "prefix": "160431"}, {"field": "origin", "is": "IR"}]}
                     ).startswith("Goods of HS 1604 31")
    assert said_data({"all": []}) == "Every declaration"
    assert said(parse({"all": [
        {"field": "origin", "in": ["AZ", "KZ"]}, {"field": "kind", "is": "import"},
        {"field": "value", "gte": 10000, "unit": "USD"}, {"none": [{"field": "mode", "is": "3"}]},
    ]})).startswith("Import, from Azerbaijan or Kazakhstan worth at least 10\u00a0000 USD, but not ")


def test_every_tab_and_page_answers(client: Client, world: World, admins: Admins,
                                    draft: RuleSet) -> None:
    make_rule(draft, world.vet, {"field": "hs", "prefix": "220421"}, tier=2, code="late")
    past("220421")
    run = tried(draft, admins)
    for tab in ("rules", "findings", "changes", "dry-runs", "publication"):
        for one in (draft, world.rule_set):
            assert client.get(reverse("routing_set", args=[one.pk]) + f"?tab={tab}").status_code == 200
    page = client.get(reverse("routing_set", args=[draft.pk]) + "?tab=findings").content.decode()
    assert "Unreachable" in page
    found = client.get(reverse("routing_set", args=[draft.pk]) + "?q=220421").content.decode()
    assert "late" in found and "wine-phyto" in found and "release" not in found.split("<h1")[1]
    assert client.get(reverse("routing")).status_code == 200
    assert client.get(reverse("routing_dry_run", args=[run.pk])).status_code == 200
    lines = b"".join(client.get(reverse("routing_dry_run_csv", args=[run.pk])).streaming_content)  # type: ignore[attr-defined]
    assert lines.decode("utf-8-sig").startswith("MRN,LRN")
    rule = world.rule_set.rules.first()
    assert rule is not None
    assert client.get(reverse("routing_rule", args=[world.rule_set.pk, rule.pk])).status_code == 200


def test_a_file_goes_out_and_in(client: Client, draft: RuleSet) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    body = client.get(reverse("routing_export", args=[draft.pk])).content
    answer = client.post(reverse("routing_new"), {
        "import": "1", "file": SimpleUploadedFile("rules.json", body)})
    assert answer.status_code == 302
    made = RuleSet.objects.order_by("-version")[0]
    assert files.export(made).encode() == body
    answer = client.post(reverse("routing_new"), {
        "import": "1", "file": SimpleUploadedFile("rules.json", b'{"format": "routing-rules"}')})
    assert answer.status_code == 422 and "format_version" in answer.content.decode()


def test_pages_of_thousands_of_rules_ask_few_queries(
    client: Client, world: World, draft: RuleSet, django_assert_max_num_queries: Any
) -> None:
    from agencies.models import Rule

    queue = world.vet.queues.get()
    Rule.objects.bulk_create(
        Rule(rule_set=draft, code=f"r{n}", title=f"Rule {n}", queue=queue, tier=1,
             conditions={"field": "hs", "prefix": f"{n % 97 + 1:02}{n % 100:02}"})
        for n in range(2000))
    with django_assert_max_num_queries(40):
        page = client.get(reverse("routing_set", args=[draft.pk]))
    assert page.status_code == 200 and len(page.context["lines"]) == 50


def test_only_administrators(world: World, draft: RuleSet) -> None:
    from tests.factories import make_officer

    client, (officer, _actor) = Client(), make_officer(world.customs)
    client.force_login(officer)
    assert client.get(reverse("routing")).status_code == 403
    assert client.get(reverse("routing_set", args=[draft.pk])).status_code == 403
