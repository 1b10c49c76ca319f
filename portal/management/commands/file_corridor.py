"""``manage.py file_corridor``: what the demo's neighbours do together, each its own part."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo.corridor import work
from portal.demo.filing import SamplesFailed


class Command(BaseCommand):
    help = (
        "Exports that a neighbour tells ahead, an import that differs, a permit used across the "
        "border, an amendment and a cancellation that follow. Run it in every portal of the demo at "
        "once, after file_samples. Safe to run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("file_corridor only runs in the demo: set PORTAL_DEMO=1.")
        try:
            for line in work(settings.PORTAL_COUNTRY):
                self.stdout.write(line)
        except SamplesFailed as error:
            raise CommandError(str(error)) from error
