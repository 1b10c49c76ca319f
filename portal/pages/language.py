"""Choosing the language: a plain form, also before sign-in."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as remember

from portal.accounts.permissions import public


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the language of ``language`` in a cookie and go back to ``next``."""
    return remember(request)
