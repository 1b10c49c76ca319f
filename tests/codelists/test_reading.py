"""Files as they are uploaded: the official ones, their quirks, and those that are no lists."""

import csv
from datetime import date

import pytest

from declarations import codelists
from declarations.code_editions import tables
from declarations.code_editions.reading import Reading, read
from declarations.code_editions.tables import FileRefused
from tests.codelists.conftest import needs_official, official


def reading(list_name: str, *texts: str | bytes) -> Reading:
    files = [
        (f"{number}.csv", text.encode() if isinstance(text, str) else text)
        for number, text in enumerate(texts, 1)
    ]
    return read(files, codelists.shipped(list_name))


def refusals(found: Reading) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in found.refused]


@needs_official
def test_recommendation_20_whole() -> None:
    found = read(official("rec20-annex2-3.csv"), codelists.shipped("unit"))
    assert len(found.codes) == 2136 - 309
    assert not found.refused
    assert found.skipped == {"marked for deletion (X)": 309}
    assert "16" not in found.codes
    assert found.codes["KGM"].name == "kilogram"
    assert found.codes["4K"].more["symbol"] == "mA"
    assert found.codes["MTK"].more["symbol"] == "m²"
    deprecated = [code for code in found.codes.values() if code.more.get("status")]
    assert len(deprecated) == 71
    assert set(codelists.shipped("unit").codes) <= set(found.codes)


@needs_official
def test_recommendation_20_annexes_together() -> None:
    found = read(official("rec20-annex2-3.csv", "rec20-annex1.csv"), codelists.shipped("unit"))
    assert len(found.codes) == 1827
    # The annexes word a few names differently: the first file counts, the other is told.
    assert 0 < len(found.refused) < 10
    assert all("stands in line" in each.reason for each in found.refused)
    assert all(each.file == "rec20-annex1.csv" for each in found.refused)
    assert {each.code for each in found.refused} <= set(found.codes)
    assert found.skipped["the same code and name again"] > 1300


@needs_official
def test_recommendation_21() -> None:
    found = read(official("rec21.csv"), codelists.shipped("package"))
    assert len(found.codes) == 405
    assert found.skipped == {"marked for deletion (X)": 1}
    assert found.codes["5L"].name == "Bag, textile"
    assert found.codes["VR"].name == "Bulk, solid, granular particles (“grains”)"
    assert {code.code for code in found.codes.values() if code.more.get("bulk")} == {
        code.code for code in codelists.shipped("package").codes.values() if code.more
    }


@needs_official
def test_harmonized_system() -> None:
    found = read(official("harmonized-system.csv"), codelists.shipped("hs"))
    assert set(found.codes) == set(codelists.shipped("hs").codes)
    assert "999999" not in found.codes
    assert not found.refused
    assert sum(found.skipped.values()) == 97 + 1229 + 2


@needs_official
def test_locode() -> None:
    found = read(official("un-locode-2021-names.csv"), codelists.shipped("locode"))
    assert len(found.codes) == 80910
    assert found.codes["AEAUH"].name == "Abu Dhabi"
    assert found.skipped == {"subdivisions of countries, which are no places": 3988}
    assert not found.refused


@needs_official
@pytest.mark.parametrize(
    ("list_name", "file", "said"),
    [
        ("unit", "rec21.csv", "Recommendation 21"), ("package", "rec20-annex1.csv", "Recommendation 20"),
        ("document", "rec24.csv", "Recommendation 24"), ("mode", "rec28.csv", "Recommendation 28"),
        ("locode", "un-locode-functions.csv", "UN/LOCODE functions"),
        ("locode", "un-locode-subdivisions.csv", "UN/LOCODE subdivisions"),
        ("country", "un-locode-2021-names.csv", "another list: UN/LOCODE"),
        ("procedure", "harmonized-system.csv", "Harmonized System of UN Comtrade"),
    ],
)
def test_an_official_file_of_another_list(list_name: str, file: str, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        read(official(file), codelists.shipped(list_name))


def test_the_official_locode_has_no_header() -> None:
    found = reading("locode", (
        ',"GE",,".GEORGIA",,,,,,,,\r\n'
        ',"GE","TBS","Tbilisi","Tbilisi",,"AI","--345---","9601",,"4142N 04447E",\r\n'
        '"+","GE","ANA","Anaklia","Anaklia","SZ","RL","1-------","1801",,,\r\n'
        '"X","GE","OLD","Oldport","Oldport",,"XX","1-------","1801",,,\r\n'
        '"=","GE",,"Tiflis = Tbilisi","Tiflis = Tbilisi",,,,,,,\r\n'
    ).encode("cp1252"))
    assert {code.code: code.name for code in found.codes.values()} == {
        "GETBS": "Tbilisi", "GEANA": "Anaklia"}
    assert sum(found.skipped.values()) == 3


def test_iso_4217() -> None:
    found = reading("currency", (
        "Entity,Currency,AlphabeticCode,NumericCode,MinorUnit,WithdrawalDate\n"
        "GEORGIA,Lari,GEL,981,2,\nFRANCE,Euro,EUR,978,2,\nSPAIN,Euro,EUR,978,2,\n"
        "ANTARCTICA,No universal currency,,,,\nZZ08_Gold,Gold,XAU,959,N.A.,\n"
        "CROATIA,Kuna,HRK,191,2,2023-01\n"
    ))
    assert list(found.codes) == ["GEL", "EUR", "HRK"]
    assert found.codes["HRK"].valid_to == date(2023, 1, 1)
    assert sum(found.skipped.values()) == 3


def test_iso_3166() -> None:
    found = reading("country", "English short name;Alpha-2 code\nGeorgia;GE\nTürkiye;TR\n")
    assert found.codes["TR"].name == "Türkiye"


TEXT = "code,name\nGE,Georgia\nTR,Türkiye\nCI,Côte d’Ivoire\n"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT.encode(), "UTF-8"), (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("cp1252"), "Windows-1252"), (TEXT.encode("utf-16"), "UTF-16"),
        (TEXT.replace("’", "\x9d").encode("latin-1"), "ISO 8859-1"),
        (TEXT.replace(",", ";").encode(), "UTF-8"), (TEXT.replace(",", "\t").encode(), "UTF-8"),
        (TEXT.replace("\n", "\r\n").encode(), "UTF-8"), (TEXT.replace("\n", "\r").encode(), "UTF-8"),
    ],
)
def test_encodings_and_delimiters(body: bytes, encoding: str) -> None:
    if encoding == "ISO 8859-1":
        body = body.replace(b"\x9d", b"\x9dx")
    found = reading("country", body)
    assert found.codes["TR"].name == "Türkiye"
    assert found.files[0]["encoding"] == encoding
    if encoding != "ISO 8859-1":
        assert found.codes["CI"].name == "Côte d’Ivoire"


def test_rows_are_refused_by_line_and_reason() -> None:
    found = reading("country", (
        "code,name,valid_from,valid_to\n"
        "GE,Georgia,,\n"
        "ge,Georgia,,\n"
        "KZ,,,\n"
        '"AZ","Azer\nbaijan",,\n'
        ",Nowhere,,\n"
        "TR,Türkiye,2026-02-30,\n"
        "UZ,Uzbekistan,2026-02-01,2026-01-01\n"
        "GE,Sakartvelo,,\n"
        "TM,Turkmenistan,,,too,many\n"
        "AM,Armenia,1991-09-21,\n"
        "TJ,Tajikistan\n"
        "MN,Mongolia,,\nMN,Mongolia,,\nCN,China,,\nIR,Iran,,\nIQ,Iraq,,\nKG,Kyrgyzstan,,\n"
        "PK,Pakistan,,\nAF,Afgh\x07anistan,,\n\n,,,\n"
    ))
    assert list(found.codes) == ["GE", "AZ", "AM", "TJ", "MN", "CN", "IR", "IQ", "KG", "PK"]
    assert found.codes["AZ"].name == "Azer baijan"
    assert found.codes["AM"].valid_from == date(1991, 9, 21)
    lines = dict(refusals(found))
    assert list(lines) == [3, 4, 7, 8, 9, 10, 11, 21]
    assert "“ge” does not have the form" in lines[3]
    assert lines[4] == "The name is missing."
    assert lines[7] == "The code is missing."
    assert "2026-02-30, which is not a date" in lines[8]
    assert "before valid_from" in lines[9]
    assert "stands in line 2 of 1.csv already, as “Georgia”" in lines[10]
    assert "6 cells, the header 4" in lines[11]
    assert "control characters" in lines[21]
    assert found.skipped == {"the same code and name again": 1}


def test_names_may_be_the_same_and_unicode() -> None:
    found = reading("unit", (
        "Status,Common Code,Name,Symbol\n,MTQ,cubic metre,m³\n,R9,thousand cubic metre,10³ m³\n"
        "D,A91,gon,\n,A9X,gon,\n¦,4O,microfarad,µF\n,SEC,second,\"\"\"\"\n"
    ))
    assert found.codes["R9"].more["symbol"] == "10³ m³"
    assert found.codes["SEC"].more["symbol"] == '"'
    assert found.codes["A91"].name == found.codes["A9X"].name
    assert found.codes["A91"].more["status"] == "deprecated"
    assert "status" not in found.codes["4O"].more


def test_attributes_that_rules_rely_on() -> None:
    found = reading("procedure", (
        "code,name,use\n40,Clearance for home use,\n49,Something new,\n48,Other new,both\n"
        "47,Third new,always\n10,Outright exportation,both\n"
    ))
    assert list(found.codes) == ["40", "48", "10"]
    assert [each.reason for each in found.refused] == [
        "A new code of this list needs the column use.",
        "use is “always”; allowed are: current, previous, both.",
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is empty"), (b"\n\n,,\n", "is empty"), (b"\xef\xbb\xbf", "is empty"),
        (b"PK\x03\x04rest", "not a CSV file but zip"), (b"%PDF-1.7", "not a CSV file but PDF"),
        (b"code,name\nGE,Geor\0gia\n", "not a text file"),
        (b"\xff\xfea", "damaged"),
        (b"key,value\nGE,Georgia\n", "no columns that the portal knows"),
        (b"<html><body>Sign in</body></html>", "no columns that the portal knows"),
        (b"code,name\n", "no code in it"),
        (b"code,name,name\nGE,Georgia,G\n", "two columns called name"),
        (b'code,name\nGE,"Georgia\nKZ,Kazakhstan\n', "line 2: the row cannot be read"),
        (b'code,name\nGE,Georgia\nKZ,"Kazakh"stan\n', "line 3: the row cannot be read"),
        (b'code,name\nGE,"' + b"x" * 200_000 + b'"\n', "line 2: the row cannot be read"),
        (b"code,name\n100,A\n200,B\nGE,Georgia\n", "does not hold “Countries”: 2 of 3 rows"),
    ],
)
def test_a_file_is_refused_whole(body: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        reading("country", body)


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert csv.field_size_limit() <= 131_072
    with pytest.raises(FileRefused, match="larger than 20 MB"):
        reading("country", b"x" * (tables.MAX_BYTES + 1))
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    with pytest.raises(FileRefused, match="more than 3 rows"):
        reading("country", "code,name\n" + "GE,Georgia\n" * 3)


def test_names_in_other_languages_come_along() -> None:
    found = reading("mode", "code,name,name_ru,colour\n3,Road transport,Автомобильный транспорт,red\n")
    assert found.codes["3"].more == {"name_ru": "Автомобильный транспорт"}
    assert found.files[0]["unused"] == "colour"
