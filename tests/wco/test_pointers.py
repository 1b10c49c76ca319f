"""Paths and WCO pointers lead to the same place."""

from __future__ import annotations

import pytest

from declarations.wco import PointerStep
from declarations.wco.dictionary import entries
from declarations.wco.pointers import to_path, to_pointer


@pytest.mark.parametrize("root", ["Declaration", "Response"])
def test_every_path_comes_back(root: str) -> None:
    numbered: dict[str, str] = {f"/{root}": f"/{root}"}
    for entry in entries(root):
        parent, _, name = entry.path.rpartition("/")
        path = f"{numbered[parent]}/{name}" + ("[3]" if entry.element.repeatable else "")
        numbered[entry.path] = path
        assert to_path(to_pointer(path)) == path


def test_pointer_of_the_uk_example() -> None:
    path = (
        "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[1]/GovernmentProcedure[1]/CurrentCode"
    )
    assert to_pointer(path) == (
        PointerStep(None, "42A"),
        PointerStep(None, "67A"),
        PointerStep(1, "68A"),
        PointerStep(1, "70A", "166"),
    )


@pytest.mark.parametrize(
    "pointer", [(), (PointerStep(None, "99Z"),), (PointerStep(None, "42A"), PointerStep(1, "ZZZ"))]
)
def test_pointer_that_leads_nowhere(pointer: tuple[PointerStep, ...]) -> None:
    with pytest.raises(ValueError, match=r"pointer|has no"):
        to_path(pointer)


def test_path_unknown_to_the_dataset_stops_where_it_leaves() -> None:
    assert to_pointer("/Declaration/GoodsShipment/Odd/ID") == (
        PointerStep(None, "42A"),
        PointerStep(None, "67A"),
    )
    assert to_pointer("/nowhere") == ()
