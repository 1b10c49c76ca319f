"""An export told by a neighbour and the import declared here find each other, in any order."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from exchange.advance import pending, tasks
from exchange.advance.models import Advance, Match, Pending
from exchange.advance.states import Progress
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.journal.models import Event
from tests.advance.conftest import UCR, Tell, export_of, file, import_of, the_advance, work
from tests.factories import make_organisation

BOX = {"TransportEquipment": [{"SequenceNumeric": 1, "ID": "TCLU6582036"}]}


def with_box(dataset: dict) -> dict:
    dataset["GoodsShipment"]["Consignment"] = {"ContainerCode": "1", **BOX}
    return dataset


def test_the_export_comes_first(tell: Tell, declarant: Actor, trader: Organisation) -> None:
    tell(export_of(trader, UCR))
    work()
    assert the_advance().progress == Progress.LEFT
    declaration = file(declarant, import_of(trader, UCR))
    work()
    match = Match.objects.get()
    assert (match.declaration, match.advance) == (declaration, the_advance())
    assert [one["by"] for one in match.grounds] == ["ucr", "receiver", "hs"]
    assert match.score == 100


def test_the_import_comes_first(tell: Tell, declarant: Actor, trader: Organisation) -> None:
    declaration = file(declarant, import_of(trader, UCR))
    work()
    assert not Match.objects.exists()
    tell(export_of(trader, UCR))
    work()
    assert Match.objects.get().declaration == declaration
    kinds = list(Event.objects.of(the_advance().pk).values_list("kind", flat=True))
    assert kinds == ["advance_told", "advance_matched"]


def test_once_done_it_is_not_done_again(
    tell: Tell, declarant: Actor, trader: Organisation
) -> None:
    message = tell(export_of(trader, UCR))
    declaration = file(declarant, import_of(trader, UCR))
    work()
    events = Event.objects.of(the_advance().pk).count()
    for subject, side in ((message.pk, "export"), (declaration.pk, "import")):
        Pending.objects.create(subject=subject, side=side, due_at=timezone.now())
        pending.settle(subject)
        pending.settle(subject)
    assert Advance.objects.count() == Match.objects.count() == 1
    assert Event.objects.of(the_advance().pk).count() == events


def test_the_sweep_finds_what_no_worker_has(tell: Tell, trader: Organisation) -> None:
    tell(export_of(trader, UCR))
    assert tasks.sweep() == 0, "a worker has just been woken"
    Pending.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert tasks.sweep() == 1
    waiting = Pending.objects.get()
    assert waiting.attempts == 1 and waiting.due_at > timezone.now()
    assert tasks.sweep() == 0


@pytest.mark.parametrize(("same", "matches"), [
    ("document", True), ("box", True), ("previous", True), ("nothing", False),
])
def test_by_what_they_are_known(
    same: str, matches: bool, tell: Tell, declarant: Actor, trader: Organisation
) -> None:
    """Receiver and commodity are the same each time: alone they are not enough."""
    export, bought = export_of(trader), import_of(trader)
    if same == "document":
        export["AdditionalDocument"] = [{"TypeCode": "730", "ID": "CMR AZ 0098214"}]
        bought["AdditionalDocument"] = [{"TypeCode": "730", "ID": "cmr-az-0098214"}]
    elif same == "box":
        export, bought = with_box(export), with_box(bought)
    elif same == "previous":
        bought["GoodsShipment"]["PreviousDocument"] = [
            {"TypeCode": "830", "ID": "26AZ0000000000001X"}]
    tell(export)
    file(declarant, bought)
    work()
    assert Match.objects.exists() == matches


def test_a_container_lent_to_another_does_not_match(
    tell: Tell, declarant: Actor, trader: Organisation
) -> None:
    tell(with_box(export_of(make_organisation())))
    file(declarant, with_box(import_of(trader)))
    work()
    assert not Match.objects.exists()


def test_an_old_export_does_not_match(
    tell: Tell, declarant: Actor, trader: Organisation
) -> None:
    tell(export_of(trader, UCR, AcceptanceDateTime={
        "value": f"{timezone.now() - timedelta(days=200):%Y%m%d}", "formatCode": "102"}))
    file(declarant, import_of(trader, UCR))
    work()
    assert Advance.objects.exists() and not Match.objects.exists()


def test_an_amendment_there_is_followed_here(
    tell: Tell, declarant: Actor, trader: Organisation
) -> None:
    movement = uuid.uuid4()
    file(declarant, import_of(trader, UCR))
    tell(export_of(trader), "accepted", movement=movement)
    work()
    assert not Match.objects.exists()
    tell(export_of(trader, UCR), "amended", movement=movement, position=3)
    work()
    assert Match.objects.exists()
    # Late, and older than what is known.
    tell(export_of(trader), "released", movement=movement, position=2)
    work()
    advance = the_advance()
    assert advance.dataset["GoodsShipment"]["UCR"] == UCR and advance.message.position == 3
    assert advance.progress == Progress.LEFT
    tell(export_of(trader), "amended", movement=movement, position=4)
    work()
    assert not Match.objects.exists(), "the reference was wrong"


@pytest.mark.parametrize("kind", ["cancelled", "refused"])
def test_what_the_neighbour_withdraws_is_void(
    kind: str, tell: Tell, declarant: Actor, trader: Organisation
) -> None:
    movement = uuid.uuid4()
    tell(export_of(trader, UCR), "accepted", movement=movement)
    work()
    tell(export_of(trader, UCR), kind, movement=movement, position=2)
    work()
    assert the_advance().is_void
    file(declarant, import_of(trader, UCR))
    work()
    assert not Match.objects.exists()
    assert not Advance.objects.waiting_for(declarant).exists()


def test_an_amended_import_is_matched_anew(
    tell: Tell, declarant: Actor, trader: Organisation
) -> None:
    tell(export_of(trader, UCR))
    declaration = file(declarant, import_of(trader))
    work()
    assert not Match.objects.exists()
    version = declaration.current
    version.dataset["GoodsShipment"]["UCR"] = UCR
    version.save()
    pending.note(declaration.pk, pending.Side.IMPORT)
    work()
    assert Match.objects.exists()


def test_what_is_no_export_to_us_is_left_alone(tell: Tell, trader: Organisation) -> None:
    export = export_of(trader, UCR)
    export["GoodsShipment"]["Destination"] = {"CountryCode": "TR"}
    tell(export)
    tell(import_of(trader, UCR, ID="26AZ0000000000002X"))
    work()
    assert not Advance.objects.exists()
