"""Names behind codes, in the language of the page: countries, commodities, languages."""

import gettext
from functools import lru_cache

import pycountry
from django.utils.translation import get_language


@lru_cache(maxsize=32)
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
    )


def country(code: str) -> str:
    """Name of an ISO 3166-1 alpha-2 country; the code itself if unknown."""
    found = pycountry.countries.get(alpha_2=code) if code else None
    if found is None:
        return code
    name = getattr(found, "common_name", found.name)
    return _catalogue((get_language() or "en").split("-")[0]).gettext(name)


def grouped_hs(code: str) -> str:
    """2204210000 as 2204 21 0000: heading, subheading, national part."""
    return " ".join(part for part in (code[:4], code[4:6], code[6:]) if part)


def commodity(code: str) -> str:
    """What the harmonised system says of a code; nothing if unknown."""
    return ""
