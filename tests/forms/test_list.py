"""The list: own declarations only, searched, narrowed, sorted and paged in two queries."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from declarations.models import Declaration
from declarations.states import State
from declarations.views_saved import SavedView
from portal.accounts.models import Organisation
from tests.forms.conftest import Trader

LIST = reverse("declaration_list")


def declared(organisation: Organisation, lrn: str, **fields: Any) -> Declaration:
    values = {"kind": "import", "state": State.RELEASED, "lrn": lrn, "importer": "Kolkheti Trade",
              "exporter": "Ganja Sharab", "goods": "Wine", "item_count": 1, "hs_codes": ["220421"]}
    return Declaration.objects.create(organisation=organisation, **(values | fields))


def shown(trader: Trader, **query: str) -> list[str]:
    answer = trader.client.get(LIST, query)
    assert answer.status_code == 200
    return [row.record.lrn for row in answer.context["table"].paginated_rows]


def test_an_empty_list_says_what_to_do(trader: Trader) -> None:
    page = trader.client.get(LIST).content.decode()
    assert "No declarations yet" in page
    assert reverse("declaration_new", args=["import"]) in page


def test_only_own_declarations(trader: Trader, stranger: Trader) -> None:
    declared(trader.organisation, "MINE")
    declared(stranger.organisation, "THEIRS")
    assert shown(trader) == ["MINE"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "corn"}, ["CORN-1"]),
        ({"q": "26GE00000000000019"}, ["WINE-1"]),
        ({"q": "baku"}, ["CORN-1"]),
        ({"q": "2204"}, ["WINE-1"]),
        ({"q": "1005.90"}, ["CORN-1"]),
        ({"q": "0421"}, []),
        ({"state": "draft"}, ["CORN-1"]),
        ({"kind": "export"}, ["CORN-1"]),
        ({"filed_from": "2026-03-02"}, []),
        ({"filed_from": "2026-03-01", "filed_to": "2026-03-01"}, ["WINE-1"]),
        ({"q": "' OR 1=1 --"}, []),
        ({"state": "nonsense"}, ["CORN-1", "WINE-1"]),
    ],
)
def test_search_and_filters(trader: Trader, query: dict[str, str], found: list[str]) -> None:
    declared(trader.organisation, "WINE-1", mrn="26GE00000000000019",
             submitted_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    declared(trader.organisation, "CORN-1", kind="export", state=State.DRAFT,
             importer="Baku Feed", hs_codes=["100590", "110100"])
    assert shown(trader, **query) == found


def test_nothing_found_says_so(trader: Trader) -> None:
    declared(trader.organisation, "WINE-1")
    assert "No declaration matches" in trader.client.get(LIST, {"q": "zzz"}).content.decode()


def test_sorted_by_value(trader: Trader) -> None:
    for lrn, amount in (("B", "2.00"), ("C", "30.00"), ("A", "1.00")):
        declared(trader.organisation, lrn, invoice_amount=amount, invoice_currency="USD")
    assert shown(trader, sort="invoice_amount") == ["A", "B", "C"]
    assert shown(trader, sort="-invoice_amount") == ["C", "B", "A"]


def test_two_queries_whatever_the_number(trader: Trader) -> None:
    for number in range(120):
        declared(trader.organisation, f"N-{number:03}")
    with CaptureQueriesContext(connection, ) as queries:
        assert len(shown(trader)) == 50
    on_declarations = [q["sql"] for q in queries if '"declarations_declaration"' in q["sql"]]
    assert len(on_declarations) == 2
    assert not any('"draft"' in sql for sql in on_declarations), "only the columns that are shown"
    assert shown(trader, page="3") == [f"N-{number:03}" for number in range(19, -1, -1)]


@pytest.mark.parametrize("query", [
    {"per_page": "-1"}, {"per_page": "0"}, {"per_page": "1000000"}, {"page": "-1"}, {"page": "x"},
    {"page": "9" * 30}, {"sort": "-nothing"},
])
def test_no_address_changes_how_long_a_page_is(trader: Trader, query: dict[str, str]) -> None:
    for number in range(60):
        declared(trader.organisation, f"N-{number:03}")
    assert 0 < len(shown(trader, **query)) <= 50


def test_the_days_of_the_filter_are_those_of_the_portal(trader: Trader, settings: Any) -> None:
    settings.PORTAL_TIME_ZONE = "Asia/Tbilisi"  # four hours ahead of UTC
    declared(trader.organisation, "NIGHT", submitted_at=datetime(2026, 3, 1, 21, 30, tzinfo=UTC))
    assert shown(trader, filed_from="2026-03-02", filed_to="2026-03-02") == ["NIGHT"]
    assert shown(trader, filed_from="2026-03-01", filed_to="2026-03-01") == []


def export(trader: Trader, **query: Any) -> list[list[str]]:
    answer = trader.client.get(reverse("declaration_export"), query)
    assert answer.status_code == 200 and answer.streaming
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))


def test_what_is_found_is_exported(trader: Trader, stranger: Trader) -> None:
    declared(trader.organisation, "WINE-1", invoice_amount="1200.50", invoice_currency="USD",
             submitted_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    declared(trader.organisation, "CORN-1", importer="Baku Feed")
    declared(stranger.organisation, "THEIRS")
    heading, *rows = export(trader)
    assert heading[:4] == ["LRN", "MRN", "Kind", "State"]
    assert sorted(row[0] for row in rows) == ["CORN-1", "WINE-1"]
    assert export(trader, q="wine-1", column=["lrn", "invoice_amount", "nonsense"]) == [
        ["LRN", "Invoice value"], ["WINE-1", "1200.50"],
    ]
    many = [row[0] for row in export(trader, sort="lrn", column="lrn")[1:]]
    assert many == ["CORN-1", "WINE-1"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_a_formula(trader: Trader, start: str) -> None:
    goods = f"{start}HYPERLINK(1)"
    declared(trader.organisation, "F", goods=goods)
    assert export(trader, column="goods")[1] == ["'" + goods]


def test_more_than_the_most_is_told(trader: Trader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("declarations.tables_csv.MOST_ROWS", 1)
    declared(trader.organisation, "A")
    declared(trader.organisation, "B")
    answer = trader.client.get(reverse("declaration_export"), {"kind": "import"}, follow=True)
    assert "at most 1 are exported" in answer.content.decode()


def keep(trader: Trader, name: str, **data: str) -> None:
    assert trader.client.post(reverse("view_keep"), {"view_name": name} | data).status_code == 302


def test_a_view_is_kept_opened_first_shared_and_deleted(
    trader: Trader, colleague: Trader, stranger: Trader
) -> None:
    declared(trader.organisation, "WINE-1")
    declared(trader.organisation, "CORN-1", kind="export")
    keep(trader, "Exports", kind="export", first="1", shared="1", page="7", evil="1")
    view = SavedView.objects.get()
    assert view.query == {"kind": "export"}
    answer = trader.client.get(LIST)
    assert answer["Location"] == f"{LIST}?kind=export&view={view.pk}"
    assert shown(trader, view="all") == ["CORN-1", "WINE-1"]
    assert "Exports" in colleague.client.get(LIST).content.decode()
    assert "Exports" not in stranger.client.get(LIST).content.decode()
    for other in (colleague, stranger):
        assert other.client.post(reverse("view_delete", args=[view.pk])).status_code == 404
    keep(trader, "Imports", kind="import", first="1")
    assert [v.name for v in SavedView.objects.filter(first=True)] == ["Imports"]
    keep(trader, "Imports", q="wine")
    assert SavedView.objects.get(name="Imports").query == {"q": "wine"}
    trader.client.post(reverse("view_delete", args=[view.pk]))
    assert not SavedView.objects.filter(pk=view.pk).exists()
    assert Declaration.objects.count() == 2


def test_a_view_needs_a_name(trader: Trader) -> None:
    answer = trader.client.post(reverse("view_keep"), {"view_name": " "}, follow=True)
    assert "Give the view a name" in answer.content.decode()
    assert not SavedView.objects.exists()


def test_the_search_uses_its_indexes(trader: Trader) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Declaration.objects.matching("2204.21").order_by().explain()
    assert "declaration_words" in plan and "declaration_codes" in plan


def test_days_at_the_ends_of_the_calendar_are_days_too(trader: Trader) -> None:
    declared(trader.organisation, "WINE-1", submitted_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert shown(trader, filed_from="0001-01-01", filed_to="9999-12-31") == ["WINE-1"]
    assert shown(trader, filed_to="0001-01-01") == shown(trader, filed_from="9999-12-31") == []


def test_the_days_are_found_by_index(trader: Trader) -> None:
    """A moment is compared with moments: a day taken out of each row would be no index."""
    with CaptureQueriesContext(connection) as queries:
        shown(trader, filed_from="2026-03-01", filed_to="2026-03-31")
    [counted] = [q["sql"] for q in queries if 'COUNT(*)' in q["sql"] and "submitted_at" in q["sql"]]
    assert '"submitted_at" >= ' in counted and "::date" not in counted
    assert "AT TIME ZONE" not in counted
