"""Asking the trader for information, and answering.

While a question is open the review's clock stands, and the declaration is “information required”
until the last one is answered or withdrawn. Files are prepared one by one and sent with the answer.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import cases
from agencies.cases import Case, DecisionError, about
from agencies.correspondence import (
    DOCUMENT_LENGTH,
    MAX_DOCUMENTS,
    TEXT_LENGTH,
    InformationRequest,
)
from agencies.decisions import lock_review
from agencies.states import RequestState, ReviewState
from declarations import attachments, lifecycle, representation
from declarations.attachments import AttachmentRefused, Received
from declarations.models import Attachment, Declaration
from declarations.states import State
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record

MAX_OPEN = 10


def ask(
    review_id: UUID, actor: Actor, text: str, due_at: datetime, documents: Iterable[str] = ()
) -> InformationRequest:
    """Ask the trader; the review's clock stands from now on.

    Raises ``Review.DoesNotExist`` for a review of another agency, DecisionError when this officer
    cannot ask now.
    """
    text = _worded(text, "text", _("Write what you want to know, so that the trader can answer."))
    documents = [name[:DOCUMENT_LENGTH] for one in documents if (name := one.strip())]
    if len(documents) > MAX_DOCUMENTS:
        raise DecisionError(
            _("Ask for at most %(count)s documents.") % {"count": MAX_DOCUMENTS}, "documents"
        )
    now = timezone.now()
    if due_at <= now:
        raise DecisionError(_("Give the trader time: choose a day in the future."), "due_on")
    with transaction.atomic():
        case, review = lock_review(review_id, actor)
        assert actor.user_id is not None  # an officer is a person
        cases.must_not_be_own(case.declaration, actor)
        cases.must_be(review, ReviewState.CLAIMED)
        cases.must_hold(review, actor)
        if sum(one.review_id == review.pk for one in case.open_requests()) >= MAX_OPEN:
            raise DecisionError(_("There are too many open questions. Withdraw one first."))
        request = InformationRequest.objects.create(
            review=review, text=text, documents=documents, due_at=due_at, asked_at=now,
            asked_by_id=actor.user_id,
        )
        if review.paused_at is None:
            review.paused_at = now
            review.save(update_fields=["paused_at"])
        payload = about(review) | {
            "request": str(request.pk), "reason": text, "documents": documents,
            "due_at": due_at.isoformat(),
        }
        # Another question is open, or the goods are being inspected meanwhile.
        if case.declaration.state in (State.INFORMATION_REQUIRED, State.INSPECTION):
            record(case.declaration.pk, EventKind.INFORMATION_REQUESTED, actor, payload)
        else:
            cases.move(case, lifecycle.Action.REQUEST_INFORMATION, actor, payload)
        return request


def withdraw(request_id: UUID, actor: Actor) -> InformationRequest:
    """Take the question back; what the trader had prepared is not sent.

    By the officer who holds the review, or a supervisor. Raises InformationRequest.DoesNotExist
    for another agency's.
    """
    cases.must_review(actor)
    request = InformationRequest.objects.filter(
        review__queue__agency__organisation=actor.organisation_id
    ).get(pk=request_id)
    with transaction.atomic():
        case, review = lock_review(request.review_id, actor)
        if not actor.may(Permission.SUPERVISE):
            cases.must_be(review, ReviewState.CLAIMED)
            cases.must_hold(review, actor)
        request = _still_open(case, request_id)
        cases.close_request(request, RequestState.WITHDRAWN)
        cases.go_on(case, review)
        payload = about(review) | {"request": str(request.pk)}
        if cases.may_leave_waiting(case):
            cases.move(case, lifecycle.Action.WITHDRAW_REQUEST, actor, payload)
        else:
            record(case.declaration.pk, EventKind.REQUEST_WITHDRAWN, actor, payload)
        return request


# --- the trader's side ----------------------------------------------------------------------


def answer(
    request_id: UUID, actor: Actor, text: str, received: Iterable[Received] = ()
) -> InformationRequest:
    """Answer in words, with files, or both: ``received`` and those prepared before.

    Raises ``InformationRequest.DoesNotExist`` for another organisation's, DecisionError when there
    is nothing to answer any more or nothing in the answer.
    """
    text = text.strip()
    if len(text) > TEXT_LENGTH:
        raise DecisionError(_too_long(), "answer")
    with transaction.atomic():
        case, request = _lock_own(request_id, actor)
        _attach(case, request, received, actor)
        files = list(request.files.all())
        if not text and not files:
            raise DecisionError(_("Write an answer or add a file."), "answer")
        request.answer, request.answered_by_id = text, actor.user_id
        cases.close_request(request, RequestState.ANSWERED)
        review = case.review(request.review_id)
        cases.go_on(case, review)
        payload = about(review) | {
            "request": str(request.pk), "answer": text,
            "files": [{"file": one.name, "sha256": one.sha256} for one in files],
        }
        if cases.may_leave_waiting(case):
            cases.move(case, lifecycle.Action.GIVE_INFORMATION, actor, payload)
        else:
            record(case.declaration.pk, EventKind.INFORMATION_GIVEN, actor, payload)
        return request


def prepare(
    request_id: UUID, actor: Actor, text: str, received: Iterable[Received] = ()
) -> None:
    """Keep what is written so far, and files; the agency sees them once the answer is sent."""
    if len(text) > TEXT_LENGTH:
        raise DecisionError(_too_long(), "answer")
    with transaction.atomic():
        case, request = _lock_own(request_id, actor)
        request.answer = text
        request.save(update_fields=["answer"])
        _attach(case, request, received, actor)


def remove_file(request_id: UUID, attachment_id: UUID, actor: Actor) -> None:
    """Take back a file that was prepared. Raises Attachment.DoesNotExist for any other."""
    with transaction.atomic():
        _case, request = _lock_own(request_id, actor)
        attachment = request.files.get(pk=attachment_id)
        request.files.remove(attachment)
        attachments.remove(attachment, actor)


def files_seen_by(declaration: Declaration, actor: Actor) -> QuerySet[Attachment]:
    """The declaration's files: all for its owner, for officials those that were sent to them."""
    own = declaration.organisation_id == actor.organisation_id
    if own or representation.takes_over(declaration, actor.organisation_id):
        return declaration.attachments.all()
    return declaration.attachments.exclude(
        requests__state__in=[RequestState.OPEN, RequestState.WITHDRAWN]
    )


# --- locks and rules ------------------------------------------------------------------------


def _lock_own(request_id: UUID, actor: Actor) -> tuple[Case, InformationRequest]:
    if not actor.may(Permission.FILE):
        raise DecisionError(_("Only the trader may do this."))
    found = InformationRequest.objects.to(actor).select_related("review").get(pk=request_id)
    case = cases.lock(found.review.declaration_id)
    if case.declaration.organisation_id == actor.organisation_id:
        cases.must_still_represent(case.declaration)
    elif not representation.takes_over(case.declaration, actor.organisation_id):
        raise DecisionError(
            _("%(name)s answers it for you while its mandate is in force.")
            % {"name": case.declaration.organisation.name}
        )
    return case, _still_open(case, request_id)


def _still_open(case: Case, request_id: UUID) -> InformationRequest:
    for request in case.open_requests():
        if request.pk == request_id:
            return request
    state = InformationRequest.objects.get(pk=request_id).get_state_display()
    raise DecisionError(
        _("This question is closed: %(state)s. Nothing more can be sent to it.") % {"state": state}
    )


def _attach(
    case: Case, request: InformationRequest, received: Iterable[Received], actor: Actor
) -> None:
    try:
        request.files.add(*attachments.attach(case.declaration, received, actor))
    except AttachmentRefused as error:
        raise DecisionError(str(error), "files") from error


def _worded(text: str, field: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise DecisionError(missing, field)
    if len(text) > TEXT_LENGTH:
        raise DecisionError(_too_long(), field)
    return text


def _too_long() -> str:
    return _("The text is longer than %(count)s characters. Shorten it, or put it into a file."
             ) % {"count": TEXT_LENGTH}
