"""Code lists: what they hold, when codes are in force, how they are found."""

from datetime import date

import pytest

from declarations.codelists import codes, get, is_valid, lists, name, search
from declarations.rules.check_digits import container_digit, imo_digit, wagon_digit


def test_every_list_names_its_source_and_edition() -> None:
    found = {each.name: each for each in lists()}
    assert {"country", "currency", "hs", "unit", "package", "mode", "locode", "document", "permit",
            "procedure", "office", "controlled"} <= set(found)
    for each in found.values():
        assert each.source
        assert each.edition
        assert each.codes


def test_the_lists_are_as_large_as_their_subject() -> None:
    assert len([c for c in codes("country").values() if c.valid_to is None]) == 249
    assert len(codes("hs")) == 5612  # without the pseudo-code 999999
    assert len(codes("mode")) == 10
    assert len(codes("locode")) >= 120


@pytest.mark.parametrize(
    ("list_name", "code", "meaning"),
    [
        ("country", "TR", "Türkiye"), ("currency", "KZT", "Tenge"), ("unit", "KGM", "kilogram"),
        ("package", "VR", "Bulk, solid, granular particles (grains)"),
        ("mode", "2", "Rail transport"), ("locode", "GEPTI", "Poti"),
        ("document", "851", "Phytosanitary certificate"), ("procedure", "40", "Clearance for home use"),
        ("office", "AZ000103", "Alat sea port"), ("hs", "160431", "Fish preparations; caviar"),
    ],
)
def test_a_code_has_its_meaning(list_name: str, code: str, meaning: str) -> None:
    assert is_valid(list_name, code)
    assert name(list_name, code) == meaning


@pytest.mark.parametrize(
    ("list_name", "code"),
    [("country", "XX"), ("country", "ge"), ("currency", "XTS"), ("unit", "BX"), ("hs", "2204"),
     ("hs", "220499"), ("hs", ""), ("package", ""), ("locode", "GEZZZ"), ("hs", "22042x1000")],
)
def test_a_wrong_code_is_not_valid(list_name: str, code: str) -> None:
    assert not is_valid(list_name, code)
    assert name(list_name, code) == code


def test_a_retired_code_was_valid_in_its_time() -> None:
    assert is_valid("currency", "BGN", on=date(2025, 12, 31))
    assert not is_valid("currency", "BGN", on=date(2026, 1, 1))
    assert is_valid("country", "CS", on=date(2005, 1, 1))
    assert not is_valid("country", "CS", on=date(2026, 1, 1))


def test_a_national_code_is_judged_by_its_first_six_digits() -> None:
    assert is_valid("hs", "2204219400")
    assert get("hs", "2204219400") is get("hs", "220421")
    assert not is_valid("hs", "2204999400")


def test_names_come_in_other_languages() -> None:
    assert name("country", "GE", "ru") == "Грузия"
    assert name("country", "AZ", "ka") == "აზერბაიჯანი"
    assert name("unit", "KGM", "ru") == "килограмм"
    assert name("unit", "KGM", "ka") == "kilogram"
    assert [code.code for code in search("unit", "килог", language="ru")][:1] == ["KGM"]


def test_search_finds_by_code_and_by_words() -> None:
    assert [code.code for code in search("hs", "1604.31")] == ["160431"]
    assert "160431" in [code.code for code in search("hs", "caviar")]
    assert [code.code for code in search("country", "kaz")] == ["KZ"]
    assert [code.code for code in search("country", "united")] == ["AE", "GB", "UM", "US"]
    assert len(search("hs", "wine", limit=3)) == 3
    assert search("hs", "   ") == []
    assert "BGN" not in [code.code for code in search("currency", "BG", on=date(2026, 6, 1))]


def test_codes_refer_to_codes_that_exist() -> None:
    hs = codes("hs")
    for code in codes("controlled").values():
        assert any(each.startswith(code.code) for each in hs), code
        assert is_valid("permit", code.more["permit"])
    for office in codes("office").values():
        assert is_valid("country", office.more["country"])
        assert office.code.startswith(office.more["country"])
        assert all(is_valid("mode", mode) for mode in office.more["modes"])
        if "locode" in office.more:
            assert is_valid("locode", office.more["locode"])
    for place in codes("locode"):
        assert len(place) == 5
        assert is_valid("country", place[:2])


def test_check_digits_of_published_examples() -> None:
    assert container_digit("CSQU305438") == 3  # ISO 6346, annex A
    assert imo_digit("907472") == 9  # IMO 9074729
    assert wagon_digit("21812471217") == 3  # UIC 21 81 2471 217-3
