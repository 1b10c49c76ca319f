"""The pages: a form from the version in force to the decision with its comparison."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from declarations.change_request import ChangeRequest
from declarations.states import ChangeState, State
from portal.accounts.models import User
from tests.amendments.conftest import Filed, run_change
from tests.factories import make_member, make_officer, make_organisation


@pytest.fixture
def page(filed: Filed) -> Client:
    client = Client()
    client.force_login(filed.user)
    return client


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fields(html: str) -> dict[str, str]:
    """What a browser would send of the form without a button, by lxml."""
    from lxml import html as parser

    form = parser.fromstring(html).get_element_by_id("sheet-form")
    return dict(form.form_values())


def test_from_the_form_to_the_grant(filed: Filed, page: Client) -> None:
    filed.approve(filed.world.phyto)
    pk = filed.declaration.pk
    own = page.get(reverse("declaration", args=[pk])).content.decode()
    assert reverse("amendment_begin", args=[pk]) in own
    answer = page.post(reverse("amendment_begin", args=[pk]), follow=True)
    html = answer.content.decode()
    assert "stays in force until the amendment is granted" in html
    typed = fields(html)
    assert typed["lrn"] == filed.declaration.lrn
    name = next(n for n, v in typed.items() if v == "90-AB-123")
    amend = reverse("declaration_amend", args=[pk])

    # Nothing changed, and no reason.
    assert page.post(amend, typed | {"file": "1"}).status_code == 422
    typed = fields(page.get(amend).content.decode()) | {name: "77-XX-007"}
    refused = page.post(amend, typed | {"file": "1"})
    assert refused.status_code == 422
    assert "Write why it should be amended" in refused.content.decode()
    typed = fields(refused.content.decode())
    assert typed[name] == "77-XX-007"
    asked = page.post(amend, typed | {"reason": "The lorry broke down.", "file": "anyway"})
    assert asked.status_code == 302, asked.content.decode()
    change = run_change(ChangeRequest.objects.get())
    assert change.state == ChangeState.ASKED, change.faults

    shown = page.get(reverse("declaration_amendment", args=[pk, change.pk])).content.decode()
    assert "90-AB-123" in shown
    assert "77-XX-007" in shown
    assert "Withdraw the request" in page.get(
        reverse("declaration", args=[pk]) + "?tab=requests").content.decode()

    user, _actor = make_officer(filed.world.customs)
    customs = signed_in(user)
    assert reverse("amendment", args=[change.pk]) in customs.get(
        reverse("amendments")).content.decode()
    decide = customs.get(reverse("amendment", args=[change.pk])).content.decode()
    for text in ("The lorry broke down.", "90-AB-123", "77-XX-007", "42A / 15A", "stays"):
        assert text in decide
    denied = customs.post(reverse("amendment_deny", args=[change.pk]), {"decision": ""})
    assert denied.status_code == 422
    customs.post(reverse("amendment_grant", args=[change.pk]))
    change.refresh_from_db()
    assert change.state == ChangeState.GRANTED
    assert filed.state() == State.UNDER_REVIEW
    assert filed.declaration.current.dataset["BorderTransportMeans"]["ID"] == "77-XX-007"
    assert filed.declaration.current.dataset["FunctionCode"] == "5"
    compared = page.get(reverse("declaration_versions", args=[pk])).content.decode()
    assert "From version 1 to version 2" in compared
    assert "77-XX-007" in compared
    assert "Compare versions" in page.get(
        reverse("declaration", args=[pk]) + "?tab=messages").content.decode()
    # And once more: the number that customs gave is no obstacle.
    page.post(reverse("amendment_begin", args=[pk]))
    typed = fields(page.get(amend).content.decode()) | {name: "88-YY-008"}
    again = page.post(amend, typed | {"reason": "And again.", "file": "anyway"})
    assert again.status_code == 302, again.content.decode()


def test_what_was_typed_is_kept_and_two_are_told(filed: Filed, page: Client) -> None:
    pk = filed.declaration.pk
    page.post(reverse("amendment_begin", args=[pk]))
    amend = reverse("declaration_amend", args=[pk])
    mine = fields(page.get(amend).content.decode())
    page.post(amend, mine | {"reason": "Half a", "save": "1"})
    kept = fields(page.get(amend).content.decode())
    assert kept["reason"] == "Half a"
    clash = page.post(amend, mine | {"reason": "Mine", "save": "1"})
    assert clash.status_code == 409
    assert "Somebody else saved" in clash.content.decode()
    assert page.post(amend, kept | {"add_item": "1"}).status_code == 200
    page.post(reverse("amendment_discard", args=[pk]))
    assert not ChangeRequest.objects.exists()
    assert filed.declaration.current.number == 1


def test_the_trader_withdraws_on_the_page(filed: Filed, page: Client) -> None:
    filed.approve(filed.world.phyto)
    change = filed.ask(DeclarationOfficeID="GE000102")
    assert change.state == ChangeState.ASKED, change.faults
    answer: Any = page.post(reverse("amendment_withdraw", args=[change.pk]), follow=True)
    assert "Withdrawn. The declaration goes on as it is." in answer.content.decode()


def test_a_stranger_sees_nothing(filed: Filed) -> None:
    filed.approve(filed.world.phyto)
    change = filed.ask(DeclarationOfficeID="GE000102")
    user, _actor = make_officer(filed.world.vet)
    client = signed_in(user)
    assert client.get(reverse("amendment", args=[change.pk])).status_code == 404
    assert client.post(reverse("amendment_grant", args=[change.pk])).status_code == 404
    assert client.post(reverse("amendment_withdraw", args=[change.pk])).status_code == 403


def test_items_of_an_amendment_come_from_a_spreadsheet(filed: Filed, page: Client) -> None:
    pk = filed.declaration.pk
    html = page.post(reverse("amendment_begin", args=[pk]), follow=True).content.decode()
    amend, paste = reverse("declaration_amend", args=[pk]), reverse("amendment_paste", args=[pk])
    answer = page.post(amend, fields(html) | {"paste": "1"})
    assert answer["Location"] == paste
    rows = "HS;Goods;Net weight\n220421;White wine, pasted;12.5\n"
    looked = page.post(paste, {"rows": rows, "look": "1"}).content.decode()
    assert "White wine, pasted" in looked
    answer = page.post(paste, {"rows": rows, "add": "1", "place": "append"})
    assert answer["Location"] == f"{amend}#items"
    html = page.get(amend).content.decode()
    assert "White wine, pasted" in html
    assert filed.declaration.current.number == 1  # nothing was asked for yet
    stranger = make_member(make_organisation())[0]
    assert signed_in(stranger).get(paste).status_code == 404
