"""From the filing of a declaration to the neighbour's signed receipt."""

from agencies import decisions
from declarations.intake import submit
from declarations.states import Channel
from exchange import outbox
from exchange.models import OutboxMessage, OutboxState, Subscription
from portal.journal.models import Event
from tests.agencies.conftest import World, empty_world, world  # noqa: F401
from tests.agencies.samples import make_rule, make_rule_set
from tests.amendments.conftest import make_filed
from tests.exchange.peer import Peer
from tests.factories import (
    make_agency,
    make_member,
    make_officer,
    make_organisation,
    run_pipeline,
    wine_import,
)


def test_a_release_reaches_the_country_of_export(peer: Peer) -> None:
    for kind in ("accepted", "released"):
        Subscription.objects.create(event_kind=kind, declaration_kind="import",
                                    addressee="export_country")
    customs = make_agency()
    rules = make_rule_set(customs.queues.get())
    make_rule(rules, customs, {"all": []}, code="release")
    _user, officer = make_officer(customs)
    trader = make_organisation()
    _user, actor = make_member(trader)
    declaration = run_pipeline(submit(actor, wine_import(trader), channel=Channel.REST))
    assert declaration.mrn, declaration.current.faults
    review = declaration.reviews.get()
    decisions.claim(review.pk, officer)
    decisions.approve(review.pk, officer)
    accepted, released = OutboxMessage.objects.of_declaration(declaration.pk)
    outbox.deliver(accepted.pk)
    released.refresh_from_db()
    assert released.state == OutboxState.DELIVERED, "the next of the movement follows by itself"
    assert [peer.taken[i].headers["message-kind"] for i in peer.arrivals] == ["accepted", "released"]
    assert declaration.mrn.encode() in peer.taken[str(released.pk)].body
    kinds = list(Event.objects.of(declaration.pk).values_list("kind", flat=True))
    assert kinds.count("message_delivered") == 2
    assert kinds.index("accepted") < kinds.index("message_queued") < kinds.index("released")


def test_the_amended_version_follows_what_was_told(peer: Peer, world: World) -> None:  # noqa: F811
    Subscription.objects.create(event_kind="accepted", declaration_kind="import",
                                addressee="export_country")
    filed = make_filed(world)
    change = filed.ask(BorderTransportMeans=filed.data["BorderTransportMeans"] | {"ID": "91-ZZ-999"})
    filed.declaration.refresh_from_db()
    if filed.declaration.current.number == 1:
        filed.grant(change)
    told, amended = OutboxMessage.objects.of_declaration(filed.declaration.pk)
    assert (told.kind, amended.kind, amended.position) == ("accepted", "amended", 2)
    assert [b"91-ZZ-999" in bytes(one.body) for one in (told, amended)] == [False, True]
    outbox.deliver(told.pk)
    assert peer.arrivals == [str(told.pk), str(amended.pk)]
