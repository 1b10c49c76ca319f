"""Webhooks: signed, retried, blocked, resumed; and nothing inside is ever called."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.roles import Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.notices import addresses, deliveries, webhooks
from portal.notices.addresses import AddressRefused
from portal.notices.models import Delivery, DeliveryState, Notice, Webhook, WebhookState
from portal.notices.webhooks import WebhookRefused
from tests.factories import make_member
from tests.notices.conftest import Case, Tell
from tests.notices.receiver import Receiver, is_signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.stop()


def send_all() -> None:
    """What a worker does, with all waiting taken out of the clock."""
    Webhook.objects.update(silent_until=None)
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    for pk in Delivery.objects.due(timezone.now()).values_list("pk", flat=True):
        deliveries.deliver(pk)


def test_an_event_arrives_signed(case: Case, tell: Tell, receiver: Receiver) -> None:
    webhook, secret = webhooks.add(case.actor, receiver.url + "/hook?key=1", ["released"])
    tell(case.declaration.pk, EventKind.CANCELLED)  # not wanted
    event = tell(case.declaration.pk, EventKind.RELEASED)
    send_all()
    [arrival] = receiver.arrivals
    assert is_signed(arrival, secret) and not is_signed(arrival, "whsec_" + "A" * 44)
    assert arrival.path == "/hook?key=1"
    content = json.loads(arrival.body)
    assert content["type"] == "released"
    assert content["data"]["mrn"] == case.declaration.mrn
    assert content["data"]["event"] == str(event.pk)
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.DELIVERED and arrival.id == str(delivery.pk)
    assert delivery.calls.get().http_status == 204
    send_all()
    assert len(receiver.arrivals) == 1
    assert secret.encode() not in bytes(Webhook.objects.get().secret)
    assert secret not in json.dumps(list(Event.objects.of(webhook.pk).values_list("payload", flat=True)))


def test_both_secrets_sign_for_a_while(case: Case, tell: Tell, receiver: Receiver) -> None:
    webhook, old = webhooks.add(case.actor, receiver.url, [])
    _webhook, new = webhooks.rotate(webhook.pk, case.actor)
    webhooks.test(webhook.pk, case.actor)
    send_all()
    assert is_signed(receiver.arrivals[-1], old) and is_signed(receiver.arrivals[-1], new)
    Webhook.objects.update(previous_until=timezone.now())
    webhooks.test(webhook.pk, case.actor)
    send_all()
    assert is_signed(receiver.arrivals[-1], new) and not is_signed(receiver.arrivals[-1], old)


def test_failures_are_retried_under_one_id_then_block_and_resume(
    case: Case, tell: Tell, receiver: Receiver
) -> None:
    webhook, _secret = webhooks.add(case.actor, receiver.url, [])
    receiver.statuses = [500, 302] + [503] * (deliveries.BLOCK_AFTER - 2)
    tell(case.declaration.pk, EventKind.RELEASED)
    delivery = Delivery.objects.get()
    deliveries.deliver(delivery.pk)
    webhook.refresh_from_db()
    assert webhook.failures == 1 and webhook.silent_until > timezone.now()
    assert not deliveries.deliver(delivery.pk), "left alone for a while"
    assert len(receiver.arrivals) == 1
    for _number in range(deliveries.BLOCK_AFTER):
        send_all()
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.BLOCKED
    assert len(receiver.arrivals) == deliveries.BLOCK_AFTER
    assert {arrival.path for arrival in receiver.arrivals} == {"/"}, "no redirect was followed"
    assert len({arrival.id for arrival in receiver.arrivals}) == 1
    notice = Notice.objects.get(kind=EventKind.WEBHOOK_BLOCKED)
    assert notice.user == case.user and notice.subject == webhook.pk
    tell(case.declaration.pk, EventKind.CANCELLED)  # waits with the first
    webhooks.resume(webhook.pk, case.actor)
    send_all()
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}
    webhook.refresh_from_db()
    assert webhook.failures == 0 and webhook.last_success_at


def test_a_receiver_that_is_gone_is_blocked_at_once(
    case: Case, tell: Tell, receiver: Receiver
) -> None:
    webhook, _secret = webhooks.add(case.actor, receiver.url, [])
    receiver.statuses = [410]
    tell(case.declaration.pk, EventKind.RELEASED)
    send_all()
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.BLOCKED


def test_a_lease_that_lapsed_is_taken_again(case: Case, tell: Tell, receiver: Receiver) -> None:
    webhooks.add(case.actor, receiver.url, [])
    tell(case.declaration.pk, EventKind.RELEASED)
    pk = Delivery.objects.get().pk
    lost = deliveries.claim(pk)
    assert lost is not None and deliveries.claim(pk) is None
    Delivery.objects.update(leased_until=timezone.now())
    assert deliveries.deliver(pk)
    deliveries.report(lost, deliveries.Answer(False, None, 1, "late"))
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


@pytest.mark.parametrize("url", [
    "http://example.org/", "ftp://example.org/", "https://", "https://user@example.org/",
    "https://10.0.0.1/", "https://[::1]/", "https://127.0.0.1/", "https://169.254.169.254/latest",
    "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[fec0::1]/",
    "https://localhost/",
    "https://example.org/#part", "https://exa mple.org/", "https://example.org:0/",
    "https://0.0.0.0/", "https://100.64.0.1/", "https://[fe80::1]/", "https://224.0.0.1/",
    "http://localhost:8000/", "https://example.org:99999/",
])
def test_what_leads_inside_is_refused(url: str, settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    with pytest.raises(AddressRefused):
        addresses.checked(url)


def test_a_name_that_leads_inside_is_not_called(
    case: Case, tell: Tell, receiver: Receiver, settings: Any
) -> None:
    """As when a name is given another address after it was registered."""
    port = receiver.server.server_port
    with pytest.raises(WebhookRefused):
        webhooks.add(case.actor, "https://10.1.2.3/", [])
    webhooks.add(case.actor, f"http://localhost:{port}/", [])
    tell(case.declaration.pk, EventKind.RELEASED)
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    Webhook.objects.update(url=f"https://localhost.localdomain:{port}/")
    send_all()
    with pytest.raises((AddressRefused, OSError)):
        addresses.resolve("localhost", port)
    assert receiver.arrivals == []
    assert Delivery.objects.get().calls.get().http_status is None


# --- pages ----------------------------------------------------------------------------------
def test_a_manager_adds_tests_changes_and_removes(
    case: Case, client: Client, receiver: Receiver
) -> None:
    client.force_login(case.user)
    assert "No webhook yet" in client.get(reverse("webhooks")).content.decode()
    answer = client.post(reverse("webhook_new"), {"url": "https://192.168.1.1/"})
    assert "public internet" in answer.content.decode()
    answer = client.post(reverse("webhook_new"), {"url": receiver.url, "kinds": ["released"]})
    assert "whsec_" in answer.content.decode() and "no-store" in answer["Cache-Control"]
    webhook = Webhook.objects.get()
    page = reverse("webhook", args=[webhook.pk])
    assert "whsec_" not in client.get(page).content.decode()
    client.post(reverse("webhook_test", args=[webhook.pk]))
    send_all()
    shown = client.get(page).content.decode()
    assert "204" in shown and " ms" in shown
    client.post(reverse("delivery_again", args=[Delivery.objects.get().pk]))
    send_all()
    assert len(receiver.arrivals) == 2
    assert receiver.arrivals[0].id == receiver.arrivals[1].id
    client.post(page, {"url": receiver.url + "/new", "kinds": []})
    webhook.refresh_from_db()
    assert webhook.url.endswith("/new") and webhook.wants("accepted")
    assert "whsec_" in client.post(
        reverse("webhook_rotate", args=[webhook.pk])
    ).content.decode()
    client.post(reverse("webhook_pause", args=[webhook.pk]))
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.PAUSED
    client.post(reverse("webhook_resume", args=[webhook.pk]))
    client.post(reverse("webhook_remove", args=[webhook.pk]))
    assert not Webhook.objects.exists()
    kinds = list(Event.objects.of(webhook.pk).values_list("kind", flat=True))
    assert kinds == ["webhook_added", "webhook_changed", "webhook_changed", "webhook_changed",
                     "webhook_resumed", "webhook_removed"]


def test_only_managers_have_them(case: Case, client: Client, receiver: Receiver) -> None:
    webhook, _secret = webhooks.add(case.actor, receiver.url, [])
    declarant, actor = make_member(case.organisation, Role.DECLARANT)
    client.force_login(declarant)
    assert client.get(reverse("webhooks")).status_code == 403
    with pytest.raises(WebhookRefused):
        webhooks.add(actor, receiver.url, [])
    with pytest.raises(Webhook.DoesNotExist):
        webhooks.remove(webhook.pk, actor)
