"""What is true of every request: no address with a zero byte, a known actor, private answers."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from portal.accounts.actors import NOBODY, Actor
from portal.accounts.models import Membership

ACTING_FOR = "acting_for"  # session key: the organisation chosen by a person with several


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in person's actor; without a membership it may do nothing."""
    user = request.user
    if not user.is_authenticated:
        return NOBODY
    memberships = list(
        Membership.objects.filter(user=user).select_related("organisation", "user").order_by("pk")
    )
    request.memberships = memberships  # type: ignore[attr-defined]  # for the choice on every page
    chosen = request.session.get(ACTING_FOR)
    for membership in memberships:
        if str(membership.organisation_id) == chosen:
            return membership.actor()
    return memberships[0].actor() if memberships else Actor(label=str(user), user_id=user.pk)


class NoZeroBytes:
    """Refuse (400) an address with a zero byte: PostgreSQL keeps none, so there is nothing to find.

    Forms and messages refuse it themselves; what is read from an address is often looked up as it is.
    So is a field that a view reads without a form: where the database is the first to see the byte,
    the answer is the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("A zero byte in the address.")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if type(exception) is ValueError and "NUL (0x00)" in str(exception):  # psycopg's own words
            raise BadRequest("A zero byte in a field.") from exception


class PrivateAnswers:
    """What a signed-in person or a program sees is kept by no cache, the browser's own included.

    A shared computer then shows nothing after signing out. A view's own Cache-Control stands.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # By the cookie, not by the person: the database may be what has just failed.
        known = "Authorization" in request.headers or (
            settings.SESSION_COOKIE_NAME in request.COOKIES
        )
        if known and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class OwnLanguage:
    """A signed-in person reads in the language that the person chose, on whatever computer.

    Whoever has chosen none, and whoever is signed out, has that of the cookie or of the browser.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a cookie nobody is signed in; what asks after the portal's health must not need a
        # database to be answered.
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        language = getattr(request.user, "language", "") if known else ""
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
        return self.get_response(request)


class ActorMiddleware:
    """Set ``request.actor``, and send an officer without a second factor to set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        if self._must_set_up_mfa(request):
            return redirect("mfa_index")
        return self.get_response(request)

    def _must_set_up_mfa(self, request: HttpRequest) -> bool:
        if not settings.REQUIRE_MFA_FOR_OFFICERS or not request.user.is_authenticated:
            return False
        if request.path.startswith(reverse("account_login").removesuffix("login/")):
            return False
        return lacks_second_factor(request)


def lacks_second_factor(request: HttpRequest) -> bool:
    """True for a person whose role needs a second factor at sign-in and who has none yet."""
    if not settings.REQUIRE_MFA_FOR_OFFICERS or not request.user.is_authenticated:
        return False
    actor: Actor = request.actor  # type: ignore[attr-defined]
    # Staff open the administration whatever they are members of.
    if not (actor.reviews or actor.administers or request.user.is_staff):
        return False
    from allauth.mfa.utils import is_mfa_enabled

    return not is_mfa_enabled(request.user)
