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
released               08  time of release
cancelled              10  time of cancellation
=====================  ==  ==============================================================
"""

from collections.abc import Callable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from declarations import wco
from declarations.models import Declaration, Response
from declarations.profiles import store
from declarations.wco import Fault, FunctionCode, MessageKind, Severity
from declarations.wco.dataset import ResponseInformation
from portal.journal.kinds import EventKind
from portal.journal.models import Event

REFUSED_STATUS = "REF"


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
        body=wco.write_response(
            response, profile_for(declaration), country=settings.PORTAL_COUNTRY
        ),
        event=event.pk,
    )


def language_of(declaration: Declaration) -> str:
    """The language of the person who filed it; the portal's own where a machine did."""
    filer = declaration.filed_by
    return (filer.language if filer else "") or settings.LANGUAGE_CODE


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


def _with_reason(code: FunctionCode) -> Callable[[Declaration, Event], wco.Response]:
    def compose(declaration: Declaration, event: Event) -> wco.Response:
        notice = _notice(declaration, event, code)
        notice.AdditionalInformation = _reason(event)
        return notice

    return compose


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


def _faults(declaration: Declaration) -> list[Fault]:
    return [Fault.from_dict(fault) for fault in declaration.current.faults]


COMPOSERS: dict[EventKind, Callable[[Declaration, Event], wco.Response]] = {
    EventKind.ACCEPTED: _accepted,
    EventKind.REJECTED: _rejected,
    EventKind.INSPECTION_ORDERED: _with_reason(FunctionCode.CONTROL),
    EventKind.INFORMATION_REQUESTED: _with_reason(FunctionCode.DOCUMENTS_REQUIRED),
    EventKind.REFUSED: _refused,
    EventKind.RELEASED: _with_reason(FunctionCode.RELEASED),
    EventKind.CANCELLED: _with_reason(FunctionCode.INVALIDATED),
}
