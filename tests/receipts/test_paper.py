"""What is printed says what was filed, in every script, and nothing in the data is markup."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from agencies.models import Queue
from declarations.models import Declaration
from declarations.states import State
from portal import paper
from portal.accounts.actors import SYSTEM
from portal.pages.receipts_print import document
from portal.paper import PaperFailed, qr
from tests.factories import wine_dataset
from tests.pages.cases import make_declaration
from tests.receipts import pdf
from tests.receipts.conftest import file, many_items

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def letter(**fields: Any) -> dict[str, Any]:
    return {
        "letterhead": {
            "country": "Georgia", "authority": "Revenue Service", "title": "Declaration",
            "subtitle": "", "number_label": "MRN", "number": "26GE", "state_label": "State",
            "state": "Released", "tone": "good", "qr": qr.svg("https://example.org/verify/1/"),
            "qr_note": "Scan", "page": "Page {page} of {pages}", "issued": "Printed today",
        } | fields,
        "strip": [], "parties": [], "sections": [], "items": {"columns": [], "rows": []},
        "documents": {"columns": [], "rows": []}, "decisions": {"columns": [], "rows": []},
        "receipt": None, "words": {},
    }


def test_the_same_data_and_moment_give_the_same_bytes() -> None:
    first = paper.render("declaration", letter(), at=AT)
    assert first == paper.render("declaration", letter(), at=AT)
    assert first.startswith(b"%PDF-1.7") and b"(D:20261124120000" in first


def test_data_are_never_markup() -> None:
    hostile = '#read("letterhead.typ") $x$ *b* #eval("1+1") \\u{41} [c] // <l> @r `d` = h'
    said = pdf.text(paper.render("declaration", letter(title=hostile)))
    assert '#read("letterhead.typ")' in said and '#eval("1+1")' in said and "[c] // <l>" in said


@pytest.mark.parametrize(("language", "title"), [
    ("en", "Declaration"), ("ru", "Декларация на товары"), ("kk", "Қазақстан, Ғылым, өң"),
    ("fa", "اظهارنامه واردات"), ("az", "Azərbaycan İşğal"),
])
def test_scripts_are_set_and_read_back(language: str, title: str) -> None:
    made = paper.render("declaration", letter(title=title), language=language, standard="a-2b")
    said = pdf.text(made)
    # The text of a right-to-left line lies in the file from its other end.
    assert set(title) - {" "} <= set(said)
    if language != "fa":
        assert title in said
    assert (b"/Direction/R2L" in made) == (language == "fa")
    assert b'pdfaid:part="2"' in made or b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"/MarkInfo<</Marked true" in made and f"/Lang({language})".encode() in made


@pytest.mark.parametrize("name", ["../base", "/etc/passwd", "nothing"])
def test_only_templates_are_set(name: str) -> None:
    with pytest.raises(PaperFailed):
        paper.render(name, letter())


def test_the_declaration_is_all_there(accepted: Declaration, owner: Any) -> None:
    answer = owner[0].get(reverse("declaration_print", args=[accepted.pk]))
    assert answer["Content-Type"] == "application/pdf"
    said = pdf.text(answer.content)
    for words in (
        accepted.mrn, accepted.lrn, "Kolkheti Trade LLC", "Ganja Sharab 2 OJSC", "2204 21",
        "Red grape wine in bottles of 0.75 litres", "18,600.00", "9,800", "GANJA SHARAB",
        "90-AB-123", "With the agencies", "Total gross mass", "Delivered at place", "DAP",
        "Receipt of acceptance", accepted.current.sha256[:20], "Page 1 of", "In the queue",
    ):
        assert words in said, words


def test_a_draft_is_printed_without_a_receipt_and_secrets_never(owner: Any) -> None:
    draft = make_declaration(owner[1], State.DRAFT)
    draft.draft = {"dataset": wine_dataset() | {
        "ObligationGuarantee": [
            {"SequenceNumeric": 1, "ReferenceID": "26GE000101U00412", "AccessCode": "7Q4K",
             "SecurityDetailsCode": "1"},
        ],
        "GoodsShipment": wine_dataset()["GoodsShipment"] | {"UCR": {"ID": "6GE204876543-WINE17"}},
    }}
    draft.save()
    said = pdf.text(owner[0].get(reverse("declaration_print", args=[draft.pk])).content)
    assert "Draft" in said and "Receipt of acceptance" not in said and "Scan" not in said
    assert "Consignment reference (UCR) 6GE204876543-WINE17" in said
    assert "26GE000101U00412" in said and "7Q4K" not in said


def test_a_press_that_fails_says_why() -> None:
    broken = letter()
    del broken["letterhead"]["title"]
    with pytest.raises(PaperFailed, match="title"):
        paper.render("declaration", broken)


def test_a_russian_reader_gets_it_in_russian(accepted: Declaration, owner: Any) -> None:
    owner[0].cookies["sw_ge_language"] = "ru"
    answer = owner[0].get(reverse("declaration_print", args=[accepted.pk]))
    assert b"/Lang(ru)" in answer.content
    assert "Тбилиси" in pdf.text(answer.content) or "Грузия" in pdf.text(answer.content)


def test_999_items_are_set_with_repeated_heads(owner: Any, queue: Queue) -> None:
    declaration = file(owner[1], GoodsShipment=many_items(999), GoodsItemQuantity={"value": "999"})
    data = document(declaration, SYSTEM)
    paper.render("declaration", letter())
    made = paper.render("declaration", data, standard="a-2b", at=AT)
    pages = pdf.pages(made)
    said = " ".join(pages)
    assert all(f"lot {n:04}" in said for n in range(1, 1000))
    of_items = [page for page in pages if "lot 0" in page]
    assert len(of_items) > 10 and all("Commodity code" in page for page in of_items)
    assert all(f"Page {n} of {len(pages)}" in page for n, page in enumerate(pages, 1))
