"""What the agency's rules looked at comes first, and what changed since it last read is marked."""

from copy import deepcopy
from typing import Any

import pytest

from agencies.models import Review
from declarations.models import Version
from tests.agencies.conftest import World
from tests.reviews.conftest import Desk

pytestmark = pytest.mark.django_db


def place(text: str, heading: str) -> int:
    return text.index(f'id="{heading}"')


def looked_at(desk: Desk, *fields: str) -> None:
    rule = {"code": "r", "title": "R", "items": [],
            "matched": [{"field": name, "values": ["X"]} for name in fields]}
    Review.objects.filter(pk=desk.review.pk).update(snapshot={"rules": [rule]})


def test_what_the_rules_looked_at_comes_first_and_the_rest_is_folded(desk: Desk) -> None:
    looked_at(desk, "mode", "office")
    text = desk.page()
    folded = text.index("everything-else")
    assert place(text, "documents") < place(text, "transport") < folded < place(text, "goods")
    assert folded < place(text, "parties") and folded < place(text, "value")
    assert "The rules looked at: Mode of transport, Customs office" in " ".join(
        text.replace("</svg>", "").split())
    looked_at(desk, "hs", "total_value")
    text = desk.page()
    assert place(text, "goods") < place(text, "value") < text.index("everything-else")


def test_without_a_rule_that_looked_at_anything_all_is_open(desk: Desk) -> None:
    looked_at(desk)
    assert "everything-else" not in desk.page()
    Review.objects.filter(pk=desk.review.pk).update(snapshot={})
    assert "everything-else" not in desk.page()


def amended(desk: Desk, number: int, **changes: Any) -> None:
    """A further version, with other values in its goods and around them."""
    old = desk.declaration.versions.order_by("-number").first()
    assert old is not None
    data = deepcopy(old.dataset)
    assert data is not None
    items = data["GoodsShipment"]["GovernmentAgencyGoodsItem"]
    items[1]["Commodity"]["Description"] = changes.get("description", "Apples, dried")
    new = deepcopy(items[0])
    new["SequenceNumeric"] = 3
    new["Commodity"]["Description"] = "Entirely new goods"
    new["Commodity"]["Classification"] = [{"ID": "200799", "IdentificationTypeCode": "HS"}]
    items.append(new)
    data["BorderTransportMeans"]["ID"] = "OTHER-TRUCK"
    data["InvoiceAmount"] = {"value": "777.00", "currencyID": "USD"}
    Version.objects.create(
        declaration=desk.declaration, number=number, channel="form", body=b"<y/>", sha256="1" * 64,
        dataset=data, organisation=desk.declaration.organisation)


def test_changes_since_the_version_last_read_are_marked_where_they_stand(desk: Desk) -> None:
    assert "which your agency read last" not in desk.page()
    amended(desk, 2)
    for _time in range(2):  # it stays so for whoever of the agency reads it next
        text = desk.page()
        assert "Amended since version 1, which your agency read last." in text
        assert "<del>Goods of 080810</del>" in text and "<ins>Apples, dried</ins>" in text
        assert "<ins>OTHER-TRUCK</ins>" in text and "<span>new</span>" in text
        assert text.count("<span>changed</span>") == 1
        assert "<ins>Entirely new goods</ins>" not in text  # the line itself says so
    amended(desk, 3, description="Apples, fresh")
    assert "Amended since version 2" in desk.page()


def test_who_has_read_no_earlier_version_is_told_of_no_change(desk: Desk) -> None:
    amended(desk, 2)
    assert "which your agency read last" not in desk.page()


def test_what_the_mandate_does_not_cover_is_not_told_as_a_change(world: World, desk: Desk) -> None:
    world.phyto.withheld = ["transport", "value"]
    world.phyto.save()
    desk.page()
    amended(desk, 2)
    text = desk.page()
    assert "Apples, dried" in text
    for words in ("OTHER-TRUCK", "90-AB-123", "777.00", "18,600"):
        assert words not in text, words
