"""Reserving, writing off and giving back: the balance of permits follows the journal.

A subscriber, so in the transaction of the event itself: accepted ▸ reserve, released ▸ write off,
cancelled or refused ▸ give back, amended ▸ reserve anew. The declaration's row is locked by whoever
changes it; the permits are locked here, in order of key. Doing it twice changes nothing: there is
one use for each version, item and line, and it knows how far it is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.permits.abroad import sharing
from agencies.permits.abroad.models import UseAbroad
from agencies.permits.drawing import Draw, plan
from agencies.permits.models import Permit, PermitLine, PermitMovement, PermitUse
from agencies.permits.register import LIVE, cited_by, filing_day, series
from agencies.permits.states import STOPPED, MovementKind, PermitState, UseState
from declarations import wco
from declarations.lifecycle import IllegalTransition
from declarations.models import Declaration, Version
from declarations.states import Kind, State
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record

DRAWING = (Kind.IMPORT, Kind.EXPORT)
_AIMS = {
    EventKind.ACCEPTED: UseState.RESERVED,
    EventKind.AMENDED: UseState.RESERVED,
    EventKind.RELEASED: UseState.WRITTEN_OFF,
    EventKind.CANCELLED: UseState.FREED,
    EventKind.REFUSED: UseState.FREED,
}
TOLD = {
    MovementKind.RESERVE: EventKind.PERMIT_RESERVED,
    MovementKind.WRITE_OFF: EventKind.PERMIT_WRITTEN_OFF,
    MovementKind.FREE: EventKind.PERMIT_GIVEN_BACK,
    MovementKind.REVERSE: EventKind.PERMIT_GIVEN_BACK,
}
Step = tuple[MovementKind, int, int]
# From and to: the movement, and what it adds to "reserved" and to "used" of the line.
STEPS: dict[tuple[str | None, str], Step] = {
    (None, UseState.RESERVED): (MovementKind.RESERVE, 1, 0),
    (None, UseState.WRITTEN_OFF): (MovementKind.WRITE_OFF, 0, 1),
    (UseState.FREED, UseState.RESERVED): (MovementKind.RESERVE, 1, 0),
    (UseState.FREED, UseState.WRITTEN_OFF): (MovementKind.WRITE_OFF, 0, 1),
    (UseState.RESERVED, UseState.WRITTEN_OFF): (MovementKind.WRITE_OFF, -1, 1),
    (UseState.RESERVED, UseState.FREED): (MovementKind.FREE, -1, 0),
    (UseState.WRITTEN_OFF, UseState.FREED): (MovementKind.REVERSE, 0, -1),
}


def on_event(event: Event) -> None:
    """Journal subscriber. Raises IllegalTransition, which undoes the release, where a cited permit
    does not allow it."""
    try:
        aim = _AIMS.get(EventKind(event.kind))
    except ValueError:
        return
    if aim is None:
        return
    declaration = Declaration.objects.filter(pk=event.subject, kind__in=DRAWING).first()
    if declaration is None:
        return
    if event.kind == EventKind.AMENDED and declaration.state == State.RELEASED:
        aim = UseState.WRITTEN_OFF  # amended after the release, which stands
    settle(declaration, aim, event)


def settle(declaration: Declaration, aim: UseState, event: Event) -> None:
    """Bring what the declaration takes from permits to ``aim``, by its version in force."""
    version = _version(declaration, event)
    dataset = wco.from_json(version.dataset) if version and version.dataset else None
    if version is None or dataset is None:
        return
    permits = cited_by(dataset, declaration.pk, lock=True)
    if not permits:
        return
    changes = _Changes(declaration, event)
    if aim is not UseState.FREED:
        sharing.adopt(declaration, dataset, permits.values())
    uses = list(
        PermitUse.objects.filter(declaration=declaration.pk, line__permit__in=permits.values())
        .select_related("line")
    )
    kept: list[PermitUse] = []
    for use in uses:
        if use.state in LIVE:
            if aim is UseState.FREED or use.version != version.number:
                changes.move(use, UseState.FREED)
            else:
                kept.append(use)
    if aim is UseState.WRITTEN_OFF:
        _must_not_be_stopped(permits.values(), kept)
    for use in kept:
        changes.move(use, aim)
    if aim is not UseState.FREED:
        pool = sharing.pool_of(declaration, permits.values())
        for use in kept:
            pool.carry(use.line_id, use.quantity, use.value)
        taken = {(use.item, use.line.permit_id) for use in kept}
        earlier = {(use.item, use.line_id): use for use in uses if use.version == version.number}
        strict = event.kind != EventKind.ACCEPTED  # the check at lodgement has judged that
        for draw in _planned(declaration, version, dataset, taken, pool, strict=strict):
            use = earlier.get((draw.item, draw.line.pk)) or _new_use(declaration, version, draw)
            use.carried_quantity, use.carried_value = pool.carry(
                draw.line.pk, draw.quantity, draw.value)
            changes.move(use, aim, draw)
    changes.tell()
    if aim is UseState.WRITTEN_OFF:
        for permit in permits.values():
            sharing.settle_home(declaration, permit, event, changes.actor)


def _version(declaration: Declaration, event: Event) -> Version | None:
    """The version that the event is about; else the newest that has been read."""
    versions = declaration.versions.exclude(dataset=None).order_by("-number")
    number = event.payload.get("version")
    if isinstance(number, int):
        return versions.filter(number=number).first()
    used = PermitUse.objects.filter(declaration=declaration.pk, state__in=LIVE)
    if event.kind != EventKind.AMENDED and (use := used.order_by("-version").first()) is not None:
        return versions.filter(number=use.version).first()
    return versions.first()


def _planned(
    declaration: Declaration, version: Version, dataset: wco.Declaration,
    taken: set[tuple[int, UUID]], pool: sharing.Pool, *, strict: bool,
) -> list[Draw]:
    """The draws of items that hold nothing yet. ``strict``: nothing may stand in their way."""
    permits = cited_by(dataset, declaration.pk, lock=False)  # locked above; as they are now
    day = filing_day(declaration) or version.received_at.astimezone(
        ZoneInfo(settings.PORTAL_TIME_ZONE)
    ).date()
    own = pool.free()
    made = plan(dataset, permits, day, series=series(), own=own, done=taken)
    if strict and made.problems:
        raise IllegalTransition(
            _("A permit that the declaration cites does not cover its goods (%(code)s). Look at the "
              "permits of its goods items: this cannot be done as they stand.")
            % {"code": ", ".join(sorted({problem.code for problem in made.problems}))}
        )
    return made.draws


def _must_not_be_stopped(permits: Iterable[Permit], kept: list[PermitUse]) -> None:
    drawn = {use.line.permit_id for use in kept}
    for permit in permits:
        if permit.pk in drawn and permit.state in STOPPED:
            raise IllegalTransition(
                _("The goods cannot be released: permit %(number)s is “%(state)s”. Ask %(agency)s.")
                % {"number": permit.number, "state": PermitState(permit.state).label,
                   "agency": permit.agency.name}
            )


def _new_use(declaration: Declaration, version: Version, draw: Draw) -> PermitUse:
    return PermitUse(
        line=draw.line, declaration=declaration, version=version.number, item=draw.item, state="",
        quantity=draw.quantity, value=draw.value,
    )


def post(
    line_id: UUID, step: Step, quantity: Decimal, value: Decimal, event: Event, *,
    use: PermitUse | None = None, abroad: UseAbroad | None = None,
) -> PermitMovement:
    """Move a line's balance by a step and add the line of the ledger that says so.

    The permit is locked. A line that is overdrawn breaks its CHECK, and the whole transaction with
    it: IntegrityError.
    """
    kind, reserved, used = step
    line = PermitLine.objects.filter(pk=line_id)
    line.update(
        reserved_quantity=F("reserved_quantity") + reserved * quantity,
        used_quantity=F("used_quantity") + used * quantity,
        reserved_value=F("reserved_value") + reserved * value,
        used_value=F("used_value") + used * value,
    )
    now = line.get()
    return PermitMovement.objects.create(
        line=now, use=use, abroad=abroad, kind=kind, quantity=quantity, value=value,
        left_quantity=now.left_quantity, left_value=now.left_value, event=event.pk,
        actor=event.actor, at=event.at,
    )


@dataclass(frozen=True, slots=True)
class _Moved:
    movement: PermitMovement
    use: PermitUse


class _Changes:
    """The movements of one event, told on each permit's own chain at the end."""

    def __init__(self, declaration: Declaration, event: Event) -> None:
        self.declaration = declaration
        self.event = event
        self.actor = Actor(event.actor, event.user, event.organisation)
        self._moved: dict[UUID, list[_Moved]] = defaultdict(list)

    def move(self, use: PermitUse, to: UseState, draw: Draw | None = None) -> None:
        step = STEPS.get((use.state or None, to))
        if step is None:  # it is there already
            return
        if draw is not None:
            use.quantity, use.value = draw.quantity, draw.value
        use.state = to
        held, value = use.held_quantity, use.held_value
        if to == UseState.FREED:
            use.carried_quantity, use.carried_value = Decimal(0), Decimal(0)
        use.save()
        if not held and not value:  # all of it is held by its consignment abroad
            return
        movement = post(use.line_id, step, held, value, self.event, use=use)
        self._moved[movement.line.permit_id].append(_Moved(movement, use))

    def tell(self) -> None:
        for permit_id in sorted(self._moved):
            moved = self._moved[permit_id]
            kinds: dict[EventKind, list[_Moved]] = defaultdict(list)
            for one in moved:
                kinds[TOLD[MovementKind(one.movement.kind)]].append(one)
            for kind, ones in kinds.items():
                record(permit_id, kind, self.actor, {
                    "declaration": str(self.declaration.pk),
                    "mrn": self.declaration.mrn or "",
                    "movements": [_words(one) for one in ones],
                })
            exhaust(Permit.objects.get(pk=permit_id), self.actor)


def _words(one: _Moved) -> dict[str, Any]:
    line = one.movement.line
    told: dict[str, Any] = {
        "line": line.number, "item": one.use.item, "version": one.use.version,
        "quantity": f"{one.movement.quantity:f}", "unit": line.unit,
        "left": f"{one.movement.left_quantity:f}",
    }
    if line.value is not None:
        told |= {"value": f"{one.movement.value:f}", "currency": line.currency,
                 "left_value": f"{one.movement.left_value:f}"}
    return told


def exhaust(permit: Permit, actor: Actor) -> None:
    """Used up once everything is written off; in force again when something comes back."""
    used_up = all(line.used_quantity == line.quantity for line in permit.lines.all())
    if used_up and permit.state == PermitState.IN_FORCE:
        permit.state, kind = PermitState.EXHAUSTED, EventKind.PERMIT_USED_UP
    elif not used_up and permit.state == PermitState.EXHAUSTED:
        permit.state, kind = PermitState.IN_FORCE, EventKind.PERMIT_RESUMED
    else:
        return
    permit.save(update_fields=["state"])
    told = {"permit": permit.number}
    record(permit.pk, kind, actor, told)
    record(permit.application_id, kind, actor, told)


def open_grant(permit: Permit, event: Event) -> None:
    """The first line of each ledger: what was granted."""
    PermitMovement.objects.bulk_create(
        PermitMovement(
            line=line, kind=MovementKind.GRANT, quantity=line.quantity,
            value=line.value or Decimal(0), left_quantity=line.left_quantity,
            left_value=line.left_value, event=event.pk, actor=event.actor, at=timezone.now(),
        )
        for line in permit.lines.all()
    )
