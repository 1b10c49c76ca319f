"""Saved views of the list: what a person looks for again, by name, perhaps for colleagues too."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db import models, transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.accounts.actors import Actor
from portal.accounts.models import Organisation, User
from portal.identifiers import new_id

# What a view may hold of an address; anything else in it is left out.
PARAMETERS = ("q", "state", "kind", "filed_from", "filed_to", "sort")
MOST_VIEWS = 50


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, actor: Actor) -> "SavedViewQuerySet":
        """The person's own, and those that colleagues share within the organisation."""
        if actor.organisation_id is None or actor.user_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id).filter(
            Q(owner_id=actor.user_id) | Q(shared=True)
        ).select_related("owner")

    def own(self, actor: Actor) -> "SavedViewQuerySet":
        return self.seen_by(actor).filter(owner_id=actor.user_id)


class SavedView(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=60)
    query = models.JSONField(default=dict, help_text=_("Filters and sort, as in the address."))
    shared = models.BooleanField(_("Colleagues see it too"), default=False)
    first = models.BooleanField(_("Open the list with it"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "owner", "name"], name="one_view_per_name"
            ),
            models.UniqueConstraint(
                fields=["organisation", "owner"], condition=Q(first=True), name="one_first_view"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """What follows the question mark."""
        return urlencode({**self.query, "view": str(self.pk)})


def query_of(asked: QueryDict) -> dict[str, str]:
    return {name: text[:200] for name in PARAMETERS if (text := str(asked.get(name, ""))).strip()}


def keep(actor: Actor, name: str, query: dict[str, str], *, shared: bool, first: bool) -> SavedView:
    """Save a view; one of the same name is replaced. Raises TooMany."""
    own: dict[str, Any] = {"organisation_id": actor.organisation_id, "owner_id": actor.user_id}
    with transaction.atomic():
        if first:
            SavedView.objects.own(actor).filter(first=True).update(first=False)
        if SavedView.objects.own(actor).exclude(name=name).count() >= MOST_VIEWS:
            raise TooMany
        view, _made = SavedView.objects.update_or_create(
            **own, name=name, defaults={"query": query, "shared": shared, "first": first}
        )
    return view


class TooMany(Exception):
    """A person keeps so many views already that the list of them helps nobody."""
