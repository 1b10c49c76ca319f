"""Less arrived than left: an officer of the issuing agency says what becomes of the rest.

The rest stays held until then, so that nothing else is exported under it.
"""

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.cases import DecisionError, must_not_be_own, must_review
from agencies.permits.abroad import sharing
from agencies.permits.balance import exhaust
from agencies.permits.models import Permit, PermitUse
from agencies.permits.states import Settlement
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record


def settle(
    permit_id: UUID, use_id: UUID, actor: Actor, outcome: str, reason: str, arrived: Decimal | None
) -> PermitUse:
    """Return the rest to the balance, or let it be used up. Done twice, it is done once.

    ``arrived``: what the officer has seen to have arrived; the country of import may have told
    another quantity meanwhile. Raises Permit.DoesNotExist or PermitUse.DoesNotExist for another
    agency's, DecisionError when it cannot be done.
    """
    must_review(actor)
    why = reason.strip()
    with transaction.atomic():
        own = Permit.objects.of_agency(actor).values("pk")
        permit = Permit.objects.filter(pk=permit_id, pk__in=own).locked().get()
        must_not_be_own(permit.application, actor)
        use = (
            PermitUse.objects.select_for_update(of=("self",))
            .select_related("declaration", "line").get(pk=use_id, line__permit=permit)
        )
        must_not_be_own(use.declaration, actor)
        if use.short_arrived is None or use.state not in sharing.LIVE:
            raise DecisionError(_("Nothing is missing of this consignment any more."))
        if use.short_arrived != arrived:
            raise DecisionError(
                _("Another quantity was told meanwhile. Look at it, and decide again.")
            )
        if use.settlement and use.settlement == outcome:
            return use
        if use.settlement:
            raise DecisionError(_("A colleague has settled this already."))
        if outcome not in Settlement.values:
            raise DecisionError(_("Choose what becomes of the rest."), "outcome")
        if not why:
            raise DecisionError(
                _("Write the reason. The holder of the permit reads it."), "reason")
        use.settlement = Settlement(outcome)
        use.save(update_fields=["settlement"])
        event = record(permit.pk, EventKind.PERMIT_SHORTFALL_SETTLED, actor, {
            "declaration": str(use.declaration_id), "mrn": use.declaration.mrn or "",
            "outcome": outcome, "missing": f"{use.missing_quantity.normalize():f}",
            "unit": use.line.unit, "reason": why,
        })
        sharing.settle_home(use.declaration, permit, event, actor)
        exhaust(Permit.objects.get(pk=permit.pk), actor)
    return use
