"""The WCO Response for every outcome, written in the transaction of the event that it reports.

Function codes (WCO Response, UK usage) by event:

=====================  ==  ==============================================================
accepted               01  MRN, time of acceptance; warnings as statements
rejected               03  one Error with a Pointer per fault; the LRN may be used again
inspection ordered     05
information asked for  06
refused                07  a release decision in the negative: Status/NameCode REF and the
                           reason as a statement. Not 03, on which a trader's software
                           corrects the message and files it again.
conditions set         07  an agency has agreed on conditions, the release is still to come:
                           Status/NameCode CON and each condition with its code
released               08  time of release
cancelled              10  time of cancellation
amended                11  an answer to a request: Status/NameCode ACC, the new VersionID
amendment or           11  Status/NameCode REF and the reason as a statement
cancellation denied
amendment or           11  Status/NameCode REJ and one Error with a Pointer per fault; the
cancellation faulty        declaration itself is not touched, hence not 03
=====================  ==  ==============================================================
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from declarations import wco
from declarations.change_request import ChangeRequest
from declarations.models import Declaration, Response
from declarations.profiles import store
from declarations.wco import Fault, FunctionCode, MessageKind, Severity
from declarations.wco.dataset import ResponseInformation
from portal.journal.kinds import EventKind
from portal.journal.models import Event

REFUSED_STATUS = "REF"
GRANTED_STATUS = "ACC"
CONDITIONAL_STATUS = "CON"
FAULTY_STATUS = "REJ"
WCO_ERROR_CODE = 8


def on_event(event: Event) -> None:
    """Journal subscriber: answer the declarant, once per event."""
    compose = COMPOSERS.get(EventKind(event.kind))
    if compose is None:
        return
    declaration = Declaration.objects.get(pk=event.subject)
    with translation.override(language_of(declaration)):
        response = compose(declaration, event)
    Response.objects.create(
        declaration=declaration,
        function_code=response.FunctionCode or "",
        body=written(response, profile_for(declaration)),
        event=event.pk,
    )


def language_of(declaration: Declaration) -> str:
    """The language of the person who filed it; the portal's own where a machine did."""
    filer = declaration.filed_by
    return (filer.language if filer else "") or settings.LANGUAGE_CODE


def written(response: wco.Response, profile: wco.Profile) -> bytes:
    """The response in the profile, or where its schema has no room for it, in that of the portal.

    An installed profile may allow an error code only the eight characters of the WCO's: the whole
    code then begins the text.
    """
    body = wco.write_response(response, profile, country=settings.PORTAL_COUNTRY)
    if profile.name in store.built_in() or _is_valid(body, profile):
        return body
    short = deepcopy(response)
    for error in short.Error:
        error.Description = f"{error.ValidationCode}: {error.Description or ''}"[:512]
        error.ValidationCode = (error.ValidationCode or "")[:WCO_ERROR_CODE]
    body = wco.write_response(short, profile, country=settings.PORTAL_COUNTRY)
    if _is_valid(body, profile):
        return body
    return wco.write_response(response, wco.get_profile(), country=settings.PORTAL_COUNTRY)


def _is_valid(body: bytes, profile: wco.Profile) -> bool:
    return wco.validate(body, profile, MessageKind.RESPONSE).accepted


def profile_for(declaration: Declaration) -> wco.Profile:
    """The declaration's own profile where it has a Response, otherwise carec."""
    profile = store.pinned(declaration.profile, declaration.profile_version)
    return profile if MessageKind.RESPONSE in profile.kinds else wco.get_profile()


def _notice(
    declaration: Declaration,
    event: Event,
    code: FunctionCode,
    status: str | None = None,
    statements: list[str] | None = None,
) -> wco.Response:
    return wco.notice(
        code, declaration.lrn, declaration.mrn, status=status, statements=statements or [],
        reference=event.pk.hex, at=event.at,
    )


def _accepted(declaration: Declaration, event: Event) -> wco.Response:
    notes = [fault.translated(gettext) for fault in _faults(declaration)]
    return _notice(declaration, event, FunctionCode.ACCEPTED, statements=notes)


def _rejected(declaration: Declaration, event: Event) -> wco.Response:
    errors = [fault for fault in _faults(declaration) if fault.severity == Severity.ERROR]
    return wco.rejection(
        declaration.lrn, errors, declaration.mrn, reference=event.pk.hex, at=event.at,
        gettext=gettext,
    )


def _refused(declaration: Declaration, event: Event) -> wco.Response:
    notice = _notice(declaration, event, FunctionCode.RELEASE_DECISION, REFUSED_STATUS)
    notice.AdditionalInformation = _reason(event)
    return notice


def _conditional(declaration: Declaration, event: Event) -> wco.Response:
    """Each condition, and whether it is to be fulfilled before release or after it."""
    notice = _notice(declaration, event, FunctionCode.RELEASE_DECISION, CONDITIONAL_STATUS)
    words = {"before": gettext("Before release: %(text)s"), "after": gettext("After release: %(text)s")}
    notice.AdditionalInformation = [
        ResponseInformation(
            StatementCode=one["code"][:17],
            StatementDescription=(words[one["when"]] % {"text": one["text"]})[:512],
        )
        for one in event.payload.get("conditions", [])
    ]
    return notice


def _with_reason(code: FunctionCode) -> Callable[[Declaration, Event], wco.Response]:
    def compose(declaration: Declaration, event: Event) -> wco.Response:
        notice = _notice(declaration, event, code)
        notice.AdditionalInformation = _reason(event)
        return notice

    return compose


def _asked(declaration: Declaration, event: Event) -> wco.Response:
    """The question, then each document that is asked for, all to be answered within the time."""
    notice = _with_reason(FunctionCode.DOCUMENTS_REQUIRED)(declaration, event)
    notice.AdditionalInformation += [
        ResponseInformation(StatementDescription=name[:512])
        for name in event.payload.get("documents", [])
    ]
    if due_at := event.payload.get("due_at"):
        for statement in notice.AdditionalInformation:
            statement.LimitDateTime = wco.DateTime.of(datetime.fromisoformat(due_at))
    return notice


def _reason(event: Event) -> list[ResponseInformation]:
    code, text = event.payload.get("reason_code"), event.payload.get("reason")
    if not code and not text:
        return []
    return [
        ResponseInformation(
            StatementCode=code[:17] if code else None,
            StatementDescription=" ".join(text.split())[:512] if text else None,
        )
    ]


def _amended(declaration: Declaration, event: Event) -> wco.Response:
    change = _change(event)
    notes = [Fault.from_dict(fault).translated(gettext) for fault in change.faults]
    notice = wco.notice(
        FunctionCode.REQUEST, change.reference or declaration.lrn, declaration.mrn,
        status=GRANTED_STATUS, statements=notes, reference=event.pk.hex, at=event.at,
        version=event.payload.get("version"),
    )
    return notice


def _denied(declaration: Declaration, event: Event) -> wco.Response:
    notice = _notice(declaration, event, FunctionCode.REQUEST, REFUSED_STATUS)
    notice.AdditionalInformation = _reason(event)
    return notice


def _not_taken(declaration: Declaration, event: Event) -> wco.Response:
    """What was asked for had faults; it is named by the number of its own message."""
    change = _change(event)
    faults = [Fault.from_dict(fault) for fault in change.faults]
    notice = wco.notice(
        FunctionCode.REQUEST, change.reference or declaration.lrn, declaration.mrn,
        status=FAULTY_STATUS, reference=event.pk.hex, at=event.at,
    )
    notice.Error = wco.rejection(
        None, [fault for fault in faults if fault.severity == Severity.ERROR], gettext=gettext
    ).Error
    return notice


def _change(event: Event) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=event.payload["change"])


def _faults(declaration: Declaration) -> list[Fault]:
    return [Fault.from_dict(fault) for fault in declaration.current.faults]


COMPOSERS: dict[EventKind, Callable[[Declaration, Event], wco.Response]] = {
    EventKind.ACCEPTED: _accepted,
    EventKind.REJECTED: _rejected,
    EventKind.INSPECTION_ORDERED: _with_reason(FunctionCode.CONTROL),
    EventKind.INFORMATION_REQUESTED: _asked,
    EventKind.REFUSED: _refused,
    EventKind.CONDITIONS_SET: _conditional,
    EventKind.RELEASED: _with_reason(FunctionCode.RELEASED),
    EventKind.CANCELLED: _with_reason(FunctionCode.INVALIDATED),
    EventKind.AMENDED: _amended,
    EventKind.AMENDMENT_DENIED: _denied,
    EventKind.AMENDMENT_REJECTED: _not_taken,
    EventKind.CANCELLATION_DENIED: _denied,
    EventKind.CANCELLATION_REJECTED: _not_taken,
}
