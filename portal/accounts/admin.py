"""Administration of organisations, people and the programs that file for them."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import ApiClient, Membership, Organisation, User


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
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "identifier", "country")
    list_filter = ("kind", "country")
    search_fields = ("name", "identifier")
    inlines = (MembershipInline, ApiClientInline)


@admin.register(User)
class PersonAdmin(UserAdmin):
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
