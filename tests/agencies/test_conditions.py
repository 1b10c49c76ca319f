"""The condition language: what it accepts, and what it says when it does not."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from agencies.conditions import ConditionError, Group, NumberLeaf, TextLeaf, parse, written
from tests.agencies.test_matcher import conditions


def test_every_operator_is_read() -> None:
    parsed = parse({"all": [
        {"field": "kind", "is": "import"},
        {"any": [{"field": "hs", "prefix": "06.04"}, {"field": "hs", "range": ["0101", "0511"]}]},
        {"none": [{"field": "origin", "in": ["KZ", "UZ"]}]},
        {"field": "value", "gte": "1000.50", "unit": "USD"},
        {"field": "gross_mass", "range": [1, 20]},
    ]})
    assert parsed == Group("all", (
        TextLeaf("kind", exact=frozenset({"import"})),
        Group("any", (TextLeaf("hs", prefixes=frozenset({"0604"})),
                      TextLeaf("hs", between=("0101", "0511")))),
        Group("none", (TextLeaf("origin", exact=frozenset({"KZ", "UZ"})),)),
        NumberLeaf("value", low=Decimal("1000.50"), unit="USD"),
        NumberLeaf("gross_mass", low=Decimal(1), high=Decimal(20)),
    ))


@pytest.mark.parametrize(
    ("data", "where", "words"),
    [
        ({}, "", "To match every declaration"),
        ([], "", "A condition is an object"),
        ({"all": [], "any": []}, "", "exactly one of"),
        ({"every": []}, "", "exactly one of"),
        ({"any": []}, "any", "The list is empty"),
        ({"all": {"field": "hs"}}, "all", "Give a list"),
        ({"field": "colour", "is": "red"}, "field", "There is no field “colour”"),
        ({"field": ["hs"], "is": "red"}, "field", "There is no field"),
        ({"all": [{"field": "hs", "is": "06", "prefix": "06"}]}, "all[1]", "exactly one of"),
        ({"all": [{"field": "hs", "gte": "06"}]}, "all[1]", "exactly one of"),
        ({"field": "hs", "is": "06", "unit": "KGM"}, "", "“unit” has no meaning"),
        ({"field": "hs", "prefix": []}, "prefix", "Give a list"),
        ({"field": "hs", "prefix": [6]}, "prefix", "must be text"),
        ({"field": "hs", "prefix": "wine"}, "prefix", "no commodity code"),
        ({"field": "hs", "range": ["0604", "0601"]}, "range", "the lower one first"),
        ({"field": "hs", "range": ["06", "0604"]}, "range", "same length"),
        ({"field": "origin", "in": ["Kazakhstan"]}, "in", "no country code"),
        ({"field": "kind", "is": "imports"}, "is", "no kind of declaration"),
        ({"field": "value", "gte": 1.5}, "gte", "not a number"),
        ({"field": "value", "gte": True}, "gte", "not a number"),
        ({"field": "value", "gte": "NaN"}, "gte", "not a number"),
        ({"field": "value", "gte": "1e999999999"}, "gte", "not a number"),
        ({"field": "value", "gte": "1e-999999999"}, "gte", "not a number"),
        ({"field": "value", "range": [2, 1]}, "range", "the lower one first"),
        ({"field": "gross_mass", "gte": 1, "unit": "TNE"}, "", "“unit” has no meaning"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: Any, where: str, words: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(data)
    assert any(p.where == where and words in p.message for p in caught.value.problems), (
        caught.value.problems
    )


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ConditionError) as caught:
        parse({"all": [{"field": "hs", "is": "x"}, {"any": [{"field": "origin", "is": "kz"}]}]})
    assert [p.where for p in caught.value.problems] == ["all[1].is", "all[2].any[1].is"]


def test_a_bottomless_condition_is_refused() -> None:
    data: Any = {"field": "hs", "is": "06"}
    for _level in range(40):
        data = {"all": [data]}
    with pytest.raises(ConditionError, match="nested too deeply"):
        parse(data)


def test_a_condition_is_written_for_people() -> None:
    assert written({"all": [{"is": "import", "field": "kind"}, {"any": [
        {"unit": "USD", "gte": 5, "field": "value"}]}]}) == (
        '{"all": [\n'
        '    {"field": "kind", "is": "import"},\n'
        '    {"any": [\n'
        '        {"field": "value", "gte": 5, "unit": "USD"}\n'
        '    ]}\n'
        ']}'
    )
    assert written({"all": []}) == '{"all": []}'


@given(conditions)
def test_writing_a_condition_loses_nothing(data: dict[str, Any]) -> None:
    assert json.loads(written(data)) == data
