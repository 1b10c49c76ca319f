"""What the pages of all versions share: comparing, discarding, publishing with four eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.forms import ShownForm, summary
from agencies.states import RuleSetStatus
from agencies.versions.models import RequestState
from agencies.versions.shelf import EditRefused, PublishError, Shelf
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event

EVENTS_PER_PAGE, RULES_PER_PAGE = 20, 50


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined, no-any-return]


class AskForm(ShownForm):
    effective_from = forms.DateTimeField(
        label=gettext_lazy("In force from"), required=False,
        help_text=gettext_lazy("The portal's time. Empty: from the moment of the approval."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "form-control"},
                                   format="%Y-%m-%dT%H:%M"))
    reason = forms.CharField(
        label=gettext_lazy("Why the rules change"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": gettext_lazy("Write why the rules change.")})


class AnswerForm(ShownForm):
    words = forms.CharField(
        label=gettext_lazy("Words to the author"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        help_text=gettext_lazy("Needed to return it. Kept in the journal."))


# Shows one tab of a version: (request, version, tab, errors, **the forms that hold them).
Shows = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Desk:
    """Where versions of one kind are published. ``prefix``: of the names of its addresses."""

    shelf: Shelf[Any, Any]
    prefix: str

    def asked(self, version: Any) -> Any:
        """The request to publish it that waits to be decided, if there is one."""
        waiting = version.publication_requests.filter(state=RequestState.ASKED)
        return waiting.select_related("asked_by").first()

    def tab(
        self, request: HttpRequest, version: Any, asked: Any, forms_: dict[str, forms.Form]
    ) -> dict[str, Any]:
        """What the tab of the publication shows."""
        events = Event.objects.of(version.pk).order_by("-sequence")
        page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
        labels = dict(EventKind.choices)
        return {
            "page": page,
            "events": [{"event": e, "label": labels.get(e.kind, e.kind)} for e in page],
            "ask": forms_.get("ask") or AskForm().as_shown(),
            "answer": forms_.get("answer") or AnswerForm().as_shown(),
            "may_approve": asked is not None and self.shelf.may_approve(asked, actor_of(request)),
            "lacks_dry_run": version.status == RuleSetStatus.DRAFT
            and self.shelf.lacks_dry_run(version),
            "requests": version.publication_requests.select_related("asked_by", "decided_by"),
            "urls": {name: reverse(f"{self.prefix}_{name}", args=[version.pk])
                     for name in ("ask", "unask", "answer", "withdraw")},
        }

    def changes(
        self, request: HttpRequest, version: Any, force: Any,
        compare: Callable[[Any, Any], Any], with_words: Callable[[Any], Iterable[Any]],
    ) -> dict[str, Any]:
        """What the tab of the changes shows: against the version chosen, else the one in force,
        else the one before it."""
        others = type(version).objects.exclude(pk=version.pk).order_by("-version")
        chosen = request.GET.get("with", "")
        base = others.filter(version=int(chosen)).first() if (
            chosen.isdecimal() and chosen.isascii() and len(chosen) < 9) else None
        if base is None and force is not None and force.pk != version.pk:
            base = force
        base = base or others.filter(version__lt=version.version).first()
        if base is None:
            return {"base": None, "others": []}
        made = compare(base, version)
        rows: list[tuple[str, Any]] = [("added", one) for one in with_words(made.added)]
        rows += [("removed", one) for one in with_words(made.removed)]
        rows += [("changed", one) for one in made.changed]
        page = Paginator(rows, RULES_PER_PAGE).get_page(request.GET.get("page"))
        return {"base": base, "others": others[:100], "comparison": made, "page": page}

    def discard(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Delete a draft; back to the list, or to the draft with why not."""
        try:
            self.shelf.discard(pk, actor_of(request))
        except EditRefused as error:
            messages.error(request, str(error))
            return redirect(f"{self.prefix}_set", pk)
        messages.info(request, _("The draft is deleted."))
        return redirect(self.prefix)

    def done(
        self, request: HttpRequest, pk: UUID, tab: str, work: Callable[[], object], said: str
    ) -> HttpResponse:
        """Do it, and go back to the tab with what came of it."""
        try:
            work()
        except EditRefused as error:
            messages.error(request, str(error))
        except PublishError as error:
            for problem in error.problems:
                messages.error(request, problem)
        else:
            messages.success(request, said)
        answer = redirect(f"{self.prefix}_set", pk)
        answer["Location"] += f"?tab={tab}"
        return answer

    def ask(self, request: HttpRequest, version: Any, show: Shows) -> HttpResponse:
        form = AskForm(request.POST)
        if not form.is_valid():
            return show(request, version, "publication", summary(form), ask=form.as_shown())
        begins = form.cleaned_data["effective_from"]
        if begins is not None:  # what the person wrote is the portal's time
            begins = begins.replace(tzinfo=ZoneInfo(settings.PORTAL_TIME_ZONE))
        try:
            self.shelf.ask(version.pk, actor_of(request), form.cleaned_data["reason"], begins)
        except (PublishError, EditRefused) as error:
            problems = getattr(error, "problems", [str(error)])
            return show(request, version, "publication",
                        [{"message": problem} for problem in problems], ask=form.as_shown())
        return self.done(request, version.pk, "publication", lambda: None,
                         _("Asked for. Another administrator, who did not edit it, approves."))

    def answer(self, request: HttpRequest, version: Any, show: Shows) -> HttpResponse:
        """Approve or return, by the button pressed."""
        form, actor = AnswerForm(request.POST), actor_of(request)
        words = form.cleaned_data["words"] if form.is_valid() else ""
        if "approve" in request.POST and form.is_valid():
            return self.done(request, version.pk, "publication", lambda: self.shelf.approve(
                version.pk, actor, words), _("Approved and published."))
        if form.is_valid() and not words:
            form.add_error("words", _("Write what the author should change."))
        if form.errors:
            return show(request, version, "publication", summary(form), answer=form.as_shown())
        return self.done(request, version.pk, "publication", lambda: self.shelf.give_back(
            version.pk, actor, words), _("Returned to its author."))

    def unask(self, request: HttpRequest, version: Any) -> HttpResponse:
        return self.done(request, version.pk, "publication", lambda: self.shelf.unask(
            version.pk, actor_of(request)), _("Withdrawn. The draft can be edited again."))

    def withdraw(self, request: HttpRequest, version: Any) -> HttpResponse:
        return self.done(request, version.pk, "publication", lambda: self.shelf.withdraw(
            version.pk, actor_of(request)), _("Withdrawn: it will not come into force."))
