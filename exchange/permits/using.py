"""The country of use: what a declaration takes from other countries' permits follows the journal.

A subscriber, so in the transaction of the event itself: accepted ▸ asked, released ▸ used, cancelled
or refused ▸ given back, amended ▸ asked anew. The declaration's row is locked by whoever changes it.
"""

from django.utils.translation import gettext as _

from agencies.permits.balance import DRAWING
from agencies.permits.states import UseState
from declarations.lifecycle import IllegalTransition
from declarations.models import Declaration, Version
from declarations.states import State
from exchange.models import ForeignUse
from exchange.permits import wording
from exchange.permits.claims import Claim, by_place, claims
from exchange.permits.states import Answer
from exchange.permits.telling import say
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record

_FOLLOWED = (EventKind.ACCEPTED, EventKind.AMENDED, EventKind.RELEASED, EventKind.CANCELLED,
             EventKind.REFUSED)


def on_event(event: Event) -> None:
    """Journal subscriber. Raises IllegalTransition, which undoes the release, where another country
    has not granted a permit that the declaration cites."""
    if event.kind not in _FOLLOWED:
        return
    declaration = Declaration.objects.filter(pk=event.subject, kind__in=DRAWING).first()
    if declaration is None:
        return
    actor = Actor(event.actor, event.user, event.organisation)
    if event.kind == EventKind.RELEASED:
        _release(declaration, actor)
    elif event.kind in (EventKind.CANCELLED, EventKind.REFUSED):
        _end(declaration, actor)
    else:
        version = _version(declaration, event)
        if version is not None:
            aim = UseState.WRITTEN_OFF if declaration.state == State.RELEASED else UseState.RESERVED
            follow(declaration, version, aim, actor)


def follow(declaration: Declaration, version: Version, aim: UseState, actor: Actor) -> None:
    """Ask for what the version takes, tell new amounts, give back what it no longer cites."""
    wanted = by_place(claims(declaration, version))
    uses = {
        (use.item, use.number): use
        for use in ForeignUse.objects.filter(declaration=declaration).locked()
    }
    for place, claim in wanted.items():
        use = uses.get(place)
        if use is None or use.said == UseState.FREED or not _says(use, claim):
            _ask(use, declaration, version, claim, aim, actor)
        elif use.version != version.number:
            use.version = version.number
            use.save(update_fields=["version"])
    for place, use in uses.items():
        if place not in wanted and use.said != UseState.FREED:
            _give_back(use, declaration, actor)


def ask_again(use: ForeignUse, declaration: Declaration, actor: Actor) -> None:
    """Ask anew what was refused: the issuing country may have mended it. Both are locked."""
    version = declaration.versions.get(number=use.version)
    claim = by_place(claims(declaration, version)).get((use.item, use.number))
    if claim is not None and claim.goods is not None and use.said == UseState.RESERVED:
        say(use, declaration, UseState.RESERVED, claim, actor)


def _version(declaration: Declaration, event: Event) -> Version | None:
    versions = declaration.versions.exclude(dataset=None).order_by("-number")
    number = event.payload.get("version")
    return (versions.filter(number=number) if isinstance(number, int) else versions).first()


def _says(use: ForeignUse, claim: Claim) -> bool:
    """Whether the use says already what the claim does."""
    if claim.goods is None:
        return not use.said and use.reason == claim.reason
    goods = claim.goods
    return bool(use.said) and (
        use.quantity, use.unit, use.value, use.currency, use.hs, use.permit_type,
        tuple(use.consignment),
    ) == (goods.quantity, goods.unit, goods.value, goods.currency, goods.hs, goods.permit_type,
          goods.consignment)


def _ask(
    use: ForeignUse | None, declaration: Declaration, version: Version, claim: Claim, aim: UseState,
    actor: Actor,
) -> None:
    use = use or ForeignUse(
        partner=claim.partner, declaration=declaration, item=claim.item, number=claim.number,
        said="",
    )
    goods = claim.goods
    use.version, use.permit_type = version.number, claim.permit_type
    use.quantity, use.unit = (goods.quantity, goods.unit) if goods else (None, "")
    use.value, use.currency = (goods.value, goods.currency) if goods else (None, "")
    use.hs, use.consignment = (goods.hs, list(goods.consignment)) if goods else ("", [])
    use.vouched_by, use.vouched_at, use.vouched_why, use.actual_quantity = "", None, "", None
    if goods is not None:
        say(use, declaration, aim, claim, actor)
        return
    if use.said in (UseState.RESERVED, UseState.WRITTEN_OFF):
        _give_back(use, declaration, actor)
    use.said, use.said_at = "", version.received_at
    use.answer, use.reason = Answer.REFUSED, claim.reason
    use.save()
    record(declaration.pk, EventKind.PERMIT_USE_REFUSED, SYSTEM, {
        "partner": use.partner.country, "permit": use.number, "item": use.item,
        "reason": use.reason, "left": "", "unit": "",
    })


def _give_back(use: ForeignUse, declaration: Declaration, actor: Actor) -> None:
    if use.revision:
        say(use, declaration, UseState.FREED, None, actor)
    else:  # it was never asked
        use.said = UseState.FREED
        use.save(update_fields=["said"])


def _end(declaration: Declaration, actor: Actor) -> None:
    for use in ForeignUse.objects.filter(declaration=declaration).live().locked():
        _give_back(use, declaration, actor)


def _release(declaration: Declaration, actor: Actor) -> None:
    uses = list(ForeignUse.objects.filter(declaration=declaration).live().locked())
    held = [use for use in uses if use.holds]
    if held:
        raise IllegalTransition(
            _("The goods cannot be released yet: %(why)s")
            % {"why": " ".join(wording.obstacle(use) for use in held)}
        )
    for use in uses:
        if not use.said:
            continue
        version = declaration.versions.get(number=use.version)
        claim = by_place(claims(declaration, version)).get((use.item, use.number))
        if claim is None or claim.goods is None:
            continue
        say(use, declaration, UseState.WRITTEN_OFF, claim, actor)
