"""Taking a message in: looked over at once, kept with its event in one transaction, checked later.

At the door only what is cheap and certain is judged: size, encoding, well-formedness, DOCTYPE,
root, profile, kind and LRN. What fails there is told so and leaves nothing behind. The schema and
the business rules run in a worker (portal.pipeline), which the event wakes.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from declarations import lifecycle, wco
from declarations.lifecycle import Action
from declarations.models import Declaration, Version
from declarations.profiles import store
from declarations.states import Kind, State
from declarations.wco import Fault, Layer, MessageError
from declarations.wco.pointers import to_pointer
from declarations.wco.xml_form import find_payload, local_name
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission

LRN_PATH = "/Declaration/FunctionalReferenceID"
# Of the column; a profile may allow fewer characters, which its schema then says.
MAX_LRN = 35
MAX_IDEMPOTENCY_KEY = 200


class IntakeRefused(Exception):
    """A message was not taken in and nothing was kept. ``status`` is the HTTP status that fits."""

    def __init__(self, faults: list[Fault], status: int) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults
        self.status = status


@dataclass(frozen=True, slots=True)
class Peeked:
    """What the door learns of a message without checking it."""

    profile: wco.Profile
    kind: Kind
    lrn: str
    sha256: str


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
    organisation = actor.organisation_id
    if not actor.may(Permission.FILE) or organisation is None:
        raise PermissionDenied
    if idempotency_key is not None and not 0 < len(idempotency_key) <= MAX_IDEMPOTENCY_KEY:
        raise _refused(
            "SW-KEY-02",
            _("The idempotency key must have 1 to %(max)s characters."),
            HTTPStatus.BAD_REQUEST,
            max=MAX_IDEMPOTENCY_KEY,
        )
    if not store.may_file(actor, profile):
        raise _not_granted(actor, profile)
    message = peek(body, profile)
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


def peek(body: bytes, profile: str = "carec") -> Peeked:
    """Read what must be known of a message at once. Raises IntakeRefused."""
    if len(body) > settings.MAX_MESSAGE_BYTES:
        raise _too_large(len(body))
    if body.lstrip()[:1] in (b"{", b"["):
        raise _refused(
            "SW-SYNTAX-02",
            _("The message looks like JSON where XML is due. Send XML, or say that it is JSON: "
              "Content-Type: application/json."),
            layer=Layer.SYNTAX,
        )
    found = find_profile(profile)
    try:
        message = wco.read(body, max_bytes=settings.MAX_MESSAGE_BYTES)
        kind = wco.recognise(message, found)
    except MessageError as error:
        size = error.faults[0].layer is Layer.SIZE and body.strip()
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if size else HTTPStatus.BAD_REQUEST
        raise IntakeRefused(error.faults, status) from None
    if kind not in Kind.values:
        raise _refused(
            "SW-ROOT-05",
            _("Messages of the kind “%(kind)s” are not filed here. File an import, an export, a "
              "transit or a permit application."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.ROOT, "/Declaration/TypeCode",
            kind=str(kind),
        )
    lrn = _lrn_of(message, found)
    if not lrn:
        raise _refused(
            "SW-LRN-01",
            _("The local reference number (LRN) is missing. Put your own number for this "
              "declaration into FunctionalReferenceID."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.XSD, LRN_PATH,
        )
    if len(lrn) > MAX_LRN:
        raise _refused(
            "SW-LRN-02",
            _("The local reference number (LRN) has %(length)s characters; at most %(max)s are "
              "taken. Use a shorter one."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.XSD, LRN_PATH,
            length=len(lrn), max=MAX_LRN,
        )
    return Peeked(found, Kind(kind), lrn, message.sha256)


def _lrn_of(message: wco.Message, profile: wco.Profile) -> str:
    """The LRN alone: reading a whole dataset of 999 items takes longer than everything else here."""
    payload = find_payload(message.root)
    for child in () if payload is None else payload:
        if profile.field_name(wco.Declaration, local_name(child)) == "FunctionalReferenceID":
            return str(child.xpath("string()")).strip()
    return ""


def xml_from_json(body: bytes, profile: str = "carec") -> bytes:
    """The XML message of a dataset in JSON, by the writer that the forms use.

    Numbers keep their digits: they are read as text, never as binary floats. Raises IntakeRefused.
    """
    if len(body) > settings.MAX_MESSAGE_BYTES:
        raise _too_large(len(body))
    if not body.strip():
        raise _refused(
            "SW-SIZE-02", _("The message is empty. Send the dataset as JSON."), layer=Layer.SIZE
        )
    found = find_profile(profile)
    try:
        data = json.loads(
            body.decode("utf-8-sig"), parse_float=str, object_pairs_hook=_once_each
        )
    except UnicodeDecodeError:
        raise _refused(
            "SW-ENCODING-01", _("JSON must be in UTF-8. Save it as UTF-8 and send it again."),
            layer=Layer.ENCODING,
        ) from None
    except (ValueError, RecursionError) as error:
        raise _refused(
            "SW-SYNTAX-03",
            _("The message is not JSON: see line %(line)s. Correct it there, or send XML with "
              "Content-Type: application/xml."),
            layer=Layer.SYNTAX, line=getattr(error, "lineno", 1),
        ) from None
    try:
        return wco.to_xml(wco.from_json(data), found, country=settings.PORTAL_COUNTRY)
    except MessageError as error:
        raise IntakeRefused(error.faults, HTTPStatus.UNPROCESSABLE_ENTITY) from None


def find_profile(name: str) -> wco.Profile:
    """The profile in force today, by ``name`` or ``name@version``. Raises IntakeRefused."""
    try:
        return store.find(name)
    except wco.UnknownProfile:
        known = ", ".join(sorted(store.built_in()))
        raise _refused(
            "SW-PROFILE-01",
            _("No message profile “%(name)s” is in force. Use one of: %(known)s."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.ROOT,
            name=name[:40], known=known,
        ) from None


def _not_granted(actor: Actor, name: str) -> IntakeRefused:
    return _refused(
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
        raise _refused(
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
    declaration.kind = message.kind
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
        raise _refused(
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
    return _refused(
        "SW-LRN-03",
        _("You have used the local reference number (LRN) %(lrn)s already, for the declaration "
          "filed at %(time)s UTC. Give this one a new number; only after a rejection can "
          "a number be used again."),
        HTTPStatus.CONFLICT, Layer.RULE, LRN_PATH,
        lrn=lrn, time=f"{filed_at or timezone.now():%Y-%m-%d %H:%M:%S}",
    )


def _too_large(size: int) -> IntakeRefused:
    return _refused(
        "SW-SIZE-01",
        _("The message has %(size)s bytes; at most %(max)s are taken. Split it into several "
          "messages."),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Layer.SIZE,
        size=size, max=settings.MAX_MESSAGE_BYTES,
    )


def _refused(
    code: str,
    template: str,
    status: int = HTTPStatus.BAD_REQUEST,
    layer: Layer = Layer.RULE,
    path: str = "",
    *,
    line: int | None = None,
    **params: Any,
) -> IntakeRefused:
    if line is not None:
        params["line"] = line
    fault = Fault(code, layer, template, params, path, to_pointer(path), line)
    return IntakeRefused([fault], status)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose names are unique; a repeated one would silently win over the first."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
