"""Names of the portal's own code lists in the languages of its catalogue."""

from django.utils import translation


def translated(name: str, language: str) -> str:
    """The name in a language; in English where the catalogue does not have it."""
    if not name:
        return name
    with translation.override(language):  # a template's text has each % twice in the catalogue
        return translation.gettext(name.replace("%", "%%")).replace("%%", "%")
