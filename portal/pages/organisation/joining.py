"""The page behind the link of an invitation: join as who is signed in, or with a new account."""

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agencies.forms import summary
from portal.accounts.invitations import Invitation
from portal.accounts.middleware import ACTING_FOR
from portal.accounts.models import Membership, User
from portal.accounts.permissions import public
from portal.organisations import invitations
from portal.organisations.members import Refused
from portal.pages.organisation.forms import AccountForm

PAGE = "portal/organisation/join.html"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Looking at it uses nothing up, so that a mail scanner cannot: joining is a POST."""
    try:
        found = invitations.find(token)
    except Invitation.DoesNotExist:
        return render(request, "portal/organisation/join_expired.html", status=404)
    if isinstance(request.user, User):
        return _as_signed_in(request, token, found)
    return _with_new_account(request, token, found)


def _as_signed_in(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    error = ""
    if request.method == "POST":
        try:
            return _welcome(request, invitations.accept(token, request.user))  # type: ignore[arg-type]
        except Refused as refused:
            error = str(refused)
        except Invitation.DoesNotExist:
            return render(request, "portal/organisation/join_expired.html", status=404)
    return render(request, PAGE, {"invitation": found, "refused": error},
                  status=409 if error else 200)


def _with_new_account(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    form = AccountForm(found.email, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = _joined(token, form)
        except Invitation.DoesNotExist:
            return render(request, "portal/organisation/join_expired.html", status=404)
        if membership is not None:
            perform_login(request, membership.user, email=found.email)
            return _welcome(request, membership)
        # Only who reads the mail of this address sees this page: it may be told.
        form.add_error("first_name", _(
            "There is an account with this e-mail address already. Sign in with it to join."))
    faults = summary(form)
    return render(request, PAGE, {
        "invitation": found, "form": form.as_shown(), "errors": faults,
        "sign_in_first": request.get_full_path(),
    }, status=422 if faults else 200)


def _joined(token: str, form: AccountForm) -> Membership | None:
    """A new account and its membership, or None if the address has an account already.

    Of two at once with one link the second waits and finds it used; of two with different links
    the database lets one make the account. Raises Invitation.DoesNotExist.
    """
    try:
        with transaction.atomic():
            email = invitations.hold(token).email
            if _has_account(email):
                return None
            return invitations.accept(token, _make_account(email, form))
    except IntegrityError:
        return None


def _has_account(email: str) -> bool:
    return (
        User.objects.filter(email__iexact=email).exists()
        or EmailAddress.objects.filter(email__iexact=email).exists()
    )


def _make_account(email: str, form: AccountForm) -> User:
    """The person signs in by the address, which the link has proven; the user name is allauth's."""
    adapter = get_adapter()
    user = User(
        email=email, first_name=form.cleaned_data["first_name"],
        last_name=form.cleaned_data["last_name"], language=translation.get_language() or "",
        username=adapter.generate_unique_username([email, "person"]),
    )
    user.set_password(form.cleaned_data["password1"])
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session[ACTING_FOR] = str(membership.organisation_id)
    messages.success(request, _("You now belong to %(organisation)s.")
                     % {"organisation": membership.organisation.name})
    return redirect("home")
