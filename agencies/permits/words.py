"""What the codes of a permit mean, in the language of the page."""

from django.utils.translation import get_language

from declarations import codelists


def type_name(code: str) -> str:
    """The name of a type of permit: of the list of permits, or of documents (UNCL 1001)."""
    for name in ("permit", "document"):
        if codelists.known(name, code) is not None:
            return codelists.name(name, code, _language())
    return code


def country(code: str) -> str:
    if not code or codelists.known("country", code) is None:
        return code
    return codelists.name("country", code, _language())


def _language() -> str:
    return (get_language() or "en").split("-")[0]
