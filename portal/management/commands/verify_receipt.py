"""Checks a receipt of acceptance against this portal's keys, records and journal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from declarations.receipts import Standing
from portal.journal.receipts import moment
from portal.pages.receipts_verdict import judge

STANDINGS = {
    Standing.IN_FORCE: "This version is in force.",
    Standing.REPLACED: "A later version replaced it",
    Standing.ENDED: "It is no longer in force",
}


class Command(BaseCommand):
    help = "Check a receipt (.jws or .json). Exit code 1 if it is not genuine or not of the message."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the receipt")
        parser.add_argument(
            "--message", type=Path, metavar="FILE.xml", help="the message as it was filed"
        )

    def handle(self, *args: Any, file: Path, message: Path | None, **options: Any) -> None:
        try:
            text = file.read_text("utf-8", "replace")
            body = message.read_bytes() if message else None
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}") from error
        verdict = judge(text, body)
        if not verdict.genuine:
            raise CommandError(f"Not genuine. {verdict.why}", returncode=1)
        for name, value in verdict.claims.items():
            self.stdout.write(f"{name:13} {value}")
        self.stdout.write(f"{'key':13} {verdict.key_id}")
        assert verdict.standing is not None
        since = f" since {moment(verdict.since)}." if verdict.since else ""
        self.stdout.write(STANDINGS[verdict.standing] + since)
        if verdict.message_fits is False:
            raise CommandError("Genuine, but it is about another message.", returncode=1)
        if verdict.message_fits:
            self.stdout.write("The message is the one that was accepted.")
        self.stdout.write(self.style.SUCCESS("Genuine."))
