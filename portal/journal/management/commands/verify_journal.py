"""Proves the journal's chains, or names the first event that is not as it was written."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from portal.journal.verify import verify

SHOWN = 20


class Command(BaseCommand):
    help = "Recompute every hash, chain and seal of the journal. Exit code 1 if any is not sound."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--public-key", type=Path, metavar="FILE",
            help="the journal's public key (PEM or JWK) as kept outside this database",
        )
        parser.add_argument(
            "--root", action="append", default=[], metavar="ROOT",
            help="the last root that an earlier run printed, as kept outside this database; may be "
                 "given several times",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(
        self, *args: Any, public_key: Path | None, root: list[str], **options: Any
    ) -> None:
        trusted = None
        if public_key is not None:
            try:
                trusted = OKPKey.import_key(public_key.read_text())
            except (OSError, ValueError, JoseError) as error:
                raise CommandError(f"{public_key} is not a public Ed25519 key: {error}") from error
        report = verify(trusted, root)
        if options["json"]:
            self.stdout.write(json.dumps({
                "sound": report.sound, "events": report.events, "chains": report.chains,
                "checkpoints": report.checkpoints, "root": report.last_root,
                "key": report.last_key, "faults": [str(fault) for fault in report.faults],
            }))
        else:
            self.stdout.write(
                f"{report.events} events in {report.chains} chains, "
                f"{report.checkpoints} checkpoints"
            )
            if report.last_root:
                self.stdout.write(f"last root {report.last_root}, key {report.last_key}")
            for fault in report.faults[:SHOWN]:
                self.stdout.write(f"fault: {fault}")
            if len(report.faults) > SHOWN:
                self.stdout.write(f"and {len(report.faults) - SHOWN} more faults")
        if not report.sound:
            raise CommandError(f"The journal is not sound: {report.faults[0]}", returncode=1)
        if not options["json"]:
            self.stdout.write(self.style.SUCCESS("The journal is sound."))
