"""``manage.py seed``: the people, agencies, rules and neighbours of a demo portal."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.demo.conditions import seed_conditions
from portal.demo.countries import country_of
from portal.demo.partners import await_keys, seed_partners
from portal.demo.people import seed_people
from portal.demo.permits import seed_schemes
from portal.demo.risk import seed_risk
from portal.demo.routing import seed_routing
from portal.demo.transits import seed_guarantees
from portal.demo.workplaces import seed_workplaces


class Command(BaseCommand):
    help = (
        "Fill the portal of PORTAL_COUNTRY with demo organisations, agencies, sign-ins, routing "
        "rules and partners (PEERS). Safe to run again. Refuses to run outside the demo."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patience", type=float, default=0.0, metavar="SECONDS",
                            help="wait that long for the keys of neighbours that are seeded meanwhile")

    def handle(self, *args: Any, patience: float, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError(
                "seed makes sign-ins with a known password. It only runs in the demo: set "
                "PORTAL_DEMO=1, and never on a portal that others use."
            )
        try:
            country = country_of(settings.PORTAL_COUNTRY)
        except LookupError as error:
            raise CommandError(str(error)) from None
        if patience:
            await_keys(country.code, patience)
        with transaction.atomic():
            queues = seed_people(country)
            rules = seed_routing(queues)
            risk = seed_risk(country.code)
            seed_schemes()
            seed_workplaces(country)
            seed_conditions()
            seed_guarantees(country)
            registered, awaited = seed_partners(country.code)
        self.stdout.write(
            f"{country.name}: {len(country.bodies)} organisations, {len(queues)} agencies, "
            f"{len({one.username for one in country.people})} sign-ins, rule set {rules}, "
            f"risk profile {risk}."
        )
        if registered:
            self.stdout.write(f"Partners: {', '.join(registered)}.")
        if awaited:
            self.stdout.write(
                f"Keys of {', '.join(awaited)} are not there yet: seed that portal, then run "
                "seed here again."
            )
