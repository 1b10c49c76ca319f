"""The role that runs the portal can add to the journal and read it, and nothing else."""

import secrets
from collections.abc import Iterator

import psycopg2
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection

from portal.accounts.actors import SYSTEM
from portal.identifiers import new_id
from portal.journal.kinds import EventKind
from portal.journal.record import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def role() -> Iterator[str]:
    """The portal's role as the command makes it, in force until the test's transaction ends."""
    name = f"portal_{secrets.token_hex(6)}"  # roles are the server's: other tests run beside
    call_command("grant_privileges", name, verbosity=0)
    call_command("grant_privileges", name, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{name}"')
    yield name


def test_the_role_records_and_reads(role: str) -> None:
    event = record(new_id(), EventKind.SUBMITTED, SYSTEM, {"lrn": "A"})
    event.refresh_from_db()
    assert event.payload == {"lrn": "A"}


@pytest.mark.parametrize("statement", [
    "UPDATE journal_event SET actor = 'somebody else'",
    "DELETE FROM journal_event",
    "TRUNCATE journal_event CASCADE",
    "ALTER TABLE journal_event DISABLE TRIGGER ALL",
    "DROP TRIGGER append_only_rows ON journal_event",
    "SET LOCAL session_replication_role = replica",
    "DELETE FROM journal_checkpoint",
    "UPDATE journal_receipt SET token = ''",
    "DELETE FROM django_migrations",
    "CREATE TABLE elsewhere (x integer)",
])
def test_the_role_can_neither_change_nor_remove_records(role: str, statement: str) -> None:
    record(new_id(), EventKind.SUBMITTED, SYSTEM)
    with connection.cursor() as cursor, pytest.raises(ProgrammingError) as refused:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg2.errors.InsufficientPrivilege)
