"""What the pages of the parts share: their tabs, the list, the form of one, the question before
one is removed. A part is a kind of thing that an agency keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Model, Q
from django.db.models.deletion import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.administration.fields import KeptForm
from agencies.administration.keeping import agency_of, keep, locked, remove
from agencies.forms import summary
from agencies.models import Agency
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind

FOLDER = "agencies/administration"
TABS = (
    ("our_agency", gettext_lazy("Overview"), "landmark"),
    ("agency_offices", gettext_lazy("Offices"), "building-2"),
    ("agency_hours", gettext_lazy("Working time"), "clock"),
    ("absences", gettext_lazy("Absences"), "calendar-x"),
    ("agency_queues", gettext_lazy("Queues"), "inbox"),
    ("agency_conditions", gettext_lazy("Conditions"), "list-checks"),
    ("inspection_sites", gettext_lazy("Places"), "map-pin"),
    ("agency_schemes", gettext_lazy("Permit series"), "award"),
)


@dataclass(frozen=True)
class Part:
    """One kind of thing, its form and the names of its addresses."""

    name: str  # of the list's address
    one: str  # of the address of one
    title: Promise
    model: type[Model]
    form: type[KeptForm]
    kind: EventKind
    new: Promise | None = None  # heading of the form of a new one; without it none is added
    intro: Promise | None = None
    more: dict[str, Any] = field(default_factory=dict)


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined, no-any-return]


def own_agency(request: HttpRequest) -> Agency:
    """The agency whose pages these are; 404 for whoever manages something else."""
    try:
        return agency_of(actor_of(request))
    except Agency.DoesNotExist as error:
        raise Http404 from error


def show(
    request: HttpRequest, template: str, context: dict[str, Any], agency: Agency | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    agency = agency or own_agency(request)
    manages = actor_of(request).may(Permission.MANAGE)
    tabs = [
        {"url": reverse(name), "label": label, "icon": icon, "current": reverse(name) == request.path}
        for name, label, icon in TABS
    ] if manages else []
    return render(request, f"{FOLDER}/{template}",
                  {"agency": agency, "tabs": tabs, "manages": manages} | context, status=status)


def show_list(
    request: HttpRequest, part: Part, template: str, rows: Any, **context: Any
) -> HttpResponse:
    return show(request, template, {"part": part, "rows": rows} | context)


def edit(
    request: HttpRequest, part: Part, pk: UUID | None = None, among: Q | None = None,
    **begun: Any,
) -> HttpResponse:
    """The form of one, or of a new one that has ``begun``. What is saved is checked and saved under
    one lock. ``among``: which of the agency's may be changed, if not all."""
    agency = own_agency(request)
    if request.method != "POST":
        one = _one(part, agency, pk, among, begun)
        return _form_page(request, part, agency, part.form(agency, instance=one), one)
    with transaction.atomic():
        agency = locked(actor_of(request))
        one = _one(part, agency, pk, among, begun)
        named = str(one) if pk else ""
        form = part.form(agency, request.POST, instance=one)
        if form.is_valid():
            if keep(form, agency, actor_of(request), part.kind):
                messages.success(request, _("Saved."))
            else:
                messages.info(request, _("Nothing was changed."))
            return redirect(part.name)
    return _form_page(request, part, agency, form, one, named)


def delete(
    request: HttpRequest, part: Part, pk: UUID, words: str, among: Q | None = None
) -> HttpResponse:
    """Ask first, then remove one with its event."""
    agency = own_agency(request)
    one = _one(part, agency, pk, among)
    if request.method != "POST":
        return show(request, "remove.html", {
            "title": _("Remove “%(name)s”?") % {"name": one}, "words": words, "part": part,
            "back": reverse(part.name),
        }, agency)
    try:
        with transaction.atomic():
            agency = locked(actor_of(request))
            one = _one(part, agency, pk, among)
            remove(one, agency, actor_of(request), part.kind)
    except ProtectedError:
        messages.error(request, _("It is in use and cannot be removed."))
    else:
        messages.success(request, _("Removed."))
    return redirect(part.name)


def _one(
    part: Part, agency: Agency, pk: UUID | None, among: Q | None = None,
    begun: dict[str, Any] | None = None,
) -> Model:
    if pk is not None:
        own = part.model._default_manager.filter(agency=agency).filter(among or Q())
        return get_object_or_404(own, pk=pk)
    if part.new is None:
        raise Http404
    return part.model(agency=agency, **(begun or {}))


def _form_page(
    request: HttpRequest, part: Part, agency: Agency, form: KeptForm, one: Model, named: str = ""
) -> HttpResponse:
    faults = summary(form)  # type: ignore[arg-type]
    heading = named or (str(part.new) if one._state.adding else str(one))
    return show(request, "form.html", {
        "form": form.as_shown(), "errors": faults, "part": part, "one": one, "heading": heading,
        "is_new": one._state.adding, "back": reverse(part.name),
    } | part.more, agency,
        HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)
