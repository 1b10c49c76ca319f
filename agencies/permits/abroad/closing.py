"""A reservation abroad of which nothing was heard for long: an officer gives it back, or leaves it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.cases import DecisionError, must_not_be_own, must_review
from agencies.permits.abroad.models import Reason, UseAbroad
from agencies.permits.abroad.settling import give_back
from agencies.permits.issuing import today
from agencies.permits.models import Permit
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record


def close(use_id: UUID, actor: Actor, reason: str) -> UseAbroad:
    """Give back a silent reservation. Its country is told (exchange.permits), and a write-off that
    comes yet is judged anew.

    Raises UseAbroad.DoesNotExist for another agency's, DecisionError when it cannot be done.
    """
    must_review(actor)
    why = reason.strip()
    with transaction.atomic():
        use = (
            UseAbroad.objects.of_agency(actor).select_for_update(of=("self",))
            .select_related("permit__application", "line").get(pk=use_id)
        )
        assert use.permit is not None
        must_not_be_own(use.permit.application, actor)
        Permit.objects.filter(pk=use.permit.pk).locked().get()
        if not UseAbroad.objects.silent(today()).filter(pk=use.pk).exists():
            raise DecisionError(
                _("This reservation is not silent: the other country may still release the goods.")
            )
        if not why:
            raise DecisionError(_("Write what you found out. It stays in the journal."), "reason")
        use.reason = Reason.RETURNED
        event = record(use.pk, EventKind.PERMIT_USE_RETURNED, actor, {
            "country": use.country, "use": str(use.reference), "permit": use.number,
            "mrn": use.mrn, "reason": why,
        })
        give_back(use, event, actor)
    return use
