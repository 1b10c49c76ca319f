"""In a browser: the pages on which an operator administers the exchange, with axe on each."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page

from exchange import keys, outbox, trials
from exchange.models import OutboxMessage, Partner
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.kinds import EventKind
from tests.browser import sign_in
from tests.exchange.peer import Outgoing, Peer
from tests.factories import make_member, make_organisation
from tests.permits.test_browser import check

Queue = Callable[..., OutboxMessage]
# Where pictures of the pages are put, for whoever wants to look at them.
PICTURES = os.environ.get("EXCHANGE_PICTURES", "")
WIDTHS = (1280, 390)


def shot(page: Page, name: str) -> None:
    page.emulate_media(color_scheme="light")
    for width in WIDTHS if PICTURES else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)


def test_an_operator_administers_the_exchange(
    page: Page, live_server: Any, queue: Queue, peer: Peer, partner: Partner, wine: bytes
) -> None:
    user, _actor = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    Partner.objects.update(elements=["GoodsShipment/Importer", "TotalGrossMassMeasure"])
    peer.faults.append("422")
    parked, _waiting = queue(EventKind.ACCEPTED), queue(EventKind.RELEASED)
    outbox.deliver(parked.pk)
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=1))
    for body, kind in ((b"<x/>", "released"), (wine, "lost"), (wine, "released")):
        peer.send(Outgoing(body, kind=kind))
    keys.roll_own_key(timezone.now() + timedelta(days=3))
    sign_in(page, live_server, user)
    page.set_viewport_size({"width": 1280, "height": 900})

    page.goto(f"/exchange/partners/{partner.pk}/")
    page.get_by_role("button", name="Send a trial").click()
    page.get_by_text("Waiting for a worker.").wait_for()
    for run_id in trials.waiting():
        trials.send(run_id)
    page.get_by_text("The trial went all the way and back.").wait_for()
    page.get_by_role("link", name="Change What is agreed").click()
    page.get_by_label("Clocks may differ by (seconds)").fill("400")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("alert").first.wait_for()
    shot(page, "agreement")
    page.get_by_label("Clocks may differ by (seconds)").fill("90")
    page.get_by_role("button", name="Keep").click()
    page.get_by_text("90 seconds").wait_for()

    for name, address in (
        ("exchange", "/exchange/"), ("partner", f"/exchange/partners/{partner.pk}/"),
        ("key", f"/exchange/partners/{partner.pk}/keys/add/"),
        ("elements", f"/exchange/partners/{partner.pk}/elements/"),
        ("subscriptions", "/exchange/subscriptions/"), ("own-keys", "/exchange/keys/"),
        ("refused", "/exchange/refused/"), ("parked", f"/exchange/out/{parked.pk}/"),
    ):
        check(page, address)
        shot(page, name)
