"""Taking a message in: looked over at once, kept with its event in one transaction, checked later.

What fails at the door (declarations.door) is told so and leaves nothing behind. The schema and
the business rules run in a worker (portal.pipeline), which the event wakes.
"""

from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from declarations import amending, lifecycle
from declarations.change_request import ChangeRequest
from declarations.door import LRN_PATH, IntakeRefused, Peeked, peek, refused
from declarations.lifecycle import Action
from declarations.models import Declaration, Version
from declarations.profiles import store
from declarations.states import State
from declarations.wco import Layer
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission

__all__ = ["IntakeRefused", "submit", "take_in"]

MAX_IDEMPOTENCY_KEY = 200


def take_in(
    actor: Actor, body: bytes, *, channel: str, profile: str = "carec",
    idempotency_key: str | None = None,
) -> Declaration | ChangeRequest:
    """File a message, or take it as the wish to amend or cancel the declaration that it names.

    Otherwise as ``submit``.
    """
    message = _at_door(actor, body, profile, idempotency_key)
    if not message.is_change:
        return _file(actor, message, body, channel, idempotency_key)
    organisation = actor.organisation_id
    assert organisation is not None
    _filed_before(organisation, idempotency_key, message)  # a key is used for one message
    return amending.receive(actor, message, body, channel=channel, idempotency_key=idempotency_key)


def submit(
    actor: Actor,
    body: bytes,
    *,
    channel: str,
    profile: str = "carec",
    idempotency_key: str | None = None,
    draft: Declaration | None = None,
) -> Declaration:
    """File a message for the actor's organisation; from ``draft``, which it then replaces.

    The same key with the same bytes gives the declaration that the first filing made. Raises
    IntakeRefused, or PermissionDenied for an actor that may not file.
    """
    message = _at_door(actor, body, profile, idempotency_key)
    if message.is_change:
        raise refused(
            "SW-ROOT-06",
            _("This message changes a declaration that is filed already. Send it over REST to "
              "POST /api/v1/declarations, or open the declaration and amend or cancel it there."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.ROOT, "/Declaration/FunctionCode",
        )
    return _file(actor, message, body, channel, idempotency_key, draft)


def _at_door(actor: Actor, body: bytes, profile: str, idempotency_key: str | None) -> Peeked:
    organisation = actor.organisation_id
    if not actor.may(Permission.FILE) or organisation is None:
        raise PermissionDenied
    check_key(idempotency_key)
    if not store.may_file(actor, profile):
        raise _not_granted(actor, profile)
    return peek(body, profile)


def check_key(key: str | None) -> None:
    """Raise IntakeRefused for an idempotency key that is empty or too long."""
    if key is not None and not 0 < len(key) <= MAX_IDEMPOTENCY_KEY:
        raise refused(
            "SW-KEY-02",
            _("The idempotency key must have 1 to %(max)s characters."),
            HTTPStatus.BAD_REQUEST,
            max=MAX_IDEMPOTENCY_KEY,
        )


def _file(
    actor: Actor, message: Peeked, body: bytes, channel: str, idempotency_key: str | None,
    draft: Declaration | None = None,
) -> Declaration:
    organisation = actor.organisation_id
    assert organisation is not None
    amending.must_be_free(organisation, idempotency_key, message)
    if (earlier := _filed_before(organisation, idempotency_key, message)) is not None:
        return earlier
    try:
        with transaction.atomic():
            if draft is None:
                declaration = Declaration(organisation_id=organisation)
            else:
                declaration = _locked(actor, draft)
            _keep(actor, declaration, message, body, channel, idempotency_key)
        return declaration
    except IntegrityError as error:
        # Two at once: whoever lost learns what the winner has made.
        if (earlier := _filed_before(organisation, idempotency_key, message)) is not None:
            return earlier
        if "lrn_once_per_declarant" not in str(error):
            raise
        raise _lrn_used(actor, message.lrn) from None


def _not_granted(actor: Actor, name: str) -> IntakeRefused:
    return refused(
        "SW-PROFILE-02",
        _("There is no message profile “%(name)s” that your organisation may file with. Use one "
          "of: %(known)s; or ask the portal's administrator for it."),
        HTTPStatus.UNPROCESSABLE_ENTITY, Layer.ROOT,
        name=name[:60], known=", ".join(store.open_to(actor)),
    )


def _locked(actor: Actor, draft: Declaration) -> Declaration:
    """The draft as it is now. Raises IntakeRefused, or Declaration.DoesNotExist."""
    declaration = (
        Declaration.objects.owned_by(actor).select_for_update(of=("self",)).get(pk=draft.pk)
    )
    if declaration.state != State.DRAFT:
        raise refused(
            "SW-DRAFT-01",
            _("This draft has been filed already. Look it up in the list of declarations."),
            HTTPStatus.CONFLICT,
        )
    return declaration


def _keep(
    actor: Actor,
    declaration: Declaration,
    message: Peeked,
    body: bytes,
    channel: str,
    idempotency_key: str | None,
) -> None:
    """Write the declaration, its version and its event. Raises IntegrityError.

    The version comes before the state is changed: of two filings with one key the second then
    fails on the key, not on the LRN that both have.
    """
    declaration.filed_by_id = actor.user_id
    declaration.kind = message.kind.value
    declaration.profile = message.profile.name
    declaration.profile_version = message.profile.version
    declaration.lrn = message.lrn
    declaration.draft = None
    declaration.save()
    version = Version.objects.create(
        declaration=declaration,
        number=1,
        channel=channel,
        body=body,
        sha256=message.sha256,
        organisation_id=declaration.organisation_id,
        idempotency_key=idempotency_key,
    )
    lifecycle.perform(
        declaration, Action.SUBMIT, actor,
        {"version": version.number, "sha256": message.sha256, "channel": str(channel),
         "profile": f"{message.profile.name} {message.profile.version}"},
    )


def _filed_before(organisation: UUID, key: str | None, message: Peeked) -> Declaration | None:
    """What the same key has filed. Raises IntakeRefused when that was another message."""
    if key is None:
        return None
    earlier = (
        Version.objects.filter(organisation_id=organisation, idempotency_key=key)
        .select_related("declaration")
        .first()
    )
    if earlier is None:
        return None
    if earlier.sha256 != message.sha256:
        raise refused(
            "SW-KEY-01",
            _("This idempotency key was used at %(time)s UTC for another message (LRN %(lrn)s). "
              "Use a new key for a new message."),
            HTTPStatus.UNPROCESSABLE_ENTITY,
            time=f"{earlier.received_at:%Y-%m-%d %H:%M:%S}", lrn=earlier.declaration.lrn,
        )
    return earlier.declaration


def _lrn_used(actor: Actor, lrn: str) -> IntakeRefused:
    other = (
        Declaration.objects.owned_by(actor)
        .filed().exclude(state=State.REJECTED).filter(lrn=lrn).first()
    )
    filed_at = other.submitted_at if other is not None else None
    zone = ZoneInfo(settings.PORTAL_TIME_ZONE)
    return refused(
        "SW-LRN-03",
        _("You have used the local reference number (LRN) %(lrn)s already, for the declaration "
          "filed on %(day)s. Give this one a new number; only after a rejection can "
          "a number be used again."),
        HTTPStatus.CONFLICT, Layer.RULE, LRN_PATH,
        lrn=lrn, day=f"{(filed_at or timezone.now()).astimezone(zone):%Y-%m-%d}",
    )
