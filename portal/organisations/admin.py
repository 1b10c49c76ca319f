"""Administration of organisations, people and the programs that file for them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.mandates import Mandate
from portal.accounts.models import ApiClient, Membership, Organisation, User
from portal.journal.administration import Journalled, note


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("user", "organisation")


class ApiClientInline(admin.TabularInline):
    """Programs are only watched and revoked here: a token is made by ``create_api_client``."""

    model = ApiClient
    extra = 0
    can_delete = False
    fields = ("name", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    readonly_fields = ("name", "scopes", "created_at", "expires_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Organisation)
class OrganisationAdmin(Journalled):
    list_display = ("name", "kind", "identifier", "country")
    list_filter = ("kind", "country")
    search_fields = ("name", "identifier")
    inlines = (MembershipInline, ApiClientInline)


@admin.register(User)
class PersonAdmin(Journalled, UserAdmin):
    list_display = ("username", "first_name", "last_name", "email", "is_active")
    list_filter = ("is_active", "memberships__organisation__kind")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "language")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ()
    inlines = (MembershipInline,)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """A role given or taken on a person's page is an event of the organisation too."""
        super().save_formset(request, form, formset, change)
        if formset.model is not Membership:
            return
        changed = [(member, CHANGE) for member, _fields in formset.changed_objects]
        added = [(member, ADDITION) for member in formset.new_objects]
        deleted = [(member, DELETION) for member in formset.deleted_objects]
        for member, flag in (*added, *changed, *deleted):
            note(request, member, flag, "", subject=member.organisation_id)


@admin.register(Mandate)
class MandateAdmin(admin.ModelAdmin):
    """Only watched here: the trader grants a mandate, and either side revokes it."""

    list_display = ("principal", "representative", "kinds", "valid_from", "valid_to", "state_words")
    search_fields = ("principal__name", "principal__identifier", "representative__name")
    list_select_related: ClassVar = ["principal", "representative"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
