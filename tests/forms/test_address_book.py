"""The address book: kept from a declaration, filled into one, edited, imported; each to its own."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from declarations.address_book.models import Party
from declarations.models import Declaration
from tests.forms.conftest import Trader, wine

NEW = reverse("declaration_new", args=["import"])
BOOK = reverse("address_book")


def party(trader: Trader, **fields: str) -> Party:
    values = {"name": "Ganja Sharab 2 OJSC", "identifier": "1400057421", "city": "Ganja",
              "line": "47 Heydar Aliyev Avenue", "postcode": "AZ2000", "country": "AZ"}
    return Party.objects.create(organisation=trader.organisation, **(values | fields))


def test_a_party_is_kept_from_a_declaration_once(trader: Trader) -> None:
    controls = wine(trader).controls() | {"keep_party": "exporter"}
    page = trader.client.post(NEW, controls).content.decode()
    assert "Ganja Sharab 2 OJSC is in the address book now." in page
    kept = Party.objects.get()
    assert (kept.identifier, kept.country, kept.postcode) == ("1400057421", "AZ", "AZ2000")
    assert "in the address book already" in trader.client.post(NEW, controls).content.decode()
    other = controls | {"exporter_city": "Baku"}
    page = trader.client.post(NEW, other).content.decode()
    assert "with other details" in page and reverse("party_edit", args=[kept.pk]) in page
    assert Party.objects.get().city == "Ganja"
    assert not Declaration.objects.exists(), "looking and keeping saves no draft"


def test_without_a_name_nothing_is_kept(trader: Trader) -> None:
    page = trader.client.post(NEW, {"keep_party": "exporter"}).content.decode()
    assert "Write the name first" in page
    assert not Party.objects.exists()


def test_a_party_is_found_and_filled_in(trader: Trader, stranger: Trader) -> None:
    kept = party(trader)
    theirs = party(stranger, name="Their Sharab")
    page = trader.client.post(NEW, {"book": "exporter", "book_q_exporter": "sharab ganja"})
    assert [p.pk for p in page.context["sheet"].book.found] == [kept.pk]
    answer = trader.client.post(NEW, {
        "fill": f"exporter:{kept.pk}", "exporter_city": "Baku", "border_id": "90-ZZ-1",
    })
    header = answer.context["forms"].typed.header
    assert (header["exporter_name"], header["exporter_city"]) == (kept.name, "Ganja")
    assert header["border_id"] == "90-ZZ-1"
    for pk in (theirs.pk, "nonsense"):
        answer = trader.client.post(NEW, {"fill": f"exporter:{pk}"})
        assert "exporter_name" not in answer.context["forms"].typed.header
    assert trader.client.post(NEW, {"book": "nobody"}).status_code == 200


def test_edited_and_deleted_by_its_owner_alone(trader: Trader, stranger: Trader) -> None:
    kept = party(trader)
    address = reverse("party_edit", args=[kept.pk])
    fields = {"name": "Ganja Wines", "identifier": "1400057421", "country": "az"}
    assert stranger.client.get(address).status_code == 404
    assert stranger.client.post(address, fields).status_code == 404
    assert stranger.client.post(reverse("party_delete", args=[kept.pk])).status_code == 404
    assert trader.client.post(address, fields).status_code == 302
    kept.refresh_from_db()
    assert (kept.name, kept.country) == ("Ganja Wines", "AZ")
    page = trader.client.post(reverse("party_new"), fields | {"name": "Twin"})
    assert page.status_code == 422
    assert "Ganja Wines has this number in the address book already." in page.content.decode()
    assert "is not in the list" in trader.client.post(
        reverse("party_new"), {"name": "X", "country": "QQ"}).content.decode()
    assert trader.client.get(BOOK, {"q": "nobody"}).status_code == 200
    assert "Ganja Wines" not in stranger.client.get(BOOK).content.decode()
    trader.client.post(reverse("party_delete", args=[kept.pk]))
    assert not Party.objects.exists()


def bring(trader: Trader, text: str, **data: str) -> tuple[int, str]:
    answer = trader.client.post(
        reverse("address_book_import"),
        {"file": SimpleUploadedFile("book.csv", text.encode())} | data, follow=True,
    )
    return answer.status_code, answer.content.decode()


def test_exported_and_imported_again(trader: Trader, stranger: Trader) -> None:
    party(trader)
    party(trader, name="=Formula & Sons", identifier="77")
    text = trader.client.get(reverse("address_book_export")).content.decode()
    assert "'=Formula" in text
    status, page = bring(stranger, text)
    assert status == 200 and "2 parties were taken over." in page
    assert sorted(Party.objects.filter(organisation=stranger.organisation).values_list(
        "name", flat=True)) == ["=Formula & Sons", "Ganja Sharab 2 OJSC"]
    status, page = bring(stranger, text)
    assert "Line 2: " in page and "already" in page
    assert Party.objects.filter(organisation=stranger.organisation).count() == 2
    changed = text.replace("Ganja Sharab 2 OJSC", "New Name")
    assert "taken over" in bring(stranger, changed, replace="1")[1]
    assert Party.objects.filter(name="New Name", organisation=stranger.organisation).exists()


@pytest.mark.parametrize(("text", "words"), [
    ("Name;Country\nA;AZ\nB;QQ\n", "Line 3, Country"),
    ("Name;Taxpayer or trader number\nA;1\nB;1\n", None),
    ("Who;Where\nA;AZ\n", "must name the columns"),
    ("", "must name the columns"),
])
def test_a_faulty_line_leaves_the_book_as_it_was(
    trader: Trader, text: str, words: str | None
) -> None:
    status, page = bring(trader, text)
    if words is None:  # the second has the number of the first: told, and left out
        assert "Line 3: A has number 1 already." in page
        assert Party.objects.count() == 1
    else:
        assert status == 422 and words in page
        assert not Party.objects.exists()
