"""Inviting a person, and sending the link again or revoking it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.forms import summary
from portal.accounts.invitations import Invitation
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.organisations import invitations, members
from portal.pages.organisation.common import actor_of, show
from portal.pages.organisation.forms import InvitationForm


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def invite(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    own = members.own(actor)
    form = InvitationForm(own, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = invitations.invite(
                actor, form.cleaned_data["email"], form.cleaned_data["role"])
            _say_sent(request, made)
            return redirect("organisation")
        except members.Refused as error:
            form.add_error("email", str(error))
    faults = summary(form)
    return show(request, "invite.html", {"form": form.as_shown(), "errors": faults},
                422 if faults else 200)


@require_POST
@requires(Permission.MANAGE)
def resend(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        _say_sent(request, invitations.resend(actor_of(request), pk))
    except Invitation.DoesNotExist:
        raise Http404 from None
    return redirect("organisation")


@require_POST
@requires(Permission.MANAGE)
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        revoked = invitations.revoke(actor_of(request), pk)
    except Invitation.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The invitation of %(email)s is revoked.")
                     % {"email": revoked.email})
    return redirect("organisation")


def _say_sent(request: HttpRequest, made: Invitation) -> None:
    if made.sent_at:
        messages.success(request, _("An invitation is on its way to %(email)s.")
                         % {"email": made.email})
    else:
        messages.warning(request, _(
            "The invitation of %(email)s is kept, but its e-mail could not be sent. Send it again "
            "later."
        ) % {"email": made.email})
