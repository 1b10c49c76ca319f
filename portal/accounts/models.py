"""People, the organisations they act for, and the programs that file on their behalf."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.accounts.actors import Actor
from portal.accounts.invitations import Invitation  # noqa: F401
from portal.accounts.mandates import Mandate  # noqa: F401
from portal.accounts.roles import OrganisationKind, Role, permissions_of
from portal.identifiers import new_id


class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    language = models.CharField(_("language"), max_length=7, blank=True)

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Organisation(models.Model):
    """A trader, a broker, an agency, or the operator of the portal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=OrganisationKind.choices)
    name = models.CharField(_("name"), max_length=140)
    identifier = models.CharField(
        _("taxpayer or trader number"), max_length=35, unique=True,
        help_text=_("As written in Declarant/ID and Importer/ID."),
    )
    country = models.CharField(_("country"), max_length=2)
    city = models.CharField(_("city"), max_length=35, blank=True)
    address = models.CharField(_("address"), max_length=70, blank=True)
    postcode = models.CharField(_("postcode"), max_length=9, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, actor: Actor) -> "MembershipQuerySet":
        """The members of the actor's own organisation; none for an actor without one."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class Membership(models.Model):
    """A person's role in one organisation."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships",
        verbose_name=_("organisation"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("role in an organisation")
        verbose_name_plural = _("roles in organisations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "organisation"], name="one_role_each")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"

    def actor(self) -> Actor:
        return Actor(
            label=str(self.user),
            user_id=self.user_id,
            organisation_id=self.organisation_id,
            organisation_name=self.organisation.name,
            permissions=permissions_of(self.organisation.kind, self.role),
        )


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def of(self, actor: Actor) -> "ApiClientQuerySet":
        """Those of the actor's own organisation; none for an actor without one."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)

    def valid(self) -> "ApiClientQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=Now())


class ApiClient(models.Model):
    """A program that files for an organisation. Only the SHA-256 of its token is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="api_clients"
    )
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(
        _("scopes"), default=list, help_text=_("Names of permissions; see roles.py.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")

    def __str__(self) -> str:
        return f"{self.name} ({self.organisation})"
