"""Which event is told to whom."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from declarations.models import Declaration
from declarations.states import Kind
from exchange.models.partners import Partner
from exchange.models.states import WireKind


class Addressee(models.TextChoices):
    EXPORT_COUNTRY = "export_country", _("The country of export")
    DESTINATION_COUNTRY = "destination_country", _("The country of destination")
    ITINERARY = "itinerary", _("Every country on the itinerary")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def shown(self) -> "SubscriptionQuerySet":
        return self.select_related("partner").order_by(
            "declaration_kind", "event_kind", "addressee", "partner__name", "export_country",
            "destination_country",
        )


class Subscription(models.Model):
    """Which event sends a message to whom: to a relation of the declaration, and of these to every
    partner or one, along every corridor or one."""

    event_kind = models.CharField(_("event"), max_length=40, choices=WireKind.choices)
    declaration_kind = models.CharField(_("kind of declaration"), max_length=10, choices=Kind.choices)
    addressee = models.CharField(_("sent to"), max_length=20, choices=Addressee.choices)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="subscriptions",
        verbose_name=_("partner"),
    )
    export_country = models.CharField(_("from"), max_length=2, blank=True)
    destination_country = models.CharField(_("to"), max_length=2, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event_kind", "declaration_kind", "addressee", "partner",
                        "export_country", "destination_country"],
                name="one_subscription_each", nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        event, kind = self.get_event_kind_display(), self.get_declaration_kind_display()
        return f"{event} {kind} ▸ {self.get_addressee_display()}"

    def means(self, declaration: Declaration) -> bool:
        """Whether the declaration is of this kind and on this corridor."""
        return (
            self.declaration_kind == declaration.kind
            and self.export_country in ("", declaration.export_country)
            and self.destination_country in ("", declaration.destination_country)
        )

    @property
    def is_agreed(self) -> bool:
        """False where its one partner has not agreed to such messages: then it sends nothing."""
        return self.partner is None or self.event_kind in self.partner.message_kinds
