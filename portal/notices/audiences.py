"""Who is concerned by an event: an organisation, some of its people, and what it is about.

Each audience takes an event and reads only ids and names. What it finds may be nothing at all: the
event of a rule set, of a message whose declaration is another country's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from agencies.calendars import Absence
from agencies.correspondence import CancellationRequest
from agencies.models import Review
from agencies.permits.models import Permit
from agencies.states import ReviewState
from declarations.models import Declaration
from declarations.representation import TRADING
from exchange.advance.models import Advance
from portal.accounts.models import Membership
from portal.accounts.roles import OrganisationKind, Permission, Role, permissions_of
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.notices.kinds import Scope

Audience = Callable[[Event], "Concerned | None"]


@dataclass(frozen=True, slots=True)
class Concerned:
    """``organisation``: whose programs are told. ``reference``: the name of the subject.
    ``people``: memberships of those to tell, with user and preference."""

    reference: str
    people: Callable[[], Sequence[Membership]]
    organisation: UUID | None = None
    declaration: dict[str, Any] = field(default_factory=dict)
    # Is the organisation that filed the declaration: its API clients have it in their queue.
    files: bool = False


def _members(*conditions: Q, **narrowed: Any) -> QuerySet[Membership]:
    """Memberships of people who can sign in, with what decides how each is told."""
    return (
        Membership.objects.filter(*conditions, user__is_active=True, **narrowed)
        .select_related("user__notice_preference")
        .order_by("pk")
    )


def _declaration(pk: UUID) -> dict[str, Any] | None:
    found = Declaration.objects.filter(pk=pk).values(
        "pk", "organisation_id", "principal_id", "filed_by_id", "lrn", "mrn"
    ).first()
    return dict(found) if found else None


def _name(declaration: dict[str, Any]) -> str:
    return declaration["mrn"] or declaration["lrn"] or str(declaration["pk"])


def filer(event: Event) -> Concerned | None:
    """The organisation that filed the declaration: whoever filed it, and those who want to hear of
    all; everybody where a program filed it, or the filer has left. Of a trader for whom a
    representative filed, those who want to hear of all."""
    return _filer_of(event.subject)


def transit_filer(event: Event) -> Concerned | None:
    """The same, of the declaration under which goods are on the way; nobody in other countries."""
    declaration = event.payload.get("declaration")
    return _filer_of(UUID(declaration)) if declaration else None


def consignee(event: Event) -> Concerned | None:
    """Everybody of the organisations that an export, told of for the first time or withdrawn, names
    as importer or consignee; nobody where none of them is registered here."""
    advance = Advance.objects.filter(pk=event.subject).values("mrn", "receivers").first()
    first = event.kind != EventKind.ADVANCE_TOLD or event.sequence == 1
    if advance is None or not advance["receivers"] or not first:
        return None
    named = Q(organisation__identifier__in=advance["receivers"], organisation__kind__in=TRADING)
    return Concerned(advance["mrn"], lambda: list(_members(named)))


def _filer_of(pk: UUID) -> Concerned | None:
    declaration = _declaration(pk)
    if declaration is None:
        return None

    def people() -> list[Membership]:
        own, principal = declaration["filed_by_id"], declaration["principal_id"]
        filing = Q(organisation=declaration["organisation_id"])
        curious = Q(user__notice_preference__scope=Scope.ALL)
        represented = Q(organisation=principal) & curious if principal else Q(pk=None)
        told = list(_members(filing & (Q(user=own) | curious) | represented)) if own else []
        if any(one.user_id == own for one in told):
            return told
        return list(_members(filing | represented))

    return Concerned(_name(declaration), people, declaration["organisation_id"], declaration, True)


def permit_holder(event: Event) -> Concerned | None:
    """Who holds a permit: whoever applied, and those who want to hear of all; everybody where that
    was a program or another organisation. The same event of the application is for its programs."""
    permit = (
        Permit.objects.filter(pk=event.subject)
        .values("number", "holder_id", "application__organisation_id", "application__filed_by_id")
        .first()
    )
    if permit is None:
        found = filer(event)
        return replace(found, people=lambda: []) if found else None

    def people() -> list[Membership]:
        own = permit["application__filed_by_id"]
        organisation = permit["holder_id"] or permit["application__organisation_id"]
        members = list(_members(organisation=organisation))
        if any(one.user_id == own for one in members):
            return [one for one in members if one.user_id == own or _hears_all(one)]
        return members

    return Concerned(permit["number"], people)


def permit_agency(event: Event) -> Concerned | None:
    """The agency that issued a permit: who issued it, and the supervisors; all where none is left."""
    permit = Permit.objects.filter(pk=event.subject).values(
        "number", "issued_by_id", "scheme__agency__organisation_id").first()
    if permit is None:
        return None

    def people() -> list[Membership]:
        members = list(_members(organisation=permit["scheme__agency__organisation_id"]))
        return [one for one in members
                if one.role == Role.SUPERVISOR or one.user_id == permit["issued_by_id"]] or members

    return Concerned(permit["number"], people)


def _hears_all(member: Membership) -> bool:
    preference = getattr(member.user, "notice_preference", None)
    return preference is not None and preference.scope == Scope.ALL


def holder(event: Event) -> Concerned | None:
    """The officer who has the review of the payload; while nobody has, the agency's supervisors."""
    review = (
        Review.objects.filter(pk=event.payload.get("review"))
        .values("claimed_by_id", "queue__agency__organisation_id").first()
    )
    declaration = _declaration(event.subject)
    if review is None or declaration is None:
        return None
    agency = review["queue__agency__organisation_id"]

    def people() -> list[Membership]:
        if review["claimed_by_id"]:
            return list(_members(organisation=agency, user=review["claimed_by_id"]))
        return list(_members(organisation=agency, role=Role.SUPERVISOR))

    return Concerned(_name(declaration), people, agency, declaration)


def at_work(event: Event) -> Concerned | None:
    """The officers who have taken up a review of the declaration that the payload names."""
    declaration = _declaration(UUID(event.payload["declaration"]))
    taken = Review.objects.filter(
        declaration=event.payload["declaration"], state=ReviewState.CLAIMED)
    held = list(taken.values_list("queue__agency__organisation_id", "claimed_by_id"))
    if declaration is None or not held:
        return None
    whose = Q(pk=None)
    for organisation, officer in held:
        whose |= Q(organisation=organisation, user=officer)
    return Concerned(_name(declaration), lambda: list(_members(whose)))


def supervisors(event: Event) -> Concerned | None:
    """The supervisors of the agency whose review the payload names, and the officer who has it."""
    found = holder(event)
    if found is None:
        return None
    held = Review.objects.filter(pk=event.payload.get("review")).values("claimed_by")
    return replace(found, people=lambda: list(_members(
        Q(role=Role.SUPERVISOR) | Q(user__in=held), organisation=found.organisation)))


def cancellers(event: Event) -> Concerned | None:
    """The agency that decides about a cancellation: its supervisors, or all where it has none."""
    agency = (
        CancellationRequest.objects.filter(pk=event.payload.get("cancellation"))
        .values_list("queue__agency__organisation_id", flat=True).first()
    )
    declaration = _declaration(event.subject)
    if agency is None or declaration is None:
        return None

    def people() -> list[Membership]:
        members = list(_members(organisation=agency))
        return [one for one in members if one.role == Role.SUPERVISOR] or members

    return Concerned(_name(declaration), people, agency, declaration)


def reviewers(event: Event) -> Concerned | None:
    """The officers who have a review of the declaration, or had one, whichever agency's."""
    declaration = _declaration(event.subject)
    if declaration is None:
        return None

    def people() -> list[Membership]:
        reviews = Review.objects.filter(declaration=declaration["pk"])
        return list(_members(
            Q(user__in=reviews.values("claimed_by")) | Q(user__in=reviews.values("decided_by")),
            organisation__kind=OrganisationKind.AGENCY,
        ))

    return Concerned(_name(declaration), people, None, declaration)


def deputy(event: Event) -> Concerned | None:
    """Who is named to stand in, when an absence that names somebody is entered or changed; nobody
    when it is removed."""
    if event.payload.get("did") == "removed":
        return None
    absence = Absence.objects.select_related("officer").filter(
        pk=event.payload.get("key"), deputy__isnull=False).first()
    if absence is None:
        return None
    return Concerned(
        str(absence.officer),
        lambda: list(_members(organisation=event.subject, user=absence.deputy_id)),
    )


def _operators() -> list[Membership]:
    return list(_members(organisation__kind=OrganisationKind.OPERATOR))


def operators(event: Event) -> Concerned | None:
    """The people who run the portal."""
    declaration = _declaration(event.subject)
    name = _name(declaration) if declaration else str(event.payload.get("partner", ""))
    return Concerned(name, _operators)


def managers(event: Event) -> Concerned | None:
    """Who manages the organisation that the payload names, or that the event is about."""
    organisation = event.payload.get("organisation") or event.subject

    def people() -> list[Membership]:
        members = _members(organisation=organisation).select_related(
            "organisation", "user__notice_preference"
        )
        return [one for one in members
                if Permission.MANAGE in permissions_of(one.organisation.kind, one.role)]

    return Concerned(str(event.payload.get("host", "")), people)
