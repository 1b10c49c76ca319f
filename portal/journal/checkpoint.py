"""Checkpoints: every so often the heads that grew are sealed under one signed Merkle root.

Whoever keeps a checkpoint's signature outside this database can later prove that no event sealed
by it, or by one before it, was changed or taken out.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from joserfc import jws

from portal.journal import keys, merkle
from portal.journal.models import ChainHead, Checkpoint

ALGORITHM = keys.ALGORITHM
TYPE = "journal-checkpoint+jws"
# Any fixed number: two workers must not seal at once.
_LOCK = 7_338_002
# Heads in one checkpoint; the rest go into the next at once.
LIMIT = 10_000


def seal() -> list[Checkpoint]:
    """Seal every head that grew since it was last sealed. Does nothing while another seals."""
    made = []
    while checkpoint := _seal_once():
        made.append(checkpoint)
        if len(checkpoint.heads) < LIMIT:
            break
    return made


@transaction.atomic
def _seal_once() -> Checkpoint | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return None
    # A chain that is growing at this moment is left for the next time.
    grown = list(
        ChainHead.objects.filter(sequence__gt=F("sealed_sequence"))
        .select_for_update(skip_locked=True)
        .order_by("subject")[:LIMIT]
    )
    if not grown:
        return None
    last = Checkpoint.objects.defer("heads").order_by("-number").first()
    heads = [[str(head.subject), head.sequence, head.hash] for head in grown]
    checkpoint = Checkpoint(
        number=last.number + 1 if last else 1,
        at=timezone.now(),
        heads=heads,
        root=root_of(heads),
        previous_root=last.root if last else "",
    )
    key = keys.current()
    checkpoint.signature = jws.serialize_compact(
        {"alg": ALGORITHM, "kid": key.key_id, "typ": TYPE},
        statement(checkpoint),
        keys.private_half(key),
        algorithms=[ALGORITHM],
    )
    checkpoint.save(force_insert=True)
    ChainHead.objects.filter(pk__in=[head.pk for head in grown]).update(
        sealed_sequence=F("sequence")
    )
    return checkpoint


def root_of(heads: Iterable[Iterable[object]]) -> str:
    """The Merkle root over ``[subject, sequence, hash]`` rows, each leaf ``subject:sequence:hash``."""
    return merkle.root([":".join(map(str, head)).encode() for head in heads]).hex()


def statement(checkpoint: Checkpoint) -> bytes:
    """What is signed: the checkpoint's number, time, size, root and the root before it."""
    content = {
        "number": checkpoint.number,
        "at": _text(checkpoint.at),
        "heads": len(checkpoint.heads),
        "root": checkpoint.root,
        "previous_root": checkpoint.previous_root,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
