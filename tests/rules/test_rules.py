"""Every rule, broken and kept, on declarations of real goods."""

import dataclasses
import re

import pytest

from declarations.rules import Rule, RuleContext, all_rules, check, cited, rules_of
from declarations.wco import Layer, Severity, from_json, from_xml, get_profile, to_xml, validate
from portal.demo.countries import COUNTRIES
from portal.demo.samples.catalogue import SAMPLES
from portal.demo.samples.sample import Sample
from tests.rules.cases import CASES, Case
from tests.rules.messages import BASES, HERE, TODAY, base, faults, put

RULES = {rule.code: rule for rule in all_rules()}


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_broken_rule_says_what_and_where(case: Case) -> None:
    code, name, broken, place, _kept = case
    declaration = base(name)
    for path, value in broken:
        put(declaration, path, value)
    found = faults(declaration, code)
    assert found, f"{code} sees nothing wrong"
    fault = next((fault for fault in found if fault.path == f"/Declaration/{place}"), None)
    assert fault is not None, [fault.path for fault in found]
    assert fault.layer == Layer.RULE
    assert fault.severity == RULES[code].severity
    assert fault.pointer[0].DocumentSectionCode == "42A"
    assert len(fault.pointer) > 1 or fault.pointer[0].TagID
    assert "%(" not in fault.message
    assert "None" not in fault.message
    assert len(fault.message) < 400
    if fault.value:
        assert fault.to_dict()["value"] == fault.value


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_kept_rule_says_nothing(case: Case) -> None:
    code, name, _broken, _place, kept = case
    declaration = base(name)
    for path, value in kept:
        put(declaration, path, value)
    assert faults(declaration, code) == []


def test_every_rule_has_a_case_and_a_name_of_its_own() -> None:
    codes = [rule.code for rule in all_rules()]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"SW-R-[A-Z]{3}-\d{3}", code) for code in codes)
    # Below, and in tests/permits: what they need is not in the message.
    elsewhere = {"SW-R-PTY-002", *(rule.code for rule in cited.RULES)}
    untested = set(codes) - {case[0] for case in CASES} - elsewhere
    assert untested == set()


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_tells_its_source_and_what_to_do(rule: Rule) -> None:
    assert rule.source
    sentences = [part for part in re.split(r"[.:!?]\s", rule.message) if part]
    assert len(sentences) >= 2, "say what is wrong, and what to do"
    assert rule.message.endswith((".", "…"))
    assert rule.kinds


def test_the_declarant_files_for_itself() -> None:
    own = RuleContext("GE", TODAY, "405123784")
    other = RuleContext("GE", TODAY, "404988152")
    assert faults(base("wine"), "SW-R-PTY-002", own) == []
    (fault,) = faults(base("wine"), "SW-R-PTY-002", other)
    assert fault.path == "/Declaration/Declarant/ID"
    assert fault.value == "405123784"
    assert fault.allowed == ("404988152",)
    assert "404988152" in fault.message


@pytest.mark.parametrize("name", BASES)
def test_the_bases_are_sound(name: str) -> None:
    assert check(base(name), HERE) == []


@pytest.mark.parametrize(
    ("country", "sample"),
    [(country, sample) for country, samples in SAMPLES.items() for sample in samples],
    ids=lambda value: getattr(value, "title", value),
)
def test_a_sample_passes_schema_and_rules(country: str, sample: Sample) -> None:
    profile = get_profile("carec")
    verdict = validate(to_xml(sample.make(TODAY), profile, country=country), profile)
    assert verdict.accepted, [fault.message for fault in verdict.faults]
    filer = getattr(COUNTRIES[country], sample.filed_by)
    context = RuleContext(country, TODAY, filer.identifier)
    found = check(from_xml(verdict.message.root, profile), context)
    if sample.ends == "rejected":
        assert [fault.code for fault in found] == [
            "SW-R-HDR-009", "SW-R-VAL-006", "SW-R-TRN-011", "SW-R-ITM-003", "SW-R-ITM-015",
        ]
        assert all(fault.severity == Severity.ERROR for fault in found)
    else:
        assert [fault.message for fault in found] == []


def test_faults_stand_in_the_order_of_the_message() -> None:
    declaration = base("wine")
    put(declaration, "GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]/CountryCode", "ZQ")
    put(declaration, "GoodsShipment/GovernmentAgencyGoodsItem[1]/Packaging[1]/TypeCode", "QZ")
    put(declaration, "GoodsShipment/Destination/CountryCode", "AM")
    put(declaration, "BorderTransportMeans/RegistrationNationalityCode", "XA")
    put(declaration, "FunctionCode", "4")
    assert [fault.code for fault in check(declaration, HERE)] == [
        "SW-R-HDR-006", "SW-R-TRN-003", "SW-R-CON-005", "SW-R-ITM-011", "SW-R-ITM-005",
    ]


def test_a_pointer_names_the_item() -> None:
    declaration = base("wine")
    put(declaration, "GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]/CountryCode", "ZQ")
    (fault,) = check(declaration, HERE)
    assert [(step.DocumentSectionCode, step.SequenceNumeric) for step in fault.pointer] == [
        ("42A", None), ("67A", None), ("68A", 2), ("92A", 1),
    ]
    assert fault.pointer[-1].TagID == "063"
    assert fault.message.startswith("Goods item 2: ZQ is not a country of origin.")


def test_a_message_is_translated_with_its_parts() -> None:
    declaration = base("rice")
    put(declaration, "BorderTransportMeans/ID", None)
    put(declaration, "BorderTransportMeans/Name", None)
    (fault,) = check(declaration, HERE)
    words = {fault.template: "Нет транспорта: %(hint)s.", fault.params["hint"]: "номер ИМО"}
    assert fault.translated(lambda text: words.get(text, text)) == "Нет транспорта: номер ИМО."


def test_an_empty_declaration_is_judged_without_failing() -> None:
    empty = dataclasses.replace(base("wine"), GoodsShipment=None, TypeCode=None)
    assert all(fault.message for fault in check(empty, HERE))


def test_another_profile_has_no_rules_of_ours() -> None:
    assert rules_of("uk-dms") == ()
    assert check(base("wine"), HERE, profile="uk-dms") == []


def test_999_items_are_checked_in_time() -> None:
    import time

    declaration = base("wine")
    shipment = declaration.GoodsShipment
    one = shipment.GovernmentAgencyGoodsItem[0]
    shipment.GovernmentAgencyGoodsItem = [
        dataclasses.replace(one, SequenceNumeric=n) for n in range(1, 1000)
    ]
    began = time.perf_counter()
    check(declaration, HERE)
    assert time.perf_counter() - began < 2


def test_what_is_missing_in_a_missing_group_has_its_own_name() -> None:
    dataset = from_json({"TypeCode": "IMA"}, lenient=True)
    told = [fault.message for fault in check(dataset) if fault.code == "SW-R-CON-010"]
    assert any(message.startswith("Country of export is missing.") for message in told)
