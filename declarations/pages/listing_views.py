"""Keeping and forgetting saved views of the list."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from declarations.pages.acting import actor_of
from declarations.views_saved import MOST_VIEWS, SavedView, TooMany, keep, query_of
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


class ViewForm(forms.Form):
    view_name = forms.CharField(max_length=60)
    shared = forms.BooleanField(required=False)
    first = forms.BooleanField(required=False)


@require_POST
@requires(Permission.VIEW_OWN)
def view_keep(request: HttpRequest) -> HttpResponse:
    """Save what the list shows under a name; the same name replaces the person's former view."""
    query = query_of(request.POST)
    form = ViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the view a name of at most 60 characters."))
        return redirect(_address(SavedView(query=query)))
    try:
        view = keep(
            actor_of(request), form.cleaned_data["view_name"].strip(), query,
            shared=form.cleaned_data["shared"], first=form.cleaned_data["first"],
        )
    except TooMany:
        messages.error(request, _("You keep %(count)s views already. Delete one first.") % {
            "count": MOST_VIEWS})
        return redirect(_address(SavedView(query=query)))
    messages.success(request, _("View “%(name)s” is saved.") % {"name": view.name})
    return redirect(_address(view))


@require_POST
@requires(Permission.VIEW_OWN)
def view_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.own(actor_of(request)), pk=pk)
    view.delete()
    messages.success(request, _("View “%(name)s” was deleted; no declaration was.") % {
        "name": view.name})
    return redirect(f"{reverse('declaration_list')}?view=all")


def _address(view: SavedView) -> str:
    return f"{reverse('declaration_list')}?{view.address}"
