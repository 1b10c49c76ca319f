"""Declarations as spreadsheets: what the template offers is read back; faults name their cell."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from openpyxl import Workbook, load_workbook

from declarations import drafts, wco
from declarations.forms.typed import Typed
from declarations.models import Declaration, Version
from declarations.sheets import grids, reading, template
from declarations.sheets.archive import SheetRefused
from declarations.states import Kind, State
from portal.accounts.roles import OrganisationKind
from tests.factories import make_organisation
from tests.forms.conftest import Trader, caviar, ferrochrome, wine
from tests.sheets.conftest import filled, many, saved

UPLOAD = reverse("declaration_upload_sheet")


def upload(trader: Trader, content: bytes, name: str = "wine.xlsx", **data: str) -> Any:
    return trader.client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)} | data)


def told(answer: Any) -> dict[str, str]:
    finding = answer.context["finding"]
    return {each.place: each.message for each in finding.wrong}


@pytest.mark.parametrize("kind", list(Kind.values))
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_template_opens_and_is_read_back_empty(
    trader: Trader, kind: str, language: str
) -> None:
    with translation.override(language):
        book = trader.client.get(reverse("sheet_template", args=[kind, "xlsx"]))
        made = template.workbook(kind, trader.organisation)
    assert book.status_code == 200
    opened = load_workbook(io.BytesIO(made))
    assert all(sheet.protection.sheet and sheet.freeze_panes for sheet in opened.worksheets)
    assert any(sheet.data_validations.dataValidation for sheet in opened.worksheets)
    found = reading.read(grids.read("x.xlsx", made))
    assert found.kind == kind
    assert found.typed.header["declarant_id"] == trader.organisation.identifier
    assert not found.typed.items, "the example is not one of the goods"
    assert not found.faults and not found.doubts


@pytest.mark.parametrize("language", ["en", "ru", "fa"])
@pytest.mark.parametrize(("kind", "sample"), [
    ("import", lambda trader: wine(trader)),
    ("transit", lambda trader: ferrochrome(trader)),
    ("lpco", lambda trader: caviar(trader, make_organisation(OrganisationKind.AGENCY))),
])
def test_what_is_filled_in_is_read_as_it_was_typed(
    trader: Trader, kind: str, sample: Callable[[Trader], Typed], language: str
) -> None:
    typed = sample(trader)
    with translation.override(language):
        content = saved(filled(kind, trader.organisation, typed))
    assert load_workbook(io.BytesIO(content)).worksheets[0].sheet_view.rightToLeft is (
        language == "fa"
    )
    found = reading.read(grids.read("x.xlsx", content))
    said = {name: value for name, value in typed.header.items() if value}
    assert found.typed.header == said
    assert [item.values for item in found.typed.items] == [item.values for item in typed.items]
    assert [item.rows for item in found.typed.items] == [item.rows for item in typed.items]
    assert found.typed.rows == typed.rows
    assert not found.faults


def test_a_draft_is_opened_in_the_form(trader: Trader) -> None:
    answer = upload(trader, saved(filled("import", trader.organisation, wine(trader))))
    draft = Declaration.objects.get()
    assert answer["Location"] == reverse("declaration_edit", args=[draft.pk]) + "?check=1"
    assert draft.state == State.DRAFT and draft.lrn == "WINE-1"
    page = trader.client.get(answer["Location"])
    assert not page.context["forms"].problems


def test_300_items_are_filed_at_once_in_seconds(trader: Trader) -> None:
    content = saved(filled("import", trader.organisation, many(trader, 300)))
    began = time.perf_counter()
    answer = upload(trader, content, then="file")
    took = time.perf_counter() - began
    declaration = Declaration.objects.get()
    assert answer["Location"] == reverse("declaration", args=[declaration.pk])
    assert declaration.state == State.SUBMITTED
    version = Version.objects.get()
    assert version.channel == "file"
    verdict = wco.validate(bytes(version.body), wco.get_profile("carec"))
    assert verdict.accepted and verdict.message
    shipment = wco.from_xml(verdict.message.root, wco.get_profile("carec")).GoodsShipment
    assert shipment and len(shipment.GovernmentAgencyGoodsItem) == 300
    assert took < 8, f"{took:.1f} s"


def test_faults_are_told_by_cell_and_nothing_is_kept(trader: Trader) -> None:
    typed = wine(trader)
    typed.header["exporter_country"] = "QQ"
    typed.items[0].values |= {"hs_code": "220499", "net_mass": "99999"}
    book = filled("import", trader.organisation, typed)
    answer = upload(trader, saved(book), then="file")
    assert answer.status_code == 422
    faults = told(answer)
    assert "Items!C4" in faults and "220499" in faults["Items!C4"]
    header = book["Declaration"]
    row = next(r for r in header.iter_rows() if r[3].value == "Exporter/Address/CountryCode")
    assert f"Declaration!B{row[0].row}" in faults
    assert not Declaration.objects.exists()
    answer = upload(trader, saved(book), then="check")
    assert answer.status_code == 422 and told(answer) == faults


def put(sheet: str, cell: str, value: Any) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value
        book[sheet][cell].number_format = "General"
    return change


@pytest.mark.parametrize(("cell", "value", "words"), [
    ("C4", 10121, "010121"),
    ("C4", "=1+1", "has no result"),
    ("C4", "#REF!", "ends in the error"),
    ("B4", True, "yes-or-no"),
])
def test_cells_that_cannot_be_read_refuse_the_file(
    trader: Trader, cell: str, value: Any, words: str
) -> None:
    book = filled("import", trader.organisation, wine(trader))
    put("Items", cell, value)(book)
    answer = upload(trader, saved(book))
    assert answer.status_code == 422
    assert words in told(answer)[f"Items!{cell}"]
    assert not Declaration.objects.exists()


def test_numbers_are_exact_and_dates_are_days(trader: Trader) -> None:
    from datetime import datetime

    from declarations.sheets.tables import ITEMS, tables

    book = filled("import", trader.organisation, wine(trader))
    names = [c.name for t in tables("import") if t.code == ITEMS for c in t.columns]
    items = book["Items"]
    for name, value in (("price", 0.1 + 0.2), ("net_mass", 9000.5), ("hs_code", 220421)):
        items.cell(4, names.index(name) + 1, value)
    header = book["Declaration"]
    row = next(r for r in header.iter_rows() if r[3].value == "GoodsShipment/Invoice/IssueDateTime")
    row[1].value = datetime(2026, 1, 17)
    found = reading.read(grids.read("x.xlsx", saved(book)))
    values = found.typed.items[0].values
    assert (values["price"], values["net_mass"], values["hs_code"]) == ("0.3", "9000.5", "220421")
    assert found.typed.header["invoice_date"] == "2026-01-17"


def test_a_zip_of_csv_files_says_the_same(trader: Trader) -> None:
    made = trader.client.get(reverse("sheet_template", args=["import", "zip"])).content
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "items.csv":
                text += b"1,Red wine,2204.21,AZ,1000\r\n"
            new.writestr(name, text)
    answer = upload(trader, out.getvalue(), "wine.zip")
    draft = Declaration.objects.get()
    assert answer.status_code == 302
    (item,) = drafts.typed_of(draft).items
    assert item.values["description"] == "Red wine" and item.values["origin_country"] == "AZ"


def test_items_alone_open_a_draft_of_the_chosen_kind(trader: Trader) -> None:
    text = b"HS code;Description of the goods;Colour\n220421;Wine;red\n220429;Wine;white\n"
    assert upload(trader, text, "goods.csv").status_code == 422
    assert upload(trader, text, "goods.csv", kind="export").status_code == 302
    draft = Declaration.objects.get()
    assert draft.kind == "export" and len(drafts.typed_of(draft).items) == 2
    assert drafts.typed_of(draft).header["exporter_id"] == trader.organisation.identifier
    assert "Colour" in trader.client.get(reverse("declaration_list")).content.decode()


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    return out.getvalue()


def _parts(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(("content", "words"), [
    (b"", "empty"),
    (b"not a workbook", "neither an Excel workbook"),
    (b"\xd0\xcf\x11\xe0 old", "old Excel format"),
    (_bomb(), "Unpacked"),
    (_parts(**{"[Content_Types].xml": b"<a/>", "xl/vbaProject.bin": b"x"}), "macros"),
    (_parts(**{"[Content_Types].xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "damaged"),
    (_parts(**{"[Content_Types].xml": b"<a/>"}), "damaged"),
    (_parts(**{"readme.md": b"<a/>"}), "no CSV files"),
    (b"x" * 6_000_001, "larger than"),
])
def test_a_file_that_is_no_spreadsheet_says_why(
    trader: Trader, content: bytes, words: str
) -> None:
    answer = upload(trader, content, "x.xlsx")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Declaration.objects.exists()


def test_nothing_chosen_and_a_kind_that_is_none(trader: Trader) -> None:
    assert trader.client.post(UPLOAD).status_code == 422
    assert trader.client.get("/declarations/templates/other.xlsx").status_code == 404
    assert trader.client.get("/declarations/templates/import.pdf").status_code == 404


# --- files that are made to hurt ------------------------------------------------------------

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_HEADING = '<row r="1"><c r="A1" t="inlineStr"><is><t>HS code</t></is></c></row>'
_FAR = '<row r="1048576"><c r="XFD1048576"><f>1+1</f><v>2</v></c></row>'


def hostile(
    rows: str, before: str = "", after: str = "", strings: str = "", sheets: int = 1,
    part: str = "worksheets/sheet1.xml", prolog: str = "",
) -> bytes:
    """A workbook as no spreadsheet program writes it; all its sheets are one part."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    names = "".join(
        f'<sheet name="S{n}" sheetId="{n}" r:id="a"/>' for n in range(1, sheets + 1))
    parts = {
        "[Content_Types].xml": f'''<Types xmlns="{package}/content-types">
            <Default Extension="rels"
                ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
            <Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>
            <Override PartName="/xl/{part}" ContentType="{kind}.worksheet+xml"/>
            <Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>
            </Types>''',
        "_rels/.rels": f'''<Relationships xmlns="{package}/relationships"><Relationship Id="a"
            Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>''',
        "xl/_rels/workbook.xml.rels": f'''<Relationships xmlns="{package}/relationships">
            <Relationship Id="a" Type="{office}/worksheet" Target="{part}"/><Relationship Id="b"
            Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>''',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{office}"><sheets>{names}</sheets></workbook>',
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{strings}</sst>",
        f"xl/{part}": f"{prolog}<worksheet {_MAIN}>{before}<sheetData>{rows}</sheetData>{after}"
                      "</worksheet>",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize(("made", "words"), [
    (lambda: hostile(_HEADING + _FAR), "below row"),
    (lambda: hostile(_HEADING + _FAR, sheets=20), "below row"),
    (lambda: hostile(_HEADING + _FAR.replace("1048576", "99999999999")), "below row"),
    (lambda: hostile(_HEADING + _FAR.replace('r="1048576"', "r='&#50;0001'")), "below row"),
    (lambda: hostile(_HEADING + "<row/>" * 3_000_000), "too many cells"),
    (lambda: hostile(_HEADING + "<row>" + "<c/>" * 5_000_000 + "</row>"), "too many cells"),
    (lambda: hostile("<a>" * 2_000_000 + "</a>" * 2_000_000), "too many cells"),
    (lambda: hostile(_HEADING, after="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 500_000
                     + "</mergeCells>"), "too many cells"),
    (lambda: hostile(_HEADING, strings="<si><t>a</t></si>" * 1_700_000), "too many cells"),
    (lambda: hostile(_HEADING, strings=f"<si><t>{'a' * 50_000_000}</t></si>"), "larger than 30 MB"),
    (lambda: hostile(_HEADING, part="image.png",
                     prolog='<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]>'), "damaged"),
])
def test_a_file_made_to_hurt_is_refused_at_once(made: Callable[[], bytes], words: str) -> None:
    content = made()
    began = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(SheetRefused, match=words):
            grids.read("x.xlsx", content)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - began < 5
    assert most < 100_000_000


def test_a_range_that_only_claims_to_be_huge_is_read() -> None:
    content = hostile(
        _HEADING, before='<dimension ref="A1:XFD1048576"/>'
        '<cols><col min="1" max="16384" width="9"/></cols>',
        after='<mergeCells count="1"><mergeCell ref="B1:XFD1048576"/></mergeCells>')
    [grid] = grids.read("x.xlsx", content)
    assert [(number, values[0]) for number, values in grid.rows] == [(1, "HS code")]
