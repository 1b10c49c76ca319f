"""What was agreed with a partner: kinds, profile, clocks; and what follows what was sent before."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from declarations.change_request import ChangeRequest
from declarations.models import Declaration, Version
from declarations.states import ChangeKind
from exchange import composition, operations, outbox
from exchange.models import OutboxMessage, OutboxState, Partner, Subscription
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record
from tests.exchange.conftest import make_declaration
from tests.exchange.peer import Outgoing, Peer

Queue = Callable[..., OutboxMessage]
OPERATOR = Actor(label="operator")


def happen(declaration: Declaration, kind: EventKind) -> OutboxMessage | None:
    payload = {}
    if kind is EventKind.AMENDED:
        change = ChangeRequest.objects.create(
            declaration=declaration, organisation=declaration.organisation, reason="typing error",
            kind=ChangeKind.AMENDMENT, base_number=1,
        )
        payload["change"] = str(change.pk)
    with transaction.atomic():
        event = record(declaration.pk, kind, SYSTEM, payload)
    return OutboxMessage.objects.filter(event=event.pk).first()


def test_a_kind_that_was_not_agreed_is_neither_sent_nor_taken(
    queue: Queue, partner: Partner, peer: Peer, wine: bytes, declaration: Declaration
) -> None:
    Partner.objects.update(message_kinds=["released", "cancelled"])
    assert happen(declaration, EventKind.ACCEPTED) is None
    assert queue(EventKind.RELEASED).state == OutboxState.PENDING
    answer = peer.send(Outgoing(wine, kind="accepted"))
    assert (answer.status_code, answer.json()["code"]) == (403, "kind-not-agreed")
    assert peer.send(Outgoing(wine)).status_code == 201


@pytest.mark.parametrize("kind", [EventKind.AMENDED, EventKind.CANCELLED])
def test_changes_follow_what_was_sent_before(
    queue: Queue, declaration: Declaration, kind: EventKind
) -> None:
    queue(EventKind.RELEASED)
    Subscription.objects.all().delete()
    Declaration.objects.filter(pk=declaration.pk).update(export_country="TR")
    followed = happen(declaration, kind)
    assert followed is not None
    assert (followed.partner.country, followed.position, followed.kind) == ("AZ", 2, kind.value)
    assert happen(make_declaration(), kind) is None, "nobody was told of that one"
    assert happen(declaration, EventKind.REFUSED) is None


def test_a_national_form_is_sent_as_carec_unless_it_was_agreed(
    queue: Queue, declaration: Declaration, partner: Partner
) -> None:
    plain = composition.compose(declaration, partner).body
    declaration.profile, declaration.profile_version = "national", "1"
    assert composition.compose(declaration, partner).body == plain
    partner.profile = "national"
    with pytest.raises(composition.CannotBeWritten, match="national"):
        composition.compose(declaration, partner)


def test_what_cannot_be_written_is_parked_with_words_and_written_once_it_can(
    queue: Queue, declaration: Declaration, peer: Peer
) -> None:
    version = Version.objects.get(declaration=declaration)
    whole = dict(version.dataset or {})
    Version.objects.update(dataset={k: v for k, v in whole.items() if k != "GoodsShipment"})
    message = queue()
    assert (message.state, bytes(message.body)) == (OutboxState.PARKED, b"")
    assert "GoodsShipment" in message.last_error
    assert Event.objects.of(declaration.pk).last().kind == "message_parked"
    assert operations.resend(message.pk, OPERATOR, "try").state == OutboxState.PARKED
    Version.objects.update(dataset=whole)
    operations.resend(message.pk, OPERATOR, "the data are whole again")
    outbox.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == OutboxState.DELIVERED
    assert peer.arrivals == [str(message.pk)]


def test_what_was_never_accepted_is_parked_not_raised(queue: Queue, declaration: Any) -> None:
    Declaration.objects.filter(pk=declaration.pk).update(mrn=None, accepted_at=None)
    assert queue(EventKind.REFUSED).state == OutboxState.PARKED


@pytest.mark.parametrize(("seconds", "status"), [(60, 401), (200, 201)])
def test_clocks_may_differ_as_far_as_agreed(
    peer: Peer, wine: bytes, seconds: int, status: int
) -> None:
    Partner.objects.update(clock_skew_seconds=seconds)
    assert peer.send(Outgoing(wine, age=-150)).status_code == status
