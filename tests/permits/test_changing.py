"""What the issuing agency, and nobody else, does to a permit; each with its reason in the journal."""

import pytest

from agencies.cases import DecisionError
from agencies.permits import changing
from agencies.permits.models import Permit
from agencies.permits.states import PermitState
from portal.journal.models import Event
from tests.factories import make_agency, make_officer
from tests.permits.world import World, in_days


def told(permit: Permit) -> list[tuple[str, str]]:
    return [(e.kind, e.payload.get("reason", "")) for e in Event.objects.of(permit.application_id)]


def test_suspended_resumed_and_revoked_with_reasons(world: World) -> None:
    permit = world.permit()
    changing.suspend(permit.pk, world.officer, "The farm is being inspected.")
    changing.resume(permit.pk, world.officer, "Nothing was found.")
    revoked = changing.revoke(permit.pk, world.officer, "The licence of the farm has ended.")
    assert revoked.state == PermitState.REVOKED
    assert told(permit)[1:] == [
        ("permit_suspended", "The farm is being inspected."),
        ("permit_resumed", "Nothing was found."),
        ("permit_revoked", "The licence of the farm has ended."),
    ]
    kinds = [event.kind for event in Event.objects.of(permit.pk)]
    assert kinds == ["permit_issued", "permit_suspended", "permit_resumed", "permit_revoked"]
    with pytest.raises(DecisionError, match="Revoked"):
        changing.resume(permit.pk, world.officer, "By mistake")


def test_nothing_is_done_without_a_reason(world: World) -> None:
    permit = world.permit()
    with pytest.raises(DecisionError):
        changing.suspend(permit.pk, world.officer, "  ")
    permit.refresh_from_db()
    assert permit.state == PermitState.IN_FORCE


def test_extended_even_after_its_last_day(world: World) -> None:
    permit = world.permit()
    Permit.objects.filter(pk=permit.pk).update(valid_from=in_days(-9), valid_to=in_days(-1))
    assert changing.expire(permit.pk) and not changing.expire(permit.pk)
    permit.refresh_from_db()
    assert permit.state == PermitState.EXPIRED
    with pytest.raises(DecisionError):
        changing.extend(permit.pk, world.officer, in_days(-2), "Late ship")
    assert changing.extend(permit.pk, world.officer, in_days(9), "Late ship").state == "in_force"


def test_a_new_permit_replaces_the_old_one_and_names_it(world: World) -> None:
    old = world.permit("100")
    new = changing.replace(old.pk, world.officer, world.terms("60"), "The consignor has changed.")
    old.refresh_from_db()
    assert (old.state, new.replaces, new.serial) == (PermitState.REPLACED, old, 2)
    assert told(old)[-1] == ("permit_replaced", "The consignor has changed.")
    with pytest.raises(DecisionError):
        changing.replace(old.pk, world.officer, world.terms("60"), "Again")


def test_the_second_signature_is_another_officers(db: None) -> None:
    world = World(second_signature=True)
    permit = world.permit()
    assert permit.state == PermitState.UNSIGNED
    with pytest.raises(DecisionError):
        changing.sign(permit.pk, world.officer)
    _user, colleague = make_officer(world.agency)
    assert changing.sign(permit.pk, colleague).state == PermitState.IN_FORCE
    assert not Permit.objects.filter(state=PermitState.UNSIGNED).exists()


def test_another_agency_finds_no_such_permit(world: World) -> None:
    permit = world.permit()
    _user, stranger = make_officer(make_agency("customs"))
    for verb in (changing.suspend, changing.resume, changing.revoke):
        with pytest.raises(Permit.DoesNotExist):
            verb(permit.pk, stranger, "Because")
    with pytest.raises(DecisionError):
        changing.suspend(permit.pk, world.filer, "I hold it")
