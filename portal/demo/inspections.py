"""Visits in the demo: one of two agencies that is to come, and one of customs that found something.

They go the whole way. Plant protection calls for a look at a train of wheat, customs joins, the
broker confirms; customs weighs cotton yarn, notes less than was declared, and signs. Safe to run
again.
"""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies import decisions
from agencies.inspections import appointing, noting, visits
from agencies.inspections.models import Inspection, Site
from agencies.inspections.states import Aspect, FindingKind, Look, Verdict
from agencies.models import Agency, Review
from agencies.states import ReviewState
from declarations.models import Declaration
from portal.accounts.actors import Actor
from portal.demo.filing import actor_of

# By the agency's code: name, address, visits at a time.
SITES = {
    "phyto": ("Poti port, grain sidings", "Larnaka Street 2, Poti", 2),
    "customs": ("Tbilisi clearance zone, ramp 4", "Kakheti Highway 112, Tbilisi", 3),
}
WHEAT = "CCB-2026-1120"
YARN = "CCB-2026-1131"
MINUTES = 120


def seed_visit(country: str) -> Inspection | None:
    """The visit, unless there is one; only in the country where the wheat is filed."""
    if country != "GE":
        return None
    for code, (name, address, capacity) in SITES.items():
        Site.objects.get_or_create(
            agency=Agency.objects.get(code=code), name=name,
            defaults={"address": address, "capacity": capacity},
        )
    broker, phyto, customs = actor_of("broker"), actor_of("phyto"), actor_of("customs")
    wheat = Declaration.objects.owned_by(broker).filter(lrn=WHEAT).first()
    if wheat is None or wheat.inspections.exists():
        return None
    if wheat.reviews.filter(state=ReviewState.OPEN).count() < len(SITES):
        return None  # filed under the rules of an older demo, or decided since
    found = visits.call(
        _taken(wheat, phyto), phyto,
        visits.Need("Live grain weevils (Sitophilus granarius) were found in the last two trains "
                    "of this sender. Samples of each wagon are needed.",
                    [Look.GOODS, Look.SAMPLES], [1]),
        visits.Wish("Have the hatches of wagons 1 to 10 opened, and a ladder at each."),
    )
    _taken(wheat, customs)
    visits.join(found.pk, customs, visits.Need(
        "Net and gross weight are declared alike. Weigh two wagons and check the seals.",
        [Look.GOODS, Look.SEALS],
    ))
    site = _site("phyto")
    appointing.appoint(
        found.pk, phyto, site.pk, _next_morning(site), MINUTES, "track 3, behind the scales",
    )
    return appointing.confirm(found.pk, broker)


def seed_finding(country: str) -> Inspection | None:
    """The visit that found something, unless there was one; where the yarn is filed."""
    if country != "GE":
        return None
    broker, customs = actor_of("broker"), actor_of("customs")
    yarn = Declaration.objects.owned_by(broker).filter(lrn=YARN).first()
    if yarn is None or yarn.inspections.exists():
        return None
    review = Review.objects.of_agency(customs).filter(
        declaration=yarn, state=ReviewState.CLAIMED).first()
    if review is None:
        return None  # decided since
    found = visits.call(
        review.pk, customs,
        visits.Need("Cones of Ne 30/1 usually weigh less than is declared. Weigh the consignment.",
                    [Look.GOODS], [1]),
        visits.Wish("Bring the packing list to the scales."),
    )
    site = _site("customs")
    appointing.appoint(found.pk, customs, site.pk, _next_morning(site), MINUTES)
    noting.note(found.pk, customs, uuid4(), noting.Note(
        FindingKind.CHECK, 1, Verdict.DISCREPANCY, [Aspect.WEIGHT],
        "Net mass by the scales 18 260 kg, declared 18 900 kg. 14 of 420 cartons are missing.",
    ))
    return noting.sign(found.pk, customs, "Amend the mass and the value of item 1.")


def _site(agency: str) -> Site:
    return Site.objects.select_related("agency").get(
        agency__code=agency, name=SITES[agency][0])


def _taken(declaration: Declaration, officer: Actor) -> UUID:
    review = Review.objects.of_agency(officer).get(declaration=declaration, state=ReviewState.OPEN)
    decisions.claim(review.pk, officer)
    return review.pk


def _next_morning(site: Site) -> datetime:
    """Ten o'clock of the next day on which the site's agency works."""
    zone = ZoneInfo(settings.PORTAL_TIME_ZONE)
    day = datetime.now(UTC).astimezone(zone).date() + timedelta(days=1)
    while not appointing.is_working_day(site, day):
        day += timedelta(days=1)
    return datetime.combine(day, time(10), zone)
