"""``manage.py grant_privileges ROLE``: the database role that runs the portal, after a migration."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError

from portal.journal import privileges


class Command(BaseCommand):
    help = (
        "Let ROLE run the portal: all rights on the tables, but only to read and add where records "
        "must stay. Makes the role if there is none, with the password in PORTAL_ROLE_PASSWORD. "
        "Run it as the owner of the tables, after every migrate."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        try:
            privileges.grant(role, os.environ.get("PORTAL_ROLE_PASSWORD", ""))
        except ProgrammingError as error:
            raise CommandError(f"The rights could not be granted: {error}".rstrip()) from error
        tables = ", ".join(sorted(privileges.append_only_tables()))
        self.stdout.write(f"{role} may run the portal. It can only read and add to: {tables}.")
