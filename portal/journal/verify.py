"""Proof of the journal: every hash computed again, every chain walked, every seal checked."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from portal.journal import checkpoint as sealing
from portal.journal.models import ChainHead, Checkpoint, Event, SigningKey
from portal.journal.record import digest

BATCH = 2_000


@dataclass(frozen=True)
class Discrepancy:
    """One thing that is not as it was written."""

    what: str
    subject: UUID | None = None
    sequence: int | None = None
    checkpoint: int | None = None

    def __str__(self) -> str:
        if self.checkpoint is not None:
            place = f"checkpoint {self.checkpoint}" if self.checkpoint else "checkpoints"
        else:
            place = f"subject {self.subject}, event {self.sequence}"
        return f"{place}: {self.what}"


@dataclass
class Report:
    events: int = 0
    chains: int = 0
    checkpoints: int = 0
    last_root: str = ""
    last_key: str = ""
    faults: list[Discrepancy] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.faults


def verify(trusted: OKPKey | None = None, kept_roots: Collection[str] = ()) -> Report:
    """Check the whole journal as it stands at this moment.

    ``trusted`` is the public key kept elsewhere: without it a forger who replaced the signing key
    together with every seal would go unseen. ``kept_roots`` are roots of checkpoints kept elsewhere:
    without the newest a forger who took out the last checkpoints with the events that they sealed
    would go unseen.
    """
    report = Report()
    with _snapshot():
        report.faults.extend(_chains(report))
        report.faults.extend(_checkpoints(report, trusted))
        known = Checkpoint.objects.filter(root__in=kept_roots).values_list("root", flat=True)
        report.faults.extend(
            Discrepancy(f"the checkpoint with the root {root} is gone", checkpoint=0)
            for root in sorted(set(kept_roots) - set(known))
        )
    return report


@contextmanager
def _snapshot() -> Iterator[None]:
    """One view of the tables for all queries, while others go on writing."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _chains(report: Report) -> Iterator[Discrepancy]:
    """Walk every chain in order of subject, beside the heads in the same order."""
    heads = ChainHead.objects.filter(sequence__gt=0).order_by("subject").iterator(BATCH)
    head = next(heads, None)
    last: Event | None = None
    broken: UUID | None = None
    events = Event.objects.order_by("subject", "sequence").iterator(BATCH)
    for event in events:
        report.events += 1
        if last is None or event.subject != last.subject:
            report.chains += 1
            if last is not None:
                head, faults = _compare(last, head, heads)
                yield from faults
            expected_sequence, expected_hash = 1, ""
        else:
            expected_sequence, expected_hash = last.sequence + 1, last.hash
        last = event
        if event.subject == broken:
            continue  # the first fault of a chain says it all
        what = ""
        if event.sequence != expected_sequence:
            what = f"event {expected_sequence} is missing"
        elif event.previous_hash != expected_hash:
            what = "it does not follow from the event before it"
        elif digest(event) != event.hash:
            what = "its content was changed"
        if what:
            broken = event.subject
            yield Discrepancy(what, event.subject, event.sequence)
    if last is not None:
        head, faults = _compare(last, head, heads)
        yield from faults
    while head is not None:
        yield Discrepancy("the whole chain is missing", head.subject, head.sequence)
        head = next(heads, None)


def _compare(
    last: Event, head: ChainHead | None, heads: Iterator[ChainHead]
) -> tuple[ChainHead | None, list[Discrepancy]]:
    """Hold a chain's last event against its head. Returns the next head to look at."""
    faults = []
    while head is not None and head.subject < last.subject:
        faults.append(Discrepancy("the whole chain is missing", head.subject, head.sequence))
        head = next(heads, None)
    if head is None or head.subject != last.subject:
        return head, [*faults, Discrepancy("the chain has no head", last.subject, last.sequence)]
    if (head.sequence, head.hash) != (last.sequence, last.hash):
        faults.append(
            Discrepancy(f"the chain should end with event {head.sequence}, {head.hash[:12]}",
                        last.subject, last.sequence)
        )
    if head.sealed_sequence > head.sequence:
        faults.append(
            Discrepancy(f"event {head.sealed_sequence} was sealed and is gone", head.subject,
                        head.sequence)
        )
    return next(heads, None), faults


def _checkpoints(report: Report, trusted: OKPKey | None) -> Iterator[Discrepancy]:
    public = {trusted.thumbprint(): trusted} if trusted is not None else _keys()
    number, root = 0, ""
    for checkpoint in Checkpoint.objects.order_by("number").iterator(20):
        report.checkpoints += 1
        if checkpoint.number != number + 1:
            yield Discrepancy(f"checkpoint {number + 1} is missing", checkpoint=checkpoint.number)
        elif checkpoint.previous_root != root:
            yield Discrepancy("it does not follow from the one before it",
                              checkpoint=checkpoint.number)
        listed = _is_list_of_heads(checkpoint.heads)
        if not listed or sealing.root_of(checkpoint.heads) != checkpoint.root:
            yield Discrepancy("its list of heads was changed", checkpoint=checkpoint.number)
        what = _signature_fault(checkpoint, public) if listed else ""
        if what:
            yield Discrepancy(what, checkpoint=checkpoint.number)
        for subject, sequence in _unsealed(checkpoint) if listed else ():
            yield Discrepancy(
                f"it was sealed in checkpoint {checkpoint.number} and is now another or gone",
                subject, sequence,
            )
        number, root = checkpoint.number, checkpoint.root
        report.last_root = root
        report.last_key = _key_id_of(checkpoint)


def _keys() -> dict[str, OKPKey]:
    """The journal's own keys by their ids; one that cannot be read verifies nothing."""
    found = {}
    for key in SigningKey.objects.all():
        with suppress(JoseError, ValueError, TypeError, KeyError, AttributeError):
            found[key.key_id] = OKPKey.import_key(key.public_key)
    return found


def _is_list_of_heads(heads: object) -> bool:
    return isinstance(heads, list) and all(
        isinstance(head, list) and [type(part) for part in head] == [str, int, str]
        and _is_uuid(head[0]) and 0 < head[1] < 2**31
        for head in heads
    )


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _key_id_of(checkpoint: Checkpoint) -> str:
    try:
        return str(jws.extract_compact(checkpoint.signature.encode()).headers().get("kid"))
    except (JoseError, ValueError, AttributeError):
        return ""


def _signature_fault(checkpoint: Checkpoint, public: dict[str, OKPKey]) -> str:
    try:
        header = jws.extract_compact(checkpoint.signature.encode()).headers()
        key = public.get(str(header.get("kid")))
        if key is None or header.get("typ") != sealing.TYPE:
            return "it is not signed by a key of this journal"
        signed = jws.deserialize_compact(checkpoint.signature, key, algorithms=[sealing.ALGORITHM])
    except (JoseError, ValueError, TypeError, AttributeError):
        return "its signature does not verify"
    if signed.payload != sealing.statement(checkpoint):
        return "its content is not what was signed"
    return ""


def _unsealed(checkpoint: Checkpoint) -> list[tuple[UUID, int]]:
    """Sealed heads whose event is gone or has another hash. The database compares: lists are long."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (head->>0)::uuid, (head->>1)::int
            FROM journal_checkpoint, jsonb_array_elements(heads) AS head
            LEFT JOIN journal_event AS event
                ON event.subject = (head->>0)::uuid AND event.sequence = (head->>1)::int
            WHERE journal_checkpoint.id = %s AND event.hash IS DISTINCT FROM head->>2
            """,
            [checkpoint.pk],
        )
        return list(cursor.fetchall())
