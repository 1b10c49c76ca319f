"""The journal: what happened, in order, so that nobody can change it afterwards unseen."""

from typing import ClassVar
from uuid import UUID

from django.db import models

from portal.identifiers import new_id


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, subject: UUID) -> "EventQuerySet":
        return self.filter(subject=subject).order_by("sequence")


class Event(models.Model):
    """One thing that happened to one subject. Append-only: a trigger refuses change and removal."""

    append_only = True  # here and below: portal.journal.privileges

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.UUIDField(help_text="Key of the declaration, message or rule set concerned.")
    sequence = models.PositiveIntegerField(help_text="1, 2, 3 … within the subject.")
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=150)
    user = models.UUIDField(null=True)
    organisation = models.UUIDField(null=True)
    at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "sequence"], name="one_chain_per_subject")
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "at"])]

    def __str__(self) -> str:
        return f"{self.kind} #{self.sequence}"


class ChainHead(models.Model):
    """The newest event of a subject: the row that is locked while the chain grows."""

    subject = models.UUIDField(primary_key=True)
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    sealed_sequence = models.PositiveIntegerField(default=0)


class SigningKey(models.Model):
    """The Ed25519 key that seals checkpoints and signs receipts and permits.

    The private half is encrypted at rest (Fernet). The newest key signs; all of them verify.
    """

    key_id = models.CharField(max_length=64, unique=True, help_text="RFC 7638 thumbprint.")
    public_key = models.JSONField(help_text="JWK, RFC 8037.")
    private_key = models.BinaryField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.key_id


class Checkpoint(models.Model):
    """A signed Merkle root over the heads that grew since the last checkpoint. Append-only."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    heads = models.JSONField(help_text="[[subject, sequence, hash], …] in order of subject.")
    root = models.CharField(max_length=64)
    previous_root = models.CharField(max_length=64, blank=True)
    signature = models.TextField(help_text="JWS (RFC 7515) over number, time, root and previous root.")

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"checkpoint {self.number}"


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def of(self, subject: UUID) -> "ReceiptQuerySet":
        """Those about ``subject``, the newest first: the first is about the version in force."""
        return self.filter(subject=subject).order_by("-at", "-id")


class Receipt(models.Model):
    """What the portal signed about one acceptance. Append-only: a trigger refuses the rest."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.UUIDField(help_text="Key of the declaration.")
    event = models.UUIDField(unique=True, help_text="The event of the acceptance.")
    version = models.PositiveIntegerField(help_text="Number of the version that was accepted.")
    at = models.DateTimeField()
    token = models.TextField(help_text="JWS (RFC 7515), compact; see portal.journal.receipts.")

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "-at"])]

    def __str__(self) -> str:
        return str(self.id)
