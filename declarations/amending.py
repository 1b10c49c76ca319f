"""The trader's side of changing a declaration that is filed: write an amendment, ask for it.

A wish passes the same door as a filing and is checked by a worker (portal.pipeline): the schema,
then the rules. What is faulty changes nothing and says why. The agency's side, and taking a wish
back, is ``agencies.amendments``.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from declarations import representation, wco
from declarations.change_request import REASON_LENGTH, ChangeRequest
from declarations.door import LRN_PATH, IntakeRefused, Peeked, peek, refused
from declarations.models import Declaration
from declarations.states import ChangeKind, ChangeState, State
from declarations.wco import Layer, MessageKind
from declarations.wco.corrections import reasons
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record

Json = dict[str, Any]

MRN_PATH = "/Declaration/ID"
FUNCTION_PATH = "/Declaration/FunctionCode"
REASON_PATH = "/Declaration/AdditionalInformation"
REPLACEMENT = "5"
AMENDABLE = frozenset({State.UNDER_REVIEW, State.INFORMATION_REQUIRED, State.RELEASED})


def obstacle(declaration: Declaration) -> str | None:
    """Why the trader cannot ask to amend the declaration now, in words; None if nothing bars it."""
    state = State(declaration.state)
    if state in AMENDABLE:
        if declaration.changes.amendments().undecided().exists():
            return gettext(
                "An amendment of it is asked for already. Wait for the decision, or withdraw it."
            )
        return representation.ended(declaration)
    if state == State.DRAFT:
        return gettext("A draft is not filed yet. Change the draft itself.")
    if state in (State.SUBMITTED, State.ACCEPTED, State.AMENDED):
        return gettext(
            "It is still being checked, which takes seconds. Once it is accepted you can ask to "
            "amend it; if it is rejected, correct it and file it again."
        )
    if state == State.REJECTED:
        return gettext("It was rejected. Correct it and file it again.")
    if state == State.INSPECTION:
        return gettext(
            "The goods are to be inspected. You can ask to amend it when the inspection is over."
        )
    return gettext("It is closed (%(state)s) and can no longer be amended.") % {"state": state.label}


def ask(
    actor: Actor,
    declaration_id: UUID,
    body: bytes,
    reason: str = "",
    *,
    channel: str,
    profile: str = "",
    idempotency_key: str | None = None,
    written: ChangeRequest | None = None,
) -> ChangeRequest:
    """Ask to amend this declaration by a whole message, or by one that corrects places of it.

    ``written`` is the amendment of the form that this files. Without ``reason`` the message must
    say it. Raises Declaration.DoesNotExist, IntakeRefused, or PermissionDenied.
    """
    if not actor.may(Permission.FILE) or actor.organisation_id is None:
        raise PermissionDenied
    declaration = Declaration.objects.owned_by(actor).filed().get(pk=declaration_id)
    message = peek(body, profile or declaration.profile)
    if message.kind is MessageKind.CANCELLATION:
        raise refused(
            "SW-ROOT-04",
            _("This message asks to cancel the declaration. Send it to "
              "POST /api/v1/declarations, or send an amendment here."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.ROOT, "/Declaration/TypeCode",
        )
    if not message.is_change:
        raise refused(
            "SW-AMEND-FUNCTION",
            _("The function code is %(value)s. In an amendment write %(due)s (replacement)."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.RULE, FUNCTION_PATH,
            value=message.function or "—", due=REPLACEMENT,
        )
    if (message.mrn and message.mrn != declaration.mrn) or (
        not message.corrects and message.lrn != declaration.lrn
    ):
        raise refused(
            "SW-AMEND-OTHER",
            _("The message names another declaration (LRN %(lrn)s, MRN %(mrn)s). Give LRN "
              "%(own)s, and as MRN %(own_mrn)s."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.RULE,
            MRN_PATH if message.mrn and message.mrn != declaration.mrn else LRN_PATH,
            lrn=message.lrn, mrn=message.mrn or "—", own=declaration.lrn, own_mrn=declaration.mrn,
        )
    return _keep(actor, declaration, message, body, reason, channel, idempotency_key, written)


def receive(
    actor: Actor, message: Peeked, body: bytes, *, channel: str, idempotency_key: str | None = None
) -> ChangeRequest:
    """Take a message that amends or cancels the declaration which it names itself.

    Raises IntakeRefused; another organisation's declaration is as unknown as none.
    """
    own = Declaration.objects.owned_by(actor).filed().exclude(state=State.REJECTED)
    if message.mrn:
        declaration = own.filter(mrn=message.mrn).first()
    else:
        declaration = own.filter(lrn=message.lrn).first()
    if declaration is None:
        raise refused(
            "SW-CHANGE-01",
            _("You have no declaration with the reference “%(value)s”. Give the MRN of the "
              "declaration that is to be changed as ID."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.ROOT, MRN_PATH,
            value=(message.mrn or message.lrn)[:70],
        )
    if not message.corrects and message.lrn != declaration.lrn:
        raise refused(
            "SW-AMEND-OTHER",
            _("The message names another declaration (LRN %(lrn)s, MRN %(mrn)s). Give LRN "
              "%(own)s, and as MRN %(own_mrn)s."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.RULE, LRN_PATH,
            lrn=message.lrn, mrn=message.mrn, own=declaration.lrn, own_mrn=declaration.mrn,
        )
    return _keep(actor, declaration, message, body, "", channel, idempotency_key, None)


def _keep(
    actor: Actor, declaration: Declaration, message: Peeked, body: bytes, reason: str,
    channel: str, key: str | None, written: ChangeRequest | None,
) -> ChangeRequest:
    """Write the wish and its event in one transaction; a worker checks it afterwards."""
    assert actor.organisation_id is not None
    if (earlier := _asked_before(actor.organisation_id, key, message)) is not None:
        return earlier
    cancels = message.kind is MessageKind.CANCELLATION
    same_profile = message.profile.name == declaration.profile
    if not cancels and not same_profile:
        raise refused(
            "SW-AMEND-PROFILE",
            _("The declaration was filed with the message profile “%(due)s”. Amend it with that "
              "one."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.ROOT, due=declaration.profile,
        )
    reason = _reason(reason, body, message)
    try:
        with transaction.atomic():
            locked = locked_of(actor, declaration.pk)
            # Of two at once the second has waited for the first.
            if (earlier := _asked_before(actor.organisation_id, key, message)) is not None:
                return earlier
            if not cancels:
                must_be_amendable(locked)
            elif (words := representation.ended(locked)) is not None:
                raise _not_now(words)
            change = _locked_written(actor, written) or ChangeRequest(
                declaration=locked, organisation_id=locked.organisation_id
            )
            change.kind = ChangeKind.CANCELLATION if cancels else ChangeKind.AMENDMENT
            change.state, change.channel, change.reason = ChangeState.CHECKING, channel, reason
            change.base_number = (
                locked.versions.order_by("-number").values_list("number", flat=True).first() or 0
            )
            change.draft, change.asked_by_id = None, actor.user_id
            change.asked_at = timezone.now()
            change.reference, change.sha256 = message.lrn[:70], message.sha256
            change.idempotency_key = key
            if message.corrects:
                change.request = body
                change.request_profile = f"{message.profile.name}@{message.profile.version}"
            else:
                change.body = body
            change.save()
            kind = EventKind.CANCELLATION_RECEIVED if cancels else EventKind.AMENDMENT_REQUESTED
            record(locked.pk, kind, actor, {
                "change": str(change.pk), "sha256": message.sha256, "channel": str(channel),
                "reason": reason, "version": change.base_number,
            })
        return change
    except IntegrityError as error:
        # Two at once: whoever lost learns what the winner has made.
        if (earlier := _asked_before(actor.organisation_id, key, message)) is not None:
            return earlier
        if "one_amendment_at_a_time" not in str(error):
            raise
        raise _not_now(gettext(
            "An amendment of it is asked for already. Wait for the decision, or withdraw it."
        )) from None


def _reason(given: str, body: bytes, message: Peeked) -> str:
    """Why it is asked: as given, else as the message says. Raises IntakeRefused."""
    reason = given.strip()
    if not reason:
        dataset = wco.from_xml(wco.read(body).root, message.profile)
        reason = "\n".join(reasons(dataset) if message.corrects else _statements(dataset))
    if not reason:
        raise refused(
            "SW-AMEND-REASON",
            _("Say why the declaration is to be changed: in “reason”, or in an "
              "AdditionalInformation of the message with the type AES."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.RULE, REASON_PATH,
        )
    return reason[:REASON_LENGTH]


def _statements(dataset: wco.Declaration) -> Sequence[str]:
    """Statements of the type that the UK gives to reasons for a change."""
    return [
        one.StatementDescription for one in dataset.AdditionalInformation
        if one.StatementTypeCode == "AES" and one.StatementDescription
    ]


def must_be_free(organisation: UUID, key: str | None, message: Peeked) -> None:
    """Raise IntakeRefused if the key of a filing was used for a message that changes something."""
    _asked_before(organisation, key, message)


def _asked_before(organisation: UUID, key: str | None, message: Peeked) -> ChangeRequest | None:
    if key is None:
        return None
    earlier = (
        ChangeRequest.objects.filter(organisation_id=organisation, idempotency_key=key)
        .select_related("declaration").first()
    )
    if earlier is not None and earlier.sha256 != message.sha256:
        raise refused(
            "SW-KEY-01",
            _("This idempotency key was used at %(time)s UTC for another message (LRN %(lrn)s). "
              "Use a new key for a new message."),
            HTTPStatus.UNPROCESSABLE_ENTITY,
            time=f"{earlier.asked_at:%Y-%m-%d %H:%M:%S}", lrn=earlier.declaration.lrn,
        )
    return earlier


def locked_of(actor: Actor, declaration_id: UUID) -> Declaration:
    return (
        Declaration.objects.owned_by(actor).filed().select_for_update(of=("self",))
        .get(pk=declaration_id)
    )


def _locked_written(actor: Actor, written: ChangeRequest | None) -> ChangeRequest | None:
    """The amendment of the form, locked. Raises IntakeRefused once it was filed."""
    if written is None:
        return None
    found = (
        ChangeRequest.objects.owned_by(actor).filter(pk=written.pk, state=ChangeState.WRITING)
        .select_for_update(of=("self",)).first()
    )
    if found is None:
        raise _not_now(gettext("Somebody else filed or discarded this amendment meanwhile."))
    return found


def must_be_amendable(declaration: Declaration) -> None:
    if (words := obstacle(declaration)) is not None:
        raise _not_now(words)


def _not_now(words: str) -> IntakeRefused:
    """``words`` are in the language of the reader already."""
    return refused("SW-AMEND-STATE", "%(words)s", HTTPStatus.CONFLICT, Layer.RULE, words=words)


