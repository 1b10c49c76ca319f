"""By which numbers a consignment is the same on both sides."""

import pytest

from agencies.permits.abroad.consignment import keys_of
from declarations import wco


def papers(number: str) -> wco.Declaration:
    return wco.from_json({"AdditionalDocument": [{"TypeCode": "730", "ID": number}]}, lenient=True)


@pytest.mark.parametrize(("number", "keys"), [
    ("cmr az 0098-214", ("doc:CMRAZ0098214",)),
    ("0098", ()),  # too short to be anything's own
    ("ДЖ 0098214", ()),  # else it would be the same as that of another in other letters
])
def test_a_waybill_is_known_by_its_number(number: str, keys: tuple[str, ...]) -> None:
    assert keys_of(papers(number)) == keys
