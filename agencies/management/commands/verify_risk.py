"""``manage.py verify_risk``: make every random selection again from its recorded seed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils.dateparse import parse_date

from agencies.risk.models import RiskAssessment
from agencies.risk.verifying import problems_of


class Command(BaseCommand):
    help = (
        "Prove risk assessments: each is as the journal recorded it, and each random selection "
        "comes out the same from its recorded seed. Exit code 1 if one does not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("declaration", nargs="*", help="MRN or LRN; none: all declarations")
        parser.add_argument("--since", default="", metavar="YYYY-MM-DD",
                            help="only those assessed on that day (UTC) or later")

    def handle(self, *args: Any, **options: Any) -> None:
        found = RiskAssessment.objects.select_related("profile", "declaration")
        if names := options["declaration"]:
            found = found.filter(Q(declaration__mrn__in=names) | Q(declaration__lrn__in=names))
        if options["since"]:
            day = parse_date(options["since"])
            if day is None:
                raise CommandError("Give the day as YYYY-MM-DD.")
            found = found.filter(assessed_at__date__gte=day)
        proven = draws = wrong = 0
        for kept in found.order_by("pk").iterator(500):
            draws += len(kept.inputs.get("draws", {}))
            problems = list(problems_of(kept))
            proven, wrong = proven + (not problems), wrong + bool(problems)
            for problem in problems:
                self.stdout.write(f"{kept.declaration} version {kept.number}: {problem}")
        self.stdout.write(f"{proven} assessments proven, {draws} draws made again, {wrong} wrong.")
        if wrong:
            raise CommandError(f"{wrong} assessments are not proven.")
