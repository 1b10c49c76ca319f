"""Administration of agencies and of the routing rules.

A rule set is edited as a draft. Published it is only read: a change is a new draft version, made by
copying, and published in its turn.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import rule_sets
from agencies.conditions import FIELDS, ConditionError, parse, written
from agencies.models import Agency, Queue, Rule, RuleSet
from agencies.states import RuleSetStatus
from portal.accounts.actors import Actor


class QueueInline(admin.TabularInline):
    model = Queue
    extra = 0


@admin.register(Agency)
class AgencyAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "organisation")
    search_fields = ("name", "code")
    inlines = (QueueInline,)


@admin.register(Queue)
class QueueAdmin(admin.ModelAdmin):
    list_display = ("name", "agency", "code", "service_hours")
    list_filter = ("agency",)
    search_fields = ("name", "code")


class ConditionField(forms.JSONField):
    """A condition as JSON, laid out as its documentation writes it."""

    widget = forms.Textarea(attrs={"class": "vLargeTextField", "rows": 6, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else written(value)


class RuleForm(forms.ModelForm):
    """A rule whose condition can be read; what is wrong with it is said at the field."""

    conditions = ConditionField(help_text=format_lazy(
        "{} {}", gettext_lazy(
            "A field and an operator, or a group of conditions under “all”, “any” or “none”; "
            '{"all": []} matches every declaration. All of it must hold for one and the same goods '
            "item. Operators: is, in, prefix, range, gte, lte. Fields:"
        ), ", ".join(FIELDS),
    ))

    class Meta:
        model = Rule
        fields = ("code", "title", "conditions", "queue", "tier", "review_kind", "legal_basis")
        widgets: ClassVar = {
            name: forms.TextInput(attrs={"class": "vLargeTextField"})
            for name in ("title", "legal_basis")
        }

    def clean_conditions(self) -> Any:
        conditions = self.cleaned_data["conditions"]
        try:
            parse(conditions)
        except ConditionError as error:
            raise ValidationError([str(problem) for problem in error.problems]) from error
        return conditions


def _is_draft(rule_set: RuleSet | None) -> bool:
    return rule_set is None or rule_set.status == RuleSetStatus.DRAFT


class RuleInline(admin.StackedInline):
    model = Rule
    form = RuleForm
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return _is_draft(obj) and super().has_delete_permission(request, obj)


@admin.register(RuleSet)
class RuleSetAdmin(admin.ModelAdmin):
    list_display = ("title", "version", "status", "effective_from", "effective_to", "rule_count")
    list_filter = ("status",)
    readonly_fields = ("version", "status")
    inlines = (RuleInline,)
    actions = ("copy_to_draft", "publish")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleSet]:
        return RuleSet.objects.with_rule_count()

    @admin.display(description=gettext_lazy("Rules"))
    def rule_count(self, rule_set: RuleSet) -> int:
        return rule_set.rule_count  # type: ignore[attr-defined, no-any-return]

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        # A list is no place to remove rule sets: its action could not tell drafts apart.
        return obj is not None and _is_draft(obj) and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: RuleSet, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            obj.version = rule_sets.next_version()
        super().save_model(request, obj, form, change)

    @admin.action(description=gettext_lazy("Copy to a new draft version"), permissions=["add"])
    def copy_to_draft(self, request: HttpRequest, queryset: QuerySet[RuleSet]) -> None:
        for rule_set in queryset:
            draft = rule_sets.copy_to_draft(rule_set)
            messages.success(request, _("Version %(version)s is a draft with the same rules.") % {
                "version": draft.version})

    @admin.action(description=gettext_lazy("Publish"), permissions=["add"])
    def publish(self, request: HttpRequest, queryset: QuerySet[RuleSet]) -> None:
        if queryset.count() != 1:
            messages.error(request, _("Choose one rule set to publish."))
            return
        rule_set = queryset.get()
        actor: Actor = request.actor  # type: ignore[attr-defined]
        try:
            rule_sets.publish(rule_set.pk, actor)
        except rule_sets.PublishError as error:
            for problem in error.problems:
                messages.error(request, problem)
        else:
            messages.success(request, _("%(rule_set)s is published.") % {"rule_set": rule_set})
