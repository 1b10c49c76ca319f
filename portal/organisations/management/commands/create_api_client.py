"""Makes a client of the REST interface and prints its token, which cannot be read again."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.actors import SYSTEM
from portal.accounts.models import Organisation
from portal.accounts.roles import scopes_of
from portal.accounts.tokens import create_client
from portal.journal.kinds import EventKind
from portal.journal.record import record
from portal.organisations import programs

MAX_DAYS = 3650


class Command(BaseCommand):
    help = "Make an API client of an organisation. Prints only the token: it is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organisation", help="its identifier (taxpayer number) or its name")
        parser.add_argument("--name", default="API client", help="what the client is, for people")
        parser.add_argument("--days", type=int, default=365, help="until the token expires")

    def handle(
        self, *args: Any, organisation: str, name: str, days: int, **options: Any
    ) -> None:
        if not 1 <= days <= MAX_DAYS:
            raise CommandError(f"--days must be between 1 and {MAX_DAYS}.")
        owner = find(organisation)
        if not (scopes := scopes_of(owner.kind)):
            raise CommandError(f"{owner} is of the kind {owner.kind}, which has no programs.")
        with transaction.atomic():
            client, token = create_client(owner, name, scopes, lifetime=timedelta(days=days))
            record(owner.pk, EventKind.PROGRAM_ADDED, SYSTEM, programs.payload_of(client))
        self.stdout.write(token)


def find(text: str) -> Organisation:
    """The organisation with this identifier, or with this name if only one has it."""
    by_identifier = Organisation.objects.filter(identifier=text).first()
    if by_identifier:
        return by_identifier
    named = list(Organisation.objects.filter(name__iexact=text)[:2])
    if not named:
        raise CommandError(f"No organisation has the identifier or name {text!r}.")
    if len(named) > 1:
        raise CommandError(f"Several organisations are called {text!r}: give the identifier.")
    return named[0]
