"""Drafts keep what was typed, tell of conflicts, and belong to one organisation."""

import re
from copy import deepcopy

from django.urls import reverse

from declarations import drafts
from declarations.models import Declaration
from declarations.states import State
from portal.journal.models import Event
from tests.forms.conftest import Trader, wine

NEW = reverse("declaration_new", args=["import"])


def stamp_in(page: str) -> str:
    found = re.search(r'name="stamp" value="([^"]*)"', page)
    assert found
    return found[1]


def begin(trader: Trader) -> Declaration:
    answer = trader.client.post(NEW, wine(trader).controls() | {"save": "1"})
    declaration = Declaration.objects.get(organisation=trader.organisation)
    assert answer["Location"] == reverse("declaration_edit", args=[declaration.pk])
    return declaration


def test_a_new_form_knows_the_organisation(trader: Trader) -> None:
    page = trader.client.get(NEW).content.decode()
    assert page.count(f'value="{trader.organisation.identifier}"') == 2
    assert not Declaration.objects.exists(), "looking at a form keeps nothing"


def test_a_kind_that_there_is_not_is_not_found(trader: Trader) -> None:
    assert trader.client.get("/declarations/new/nonsense/").status_code == 404


def test_an_export_has_a_consignee_instead_of_an_importer(trader: Trader) -> None:
    page = trader.client.get(reverse("declaration_new", args=["export"])).content.decode()
    assert 'name="consignee_name"' in page
    assert 'name="importer_name"' not in page


def test_nonsense_is_kept_as_typed(trader: Trader) -> None:
    typed = {
        "lrn": "  x" * 40, "invoice_amount": "about <b>12</b>", "invoice_date": "soon",
        "terms": "XYZ", "item-0-gross_mass": "heavy", "item-0-hs_code": "ღვინო",
        "item-0-doc-0-type": "\u202e??", "office": "ZZ999",
    }
    trader.client.post(NEW, typed | {"save": "1"})
    declaration = Declaration.objects.get()
    assert declaration.state == State.DRAFT
    assert drafts.typed_of(declaration).controls() == typed
    page = trader.client.get(reverse("declaration_edit", args=[declaration.pk])).content.decode()
    shown_as = ("about &lt;b&gt;12&lt;/b&gt;", "soon", "XYZ", "heavy", "ღვინო", "\u202e??", "ZZ999")
    for shown in shown_as:
        assert f'value="{shown}"' in page, shown
    assert "is-invalid" not in page, "a draft is not judged"


def test_a_draft_is_in_the_journal_and_in_the_list(trader: Trader) -> None:
    declaration = begin(trader)
    assert Event.objects.get(subject=declaration.pk).kind == "drafted"
    assert declaration.lrn == "WINE-1"
    assert declaration.goods.startswith("Red grape wine")
    assert str(declaration.invoice_amount) == "18600.00"
    assert b"WINE-1" in trader.client.get(reverse("declaration_list")).content


def test_rows_are_added_copied_and_removed_without_losing_input(trader: Trader) -> None:
    controls = wine(trader).controls() | {"item-0-marks": 'A "B" <c>'}
    page = trader.client.post(NEW, controls | {"add_item": "1"}).content.decode()
    assert 'name="item-1-hs_code"' in page
    page = trader.client.post(NEW, controls | {"copy_item-0": "1"}).content.decode()
    assert page.count("A &quot;B&quot; &lt;c&gt;") == 2
    assert 'name="item-1-doc-0-id" value="GS-2026-0417"' in page
    page = trader.client.post(NEW, controls | {"remove_item-0": "1"}).content.decode()
    assert 'name="item-0-hs_code"' not in page
    assert 'value="90-AB-123"' in page
    assert not Declaration.objects.exists(), "working on rows keeps nothing yet"


def test_two_people_on_one_draft_are_told(trader: Trader, colleague: Trader) -> None:
    declaration = begin(trader)
    address = reverse("declaration_edit", args=[declaration.pk])
    mine = stamp_in(trader.client.get(address).content.decode())
    theirs = stamp_in(colleague.client.get(address).content.decode())
    typed = wine(trader).controls()

    colleague.client.post(address, typed | {"border_id": "THEIRS", "stamp": theirs, "save": "1"})
    answer = trader.client.post(address, typed | {"border_id": "MINE", "stamp": mine, "save": "1"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert str(colleague.user) in page
    assert 'value="MINE"' in page, "what was typed stays on the page"
    declaration.refresh_from_db()
    assert drafts.typed_of(declaration).header["border_id"] == "THEIRS", "nothing is overwritten"

    again = trader.client.post(
        address, typed | {"border_id": "MINE", "stamp": stamp_in(page), "overwrite": "1"}
    )
    assert again.status_code == 302
    declaration.refresh_from_db()
    assert drafts.typed_of(declaration).header["border_id"] == "MINE"


def test_anothers_draft_is_not_found(trader: Trader, stranger: Trader) -> None:
    declaration = begin(trader)
    for name in ("declaration_edit", "declaration_delete"):
        address = reverse(name, args=[declaration.pk])
        assert stranger.client.get(address).status_code == 404
        assert stranger.client.post(address, {"save": "1"}).status_code == 404
    assert Declaration.objects.filter(pk=declaration.pk).exists()


def test_deleting_asks_first(trader: Trader) -> None:
    declaration = begin(trader)
    address = reverse("declaration_delete", args=[declaration.pk])
    assert trader.client.get(address).status_code == 200
    assert Declaration.objects.filter(pk=declaration.pk).exists()
    assert trader.client.post(address)["Location"] == reverse("declaration_list")
    assert not Declaration.objects.filter(pk=declaration.pk).exists()
    assert [event.kind for event in Event.objects.of(declaration.pk)] == ["drafted", "draft_deleted"]


def test_many_items_are_folded_and_keep_everything(trader: Trader) -> None:
    typed = wine(trader)
    typed.items = [deepcopy(typed.items[0]) for _ in range(40)]
    for number, item in enumerate(typed.items):
        item.values["marks"] = f"MARK {number}"
    answer = trader.client.post(NEW, typed.controls() | {"open_item-30": "1"})
    page = answer.content.decode()
    assert 'type="hidden" name="item-7-marks" value="MARK 7"' in page
    assert 'type="hidden" name="item-7-doc-0-id" value="GS-2026-0417"' in page
    assert 'type="text" name="item-30-marks" value="MARK 30"' in page
    typed.items[30].values["open"] = "1"
    assert answer.context["forms"].typed == typed

    typed.items[7].values["hs_code"] = "220499"
    page = trader.client.post(NEW, typed.controls() | {"file": "1"}, follow=True).content.decode()
    assert 'href="#id_item-7-hs_code"' in page, "an item with a fault is opened"
