"""Partners administered in the portal: agreement, keys, trial, subscriptions, elements."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from exchange import inbox, keys, trials
from exchange.models import (
    InboxMessage,
    OutboxMessage,
    OwnKey,
    Partner,
    PartnerKey,
    Subscription,
    TrialRun,
    WireKind,
)
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.models import Event
from tests.exchange.peer import Key, Outgoing, Peer
from tests.factories import make_member, make_organisation

Queue = Callable[..., OutboxMessage]


@pytest.fixture
def operator(peer: Peer) -> Client:
    user, _actor = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


def agreement(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Armenia customs", "base_url": "https://am.example/", "networks": "",
        "message_kinds": list(WireKind.values), "profile": "carec", "clock_skew_seconds": "60",
        "compresses": "False",
    } | changes


def kinds_of(subject: Any) -> list[str]:
    return list(Event.objects.of(subject).values_list("kind", flat=True))


def test_only_operators_administer_partners(partner: Partner, operator: Client) -> None:
    trader, _actor = make_member(make_organisation())
    client = Client()
    client.force_login(trader)
    for page in ("subscriptions/", "keys/", "partners/add/", f"partners/{partner.pk}/",
                 f"partners/{partner.pk}/elements/", f"partners/{partner.pk}/keys/add/"):
        assert client.get(f"/exchange/{page}").status_code == 403
        assert operator.get(f"/exchange/{page}").status_code == 200, page


def test_a_partner_is_added_and_its_agreement_changed(operator: Client) -> None:
    answer = operator.post("/exchange/partners/add/", agreement(country="AM"))
    assert answer.status_code == 302, answer.content.decode()
    partner = Partner.objects.get(country="AM")
    assert partner.base_url == "https://am.example"
    changed = agreement(message_kinds=["released", "cancelled"], networks="10.20.0.0/16",
                        clock_skew_seconds="120", compresses="True")
    operator.post(f"/exchange/partners/{partner.pk}/agreement/", changed)
    partner.refresh_from_db()
    assert (partner.message_kinds, partner.networks) == (["released", "cancelled"], ["10.20.0.0/16"])
    assert (partner.clock_skew, partner.compresses) == (timedelta(seconds=120), True)
    assert kinds_of(partner.pk) == ["partner_added", "partner_changed"]
    event = Event.objects.of(partner.pk).last()
    assert event.payload["changed"]["clock_skew_seconds"] == [60, 120]
    assert "clock_skew_seconds" in operator.get(f"/exchange/partners/{partner.pk}/").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"base_url": "ftp://am.example"}, "https"),
        ({"base_url": "https://10.0.0.1"}, "not public"),
        ({"networks": "0.0.0.0/0"}, "too wide"),
        ({"message_kinds": ["released"]}, "Cancelled"),
        ({"clock_skew_seconds": "301"}, "300"),
        ({"profile": "nonsense"}, "nonsense"),
        ({"country": "AZ"}, "already"),
        ({"country": "XX"}, "XX"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused(
    operator: Client, changes: dict[str, Any], words: str
) -> None:
    answer = operator.post("/exchange/partners/add/", agreement(**{"country": "AM"} | changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Partner.objects.filter(country="AM").exists()


def test_a_key_takes_over_and_another_is_revoked(operator: Client, partner: Partner) -> None:
    old, new = PartnerKey.objects.get(), Key()
    here = ZoneInfo(settings.PORTAL_TIME_ZONE)
    starts = timezone.localtime(timezone=here).replace(second=0, microsecond=0)
    page = f"/exchange/partners/{partner.pk}/"
    given = {"public_key": new.pem, "valid_from": starts.strftime("%Y-%m-%dT%H:%M"),
             "valid_to": "", "overlap_days": "2"}
    assert operator.post(f"{page}keys/add/", given).status_code == 302
    old.refresh_from_db()
    assert old.valid_to == starts + timedelta(days=2)
    added = partner.keys.get(key_id=new.id)
    assert keys.fingerprint(added.public_key) in operator.get(page).content.decode()
    assert operator.post(f"{page}keys/add/", given).status_code == 422, "it is here already"
    assert operator.post(f"{page}keys/add/", given | {"public_key": "rubbish"}).status_code == 422
    operator.post(f"{page}keys/{added.pk}/end/", {"valid_to": "2099-01-01T00:00"})
    added.refresh_from_db()
    assert added.valid_to is not None
    assert operator.post(f"{page}keys/{added.pk}/end/",
                         {"valid_to": "2001-01-01T00:00"}).status_code == 422
    operator.post(f"{page}keys/{added.pk}/revoke/")
    added.refresh_from_db()
    assert added.standing == "revoked"
    assert kinds_of(partner.pk) == [
        "key_added", "key_changed", "key_added", "key_changed", "key_revoked",
    ]


def test_our_own_keys_are_rolled_and_revoked(operator: Client) -> None:
    operator.post("/exchange/keys/", {"starts_in_days": "3", "overlap_days": "4"})
    later = OwnKey.objects.latest("valid_from")
    assert later.standing == "later"
    operator.post(f"/exchange/keys/{later.pk}/revoke/")
    later.refresh_from_db()
    assert later.standing == "revoked"


# --- trial ----------------------------------------------------------------------------------
def tried(operator: Client, partner: Partner) -> str:
    """The partner's page once the worker has sent the trial that was asked for."""
    address = f"/exchange/partners/{partner.pk}/"
    asked = operator.post(f"{address}trial/", follow=True).content.decode()
    assert "Waiting for a worker" in asked and 'hx-trigger="every 2s"' in asked
    for run_id in trials.waiting():
        trials.send(run_id)
    page = operator.get(address).content.decode()
    assert "Waiting for a worker" not in page
    return page


def test_of_one_partner_one_trial_is_on_its_way(
    operator: Client, partner: Partner, peer: Peer
) -> None:
    for _n in range(2):
        operator.post(f"/exchange/partners/{partner.pk}/trial/")
    run = TrialRun.objects.get()
    assert trials.send(run.pk) is not None
    assert trials.send(run.pk) is None, "a task that comes twice"
    assert (len(peer.requests), kinds_of(partner.pk).count("trial_sent")) == (2, 1)
    Partner.objects.update(paused_at=timezone.now())
    with pytest.raises(trials.Paused):
        trials.ask(Partner.objects.get(), inbox.Actor(label="operator"))


def test_a_trial_whose_worker_died_is_taken_again_and_not_for_ever(
    partner: Partner, peer: Peer
) -> None:
    run = trials.ask(partner, inbox.Actor(label="operator"))
    TrialRun.objects.update(state="running", taken=1, heard_at=timezone.now())
    assert not trials.waiting() and trials.send(run.pk) is None, "in other hands"
    TrialRun.objects.update(heard_at=timezone.now() - timedelta(minutes=4), taken=3)
    assert trials.waiting() == [run.pk]
    done = trials.send(run.pk)
    assert done is not None and {one["holds"] for one in done.steps} == {None}
    assert not trials.waiting() and not peer.requests


def test_a_trial_goes_there_and_back_and_leaves_nothing(
    operator: Client, partner: Partner, peer: Peer
) -> None:
    page = tried(operator, partner)
    assert page.count("<strong>yes</strong>") == 5 and "all the way and back" in page
    assert [method for method, _path in peer.requests] == ["POST", "GET"]
    assert (peer.taken, OutboxMessage.objects.count()) == ({}, 0)
    assert kinds_of(partner.pk)[-1] == "trial_sent"


@pytest.mark.parametrize(("fault", "held"), [("422", 2), ("wrong-receipt-trial", 3)])
def test_a_trial_shows_where_it_failed(
    operator: Client, partner: Partner, peer: Peer, fault: str, held: int
) -> None:
    if fault == "wrong-receipt-trial":
        keys.revoke(PartnerKey.objects.get(), inbox.Actor(label="x"))
    else:
        peer.faults.append(fault)
    page = tried(operator, partner)
    assert page.count("<strong>yes</strong>") == held and "The trial failed" in page
    assert page.count("<strong>no</strong>") == 1
    assert "not reached" in page


def test_a_trial_of_a_partner_is_judged_answered_and_not_kept(
    peer: Peer, partner: Partner, wine: bytes
) -> None:
    trial = Outgoing(wine, kind="trial")
    answer = peer.send(trial)
    assert answer.status_code == 200
    statement = peer.check_receipt(answer.json()["receipt"])
    assert (statement["kind"], statement["message_id"]) == ("trial", str(trial.id))
    assert not InboxMessage.objects.exists()
    assert peer.ask(trial.id).json()["code"] == "message-unknown"
    assert peer.send(Outgoing(b"<x/>", kind="trial")).status_code == 422
    assert kinds_of(partner.pk)[-1] == "trial_received"


@pytest.mark.parametrize("compresses", [False, True])
def test_a_portal_answers_the_trial_of_another_of_its_kind(
    live_server: Any, peer: Peer, compresses: bool
) -> None:
    own = keys.ensure_own_key()
    portal = keys.register_partner("GE", "The same", live_server.url, own.public_key, own.key_id)
    portal.compresses = compresses
    portal.save()
    done = trials.send(trials.ask(portal, inbox.Actor(label="operator")).pk)
    assert done is not None and [(one["step"], one["holds"]) for one in done.steps] == [
        (step, True) for step in ("address", "key", "answer", "receipt", "effect")]
    assert kinds_of(portal.pk)[-2:] == ["trial_received", "trial_sent"]
    assert not InboxMessage.objects.exists()


# --- subscriptions and elements -------------------------------------------------------------
def test_subscriptions_are_added_and_removed(operator: Client, partner: Partner) -> None:
    line = {"declaration_kind": "export", "event_kind": "released",
            "addressee": "destination_country", "partner": str(partner.pk),
            "export_country": "GE", "destination_country": "AZ"}
    assert operator.post("/exchange/subscriptions/", line).status_code == 302
    one = Subscription.objects.get()
    assert (one.partner, one.export_country) == (partner, "GE")
    assert operator.post("/exchange/subscriptions/", line).status_code == 422, "the same again"
    assert operator.post("/exchange/subscriptions/",
                         line | {"event_kind": "permit_issued"}).status_code == 422
    Partner.objects.update(message_kinds=["accepted"])
    assert operator.post("/exchange/subscriptions/",
                         line | {"export_country": ""}).status_code == 422
    assert "nothing is sent" in operator.get("/exchange/subscriptions/").content.decode()
    operator.post(f"/exchange/subscriptions/{one.pk}/remove/")
    assert not Subscription.objects.exists()
    assert kinds_of(partner.pk)[-2:] == ["subscription_added", "subscription_removed"]


def test_elements_are_kept_only_after_they_were_seen_on_a_sample(
    operator: Client, partner: Partner
) -> None:
    page = f"/exchange/partners/{partner.pk}/elements/"
    agreed = "TotalGrossMassMeasure\n/GoodsShipment/Importer/\n"
    first = operator.post(page, {"elements": agreed, "save": "1"})
    assert "Sent whatever is agreed here" in first.content.decode()
    partner.refresh_from_db()
    assert partner.elements == []
    assert "InvoiceAmount" in first.content.decode()
    seen = first.context["seen"]
    operator.post(page, {"elements": agreed + "InvoiceAmount", "save": "1", "seen": seen})
    partner.refresh_from_db()
    assert partner.elements == [], "it was changed after it was seen"
    operator.post(page, {"elements": agreed, "save": "1", "seen": seen})
    partner.refresh_from_db()
    assert partner.elements == ["TotalGrossMassMeasure", "GoodsShipment/Importer"]
    assert operator.post(page, {"elements": "Nonsense"}).status_code == 422
