"""What the state of another country's permit is called, for officer and trader."""

from django.utils.translation import gettext as _

from agencies.permits.abroad.models import Reason
from agencies.permits.states import UseState
from exchange.permits.models import ForeignUse
from exchange.permits.states import Answer, SetAside


def reason(code: str) -> str:
    """Why a use was refused, in a sentence; the code itself if it is none of ours."""
    return str(Reason(code).label) if code in Reason.values else code


def set_aside(code: str) -> str:
    """Why an answer changes nothing, in a sentence."""
    return str(SetAside(code).label) if code in SetAside.values else code


def obstacle(use: ForeignUse) -> str:
    """Why the goods are not released."""
    if use.answer == Answer.REFUSED:
        return _("%(partner)s refuses permit %(number)s: %(reason)s") % {
            "partner": use.partner.name, "number": use.number, "reason": reason(use.reason)
        }
    return _("%(partner)s has not answered for permit %(number)s.") % {
        "partner": use.partner.name, "number": use.number
    }


def state(use: ForeignUse) -> str:
    """How far it is, in a few words."""
    if use.said == UseState.FREED:
        return _("Given back")
    if use.said == UseState.WRITTEN_OFF:
        match use.answer:
            case Answer.GRANTED:
                return _("Written off")
            case Answer.REFUSED:
                return _("Released, and not written off there")
        return _("Released; the write-off is on its way")
    match use.answer:
        case Answer.GRANTED:
            return _("Reserved")
        case Answer.REFUSED:
            return _("Refused")
    return _("Waiting for the answer")


def remedy(use: ForeignUse) -> str:
    """What the trader can do about a refusal."""
    match use.reason:
        case Reason.QUANTITY | Reason.VALUE:
            return _("Amend the declaration to what is left, or cite another permit.")
        case Reason.ITEM:
            return _("Amend the declaration: name the permit at each goods item that needs it.")
        case Reason.UNIT:
            return _("Amend the declaration: write the quantity in the permit's unit as its write-off.")
        case Reason.CURRENCY:
            return _("Amend the declaration: write the value in the permit's currency as its write-off.")
        case Reason.TYPE | Reason.UNKNOWN | Reason.GOODS:
            return _("Compare number, type and goods with the certificate, and amend the declaration.")
    return _("Ask the agency that issued the permit, or cite another permit in an amendment.")
