"""``manage.py file_samples``: real-looking declarations, filed and partly decided."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo.countries import country_of
from portal.demo.filing import SamplesFailed, file_all
from portal.demo.inspections import seed_finding, seed_visit
from portal.demo.permits import seed_permits
from portal.demo.samples.catalogue import SAMPLES
from portal.demo.transits import seed_passage


class Command(BaseCommand):
    help = (
        "File the sample declarations of PORTAL_COUNTRY through the intake, wait for the workers, "
        "and let the demo officers decide some. Needs manage.py seed and a running worker. Safe to "
        "run again: what is filed already is left alone."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("file_samples only runs in the demo: set PORTAL_DEMO=1.")
        samples = SAMPLES.get(settings.PORTAL_COUNTRY)
        if samples is None:
            known = ", ".join(SAMPLES)
            raise CommandError(f"There are samples for {known}, not for {settings.PORTAL_COUNTRY}.")
        try:
            for permit in seed_permits(country_of(settings.PORTAL_COUNTRY)):
                self.stdout.write(f"{permit.get_state_display()!s:24} {permit.number}")
            for filed in file_all(samples, settings.PORTAL_COUNTRY):
                declaration = filed.declaration
                mark = "" if filed.new else " (was there)"
                self.stdout.write(
                    f"{declaration.get_state_display()!s:24} {declaration.lrn:16} "
                    f"{filed.sample.title}{mark}"
                )
            if (visit := seed_visit(settings.PORTAL_COUNTRY)) is not None:
                self.stdout.write(f"{visit.get_state_display()!s:24} {visit.declaration.lrn:16} "
                                  "Inspection by two agencies")
            if (seen := seed_finding(settings.PORTAL_COUNTRY)) is not None:
                self.stdout.write(f"{seen.get_state_display()!s:24} {seen.declaration.lrn:16} "
                                  "Inspection that found a discrepancy")
            if (movement := seed_passage(settings.PORTAL_COUNTRY)) is not None:
                self.stdout.write(f"{movement.get_stage_display()!s:24} {movement.mrn:16} "
                                  "Under transit along the corridor")
        except SamplesFailed as error:
            raise CommandError(str(error)) from None
