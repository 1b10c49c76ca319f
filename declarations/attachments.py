"""Files that a trader gives along: taken in, kept, removed, and what is left over swept away.

A file goes into the storage first, outside any transaction and under a name that nobody guesses;
its row comes in the transaction of whatever it belongs to. A file whose transaction failed has no
row, can be reached by nobody, and the sweep deletes it.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations.filetypes import FileType, UnknownType, detect
from declarations.models import Attachment, Declaration
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

FOLDER = "attachments"
MAX_AT_ONCE = 10
MAX_PER_DECLARATION = 100
MAX_NAME = 120
# Longer than any request lasts: a younger file may still get its row.
SWEEP_AFTER = timedelta(hours=1)
SWEPT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is in the storage, at ``path``, and belongs to nothing yet."""

    name: str
    path: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not taken, and why, in words for the person who sent it."""

    name: str
    message: str


class AttachmentRefused(Exception):
    """No more files can be kept; the text says why."""


def receive(files: Iterable[UploadedFile]) -> tuple[list[Received], list[Refusal]]:
    """Put the files into the storage, each for itself. Call it outside a transaction."""
    taken: list[Received] = []
    refused: list[Refusal] = []
    for number, file in enumerate(files, 1):
        name = clean_name(file.name or "")
        if number > MAX_AT_ONCE:
            refused.append(Refusal(name, _(
                "At most %(count)s files are taken at a time. Add this one afterwards."
            ) % {"count": MAX_AT_ONCE}))
            continue
        try:
            taken.append(_receive(name, file))
        except UnknownType as error:
            refused.append(Refusal(name, str(error)))
    return taken, refused


def _receive(name: str, file: UploadedFile) -> Received:
    size = file.size or 0
    if size == 0:
        raise UnknownType(_("The file is empty. Choose it again."))
    if size > settings.MAX_ATTACHMENT_BYTES:
        limit = settings.MAX_ATTACHMENT_BYTES // (1024 * 1024)
        raise UnknownType(_(
            "The file is larger than %(limit)s MB. Scan it with fewer dots per inch, or split it."
        ) % {"limit": limit})
    content = file.file
    assert content is not None
    found = detect(content)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    path = f"{FOLDER}/{timezone.now():%Y/%m/%d}/{secrets.token_hex(20)}"
    return Received(
        named_after(name, found), default_storage.save(path, content), found.media_type, size,
        digest.hexdigest(),
    )


def attach(declaration: Declaration, received: Iterable[Received], actor: Actor) -> list[Attachment]:
    """Make the files the declaration's own, each with its event. Its row is locked by the caller.

    Raises AttachmentRefused when it would have more than ``MAX_PER_DECLARATION``.
    """
    received = list(received)
    if received and declaration.attachments.count() + len(received) > MAX_PER_DECLARATION:
        raise AttachmentRefused(_(
            "A declaration can have %(count)s files. Put several pages into one PDF."
        ) % {"count": MAX_PER_DECLARATION})
    kept = []
    for one in received:
        attachment = Attachment.objects.create(
            declaration=declaration, name=one.name, file=one.path, media_type=one.media_type,
            size=one.size, sha256=one.sha256, uploaded_by_id=actor.user_id,
        )
        record(declaration.pk, EventKind.FILE_ATTACHED, actor, _about(attachment))
        kept.append(attachment)
    return kept


def remove(attachment: Attachment, actor: Actor) -> None:
    """Take the file away for good, with its event. The declaration's row is locked by the caller."""
    path = str(attachment.file.name)
    record(attachment.declaration_id, EventKind.FILE_REMOVED, actor, _about(attachment))
    attachment.delete()
    # What cannot be deleted now is found by the sweep, or does no harm.
    transaction.on_commit(lambda: default_storage.delete(path), robust=True)


def _about(attachment: Attachment) -> dict[str, str | int]:
    return {"attachment": str(attachment.pk), "file": attachment.name,
            "sha256": attachment.sha256, "size": attachment.size}


# --- names ----------------------------------------------------------------------------------


def clean_name(name: str) -> str:
    """The last part of a file's name, without what could mislead a reader or a program."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    # Cc: control characters. Cf: invisible ones, such as those that turn the reading direction.
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    name = re.sub(r'[<>:"|?*]+', "_", name).strip(" .")
    path = PurePosixPath(name or "file")
    return path.stem[: MAX_NAME - len(path.suffix[:10])] + path.suffix[:10]


def named_after(name: str, found: FileType) -> str:
    """The name with a suffix that is true of the content."""
    if name.lower().endswith(found.suffixes):
        return name
    return f"{name}{found.suffixes[0]}"


# --- the sweep ------------------------------------------------------------------------------


def sweep() -> int:
    """Delete the files of the last days that have no row. Returns how many."""
    swept = 0
    now = timezone.now()
    for days in range(SWEPT_DAYS):
        folder = f"{FOLDER}/{now - timedelta(days=days):%Y/%m/%d}"
        try:
            _folders, names = default_storage.listdir(folder)
        except FileNotFoundError:
            continue
        paths = {f"{folder}/{name}" for name in names}
        paths -= set(Attachment.objects.filter(file__in=paths).values_list("file", flat=True))
        for path in paths:
            if now - default_storage.get_modified_time(path) > SWEEP_AFTER:
                default_storage.delete(path)
                swept += 1
    return swept
