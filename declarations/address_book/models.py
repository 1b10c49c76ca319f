"""A party as one organisation knows it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.identifiers import new_id


class PartyQuerySet(models.QuerySet["Party"]):
    def owned_by(self, actor: Actor) -> "PartyQuerySet":
        """Those of the actor's own organisation; none for an actor without one."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)

    def matching(self, text: str) -> "PartyQuerySet":
        """Those whose name, number, city or contact contain every word of ``text``."""
        found = self
        for word in text.split()[:5]:
            found = found.filter(
                Q(name__icontains=word) | Q(identifier__icontains=word)
                | Q(city__icontains=word) | Q(contact__icontains=word)
            )
        return found


class Party(models.Model):
    """The widths are those of the form's fields, so that what is kept can be filled in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="address_book"
    )
    name = models.CharField(_("Name"), max_length=70)
    identifier = models.CharField(_("Taxpayer or trader number"), max_length=35, blank=True)
    line = models.CharField(_("Street and number"), max_length=70, blank=True)
    postcode = models.CharField(_("Postcode"), max_length=9, blank=True)
    city = models.CharField(_("City"), max_length=35, blank=True)
    country = models.CharField(_("Country"), max_length=2, blank=True)
    contact = models.CharField(_("Contact"), max_length=140, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "identifier"], condition=~Q(identifier=""),
                name="one_party_per_number",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "name"], name="party_by_name")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def field(cls, name: str) -> "models.CharField[str, str]":
        """The column of that name; each that a person fills in is one of text."""
        found = cls._meta.get_field(name)
        assert isinstance(found, models.CharField)
        return found
