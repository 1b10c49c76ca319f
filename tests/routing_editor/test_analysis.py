"""What is pointed out on a draft: by example, and never falsely."""

from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.matcher import Matcher
from agencies.routing_editor.analysis import Trouble, analyse
from agencies.routing_editor.logic import alternatives, covers
from tests.agencies.samples import compiled, facts
from tests.agencies.test_matcher import conditions, items, plainly_holds

HS06 = {"field": "hs", "prefix": "06"}
HS0604 = {"field": "hs", "prefix": ["0604"]}
FROM_KZ = {"field": "origin", "is": "KZ"}
ANY = {"all": []}


def troubles(*rules: tuple[Any, ...]) -> set[tuple[str, str, tuple[str, ...]]]:
    """Rules as (code, tier, conditions, kind), all of one agency and queue."""
    agency, queue = uuid4(), uuid4()
    made = []
    for code, tier, condition, *kind in rules:
        rule = compiled(condition, agency=agency, tier=tier, code=code)
        from dataclasses import replace
        made.append(replace(rule, queue_id=queue, review_kind=kind[0] if kind else "documentary"))
    return {(one.trouble, one.code, one.others) for one in analyse(made)}


def test_a_rule_behind_a_wider_one_is_unreachable() -> None:
    both = {"all": [HS0604, FROM_KZ]}
    assert troubles(("wide", 1, HS06), ("late", 2, both)) == {
        (Trouble.UNREACHABLE, "late", ("wide",))}
    assert not troubles(("wide", 2, HS06), ("early", 1, both)), "an exception comes first"
    assert (Trouble.UNREACHABLE, "late", ("a", "b")) in troubles(
        ("a", 1, HS06), ("b", 1, {"field": "hs", "prefix": "07"}),
        ("late", 2, {"any": [HS0604, {"field": "hs", "is": "070190"}]}))


def test_another_agencys_rule_blocks_nothing() -> None:
    rules = [compiled(ANY, tier=1), compiled(HS06, tier=2)]
    assert not analyse(rules)


def test_what_can_never_match() -> None:
    for condition in (
        {"all": [{"field": "kind", "is": "import"}, {"field": "kind", "is": "export"}]},
        {"all": [{"field": "value", "gte": 10}, {"field": "value", "lte": 5}]},
        {"all": [{"field": "value", "gte": 1, "unit": "USD"},
                 {"field": "value", "gte": 1, "unit": "EUR"}]},
        {"all": [HS0604, {"none": [HS06]}]},
        {"field": "hs", "is": "0604"},
        {"none": [ANY]},
    ):
        assert troubles(("r", 1, condition)) == {(Trouble.NEVER, "r", ())}, condition
    two_origins = {"all": [FROM_KZ, {"field": "origin", "is": "UZ"}]}
    assert not troubles(("r", 1, two_origins)), "an item may have two origins"


def test_the_same_said_twice() -> None:
    one = {"all": [FROM_KZ, HS06]}
    other = {"all": [{"field": "hs", "prefix": ["06"]}, {"field": "origin", "in": ["KZ"]}]}
    assert troubles(("a", 1, one), ("b", 1, other)) == {(Trouble.DUPLICATE, "b", ("a",))}


def test_rules_that_want_different_things_of_the_same_goods() -> None:
    assert troubles(("a", 1, HS06), ("b", 1, HS0604, "inspection")) == {
        (Trouble.CONFLICT, "b", ("a",))}
    assert not troubles(("a", 1, HS06), ("b", 1, FROM_KZ, "inspection")), "nothing in common"
    assert not troubles(("a", 1, HS06), ("b", 1, {"field": "hs", "prefix": "08"}, "inspection"))
    ranged = {"all": [{"field": "hs", "range": ["0601", "0604"]}, {"field": "value", "gte": 5}]}
    assert (Trouble.CONFLICT, "b", ("a",)) in troubles(("a", 1, HS0604), ("b", 2, ranged, "permit"))


@settings(max_examples=300, deadline=None)
@given(
    rules=st.lists(st.tuples(conditions, st.integers(0, 1), st.integers(1, 3)), max_size=6),
    declared=st.lists(st.lists(items, min_size=1, max_size=3), min_size=1, max_size=8),
)
def test_no_alarm_is_false(
    rules: list[tuple[dict[str, Any], int, int]], declared: list[list[dict[str, Any]]]
) -> None:
    agencies = [uuid4(), uuid4()]
    made = [compiled(c, agency=agencies[a], tier=t, code=f"r{n}")
            for n, (c, a, t) in enumerate(rules)]
    dead = {one.code for one in analyse(made) if one.trouble in ("never", "unreachable")}
    matcher = Matcher(made)
    for goods in declared:
        assert not dead & {match.rule.code for match in matcher.matches(facts(*goods))}


@settings(max_examples=300, deadline=None)
@given(first=conditions, second=conditions, goods=st.lists(items, min_size=1, max_size=4))
def test_what_is_said_to_follow_does(
    first: dict[str, Any], second: dict[str, Any], goods: list[dict[str, Any]]
) -> None:
    inner, outer = compiled(first).condition, compiled(second).condition
    of = facts(*goods)
    ways = alternatives(inner)
    for position in range(len(goods)):
        if not plainly_holds(inner, of, position):
            continue
        assert ways != [], "it holds, though it was said never to"
        if ways and all(covers(outer, way) for way in ways):
            assert plainly_holds(outer, of, position)


def test_two_thousand_rules_are_looked_through_in_seconds() -> None:
    import time
    agencies = [uuid4() for _number in range(10)]
    made = [
        compiled({"all": [
            {"field": "hs", "prefix": [f"{n % 97 + 1:02}{n % 90 + 10}", f"{n % 89 + 1:02}"]},
            {"field": "origin", "in": [["AZ", "KZ", "UZ"][n % 3]]},
        ]}, agency=agencies[n % 10], tier=n % 4 + 1, code=f"r{n}")
        for n in range(2000)
    ]
    start = time.perf_counter()
    assert analyse(made)
    assert time.perf_counter() - start < 10
