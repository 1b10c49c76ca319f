"""Partners, their keys, and subscriptions, as an administrator sets them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from exchange import keys
from exchange.models import OwnKey, Partner, PartnerKey, Subscription
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


class PartnerForm(forms.ModelForm):
    class Meta:
        model = Partner
        fields = ("country", "name", "base_url")

    def clean_country(self) -> str:
        return self.cleaned_data["country"].upper()

    def clean_base_url(self) -> str:
        try:
            return keys.checked_address(self.cleaned_data["base_url"])
        except keys.KeyProblem as problem:
            raise ValidationError(str(problem)) from problem


class PartnerKeyForm(forms.ModelForm):
    """The key id is not asked for: it is the key's thumbprint."""

    class Meta:
        model = PartnerKey
        fields = ("public_key", "valid_from", "valid_to")

    def clean_public_key(self) -> str:
        pem = self.cleaned_data["public_key"].strip() + "\n"
        try:
            self.instance.key_id = keys.checked_key(pem)
        except keys.KeyProblem as problem:
            raise ValidationError(str(problem)) from problem
        if PartnerKey.objects.filter(key_id=self.instance.key_id).exclude(
            pk=self.instance.pk
        ).exists():
            raise ValidationError(_("This key is here already."))
        return pem

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, end = given.get("valid_from"), given.get("valid_to")
        if start and end and end <= start:
            self.add_error("valid_to", _("The key must end after it begins."))
        return given


class PartnerKeyInline(admin.StackedInline):
    model = PartnerKey
    form = PartnerKeyForm
    extra = 0
    can_delete = False
    fields = ("key_id", "public_key", "valid_from", "valid_to", "revoked_at")
    readonly_fields = ("key_id", "revoked_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a key is added here; its window is changed on its own page


class KeptForever(admin.ModelAdmin):
    """Proof depends on these rows: none is removed."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.action(description=_("Revoke the selected keys, at once and for good"))
def revoke(admin_of: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Any]) -> None:
    for key in chosen:
        keys.revoke(key, _actor(request))


@admin.register(Partner)
class PartnerAdmin(KeptForever):
    form = PartnerForm
    list_display = ("name", "country", "base_url", "paused_at")
    inlines = (PartnerKeyInline,)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: forms.BaseModelFormSet, change: bool
    ) -> None:
        super().save_formset(request, form, formset, change)
        for key in formset.new_objects:
            keys.note(key, EventKind.KEY_ADDED, _actor(request))


@admin.register(PartnerKey)
class PartnerKeyAdmin(KeptForever):
    list_display = ("key_id", "partner", "valid_from", "valid_to", "revoked_at")
    list_filter = ("partner",)
    readonly_fields = ("partner", "key_id", "public_key", "valid_from", "revoked_at")
    fields = ("partner", "key_id", "public_key", "valid_from", "valid_to", "revoked_at")
    actions = (revoke,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(OwnKey)
class OwnKeyAdmin(KeptForever):
    """Looked at and revoked here; made and rolled by the portal itself."""

    list_display = ("key_id", "valid_from", "valid_to", "revoked_at")
    readonly_fields = ("key_id", "public_key", "valid_from", "revoked_at")
    actions = (revoke, "roll")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=_("Make the next key now; the present ones end in 7 days"))
    def roll(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        keys.roll_own_key(actor=_actor(request))


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    list_display = ("event_kind", "declaration_kind", "addressee")
    list_filter = ("event_kind", "declaration_kind")
