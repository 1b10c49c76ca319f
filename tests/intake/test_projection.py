"""Columns from the dataset: nothing is cut into something that was not declared."""

from decimal import Decimal
from typing import Any

import pytest

from declarations import wco
from declarations.models import Declaration
from declarations.projection import project
from tests.factories import wine_dataset


def projected(**fields: Any) -> Declaration:
    declaration = Declaration()
    project(declaration, wco.from_json(wine_dataset(**fields)))
    return declaration


def items(*changes: dict[str, Any]) -> dict[str, Any]:
    shipment = wine_dataset()["GoodsShipment"]
    [item] = shipment["GovernmentAgencyGoodsItem"]
    return {"GoodsShipment": shipment | {
        "GovernmentAgencyGoodsItem": [
            item | {"Commodity": item["Commodity"] | change} for change in changes
        ]
    }}


def test_an_empty_dataset_projects_to_nothing() -> None:
    declaration = Declaration()
    project(declaration, wco.Declaration())
    assert (declaration.importer, declaration.goods, declaration.item_count) == ("", "", 0)
    assert declaration.invoice_amount is None
    assert declaration.gross_mass_kg is None


@pytest.mark.parametrize(
    ("measure", "kilograms"),
    [
        ({"value": "9800"}, "9800"), ({"value": "9.8", "unitCode": "TNE"}, "9800"),
        ({"value": "1500", "unitCode": "GRM"}, "1.5"), ({"value": "1", "unitCode": "LTR"}, None),
        ({"value": "9" * 16, "unitCode": "TNE"}, None),
    ],
)
def test_gross_mass_is_in_kilograms(measure: dict[str, str], kilograms: str | None) -> None:
    mass = projected(TotalGrossMassMeasure=measure).gross_mass_kg
    assert mass == (None if kilograms is None else Decimal(kilograms))


def test_without_a_total_the_items_are_added_up() -> None:
    two = items({"GoodsMeasure": {"GrossMassMeasure": {"value": "1.5"}}},
                {"GoodsMeasure": {"GrossMassMeasure": {"value": "2"}}})
    assert projected(TotalGrossMassMeasure=None, **two).gross_mass_kg == Decimal("3.5")
    one_unknown = items({"GoodsMeasure": {"GrossMassMeasure": {"value": "1.5"}}},
                        {"GoodsMeasure": None})
    assert projected(TotalGrossMassMeasure=None, **one_unknown).gross_mass_kg is None


def test_goods_and_codes_once_each_in_order() -> None:
    wine, juice = (
        {"Description": text, "Classification": [{"ID": code}]}
        for text, code in (("Red  wine", "2204.21"), ("Grape juice", "200961"))
    )
    declaration = projected(**items(wine, juice, wine))
    assert declaration.goods == "Red wine; Grape juice"
    assert declaration.hs_codes == ["220421", "200961"]
    assert declaration.item_count == 3


def test_texts_are_shortened_and_codes_are_not() -> None:
    long = items({"Description": "w" * 300})
    declaration = projected(DeclarationOfficeID="X" * 40, **long)
    assert len(declaration.goods) == 200
    assert declaration.goods.endswith("…")
    assert declaration.office == ""
