"""What an administrator does to code lists: upload, set, publish, discard. Each leaves an event
or nothing at all."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations import codelists
from declarations.code_editions import store
from declarations.code_editions.changes import Changes, compare
from declarations.code_editions.models import CodeEdition
from declarations.code_editions.reading import read
from declarations.profiles.store import today
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record

FORGOTTEN_AFTER = timedelta(days=1)
MAX_REFUSED_KEPT = 2_000


class PublishRefused(Exception):
    """Nothing was published; the message says why and what to do."""


def upload(actor: Actor, list_name: str, files: Sequence[tuple[str, bytes]]) -> CodeEdition:
    """Read the files of a list's edition and keep what they say until it is published.

    Raises FileRefused, and then nothing was kept.
    """
    _check(actor)
    _base, code_list = store.in_force(list_name, today())
    reading = read(files, code_list)
    about = [
        {**told, "sha256": hashlib.sha256(body).hexdigest()}
        for told, (_name, body) in zip(reading.files, files, strict=True)
    ]
    waiting = CodeEdition(
        list_name=list_name,
        source=about[0]["layout"][:200],
        valid_from=today(),
        files=about,
        refused=[[r.file, r.line, r.code, r.reason] for r in reading.refused[:MAX_REFUSED_KEPT]],
        refused_count=len(reading.refused),
        skipped=[[reason, count] for reason, count in reading.skipped.most_common()],
        uploaded_by=actor.label,
    )
    waiting.hold(reading.codes.values())
    CodeEdition.objects.waiting().filter(
        uploaded_at__lt=timezone.now() - FORGOTTEN_AFTER
    ).delete()
    waiting.save()
    return waiting


def preview(waiting: CodeEdition) -> tuple[CodeEdition | None, Changes]:
    """What publishing would change, against which edition (None for the one shipped)."""
    base, code_list = store.in_force(waiting.list_name, waiting.valid_from)
    changes = compare(code_list, waiting.codes, waiting.valid_from, partial=waiting.partial)
    return base, changes


def seen(waiting: CodeEdition, base: CodeEdition | None) -> str:
    """What a preview depends on, to tell whether it is still the one that was looked at."""
    return f"{base.pk if base else ''}/{waiting.valid_from.isoformat()}/{int(waiting.partial)}"


def set_up(
    actor: Actor, waiting: CodeEdition, edition: str, source: str, valid_from: date, partial: bool
) -> None:
    """Say what the upload is; may be said again until it is published."""
    _check(actor)
    waiting.edition, waiting.source = edition, source
    waiting.valid_from, waiting.partial = valid_from, partial
    CodeEdition.objects.waiting().filter(pk=waiting.pk).update(
        edition=edition, source=source, valid_from=valid_from, partial=partial
    )


def publish(actor: Actor, waiting: CodeEdition, looked_at: str) -> CodeEdition:
    """Put the edition in force from its date. ``looked_at``: the preview, as ``seen`` gave it.

    Raises PublishRefused.
    """
    _check(actor)
    try:
        with transaction.atomic():
            _one_at_a_time(waiting.list_name)
            found = CodeEdition.objects.waiting().select_for_update().filter(pk=waiting.pk).first()
            if found is None:
                raise PublishRefused(_("The upload is no longer there: it was published or discarded."))
            edition = found
            base, changes = preview(edition)
            if seen(edition, base) != looked_at:
                raise PublishRefused(_(
                    "What would change is no longer what you looked at. Look again, and publish then."))
            edition.hold(changes.result.values())
            edition.counts, edition.base = changes.counts, base
            edition.published_at, edition.published_by = timezone.now(), actor.label
            edition.published_by_user_id = actor.user_id
            edition.save()
            record(edition.pk, EventKind.CODES_PUBLISHED, actor, {
                "list": edition.list_name, "edition": edition.edition, "source": edition.source,
                "valid_from": edition.valid_from.isoformat(), "partial": edition.partial,
                "sha256": edition.sha256, **changes.counts, "refused": edition.refused_count,
                "files": [[file["name"], file["sha256"]] for file in edition.files],
                "base": str(base.pk) if base else None,
            })
            transaction.on_commit(lambda: store.refresh(at_once=True))
    except IntegrityError:
        raise PublishRefused(_(
            "The edition %(edition)s of this list is published already. Give this one another name.")
            % {"edition": waiting.edition}) from None
    return edition


def discard(actor: Actor, waiting: CodeEdition) -> None:
    _check(actor)
    CodeEdition.objects.waiting().filter(pk=waiting.pk).delete()


def _one_at_a_time(list_name: str) -> None:
    """Two administrators do not publish the same list at once: the second sees the first's."""
    key = codelists.names().index(list_name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0xC0DE, key])


def _check(actor: Actor) -> None:
    if not actor.may(Permission.ADMINISTER):
        raise PermissionDenied
