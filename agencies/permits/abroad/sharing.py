"""One consignment under one permit, declared here and abroad: it is written off once.

An export that is accepted here and its import abroad may both cite the permit. They are one
consignment where they share a number of it: the export's MRN that the import names, the unique
consignment reference, or a transport document. The use abroad holds what its country says, and the
declaration here only what is beyond that (``PermitUse.carried_quantity`` is what it need not hold):
together the greater of both. Once all of it that was told is written off in the country of import,
what was found there counts, and the rest is returned; unless so much is missing that it may have gone
elsewhere (``ARRIVED``): else a crumb imported would free a permit for another export. Whatever
changes this holds the lock of the permit.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from django.db.models import F

from agencies.permits.abroad import consignment
from agencies.permits.abroad.models import UseAbroad
from agencies.permits.models import Permit, PermitLine, PermitMovement, PermitUse
from agencies.permits.states import MovementKind, Settlement, UseState
from declarations import wco
from declarations.models import Declaration
from declarations.states import Kind
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record

NOTHING = Decimal(0)
# The share of what left that must have arrived for the rest to be returned without a hand.
ARRIVED = Decimal("0.9")
LIVE = (UseState.RESERVED, UseState.WRITTEN_OFF)
# By how they bind; a transport document may cover several declarations.
_STRENGTH = ("mrn", "ucr", "doc")
_TOLD = {
    MovementKind.RESERVE: EventKind.PERMIT_RESERVED,
    MovementKind.WRITE_OFF: EventKind.PERMIT_WRITTEN_OFF,
    MovementKind.FREE: EventKind.PERMIT_GIVEN_BACK,
    MovementKind.REVERSE: EventKind.PERMIT_GIVEN_BACK,
}


def home_of(use: UseAbroad, permit: Permit) -> Declaration | None:
    """The declaration here that is the consignment of a use abroad; the surest first, and of equal
    ones the first that no other declaration abroad is."""
    keys = set(use.consignment)
    if not keys:
        return None
    drawing = PermitUse.objects.filter(line__permit=permit, state__in=LIVE)
    found: list[tuple[int, bool, UUID, Declaration]] = []
    for one in Declaration.objects.filter(pk__in=drawing.values("declaration")):
        version = one.versions.exclude(dataset=None).order_by("-number").first()
        if version is None or not version.dataset:
            continue
        shared = keys & set(consignment.keys_of_declaration(one, wco.from_json(version.dataset)))
        strength = _strength(shared)
        if strength is None:
            continue
        taken = (
            UseAbroad.objects.filter(home=one, state__in=LIVE).exclude(pk=use.pk)
            .exclude(country=use.country, mrn=use.mrn).exists()
        )
        if not taken or strength == 0:
            found.append((strength, taken, one.pk, one))
    return min(found, key=lambda row: row[:3])[3] if found else None


def adopt(declaration: Declaration, dataset: wco.Declaration, permits: Iterable[Permit]) -> None:
    """Uses abroad that came before this declaration and are its consignment, from now on are so."""
    for use in _alike(declaration, dataset, permits):
        if use.home_id is None:
            use.home = declaration
            use.save(update_fields=["home"])


def _alike(
    declaration: Declaration, dataset: wco.Declaration, permits: Iterable[Permit]
) -> list[UseAbroad]:
    keys = set(consignment.keys_of_declaration(declaration, dataset))
    found = UseAbroad.objects.filter(
        permit__in=list(permits), state__in=LIVE, consignment__overlap=sorted(keys)
    ).order_by("pk")
    alike = [one for one in found if one.home_id in (None, declaration.pk)]
    mrns = {(one.country, one.mrn) for one in alike if one.home_id == declaration.pk}
    kept = []
    for one in alike:
        binds = _strength(keys & set(one.consignment)) == 0
        if binds or not mrns or (one.country, one.mrn) in mrns:
            mrns.add((one.country, one.mrn))
            kept.append(one)
    return kept


def _strength(shared: Iterable[str]) -> int | None:
    return min((_STRENGTH.index(key.partition(":")[0]) for key in shared), default=None)


# --- what each holds ------------------------------------------------------------------------


class Pool:
    """What uses abroad hold of each line for a declaration here, while its items are gone through."""

    def __init__(self, uses: Iterable[UseAbroad], kind: str) -> None:
        held = list(uses)
        states = {one.state for one in held}
        # All that was told is written off where the goods arrived: that is what was found.
        self.settled = kind == Kind.EXPORT and states == {UseState.WRITTEN_OFF}
        self._left: dict[UUID, list[Decimal]] = {}
        for one in held:
            assert one.line_id is not None, "What is held is held of a line."
            left = self._left.setdefault(one.line_id, [NOTHING, NOTHING])
            left[0] += one.quantity
            left[1] += one.value

    def __bool__(self) -> bool:
        return bool(self._left)

    def free(self) -> dict[UUID, tuple[Decimal, Decimal]]:
        """What the declaration need not find left, by line."""
        return {line: (left[0], left[1]) for line, left in self._left.items()}

    def short(self, line: UUID, quantity: Decimal) -> Decimal | None:
        """What arrived of a quantity that left, where that is told and too little (``ARRIVED``)."""
        left = self._left.get(line)
        if not self.settled or left is None or left[0] >= quantity * ARRIVED:
            return None
        return left[0]

    def carry(self, line: UUID, quantity: Decimal, value: Decimal) -> tuple[Decimal, Decimal]:
        """So much of what an item takes is held abroad, and taken from the pool."""
        left = self._left.get(line)
        if left is None:
            return NOTHING, NOTHING
        arrived = self.settled and left[0] >= quantity * ARRIVED
        carried = min(quantity, left[0]), min(value, left[1])
        left[0], left[1] = left[0] - carried[0], left[1] - carried[1]
        return (quantity, value) if arrived else carried


def pool_of(declaration: Declaration | None, permits: Iterable[Permit]) -> Pool:
    if declaration is None:
        return Pool([], "")
    uses = UseAbroad.objects.filter(home=declaration, permit__in=list(permits), state__in=LIVE)
    return Pool(uses, declaration.kind)


def foreseen(
    declaration: Declaration | None, dataset: wco.Declaration, permits: Mapping[str, Permit]
) -> dict[UUID, tuple[Decimal, Decimal]]:
    """At the check, before anything is linked: what the declaration need not find left."""
    if declaration is None or not permits:
        return {}
    pool = Pool(_alike(declaration, dataset, permits.values()), declaration.kind)
    return pool.free()


def on_balance(home: Declaration | None, permit: Permit) -> dict[UUID, tuple[Decimal, Decimal]]:
    """What a declaration here holds itself of each line: free for its own consignment abroad."""
    found: dict[UUID, tuple[Decimal, Decimal]] = {}
    for use in _uses(home, permit):
        quantity, value = found.get(use.line_id, (NOTHING, NOTHING))
        found[use.line_id] = quantity + use.held_quantity, value + use.held_value
    return found


def make_way(
    home: Declaration | None, line: PermitLine, quantity: Decimal, value: Decimal, event: Event,
    actor: Actor,
) -> None:
    """Give up so much of a line, as far as the declaration holds it, for its consignment abroad."""
    for use in _uses(home, line.permit):
        if use.line_id == line.pk:
            more = min(quantity, use.held_quantity), min(value, use.held_value)
            quantity, value = quantity - more[0], value - more[1]
            _carry(use, use.carried_quantity + more[0], use.carried_value + more[1], event, actor)


def settle_home(home: Declaration | None, permit: Permit, event: Event, actor: Actor) -> None:
    """Let the declaration here hold what is beyond its uses abroad, as far as it is left."""
    if home is None:
        return
    pool = pool_of(home, [permit])
    for use in _uses(home, permit):
        short = pool.short(use.line_id, use.quantity)
        carried, value = pool.carry(use.line_id, use.quantity, use.value)
        _note(use, short if use.state == UseState.WRITTEN_OFF else None, actor)
        if use.settlement == Settlement.RETURNED:
            carried, value = use.quantity, use.value
        _carry(use, carried, value, event, actor)


def _note(use: PermitUse, arrived: Decimal | None, actor: Actor) -> None:
    """Keep what arrived of what left, and tell the agency where that is too little; once for each
    quantity. What was said of another quantity is not said of this one."""
    if arrived == use.short_arrived:
        return
    use.short_arrived, use.settlement = arrived, ""
    use.save(update_fields=["short_arrived", "settlement"])
    if arrived is None:
        return
    line = PermitLine.objects.select_related("permit").get(pk=use.line_id)
    record(line.permit_id, EventKind.PERMIT_SHORTFALL, actor, {
        "declaration": str(use.declaration_id), "mrn": use.declaration.mrn or "",
        "permit": line.permit.number, "item": use.item, "left_quantity": _plain(use.quantity),
        "arrived": _plain(arrived), "unit": line.unit,
    })


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _uses(home: Declaration | None, permit: Permit) -> list[PermitUse]:
    if home is None:
        return []
    return list(
        PermitUse.objects.filter(declaration=home, line__permit=permit, state__in=LIVE)
        .select_for_update(of=("self",)).order_by("pk")
    )


def _carry(use: PermitUse, carried: Decimal, value: Decimal, event: Event, actor: Actor) -> None:
    """Bring what is carried to this; what comes back is taken only as far as it is left."""
    line = PermitLine.objects.get(pk=use.line_id)
    less, less_value = carried - use.carried_quantity, value - use.carried_value
    if (less < 0 and -less > line.left_quantity) or (
        less_value < 0 and line.left_value is not None and -less_value > line.left_value
    ):
        less = max(less, -line.left_quantity)
        if line.left_value is not None:
            less_value = max(less_value, -line.left_value)
        record(line.permit_id, EventKind.PERMIT_USE_UNCOVERED, actor, {
            "country": "", "mrn": use.declaration.mrn or "", "reason": "quantity"})
    for quantity, amount in ((max(less, NOTHING), max(less_value, NOTHING)),
                             (min(less, NOTHING), min(less_value, NOTHING))):
        if quantity or amount:
            _move(use, quantity, amount, event, actor)


def _move(use: PermitUse, less: Decimal, less_value: Decimal, event: Event, actor: Actor) -> None:
    """``less``: how much less is held; negative: more."""
    reserved = use.state == UseState.RESERVED
    back = less > 0 or less_value > 0
    kind = (MovementKind.FREE if reserved else MovementKind.REVERSE) if back else (
        MovementKind.RESERVE if reserved else MovementKind.WRITE_OFF)
    lines = PermitLine.objects.filter(pk=use.line_id)
    if reserved:
        lines.update(reserved_quantity=F("reserved_quantity") - less,
                     reserved_value=F("reserved_value") - less_value)
    else:
        lines.update(used_quantity=F("used_quantity") - less,
                     used_value=F("used_value") - less_value)
    line = lines.get()
    use.carried_quantity += less
    use.carried_value += less_value
    use.save(update_fields=["carried_quantity", "carried_value"])
    PermitMovement.objects.create(
        line=line, use=use, kind=kind, quantity=abs(less), value=abs(less_value),
        left_quantity=line.left_quantity, left_value=line.left_value, event=event.pk,
        actor=event.actor, at=event.at,
    )
    record(line.permit_id, _TOLD[kind], actor, {
        "declaration": str(use.declaration_id), "mrn": use.declaration.mrn or "",
        "same_consignment": True,
        "movements": [{"line": line.number, "item": use.item, "version": use.version,
                       "quantity": f"{abs(less):f}", "unit": line.unit,
                       "left": f"{line.left_quantity:f}"}],
    })
