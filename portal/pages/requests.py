"""The trader's side of what agencies ask: answering, files, and asking to cancel."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import cancellations, requests
from agencies.correspondence import TEXT_LENGTH, InformationRequest
from agencies.decisions import DecisionError
from agencies.forms import ShownForm, summary
from declarations import attachments, representation
from declarations.downloads import download
from declarations.models import Attachment, Declaration
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.pages import declaration as declaration_page


class AnswerForm(forms.Form):
    answer = forms.CharField(required=False, max_length=TEXT_LENGTH, error_messages={
        "max_length": gettext_lazy(
            "The text is longer than %(limit_value)d characters. Shorten it, or put it into a "
            "file."),
    })


class CancelForm(ShownForm):
    reason = forms.CharField(
        label=gettext_lazy("Why should it be cancelled?"), max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control"}),
        help_text=gettext_lazy("Customs reads it and decides. Name the declaration that replaces "
                               "this one, if there is one."),
        error_messages={"required": gettext_lazy(
            "Write why it should be cancelled. Customs reads it.")},
    )


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined, no-any-return]


def own(request: HttpRequest, pk: UUID) -> Declaration:
    mine = Declaration.objects.owned_by(actor_of(request)).select_related("organisation")
    return get_object_or_404(mine, pk=pk)


def answerable(request: HttpRequest, pk: UUID) -> Declaration:
    """One's own, or one filed for one's organisation: ``agencies.requests`` says who answers."""
    found = Declaration.objects.visible_to(actor_of(request)).filed()
    return get_object_or_404(found.select_related("organisation", "principal"), pk=pk)


def tab_of(declaration: Declaration) -> str:
    return reverse("declaration", args=[declaration.pk]) + "?tab=requests"


@require_POST
@requires(Permission.FILE)
def request_answer(request: HttpRequest, pk: UUID, request_pk: UUID) -> HttpResponse:
    """Keep text and files, and send them if that button was pressed.

    What is right is kept even when something else is not, so that no file is chosen twice.
    """
    found = answerable(request, pk)
    asked = _asked(request, found, request_pk)
    actor = actor_of(request)
    is_filer = found.organisation_id == actor.organisation_id
    if is_filer and (ended := representation.ended(found)) is not None:
        return declaration_page.page(
            request, found, "requests", status=409, errors=[_fault(asked, "", ended)])
    form = AnswerForm(request.POST)
    faults = [_fault(asked, "answer", str(message)) for message in form.errors.get("answer", [])]
    text = request.POST.get("answer", "")
    received, refused = attachments.receive(request.FILES.getlist("files"))
    faults += [_fault(asked, "files", one.message, one.name) for one in refused]
    try:
        requests.prepare(asked.pk, actor, "" if form.errors else form.cleaned_data["answer"], received)
        if not faults and "send" in request.POST:
            requests.answer(asked.pk, actor, form.cleaned_data["answer"])
    except DecisionError as error:
        faults.append(_fault(asked, error.field, str(error)))
    if faults:
        answering = {"pk": asked.pk, "text": text, "faults": faults}
        return declaration_page.page(
            request, found, "requests", status=422, answering=answering, errors=faults)
    if "send" in request.POST:
        messages.success(request, _("Sent. The agency goes on with the case."))
        return redirect(tab_of(found))
    messages.success(request, _("Kept. Nothing is sent yet."))
    return redirect(f"{tab_of(found)}#request-{asked.pk}")


@require_POST
@requires(Permission.FILE)
def request_file_remove(
    request: HttpRequest, pk: UUID, request_pk: UUID, file_pk: UUID
) -> HttpResponse:
    """Take back a file that was added to an answer not sent yet."""
    found = answerable(request, pk)
    asked = _asked(request, found, request_pk)
    try:
        requests.remove_file(asked.pk, file_pk, actor_of(request))
    except Attachment.DoesNotExist as error:
        raise Http404 from error
    except DecisionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The file is removed."))
    return redirect(f"{tab_of(found)}#request-{asked.pk}")


def _asked(request: HttpRequest, declaration: Declaration, pk: UUID) -> InformationRequest:
    mine = InformationRequest.objects.to(actor_of(request)).filter(review__declaration=declaration)
    return get_object_or_404(mine, pk=pk)


def _fault(asked: InformationRequest, field: str, message: str, label: str = "") -> dict[str, Any]:
    target = f"{field}-{asked.pk}" if field in ("answer", "files") else f"request-{asked.pk}"
    return {"field": field, "label": label, "message": message, "target": target}


@require_safe
@requires(Permission.VIEW_OWN, Permission.VIEW_CASES)
def attachment(request: HttpRequest, pk: UUID, attachment_pk: UUID) -> HttpResponseBase:
    """One file, for its owner or for an official it was sent to."""
    found = declaration_page.fetch(request, pk)
    file: Attachment = get_object_or_404(
        requests.files_seen_by(found, actor_of(request)), pk=attachment_pk)
    return download(file)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def declaration_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask customs to cancel the declaration; says so where that cannot be."""
    found = own(request, pk)
    ended = representation.ended(found)
    form = CancelForm(request.POST) if request.method == "POST" else CancelForm()
    if ended is None and form.is_bound and form.is_valid():
        try:
            cancellations.ask(found.pk, actor_of(request), form.cleaned_data["reason"])
        except DecisionError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Asked. Customs decides; you see the answer here."))
        return redirect(tab_of(found))
    faults = summary(form)
    return render(request, "portal/declaration_cancel.html", {
        "declaration": found, "form": form.as_shown(), "errors": faults,
        "obstacle": cancellations.obstacle(found) or ended, "decider": cancellations.deciding_queue(),
    }, status=422 if faults else 409 if ended and form.is_bound else 200)
