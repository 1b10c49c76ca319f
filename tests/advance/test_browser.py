"""In Chromium: from the neighbour's signed message to the import begun from it, and the officer's
comparison; axe on each page, wide in light and narrow in dark."""

from typing import Any

from playwright.sync_api import Page, expect

from exchange.models import InboxMessage
from portal.accounts.models import Organisation
from tests.advance.conftest import UCR, export_of, file, import_of, the_advance, work, xml_of
from tests.browser import sign_in
from tests.exchange.conftest import peer  # noqa: F401
from tests.exchange.peer import Outgoing, Peer
from tests.factories import make_member, make_officer
from tests.permits.test_browser import check


def test_from_the_message_to_the_officer(
    peer: Peer, page: Page, live_server: Any, trader: Organisation  # noqa: F811
) -> None:
    answer = peer.send(Outgoing(xml_of(export_of(trader, UCR), "AZ")))
    assert answer.status_code == 201, answer.text
    assert InboxMessage.objects.count() == 1
    work()
    person, actor = make_member(trader)
    sign_in(page, live_server, person)
    address = f"/announced/{the_advance().pk}/"
    for one in ("/", "/announced/", "/announced/?show=all", address):
        check(page, one)
    page.goto("/")
    page.get_by_role("link", name="has told us of this consignment").click()
    page.get_by_role("button", name="Yes, it is ours").click()
    check(page, address)
    page.get_by_role("button", name="Begin the import").click()
    expect(page.get_by_label("Unique consignment reference (UCR)")).to_have_value(UCR["ID"])
    declaration = file(actor, import_of(trader, UCR, price="9300.00", packages="700"))
    work()
    review = declaration.reviews.get()
    sign_in(page, live_server, make_officer(review.queue.agency)[0])
    for one in (f"/reviews/{review.pk}/", f"/declarations/{declaration.pk}/"):
        check(page, one)
        expect(page.get_by_role("heading", name="What left the neighbour")).to_be_visible()
        expect(page.get_by_text("2 figures differ")).to_be_visible()
