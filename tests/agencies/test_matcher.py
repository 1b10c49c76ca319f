"""Which rules match: by example, and against a plain reading of the language."""

import time
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.conditions import FIELDS, Condition, Group, TextLeaf
from agencies.facts import Facts
from agencies.matcher import Matcher
from tests.agencies.samples import compiled, facts, item


def matched_items(conditions: dict[str, Any], of: Facts) -> list[int] | None:
    matches = Matcher([compiled(conditions)]).matches(of)
    return list(matches[0].items) if matches else None


def test_conditions_of_one_rule_hold_on_the_same_item() -> None:
    plants_of_kz = {"all": [{"field": "hs", "prefix": "06"}, {"field": "origin", "is": "KZ"}]}
    assert matched_items(plants_of_kz, facts(item("060420", "UZ"), item("220421", "KZ"))) is None
    both = facts(item("060420", "UZ"), item("220421", "KZ"), item("060110", "KZ"))
    assert matched_items(plants_of_kz, both) == [3]


def test_none_is_about_the_item_too() -> None:
    foreign = {"none": [{"field": "origin", "is": "GE"}]}
    assert matched_items(foreign, facts(item(origin="GE"))) is None
    assert matched_items(foreign, facts(item(origin="GE"), item(origin="TR"))) == [2]


def test_a_rule_about_the_declaration_marks_no_item() -> None:
    assert matched_items({"field": "kind", "is": "import"}, facts(item(), item())) == []
    assert matched_items({"field": "kind", "is": "export"}, facts(item())) is None
    assert matched_items({"all": []}, facts(item())) == []


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"field": "mode", "is": "3"}, True),
        ({"field": "office", "prefix": "GE"}, True),
        ({"field": "trader", "in": ["204876543"]}, True),
        ({"field": "trader", "in": ["1"]}, False),
        ({"field": "total_value", "gte": 18600, "unit": "USD"}, True),
        ({"field": "total_value", "gte": 18601}, False),
        ({"field": "total_value", "gte": 1, "unit": "EUR"}, False),
        ({"field": "total_gross_mass", "lte": 9800}, True),
        ({"field": "regime", "is": "40"}, True),
        ({"field": "regime", "is": "4000"}, True),
        ({"field": "regime", "prefix": "51"}, False),
        ({"field": "export_country", "is": "AZ"}, True),
        ({"field": "destination", "is": "GE"}, True),
        ({"field": "hs", "range": ["2203", "2208"]}, True),
        ({"field": "hs", "range": ["2205", "2208"]}, False),
        ({"field": "hs", "is": "2204"}, False),
        ({"field": "value", "range": ["18600", "18600.00"], "unit": "USD"}, True),
        ({"field": "net_mass", "gte": "9000.001"}, False),
        ({"field": "quantity", "gte": 0}, False),
        ({"field": "document", "is": "851"}, False),
        ({"field": "authorisation", "is": "AEO"}, False),
    ],
)
def test_each_field_is_read_from_its_place(condition: dict[str, Any], holds: bool) -> None:
    assert (matched_items(condition, facts()) is not None) is holds


def test_masses_are_compared_in_kilograms() -> None:
    heavy = {"field": "total_gross_mass", "gte": 20_000}
    assert matched_items(heavy, facts(
        TotalGrossMassMeasure={"value": "20", "unitCode": "TNE"})) is not None
    assert matched_items(heavy, facts(
        TotalGrossMassMeasure={"value": "20001", "unitCode": "LTR"})) is None


def test_a_document_of_the_declaration_counts_for_every_item() -> None:
    held = facts(item(), item(documents=("851",)), AdditionalDocument=[{"TypeCode": "C01"}])
    assert matched_items({"field": "document", "is": "C01"}, held) == [1, 2]
    assert matched_items({"field": "document", "is": "851"}, held) == [2]


def test_of_each_agency_the_first_tier_that_matches_fires() -> None:
    agency, other = uuid4(), uuid4()
    wine, anything = {"field": "hs", "prefix": "2204"}, {"all": []}
    matcher = Matcher([
        compiled(anything, agency=agency, tier=3, code="third"),
        compiled(wine, agency=agency, tier=2, code="second"),
        compiled({"field": "origin", "is": "AZ"}, agency=agency, tier=2, code="second-too"),
        compiled({"field": "hs", "prefix": "01"}, agency=agency, tier=1, code="first"),
        compiled(anything, agency=other, tier=3, code="other"),
    ])
    fired = {match.rule.code for match in matcher.matches(facts())}
    assert fired == {"second", "second-too", "other"}


def test_the_values_that_matched_are_kept() -> None:
    rule = compiled({"all": [
        {"field": "kind", "is": "import"},
        {"any": [{"field": "hs", "prefix": ["06", "22"]}, {"field": "origin", "is": "KZ"}]},
        {"field": "value", "gte": 50},
        {"none": [{"field": "origin", "is": "RU"}]},
    ]})
    (match,) = Matcher([rule]).matches(facts(
        item("220421", "AZ", value="100.50"), item("060420", "UZ"), item("848180", "DE")))
    assert match.items == (1, 2)
    assert match.values == {"kind": ["import"], "hs": ["220421", "060420"],
                            "value": ["100.50 USD", "100 USD"]}


# --- against a plain reading -----------------------------------------------------------------


def plainly_holds(condition: Condition, of: Facts, position: int) -> bool:
    if isinstance(condition, Group):
        parts = [plainly_holds(part, of, position) for part in condition.parts]
        return {"all": all(parts), "any": any(parts), "none": not any(parts)}[condition.op]
    column = of.column(condition.field)
    values = column[position] if FIELDS[condition.field].of_item else column[0]
    for value in values:
        if isinstance(condition, TextLeaf):
            text = str(value)
            if text in condition.exact or any(text[: len(p)] == p for p in condition.prefixes):
                return True
            if condition.between and len(text) >= len(condition.between[0]):
                cut = text[: len(condition.between[0])]
                if sorted([condition.between[0], cut, condition.between[1]])[1] == cut:
                    return True
        else:
            right_unit = not condition.unit or condition.unit == value.unit  # type: ignore[union-attr]
            above = condition.low is None or value.value >= condition.low  # type: ignore[union-attr]
            below = condition.high is None or value.value <= condition.high  # type: ignore[union-attr]
            if right_unit and above and below:
                return True
    return False


codes = st.text("0126", min_size=2, max_size=6)
countries = st.sampled_from(["AZ", "GE", "KZ", "UZ"])
amounts = st.integers(0, 9).map(str)
items = st.builds(
    item, hs=codes, origin=st.none() | countries, regime=st.sampled_from(["40", "51", "10"]),
    value=amounts, currency=st.sampled_from(["USD", "GEL"]), gross=amounts,
    documents=st.sampled_from([(), ("851",), ("851", "C01")]),
)


def _bounds(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=2, max_size=2).map(sorted)


hs_leaves = st.one_of(
    st.fixed_dictionaries({"field": st.just("hs"), "prefix": st.lists(
        st.text("0126", min_size=1, max_size=4), min_size=1, max_size=3)}),
    st.fixed_dictionaries({"field": st.just("hs"), "is": codes}),
    st.integers(1, 4).flatmap(lambda n: st.fixed_dictionaries({
        "field": st.just("hs"), "range": _bounds(st.text("0126", min_size=n, max_size=n))})),
)
other_leaves = st.one_of(
    st.fixed_dictionaries({"field": st.just("origin"), "in": st.lists(countries, min_size=1)}),
    st.fixed_dictionaries({"field": st.just("regime"),
                           "prefix": st.sampled_from(["4", "10", "5100"])}),
    st.fixed_dictionaries({"field": st.just("document"), "is": st.sampled_from(["851", "C01"])}),
    st.fixed_dictionaries({"field": st.just("kind"), "is": st.sampled_from(["import", "export"])}),
    st.fixed_dictionaries({"field": st.just("value"), "gte": amounts},
                          optional={"unit": st.sampled_from(["USD", "GEL"])}),
    st.fixed_dictionaries({"field": st.just("gross_mass"), "lte": amounts}),
    st.fixed_dictionaries({"field": st.just("value"), "range": _bounds(st.integers(0, 9))}),
)
conditions = st.recursive(
    hs_leaves | other_leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"none": st.lists(inner, min_size=1, max_size=3)}),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(
    rules=st.lists(st.tuples(conditions, st.integers(0, 2), st.integers(1, 3)), max_size=8),
    goods=st.lists(items, min_size=1, max_size=6),
)
def test_the_matcher_agrees_with_a_plain_reading(
    rules: list[tuple[dict[str, Any], int, int]], goods: list[dict[str, Any]]
) -> None:
    agencies = [uuid4() for _number in range(3)]
    made = [compiled(c, agency=agencies[a], tier=tier) for c, a, tier in rules
            if _depth(c) <= 6]
    of = facts(*goods)
    holding = {
        rule.id: [n + 1 for n in range(len(goods)) if plainly_holds(rule.condition, of, n)]
        for rule in made
    }
    first = {a: min((r.tier for r in made if r.agency_id == a and holding[r.id]), default=0)
             for a in agencies}
    expected = {r.id for r in made if holding[r.id] and r.tier == first[r.agency_id]}
    matches = Matcher(made).matches(of)
    assert {match.rule.id for match in matches} == expected
    for match in matches:
        assert not match.items or list(match.items) == holding[match.rule.id]


def _depth(condition: dict[str, Any]) -> int:
    inner = next(iter(condition.values()))
    if "field" in condition:
        return 1
    return 1 + max(map(_depth, inner), default=0)


def test_two_thousand_rules_on_999_items_take_milliseconds() -> None:
    """The target is 20 ms; the bound leaves room for a busy machine, and catches a query or a loop
    per rule and item, which would take seconds."""
    chapters = [f"{n:02}" for n in range(1, 98)]
    countries = ["AZ", "KZ", "UZ", "TR", "CN"]
    agencies = [uuid4() for _number in range(10)]
    rules = [
        compiled({"all": [
            {"field": "hs", "prefix": [f"{chapters[n % 97]}{n % 90 + 10}", chapters[n % 89]]},
            {"field": "origin", "in": [countries[n % 5]]},
            {"field": "value", "gte": n % 300},
        ]}, agency=agencies[n % 10], tier=n % 4 + 1)
        for n in range(2000)
    ]
    goods = [item(f"{chapters[n % 97]}{n % 90 + 10}{n % 10}0", countries[n % 4], value=str(n % 500))
             for n in range(999)]
    matcher = Matcher(rules)
    filed = facts(*goods)
    took = []
    for _round in range(5):
        fresh = Facts("import", filed._dataset)
        start = time.perf_counter()
        assert matcher.matches(fresh)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.1, took
    print(f"{min(took) * 1000:.1f} ms")
