"""Names behind codes, in the language of the page."""

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from declarations import codelists
from declarations.wco.codes import RESPONSE_FUNCTION

SYMBOLS = {
    "KGM": _("kg"), "GRM": _("g"), "TNE": _("t"), "LTR": _("l"), "MTR": _("m"), "MTK": _("m²"),
    "MTQ": _("m³"),
}
# A permit is a document, and some documents (UNCL 1001) are permits: what one list does not know
# stands in the other.
TOGETHER = {"document": ("document", "permit"), "permit": ("permit", "document")}


def of(list_name: str, code: str) -> str:
    """What a code of one of the portal's lists means; nothing if the list does not know it."""
    for name in TOGETHER.get(list_name, (list_name,)):
        if code and codelists.known(name, code) is not None:
            return codelists.name(name, code, (get_language() or "en").split("-")[0])
    return ""


def country(code: str) -> str:
    """Name of an ISO 3166-1 alpha-2 country; the code itself if unknown."""
    return of("country", code) or code


def commodity(code: str) -> str:
    """What the harmonised system says of a code of six digits or more; nothing if unknown."""
    return of("hs", code)


def unit(code: str) -> str:
    """How a unit of UN/ECE Recommendation 20 is written behind a number; its code if seldom used."""
    return str(SYMBOLS.get(code, code))


def grouped_hs(code: str) -> str:
    """2204210000 as 2204 21 0000: heading, subheading, national part."""
    return " ".join(part for part in (code[:4], code[4:6], code[6:]) if part)


def response_function(code: str) -> str:
    """What a Response with this WCO function code says."""
    label = RESPONSE_FUNCTION.values.get(code.zfill(2))
    return gettext(label) if label else ""
