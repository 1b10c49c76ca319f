"""The grant: an approved application becomes a permit with a number.

The number is taken from the row of its series, which stays locked until the transaction ends: one
that is rolled back leaves no gap.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.cases import DecisionError, must_not_be_own, must_review
from agencies.permits import balance, numbering
from agencies.permits.models import Permit, PermitCounter, PermitLine, PermitScheme
from agencies.permits.states import PermitState
from agencies.states import ReviewState
from declarations.models import Declaration, DeclarationQuerySet
from declarations.states import Kind, State
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.journal.kinds import EventKind
from portal.journal.record import record


@dataclass(frozen=True, slots=True)
class LineTerms:
    """One line as it is granted. ``value`` None: not limited."""

    hs: str
    description: str
    quantity: Decimal
    unit: str
    value: Decimal | None = None
    currency: str = ""
    scientific_name: str = ""
    common_name: str = ""
    appendix: str = ""
    source: str = ""
    purpose: str = ""
    origin: str = ""
    particulars: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is granted, to whom, until when."""

    holder_name: str
    holder_identifier: str
    valid_from: date
    valid_to: date
    lines: list[LineTerms]
    conditions: str = ""
    export_country: str = ""
    destination_country: str = ""
    particulars: dict[str, Any] = field(default_factory=dict)


def today() -> date:
    """In the portal's own time zone, in which permits begin and end."""
    return timezone.now().astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()


def to_issue(actor: Actor) -> DeclarationQuerySet:
    """The applications that the actor's agency has approved and not granted yet."""
    from agencies.models import Review  # the models of permits are among its own

    approved = Review.objects.of_agency(actor).filter(
        declaration=OuterRef("pk"), state=ReviewState.APPROVED
    )
    granted = Permit.objects.filter(application=OuterRef("pk"))
    return Declaration.objects.filter(Exists(approved), ~Exists(granted)).filter(
        kind=Kind.LPCO, state=State.RELEASED
    )


def issue(application_id: UUID, scheme: PermitScheme, actor: Actor, terms: Terms) -> Permit:
    """Grant the permit. ``scheme`` is one of the actor's agency.

    Raises Declaration.DoesNotExist for an application that is not the agency's to grant, or has
    been granted; DecisionError, in words, for terms that cannot be.
    """
    must_review(actor)
    _check(terms)
    with transaction.atomic():
        # of=self: PostgreSQL locks no row behind EXISTS.
        application = to_issue(actor).select_for_update(of=("self",)).get(pk=application_id)
        if Permit.objects.filter(application=application).exists():  # granted while we waited
            raise Declaration.DoesNotExist
        must_not_be_own(application, actor)
        return grant(application, scheme, actor, terms)


def grant(
    application: Declaration, scheme: PermitScheme, actor: Actor, terms: Terms,
    replaces: Permit | None = None,
) -> Permit:
    """Number, permit, lines, ledger and events; the caller is in a transaction and has judged."""
    assert actor.user_id is not None, "A permit is issued by a person."
    now = timezone.now()
    year = today().year
    serial = take_number(scheme, year)
    holder = Organisation.objects.filter(identifier=terms.holder_identifier).first()
    permit = Permit.objects.create(
        scheme=scheme, year=year, serial=serial,
        number=numbering.write(scheme.number_format, scheme.prefix, year, serial),
        application=application, replaces=replaces,
        state=PermitState.UNSIGNED if scheme.second_signature else PermitState.IN_FORCE,
        holder=holder, holder_name=terms.holder_name, holder_identifier=terms.holder_identifier,
        export_country=terms.export_country, destination_country=terms.destination_country,
        valid_from=terms.valid_from, valid_to=terms.valid_to, conditions=terms.conditions,
        particulars=terms.particulars, issued_by_id=actor.user_id, issued_at=now,
    )
    PermitLine.objects.bulk_create(
        PermitLine(
            permit=permit, number=number, hs=line.hs, description=line.description,
            quantity=line.quantity, unit=line.unit, value=line.value, currency=line.currency,
            scientific_name=line.scientific_name, common_name=line.common_name,
            appendix=line.appendix, source=line.source, purpose=line.purpose, origin=line.origin,
            particulars=line.particulars,
        )
        for number, line in enumerate(terms.lines, start=1)
    )
    told = {
        "permit": permit.number, "type": scheme.permit_type, "agency": scheme.agency.name,
        "valid_from": terms.valid_from.isoformat(), "valid_to": terms.valid_to.isoformat(),
        "state": str(permit.state),
    }
    if replaces is not None:
        told["replaces"] = replaces.number
    event = record(permit.pk, EventKind.PERMIT_ISSUED, actor, told)
    record(application.pk, EventKind.PERMIT_ISSUED, actor, told)
    balance.open_grant(permit, event)
    return permit


def take_number(scheme: PermitScheme, year: int) -> int:
    """The next of the series, its row locked until the transaction ends."""
    PermitCounter.objects.bulk_create(
        [PermitCounter(scheme=scheme, year=year)], ignore_conflicts=True
    )
    counter = PermitCounter.objects.select_for_update().get(scheme=scheme, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def _check(terms: Terms) -> None:
    if not terms.lines:
        raise DecisionError(_("A permit covers at least one kind of goods."), "lines")
    if terms.valid_to < terms.valid_from:
        raise DecisionError(
            _("The permit would end before it begins. Choose a later last day."), "valid_to"
        )
    if terms.valid_to < today():
        raise DecisionError(
            _("The permit would be over today. Choose a later last day."), "valid_to"
        )
    if not terms.holder_identifier:
        raise DecisionError(
            _("The application does not say the number of its applicant, so nobody could use the "
              "permit. Ask the applicant to file it again with the number."), "holder_identifier"
        )
    for line in terms.lines:
        if line.quantity <= 0:
            raise DecisionError(_("Write for how much the permit is, more than zero."), "quantity")
