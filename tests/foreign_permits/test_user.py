"""A declaration here under another country's permit: asked, held, released, given back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.cases import DecisionError
from agencies.permits.states import UseState
from agencies.states import ReviewState
from declarations import lifecycle
from declarations.lifecycle import Action, IllegalTransition
from declarations.models import Declaration
from declarations.states import State
from exchange.models import ForeignUse, InboxMessage, OutboxMessage, Partner
from exchange.permits import acting, using
from exchange.permits.claims import cites
from exchange.permits.states import Answer
from portal.accounts.actors import SYSTEM, Actor
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.exchange.peer import Peer
from tests.factories import make_agency, make_member, make_officer, make_organisation
from tests.foreign_permits.conftest import THEIRS, answer, told
from tests.permits.world import World, act, keep_version


def the_use(declaration: Declaration) -> ForeignUse:
    return ForeignUse.objects.select_related("partner").get(declaration=declaration)


def amended(declaration: Declaration, dataset: dict[str, Any]) -> None:
    keep_version(declaration, dataset)
    with transaction.atomic():
        using.on_event(Event(
            subject=declaration.pk, kind=EventKind.AMENDED, actor="officer", at=timezone.now(),
            payload={"version": declaration.current.number},
        ))


def happened(declaration: Declaration) -> list[str]:
    return list(Event.objects.of(declaration.pk).filter(kind__startswith="permit_")
                .values_list("kind", flat=True))


def test_asked_in_the_transaction_of_the_acceptance(declaration: Declaration) -> None:
    use = the_use(declaration)
    assert [use.number, use.item, use.quantity, use.unit] == [THEIRS, 1, 30, "KGM"]
    assert (use.said, use.answer, use.revision) == (UseState.RESERVED, Answer.WAITING, 1)
    message = OutboxMessage.objects.get()
    assert (message.kind, message.movement, message.declaration) == (
        "permit_use_asked", use.pk, declaration)
    said = told(use)[0]
    assert (said.use, said.permit, said.mrn, said.item) == (use.pk, THEIRS, declaration.mrn, 1)
    assert said.goods is not None and said.goods.permit_type == "PHI"
    assert "Kolkheti Trade LLC" in {name for _id, name in said.goods.parties}
    assert (said.goods.value, said.goods.currency) == (Decimal("18600.00"), "USD")
    assert cites(declaration), "nothing is released without a hand"


def test_to_be_named_as_consignee_opens_nobodys_permit(partner: Partner, world: World) -> None:
    shipment = world.dataset(THEIRS)["GoodsShipment"]
    shipment["Consignee"] = {"Name": "Holder of another's permit", "ID": "1900000001"}
    declaration = world.declare(THEIRS, "30", GoodsShipment=shipment)  # type: ignore[arg-type]
    (one,) = told(ForeignUse.objects.get(declaration=declaration))
    assert one.goods is not None
    names = [name for _identifier, name in one.goods.parties]
    assert world.trader.name in names and "Ganja" in " ".join(names)
    assert "Holder of another's permit" not in names


def test_the_release_is_held_until_the_answer_then_tells_the_use(
    declaration: Declaration, peer: Peer
) -> None:
    with pytest.raises(IllegalTransition, match=f"has not answered for permit {THEIRS}"):
        act(declaration, Action.RELEASE)
    use = the_use(declaration)
    assert peer.send(answer(peer, use)).status_code == 201
    use.refresh_from_db()
    assert [use.answer, use.left_quantity, use.left_unit] == [Answer.GRANTED, 70, "KGM"]
    act(declaration, Action.RELEASE)
    assert [one.aim for one in told(use)] == [UseState.RESERVED, UseState.WRITTEN_OFF]
    assert [one.revision for one in told(use)] == [1, 2]
    assert happened(declaration) == ["permit_use_asked", "permit_use_granted", "permit_used"]
    peer.send(answer(peer, use, 2))
    use.refresh_from_db()
    assert (use.said, use.answer) == (UseState.WRITTEN_OFF, Answer.GRANTED)


def test_a_refusal_holds_the_release_and_tells_the_trader(
    declaration: Declaration, peer: Peer, world: World
) -> None:
    use = the_use(declaration)
    peer.send(answer(peer, use, reason="quantity", left="12.5"))
    with pytest.raises(IllegalTransition, match="Less than this quantity is left"):
        act(declaration, Action.RELEASE)
    event = Event.objects.of(declaration.pk).last()
    assert event is not None
    assert (event.kind, event.actor) == ("permit_use_refused", "Azerbaijan customs")
    assert event.payload["left"] == "12.5"
    amended(declaration, world.dataset(THEIRS, "12.5"))
    use.refresh_from_db()
    assert (use.answer, use.quantity, use.revision) == (Answer.WAITING, Decimal("12.5"), 2)
    peer.send(answer(peer, use, 2, left="0"))
    act(declaration, Action.RELEASE)


def test_answers_that_are_late_twice_or_somebody_elses_change_nothing(
    declaration: Declaration, peer: Peer, world: World
) -> None:
    use = the_use(declaration)
    amended(declaration, world.dataset(THEIRS, "40"))
    assert peer.send(answer(peer, use, 2, position=2)).status_code == 201, "before the first"
    assert peer.send(answer(peer, use, 1, reason="quantity", position=1)).status_code == 201
    use.refresh_from_db()
    assert use.answer == Answer.GRANTED, "the last word was granted; the late refusal is of an old one"
    again = answer(peer, use, 2, reason="stopped", position=3)
    assert [peer.send(again).status_code, peer.send(again).status_code] == [201, 200]
    use.refresh_from_db()
    assert use.answer == Answer.GRANTED
    Partner.objects.filter(country="AZ").update(country="TR")
    other = Partner.objects.create(country="AZ", name="A new partner", base_url="http://127.0.0.1:9")
    ForeignUse.objects.update(partner=other, answer=Answer.WAITING)
    peer.send(answer(peer, use, 2, position=4))
    use.refresh_from_db()
    assert use.answer == Answer.WAITING, "it is not that partner's to answer"


@pytest.mark.parametrize("end", [Action.CANCEL, Action.REFUSE])
def test_given_back_when_the_declaration_ends_otherwise(
    declaration: Declaration, end: Action
) -> None:
    act(declaration, end)
    use = the_use(declaration)
    assert [one.aim for one in told(use)] == [UseState.RESERVED, UseState.FREED]
    assert told(use)[1].goods is None and not use.holds


def test_an_amendment_tells_new_amounts_and_gives_back_what_is_not_cited(
    declaration: Declaration, world: World
) -> None:
    amended(declaration, world.dataset(THEIRS, "30"))
    use = the_use(declaration)
    assert (use.revision, use.version) == (1, 2), "nothing is new to them"
    amended(declaration, world.dataset(THEIRS, "25"))
    amended(declaration, world.dataset("AZ-WINE-2026-000008", "25"))
    use.refresh_from_db()
    assert [(one.aim, one.goods.quantity if one.goods else None) for one in told(use)] == [
        (UseState.RESERVED, 30), (UseState.RESERVED, 25), (UseState.FREED, None)]
    other = ForeignUse.objects.exclude(pk=use.pk).get()
    assert (other.number, other.answer) == ("AZ-WINE-2026-000008", Answer.WAITING)


def test_amended_after_the_release_the_new_amount_is_written_off(
    declaration: Declaration, peer: Peer, world: World
) -> None:
    use = the_use(declaration)
    peer.send(answer(peer, use))
    act(declaration, Action.RELEASE)
    amended(declaration, world.dataset(THEIRS, "20"))
    last = told(use)[-1]
    assert (last.aim, last.revision) == (UseState.WRITTEN_OFF, 3)
    assert last.goods is not None and last.goods.quantity == 20


def test_what_was_found_is_what_is_written_off(declaration: Declaration, peer: Peer) -> None:
    officer = reviewing(declaration)
    use = the_use(declaration)
    peer.send(answer(peer, use))
    with pytest.raises(DecisionError, match="not above"):
        acting.found(use.pk, officer, Decimal(31))
    acting.found(use.pk, officer, Decimal("27.5"))
    act(declaration, Action.RELEASE)
    goods = told(use)[-1].goods
    assert goods is not None and (goods.quantity, goods.value) == (Decimal("27.5"), Decimal(17050))


def reviewing(declaration: Declaration, role: Role = Role.SUPERVISOR) -> Actor:
    agency = make_agency("customs")
    declaration.reviews.create(queue=agency.queues.get(), tier=1, kind="release",
                               state=ReviewState.OPEN, opened_at=timezone.now())
    return make_officer(agency, role=role)[1]


def test_without_an_answer_a_supervisor_may_answer_for_it(declaration: Declaration) -> None:
    supervisor = reviewing(declaration)
    use = the_use(declaration)
    with pytest.raises(DecisionError, match="still has time"):
        acting.vouch(use.pk, supervisor, "Perishable goods.")
    ForeignUse.objects.update(said_at=timezone.now() - timedelta(hours=4))
    with pytest.raises(DecisionError, match="Write why"):
        acting.vouch(use.pk, supervisor, "  ")
    stranger = make_officer(make_agency("vet"), role=Role.SUPERVISOR)[1]
    with pytest.raises(ForeignUse.DoesNotExist):
        acting.vouch(use.pk, stranger, "Perishable goods.")
    acting.vouch(use.pk, supervisor, "Perishable goods, and Baku does not answer the telephone.")
    act(declaration, Action.RELEASE)
    assert [one.aim for one in told(use)] == [UseState.RESERVED, UseState.WRITTEN_OFF]
    event = Event.objects.of(declaration.pk).filter(kind="permit_use_vouched").get()
    assert event.payload["reason"].startswith("Perishable") and event.user == supervisor.user_id


def test_an_officer_may_not_and_a_refusal_is_not_answered_for(
    declaration: Declaration, peer: Peer
) -> None:
    supervisor = reviewing(declaration)
    use = the_use(declaration)
    with pytest.raises(DecisionError, match="Only a supervisor"):
        acting.vouch(use.pk, make_officer(make_agency("phyto"))[1], "Perishable goods.")
    peer.send(answer(peer, use, reason="stopped"))
    with pytest.raises(DecisionError, match="An answer is there"):
        acting.vouch(use.pk, supervisor, "Perishable goods.")
    acting.ask_again(use.pk, supervisor)
    use.refresh_from_db()
    assert (use.answer, use.revision) == (Answer.WAITING, 2)


def test_a_permit_of_the_whole_declaration_cannot_be_asked_for(
    partner: Partner, world: World
) -> None:
    made = world.declare("380-1", "30", AdditionalDocument=[  # type: ignore[arg-type]
        {"TypeCode": "PHI", "ID": THEIRS}, {"TypeCode": "380", "ID": "AZ-INVOICE-7"}])
    use = the_use(made)
    assert (use.item, use.answer, use.reason, use.said) == (0, Answer.REFUSED, "item", "")
    assert not OutboxMessage.objects.exists()
    with pytest.raises(IllegalTransition, match="whole declaration"):
        act(made, Action.RELEASE)
    amended(made, world.dataset(THEIRS, "30"))
    uses = ForeignUse.objects.filter(declaration=made).order_by("item")
    assert [(one.item, one.holds) for one in uses] == [(0, False), (1, True)]


def test_nothing_is_told_where_it_was_not_agreed(partner: Partner, world: World) -> None:
    Partner.objects.update(message_kinds=["released", "permit_use_asked"])
    made = world.declare(THEIRS, "30")  # type: ignore[arg-type]
    assert not ForeignUse.objects.exists() and not cites(made)
    with transaction.atomic():
        lifecycle.perform(made, Action.RELEASE, SYSTEM)
    assert made.state == State.RELEASED


def test_a_grant_that_the_issuer_takes_back_holds_the_release_again(
    declaration: Declaration, peer: Peer
) -> None:
    use = the_use(declaration)
    peer.send(answer(peer, use))
    peer.send(answer(peer, use, reason="returned", position=2))
    with pytest.raises(IllegalTransition, match="given back"):
        act(declaration, Action.RELEASE)


def test_what_is_no_such_message_is_refused(declaration: Declaration, peer: Peer) -> None:
    one = answer(peer, the_use(declaration))
    one.body = one.body.replace(b"granted", b"perhaps")
    refused = peer.send(one)
    assert (refused.status_code, refused.json()["code"]) == (422, "message-invalid")
    one.body = one.body.replace(b"perhaps", b"refused")
    assert peer.send(one).status_code == 422, "a refusal has a reason"
    assert not InboxMessage.objects.exists()


def test_an_answer_that_changes_nothing_is_shown_with_the_reason(
    declaration: Declaration, peer: Peer, client: Client
) -> None:
    use = the_use(declaration)
    stray = answer(peer, use)
    stray.body = stray.body.replace(str(use.pk).encode(), str(uuid4()).encode())
    stray.movement = uuid4()
    assert peer.send(stray).status_code == 201
    assert peer.send(answer(peer, use)).status_code == 201
    assert peer.send(answer(peer, use, reason="stopped", position=2)).status_code == 201
    why = [one.summary["permit_use"].get("set_aside") for one in
           InboxMessage.objects.order_by("received_at")]
    assert why == ["not_asked", None, "answered"]
    use.refresh_from_db()
    assert use.answer == Answer.GRANTED
    client.force_login(make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)[0])
    message = InboxMessage.objects.order_by("received_at").first()
    assert message is not None
    page = client.get(reverse("inbox_message", args=[message.pk])).content.decode()
    assert "Set aside" in page and "a question that was not asked of this partner" in page
    assert "not asked of this partner" in client.get("/exchange/?tab=incoming").content.decode()
