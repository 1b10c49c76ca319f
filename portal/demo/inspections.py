"""A joint visit in the demo: plant protection and customs look at a train of wheat together.

It goes the whole way: both officers take their reviews, plant protection calls and appoints,
customs joins, the broker confirms. Safe to run again.
"""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies import decisions
from agencies.inspections import appointing, visits
from agencies.inspections.models import Inspection, Site
from agencies.inspections.states import Look
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
    appointing.appoint(
        found.pk, phyto, Site.objects.get(name=SITES["phyto"][0]).pk, _tomorrow(time(10)), MINUTES,
        "track 3, behind the scales",
    )
    return appointing.confirm(found.pk, broker)


def _taken(declaration: Declaration, officer: Actor) -> UUID:
    review = Review.objects.of_agency(officer).get(declaration=declaration, state=ReviewState.OPEN)
    decisions.claim(review.pk, officer)
    return review.pk


def _tomorrow(at: time) -> datetime:
    zone = ZoneInfo(settings.PORTAL_TIME_ZONE)
    return datetime.combine(datetime.now(UTC).astimezone(zone).date() + timedelta(days=1), at, zone)
