"""Goods items pasted from a spreadsheet: looked at first, faults told by cell, then added."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from declarations import drafts
from declarations.forms import pasted
from declarations.models import Declaration
from declarations.states import State
from tests.forms.conftest import Trader, wine

HEADING = "HS code\tDescription of the goods\tCountry of origin\tPrice\tPackages\tPackage type\t" \
    "Gross mass, kg\tNet mass, kg\tProcedure\tPrevious procedure\tDocument type\tDocument number"
ROW = "2204.21\tRed wine\tAZ\t1 200,50\t10\tct\t120\t100\t40\t00\t380\tINV-1"


@pytest.fixture
def draft(trader: Trader) -> Declaration:
    trader.client.post(
        reverse("declaration_new", args=["import"]), wine(trader).controls() | {"save": "1"}
    )
    return Declaration.objects.get()


def paste(trader: Trader, draft: Declaration, rows: str, **more: str) -> tuple[int, str]:
    answer = trader.client.post(
        reverse("declaration_paste", args=[draft.pk]), {"rows": rows, **more}
    )
    return answer.status_code, answer.get("Location") or answer.content.decode()


def test_rows_are_looked_at_then_added_and_filed(trader: Trader, draft: Declaration) -> None:
    rows = "\n".join([HEADING, ROW, "", ROW.replace("Red", "White")])
    status, page = paste(trader, draft, rows, look="1")
    assert status == 200
    assert "Every cell can be read" in page
    draft.refresh_from_db()
    assert len(drafts.typed_of(draft).items) == 1, "looking adds nothing"
    status, where = paste(trader, draft, rows, add="1", place="replace")
    assert (status, where) == (302, reverse("declaration_edit", args=[draft.pk]) + "#items")
    draft.refresh_from_db()
    typed = drafts.typed_of(draft)
    assert [item.values["description"] for item in typed.items] == ["Red wine", "White wine"]
    assert typed.items[0].values["price"] == "1 200,50", "kept as it was typed"
    assert typed.items[0].rows == {"doc": [{"type": "380", "id": "INV-1"}]}
    answer = trader.client.post(
        reverse("declaration_edit", args=[draft.pk]),
        typed.controls() | {"file": "1", "stamp": drafts.stamp_of(draft)},
    )
    assert answer.status_code == 302, [p.message for p in answer.context["forms"].problems]
    draft.refresh_from_db()
    assert (draft.state, draft.item_count) == (State.SUBMITTED, 2)


def test_faults_are_told_by_cell(trader: Trader, draft: Declaration) -> None:
    bad = "999999\tRed wine\tQQ\t1,234\tmany\tct\t120\t100\t40\t00\t380\tINV-1"
    status, page = paste(trader, draft, f"{HEADING}\n{ROW}\n{bad}", look="1")
    assert status == 422
    found = pasted.read(f"{HEADING}\n{ROW}\n{bad}", "import")
    assert [row.number for row in found.faulty] == [3]
    wrong = {column.name for column, cell in zip(found.columns, found.rows[1].cells, strict=True)
             if cell.error}
    assert wrong == {"hs_code", "origin_country", "price", "packages"}
    assert page.count("pasted-error") == 4
    status, _ = paste(trader, draft, f"{HEADING}\n{bad}", add="1")
    assert status == 302, "a draft may be anything"
    draft.refresh_from_db()
    assert len(drafts.typed_of(draft).items) == 2


@pytest.mark.parametrize(("rows", "told"), [
    ("", "Paste the rows"),
    ("1\t2\n3\t4", "names no column"),
    (HEADING, "no row below it"),
    ("HS code\tTariff code\n1\t2", "mean the same"),
    ("HS code\n" + "220421\n" * 1000, "There are 1000 rows"),
])
def test_what_cannot_be_read_is_told(
    trader: Trader, draft: Declaration, rows: str, told: str
) -> None:
    for button in ("look", "add"):
        status, page = paste(trader, draft, rows, **{button: "1"})
        assert status == 422
        assert told in page
    draft.refresh_from_db()
    assert len(drafts.typed_of(draft).items) == 1


def test_headings_in_other_words_and_cells_with_line_breaks(db: None) -> None:
    found = pasted.read('hs;Goods;net weight;Colour\n220421;"Red\nwine; dry";5;red\n', "import")
    assert [column.name for column in found.columns] == ["hs_code", "description", "net_mass", ""]
    assert found.unknown == ["Colour"]
    (item,) = found.items()
    assert item.values == {"hs_code": "220421", "description": "Red\nwine; dry", "net_mass": "5"}


def test_a_csv_file_of_300_items(trader: Trader, draft: Declaration) -> None:
    lines = "\r\n".join([HEADING.replace("Gross mass, kg", '"Gross mass, kg"').replace(
        "Net mass, kg", '"Net mass, kg"').replace("\t", ","),
        *[f"220421,Red wine {n},AZ,10.50,1,CT,2,1,40,00,380,INV-{n}" for n in range(300)]])
    file = SimpleUploadedFile("items.csv", b"\xef\xbb\xbf" + lines.encode(), "text/csv")
    address = reverse("declaration_paste", args=[draft.pk])
    answer = trader.client.post(address, {"file": file, "rows": "", "look": "1"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "300 rows read" in page
    status, _ = paste(trader, draft, answer.context["text"], add="1", place="replace")
    assert status == 302
    draft.refresh_from_db()
    assert draft.item_count == 300
    assert trader.client.get(reverse("declaration_edit", args=[draft.pk])).status_code == 200


def test_the_template_names_every_column(trader: Trader) -> None:
    answer = trader.client.get(reverse("items_template", args=["lpco"]))
    assert answer["Content-Type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    assert "Scientific name" in text
    found = pasted.read(text + "220421\n", "lpco")
    assert not found.unknown
    assert not found.problem


def test_the_form_keeps_what_was_typed_before_pasting(trader: Trader, stranger: Trader) -> None:
    answer = trader.client.post(
        reverse("declaration_new", args=["import"]), wine(trader).controls() | {"paste": "1"}
    )
    draft = Declaration.objects.get()
    address = reverse("declaration_paste", args=[draft.pk])
    assert answer["Location"] == address
    assert drafts.typed_of(draft).header["lrn"] == "WINE-1"
    assert stranger.client.get(address).status_code == 404
    assert trader.client.get(address).status_code == 200
