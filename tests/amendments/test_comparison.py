"""Two versions compared: what is told, and what is not."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations import wco
from declarations.comparison import compare, same_items
from tests.factories import wine_dataset

BASE = wine_dataset(FunctionalReferenceID="L-1")
Json = dict[str, Any]


def goods(number: int, description: str, hs: str = "220421", mass: str = "10") -> Json:
    return {
        "SequenceNumeric": number,
        "Commodity": {
            "Description": description,
            "Classification": [{"ID": hs, "IdentificationTypeCode": "HS"}],
            "GoodsMeasure": {"GrossMassMeasure": {"value": mass, "unitCode": "KGM"}},
        },
        "Packaging": [{"SequenceNumeric": 1, "TypeCode": "CT",
                       "QuantityQuantity": {"value": str(number)}}],
    }


def shipment(*items: Json) -> Json:
    data = deepcopy(BASE)
    data["GoodsShipment"]["GovernmentAgencyGoodsItem"] = [
        one | {"SequenceNumeric": n} for n, one in enumerate(items, 1)
    ]
    return data


WORDS = st.text("abcdefgh ", min_size=1, max_size=8).filter(str.strip)
ITEMS = st.lists(
    st.builds(goods, st.integers(1, 5), WORDS, st.sampled_from(["220421", "080212", "870323"]),
              st.sampled_from(["10", "20", "30"])),
    min_size=1, max_size=6,
)


@settings(max_examples=100, deadline=None)
@given(items=ITEMS)
def test_a_version_does_not_differ_from_itself(items: list[Json]) -> None:
    data = shipment(*items)
    assert compare(data, deepcopy(data)) == []
    assert compare(wco.to_json(wco.from_json(data)), data) == []


@settings(max_examples=100, deadline=None)
@given(one=ITEMS, other=ITEMS)
def test_it_is_the_same_from_both_sides(one: list[Json], other: list[Json]) -> None:
    """What is new from here is gone from there, with the same values."""
    there = compare(shipment(*one), shipment(*other))
    back = compare(shipment(*other), shipment(*one))
    assert sorted((str(d.old), str(d.new)) for d in there) == sorted(
        (str(d.new), str(d.old)) for d in back)


@settings(max_examples=150, deadline=None)
@given(items=ITEMS, at=st.integers(0, 6))
def test_an_item_put_in_anywhere_is_one_new_item(items: list[Json], at: int) -> None:
    at = min(at, len(items))
    new = goods(9, "quite another thing", "999999", "77")
    found = compare(shipment(*items), shipment(*items[:at], new, *items[at:]))
    assert {d.sort for d in found} == {"added"}
    assert {d.item for d in found} == {at + 1}
    assert "quite another thing" in [d.new for d in found]
    gone = compare(shipment(*items[:at], new, *items[at:]), shipment(*items))
    assert {d.sort for d in gone} == {"removed"}
    assert {d.item for d in gone} == {at + 1}


@settings(max_examples=100, deadline=None)
@given(items=ITEMS, data=st.data())
def test_one_changed_element_is_one_difference(items: list[Json], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(items) - 1))
    changed = deepcopy(items)
    changed[at]["Commodity"]["GoodsMeasure"]["GrossMassMeasure"]["value"] = "12345"
    [found] = compare(shipment(*items), shipment(*changed))
    assert found.sort == "changed"
    assert found.new == {"value": "12345", "unitCode": "KGM"}
    assert found.path.endswith("Commodity/GoodsMeasure/GrossMassMeasure")


@settings(max_examples=60, deadline=None)
@given(items=ITEMS, data=st.data())
def test_the_order_of_items_is_no_content(items: list[Json], data: st.DataObject) -> None:
    turned = data.draw(st.permutations(items))
    assert compare(shipment(*items), shipment(*turned)) == []


@settings(max_examples=60, deadline=None)
@given(one=ITEMS, other=ITEMS)
def test_nothing_is_told_only_of_what_says_the_same(one: list[Json], other: list[Json]) -> None:
    a, b = shipment(*one), shipment(*other)
    numbers = list(range(1, len(one) + 1)), list(range(1, len(other) + 1))
    assert (compare(a, b) == []) is same_items(a, b, *numbers)


def test_a_difference_says_where_it_is() -> None:
    new = deepcopy(BASE)
    new["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]["Origin"] = [{"CountryCode": "AM"}]
    new["InvoiceAmount"]["currencyID"] = "EUR"
    new |= {"FunctionCode": "5", "ID": "26GE1", "IssueDateTime": {"value": "20260101"}}
    amount, origin = compare(BASE, new)
    assert (amount.old["currencyID"], amount.new["currencyID"]) == ("USD", "EUR")
    assert amount.item is None
    assert (origin.old, origin.new, origin.item) == ("AZ", "AM", 1)
    assert [p.label() for p in origin.places][-1] == "Country of origin"
    assert [(s.DocumentSectionCode, s.SequenceNumeric, s.TagID) for s in origin.pointer] == [
        ("42A", None, None), ("67A", None, None), ("68A", 1, None), ("92A", 1, "063")]


@pytest.mark.parametrize(("value", "count"), [("18600", 0), ("18600.000", 0), ("18600.01", 1)])
def test_numbers_are_compared_as_numbers(value: str, count: int) -> None:
    new = deepcopy(BASE)
    new["InvoiceAmount"] = {"value": value, "currencyID": "USD"}
    assert len(compare(BASE, new)) == count


def test_999_items_are_compared_in_a_moment() -> None:
    from time import perf_counter

    many = [goods(n, f"Thing {n}", mass=str(n)) for n in range(1, 1000)]
    other = [goods(n, f"Thing {n}", mass=str(n + 1)) for n in range(1, 1000)]
    began = perf_counter()
    found = compare(shipment(*many), shipment(goods(1, "New", "111111", "1"), *other))
    assert perf_counter() - began < 2
    assert found
