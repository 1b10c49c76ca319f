"""An imported edition of a code list: its codes as one whole, read once per process."""

import hashlib
import json
import zlib
from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from declarations.codelists import Code
from portal.accounts.models import User
from portal.identifiers import new_id


def pack(codes: Iterable[Code]) -> bytes:
    """Codes as compressed JSON, the same bytes for the same codes in the same order."""
    rows = [
        [code.code, code.name, _text(code.valid_from), _text(code.valid_to), dict(code.more)]
        for code in codes
    ]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return zlib.compress(text.encode(), 6)


def unpack(packed: bytes) -> dict[str, Code]:
    rows = json.loads(zlib.decompress(packed))
    return {
        code: Code(code, name, _day(begins), _day(ends), more) if more or begins or ends
        else Code(code, name)
        for code, name, begins, ends, more in rows
    }


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


class CodeEditionQuerySet(models.QuerySet["CodeEdition"]):
    def published(self) -> "CodeEditionQuerySet":
        """In the order in which they decide: of one list, the last to take effect first."""
        return self.exclude(published_at=None).order_by("list_name", "-valid_from", "-published_at")

    def waiting(self) -> "CodeEditionQuerySet":
        """Uploaded, looked through, and not published."""
        return self.filter(published_at=None).order_by("-uploaded_at")

    def without_codes(self) -> "CodeEditionQuerySet":
        return self.defer("packed", "refused")


class CodeEdition(models.Model):
    """First what files say, waiting to be published; then an edition that never changes again.

    While it waits ``packed`` holds the codes of the files; once published, all of the edition.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list_name = models.CharField(max_length=30)
    edition = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(help_text=_("The first day on which declarations are checked by it."))
    partial = models.BooleanField(
        default=False, help_text=_("The files hold only some codes; the others stay as they are.")
    )
    packed = models.BinaryField(help_text=_("The codes; see pack()."))
    sha256 = models.CharField(max_length=64, help_text=_("Of the packed codes."))
    files = models.JSONField(help_text=_("Name, layout, encoding and SHA-256 of each file."))
    refused = models.JSONField(default=list, help_text=_("File, line, code and reason of each row."))
    refused_count = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=list, help_text=_("Reasons and how many rows each."))
    counts = models.JSONField(default=dict, help_text=_("What it changed; see Changes.counts."))
    # Null: the edition before it is the one that comes with the portal.
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.CharField(max_length=150)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=150, blank=True)
    published_by_user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = CodeEditionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["list_name", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["list_name", "edition"], condition=Q(published_at__isnull=False),
                name="code_edition_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_name} {self.edition}"

    @property
    def codes(self) -> dict[str, Code]:
        return unpack(bytes(self.packed))

    def hold(self, codes: Iterable[Code]) -> None:
        """Take these codes in; the caller saves."""
        self.packed = pack(codes)
        self.sha256 = hashlib.sha256(self.packed).hexdigest()
