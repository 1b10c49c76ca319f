"""Transit in the demo: guarantees, and a consignment from Almaty that is partly on its way.

Its declaration is one of Kazakhstan's samples. Kazakhstan's officer notes that it left from Aktau;
Azerbaijan's, once Kazakhstan has announced it, that it landed at Alat. The rest of the way is for
whoever tries the demo. Safe to run again.
"""

from dataclasses import dataclass
from decimal import Decimal

from exchange.models import Partner
from exchange.transit import guarantees, passages
from exchange.transit.effects import next_stop
from exchange.transit.models import Guarantee, Movement
from portal.accounts.actors import SYSTEM
from portal.demo.cast import Country
from portal.demo.filing import actor_of, within
from portal.demo.samples.kazakhstan_transit import GUARANTEE

# Vehicle of the consignment of batteries, by which every country knows it.
WAGON = "94712205"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Registered:
    reference: str
    office: str
    limit: str
    currency: str


# The comprehensive guarantee of each country's broker.
GUARANTEES = {
    "KZ": Registered(GUARANTEE, "KZ000101", "60000000.00", "KZT"),
    "AZ": Registered("26AZ000101U00218", "AZ000101", "150000.00", "AZN"),
    "GE": Registered("26GE000101U00412", "GE000101", "120000.00", "EUR"),
}
# The office that the sample has passed in each country.
PASSED = {"KZ": "KZ000103", "AZ": "AZ000103"}


def seed_guarantees(country: Country) -> None:
    one = GUARANTEES[country.code]
    if not Guarantee.objects.filter(reference=one.reference).exists():
        guarantees.register(
            SYSTEM, reference=one.reference, holder=country.broker.name, office=one.office,
            limit=Decimal(one.limit), currency=one.currency,
        )


def seed_passage(country: str) -> Movement | None:
    """Note the sample's passage here, once it is known here; None if there is nothing to note."""
    office = PASSED.get(country)
    if office is None:
        return None
    wagon = Movement.objects.filter(vehicle=WAGON)
    announced = country != "KZ" and Partner.objects.filter(country="KZ").exists()
    if announced and not within(PATIENCE_SECONDS, wagon.exists):
        return None
    movement = wagon.first()
    stop = next_stop(movement, country) if movement is not None else None
    if movement is None or stop is None or stop.office != office:
        return None
    remark = "Loaded on the ferry." if country == "KZ" else "Landed from the ferry."
    return passages.confirm(movement.pk, actor_of("customs"), office, remark=remark)
