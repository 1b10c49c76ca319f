"""Administration of agencies and queues. Routing rules are only read here.

They are edited and published under *Routing rules* in the portal, where a second person approves.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from agencies.models import Agency, Queue, Rule, RuleSet
from agencies.permits.models import PermitScheme
from portal.journal.administration import Journalled


class QueueInline(admin.TabularInline):
    model = Queue
    extra = 0


@admin.register(Agency)
class AgencyAdmin(Journalled):
    list_display = ("name", "code", "organisation")
    search_fields = ("name", "code")
    inlines = (QueueInline,)


@admin.register(Queue)
class QueueAdmin(Journalled):
    list_display = ("name", "agency", "code", "service_hours")
    list_filter = ("agency",)
    search_fields = ("name", "code")


@admin.register(PermitScheme)
class PermitSchemeAdmin(Journalled):
    """Permits themselves are issued and changed by officers of the agency, never here."""

    list_display = ("agency", "permit_type", "prefix", "number_format", "layout",
                    "second_signature")
    list_filter = ("agency",)


class OnlyRead:
    """Nobody adds, changes or deletes it here, superusers included."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RuleInline(OnlyRead, admin.TabularInline):
    model = Rule
    fields = ("code", "title", "queue", "tier", "review_kind", "needs_second_signature")
    extra = 0


@admin.register(RuleSet)
class RuleSetAdmin(OnlyRead, admin.ModelAdmin):
    list_display = ("title", "version", "status", "effective_from", "effective_to", "rule_count")
    list_filter = ("status",)
    inlines = (RuleInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleSet]:
        return RuleSet.objects.with_rule_count()

    @admin.display(description=gettext_lazy("Rules"))
    def rule_count(self, rule_set: RuleSet) -> int:
        return rule_set.rule_count  # type: ignore[attr-defined, no-any-return]
