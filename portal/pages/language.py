"""Choosing the language: a plain form, also before sign-in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as remember

from portal.accounts.models import User
from portal.accounts.permissions import public


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keep ``language`` and go back to ``next``: for a person who is signed in with the person,
    which is what counts from then on, and in the cookie for the pages before sign-in.
    """
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return remember(request)
