"""The open code lists as the forms offer them: selects, shared datalists, and the HS search."""

from datetime import date
from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from declarations.codelists import Code, CodeList, code_list, get, name, search, shipped
from declarations.profiles.store import today
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind

# Lists short enough for a select in every row; the others are datalists, once per page.
SELECTS = frozenset({"office", "transaction", "procedure", "guarantee", "application", "agency"})
DATALISTS = ("country", "currency", "package", "unit", "document", "any_office")
# A document of a goods item is a commercial one (UNCL 1001) or a permit; of those, some can be
# applied for. Transit passes offices of every country, other declarations are lodged at home.
_JOINED = {
    "document": ("permit", "document"), "application": ("permit", "document"),
    "any_office": ("office",),
}
_APPLIED_FOR = frozenset({"851", "852", "853", "861"})
HS = "hs"
FOUND = 30
# Of a list longer than this, such as all units there are, the page offers the portal's selection;
# every code may be typed.
MOST_OFFERED = 600

Entry = tuple[str, str]


def entries(list_name: str) -> tuple[Entry, ...]:
    """Code and name, in the language of the page, in the order of the list."""
    if list_name == "agency":
        return _agencies()
    parts = tuple(code_list(part) for part in _JOINED.get(list_name, (list_name,)))
    return _entries(list_name, parts, (get_language() or "en").split("-")[0], today())


def _agencies() -> tuple[Entry, ...]:
    """The agencies of this portal by their numbers."""
    agencies = Organisation.objects.filter(kind=OrganisationKind.AGENCY)
    return tuple(agencies.values_list("identifier", "name"))


@lru_cache(maxsize=128)
def _entries(
    list_name: str, parts: tuple[CodeList, ...], language: str, day: date
) -> tuple[Entry, ...]:
    """By the editions in force: a new one is another key."""
    return tuple(
        (code.code, part.name_of(code, language))
        for part in parts
        for code in part.codes.values()
        if _offered(list_name, part, code, day)
    )


def _offered(list_name: str, part: CodeList, code: Code, day: date) -> bool:
    """A declaration is lodged at an office of this country; retired codes are not offered."""
    if not code.in_force(day):
        return False
    if len(part.codes) > MOST_OFFERED and code.code not in shipped(part.name).codes:
        return False
    if list_name == "application":
        return part.name == "permit" or code.code in _APPLIED_FOR
    return list_name != "office" or code.more.get("country") == settings.PORTAL_COUNTRY


def datalists() -> dict[str, tuple[Entry, ...]]:
    return {list_name: entries(list_name) for list_name in DATALISTS}


def meaning(list_name: str, code: str) -> str:
    """What a code means, to show beside it; nothing if it is not known."""
    if list_name == "agency":
        return dict(_agencies()).get(code, "")
    for part in _JOINED.get(list_name, (list_name,)):
        if get(part, code) is not None:
            return name(part, code, (get_language() or "en").split("-")[0])
    return ""


def find_hs(text: str) -> list[Entry]:
    """HS codes that begin with ``text`` or whose words do, at most ``FOUND``."""
    return [(code.code, code.name) for code in search(HS, text, FOUND)] if text.strip() else []
