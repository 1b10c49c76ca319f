"""The list: own declarations only, searched, narrowed, sorted and paged in two queries."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from declarations.models import Declaration
from declarations.states import State
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
