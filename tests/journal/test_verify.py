"""Whatever is done to the journal behind its back is found, with the place."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from joserfc.jwk import OKPKey

from portal.accounts.actors import SYSTEM
from portal.identifiers import new_id
from portal.journal import keys, merkle
from portal.journal import record as recording
from portal.journal.checkpoint import root_of, seal
from portal.journal.kinds import EventKind
from portal.journal.models import ChainHead, Checkpoint, Event
from portal.journal.record import digest, record
from portal.journal.verify import verify

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_listens() -> Iterator[None]:
    with override_settings(JOURNAL_SUBSCRIBERS=[]):
        recording.subscribers.cache_clear()
        yield
    recording.subscribers.cache_clear()


@pytest.fixture
def subjects() -> list[UUID]:
    """Three chains of three events."""
    made = sorted(new_id() for _ in range(3))
    with transaction.atomic():
        for subject in made:
            for kind in (EventKind.SUBMITTED, EventKind.ACCEPTED, EventKind.RELEASED):
                record(subject, kind, SYSTEM, {"text": "as it was"})
    return made


def forge(statement: str, *parameters: Any) -> None:
    """Change the tables as somebody with the database's password could."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, parameters)
        assert cursor.rowcount
        cursor.execute("SET session_replication_role = origin")


def test_an_untouched_journal_is_sound(subjects: list[UUID]) -> None:
    seal()
    report = verify()
    assert report.sound, report.faults
    assert (report.events, report.chains, report.checkpoints) == (9, 3, 1)


def test_an_empty_journal_is_sound() -> None:
    assert verify().sound


@pytest.mark.parametrize("column, value", [
    ("actor", "'somebody else'"), ("payload", "'{\"text\": \"otherwise\"}'"),
    ("at", "at + interval '1 second'"), ("kind", "'refused'"), ("organisation", "gen_random_uuid()"),
    ("id", "gen_random_uuid()"), ("\"user\"", "gen_random_uuid()"), ("hash", "repeat('0', 64)"),
    ("payload", "'null'"), ("payload", "'{\"text\": \"as it was\", \"more\": 1}'"),
])
def test_a_changed_event_is_found(subjects: list[UUID], column: str, value: str) -> None:
    forge(f"UPDATE journal_event SET {column} = {value} WHERE subject = %s AND sequence = 2",
          subjects[1])
    (fault,) = verify().faults
    assert (fault.subject, fault.sequence) == (subjects[1], 2)
    assert "changed" in fault.what


def test_a_changed_event_with_its_hash_made_to_fit_is_found(subjects: list[UUID]) -> None:
    event = Event.objects.get(subject=subjects[0], sequence=2)
    event.actor = "somebody else"
    forge("UPDATE journal_event SET actor = %s, hash = %s WHERE id = %s",
          event.actor, digest(event), event.pk)
    (fault,) = verify().faults
    assert (fault.subject, fault.sequence) == (subjects[0], 3)


def test_an_event_taken_out_is_found(subjects: list[UUID]) -> None:
    forge("DELETE FROM journal_event WHERE subject = %s AND sequence = 2", subjects[2])
    fault = verify().faults[0]
    assert (fault.subject, fault.sequence, fault.what) == (subjects[2], 3, "event 2 is missing")


def test_a_chain_cut_short_is_found(subjects: list[UUID]) -> None:
    forge("DELETE FROM journal_event WHERE subject = %s AND sequence = 3", subjects[0])
    (fault,) = verify().faults
    assert (fault.subject, fault.sequence) == (subjects[0], 2)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_whole_chain_taken_out_is_found(subjects: list[UUID], place: int) -> None:
    forge("DELETE FROM journal_event WHERE subject = %s", subjects[place])
    (fault,) = verify().faults
    assert (fault.subject, fault.what) == (subjects[place], "the whole chain is missing")


def test_a_sealed_chain_rewritten_with_its_head_is_found(subjects: list[UUID]) -> None:
    """The forger makes every hash fit and removes the traces in the heads: the seal remains."""
    seal()
    previous = ""
    for event in Event.objects.of(subjects[0]):
        event.actor, event.previous_hash = "somebody else", previous
        previous = digest(event)
        forge("UPDATE journal_event SET actor = %s, previous_hash = %s, hash = %s WHERE id = %s",
              event.actor, event.previous_hash, previous, event.pk)
    ChainHead.objects.filter(pk=subjects[0]).update(hash=previous)
    (fault,) = verify().faults
    assert (fault.subject, fault.sequence) == (subjects[0], 3)
    assert "sealed" in fault.what


def test_a_sealed_chain_taken_out_with_its_head_is_found(subjects: list[UUID]) -> None:
    seal()
    forge("DELETE FROM journal_event WHERE subject = %s", subjects[1])
    ChainHead.objects.filter(pk=subjects[1]).delete()
    (fault,) = verify().faults
    assert fault.subject == subjects[1]


def test_checkpoints_seal_only_what_grew(subjects: list[UUID]) -> None:
    seal()
    assert seal() == []
    with transaction.atomic():
        record(subjects[1], EventKind.VIEWED, SYSTEM)
    (second,) = seal()
    assert [(head[0], head[1]) for head in second.heads] == [(str(subjects[1]), 4)]
    assert second.previous_root == Checkpoint.objects.get(number=1).root
    assert verify().sound


@pytest.mark.parametrize("change, what", [
    ("root = repeat('0', 64)", "heads"),
    ("heads = heads - 0", "heads"),
    ("at = at + interval '1 day'", "signed"),
    ("previous_root = repeat('0', 64)", "follow"),
    ("signature = replace(signature, '.', '.A')", "signature"),
    ("signature = ''", "signature"),
    ("signature = 'nonsense'", "signature"),
    ("signature = 'e30.e30.e30'", "sign"),
    ("signature = 'W10.e30.e30'", "signature"),
    ("heads = '1'", "heads"),
    ("heads = 'null'", "heads"),
    ("heads = '[1, 2]'", "heads"),
    ("heads = '[[\"x\", 1, \"y\"]]'", "heads"),
    ("heads = '[[\"x\"]]'", "heads"),
])
def test_a_changed_checkpoint_is_found(subjects: list[UUID], change: str, what: str) -> None:
    seal()
    forge(f"UPDATE journal_checkpoint SET {change}")
    report = verify()
    assert any(what in fault.what and fault.checkpoint == 1 for fault in report.faults), report


def test_a_missing_checkpoint_is_found(subjects: list[UUID]) -> None:
    seal()
    with transaction.atomic():
        record(subjects[0], EventKind.VIEWED, SYSTEM)
    seal()
    forge("DELETE FROM journal_checkpoint WHERE number = 1")
    assert "missing" in verify().faults[0].what


def test_a_key_that_was_made_unreadable_is_a_fault(subjects: list[UUID]) -> None:
    seal()
    forge("UPDATE journal_signingkey SET public_key = '{}'")
    (fault,) = verify().faults
    assert "not signed by a key" in fault.what


@pytest.mark.django_db(transaction=True)
def test_a_journal_set_back_is_found_by_who_kept_the_last_root(subjects: list[UUID]) -> None:
    """The newest checkpoint, the events that it sealed and all traces in the heads are taken out."""
    seal()
    before = dict(ChainHead.objects.filter(pk=subjects[0]).values()[0])
    with transaction.atomic():
        record(subjects[0], EventKind.REFUSED, SYSTEM)
    seal()
    kept = verify().last_root
    call_command("verify_journal", "--root", kept, stdout=StringIO())
    forge("DELETE FROM journal_event WHERE subject = %s AND sequence = 4", subjects[0])
    forge("DELETE FROM journal_checkpoint WHERE number = 2")
    ChainHead.objects.filter(pk=subjects[0]).update(**before)
    assert verify().sound
    (fault,) = verify(kept_roots=[kept]).faults
    assert kept in str(fault)
    with pytest.raises(CommandError, match="is gone"):
        call_command("verify_journal", "--root", kept, stdout=StringIO())


def test_another_signing_key_is_found_by_who_kept_the_right_one(subjects: list[UUID]) -> None:
    trusted = OKPKey.import_key(keys.make().public_key)
    seal()
    assert verify(trusted).sound
    assert not verify(OKPKey.generate_key("Ed25519")).sound


@pytest.mark.django_db(transaction=True)
def test_the_command_counts_and_names_the_first_fault(subjects: list[UUID], tmp_path: Path) -> None:
    seal()
    out = StringIO()
    call_command("verify_journal", stdout=out)
    assert "9 events in 3 chains, 1 checkpoints" in out.getvalue()
    assert "sound" in out.getvalue()
    forge("UPDATE journal_event SET actor = 'x' WHERE subject = %s AND sequence = 1", subjects[0])
    with pytest.raises(CommandError, match=f"subject {subjects[0]}, event 1") as raised:
        call_command("verify_journal", stdout=StringIO())
    assert raised.value.returncode == 1
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_journal", "--json", stdout=out)
    assert json.loads(out.getvalue())["sound"] is False


def test_the_tree_is_that_of_rfc_6962() -> None:
    """Test vectors of the Certificate Transparency project's reference implementation."""
    leaves = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43",
              bytes(range(0x50, 0x58)), bytes(range(0x60, 0x70))]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    for size, expected in roots.items():
        assert merkle.root(leaves[:size]).hex() == expected
    assert root_of([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
