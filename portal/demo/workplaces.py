"""Where and when the agencies of the demo work: offices, hours, holidays, one officer on leave.

What an agency has set up itself since is left alone: each part is made once.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta

from agencies.calendars import Absence, Holiday, Office
from agencies.forms import today
from agencies.models import Agency
from portal.accounts.models import User
from portal.demo.cast import Country

WORKDAYS, WITH_SATURDAY = [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6]
LEAVE_DAYS = 3


@dataclass(frozen=True, slots=True)
class Workplace:
    """An office of customs, the customs offices whose declarations come to it, and who sits there."""

    code: str
    name: str
    address: str
    customs_offices: tuple[str, ...]
    officers: tuple[str, ...]


# The supervisor sits in both of a country's offices, the second officer in the one further away.
OFFICES = {
    "GE": (
        Workplace("tbilisi", "Tbilisi clearance zone", "Kakheti Highway 112, Tbilisi",
                  ("GE000101", "GE000102", "GE000106"), ("customs",)),
        Workplace("poti", "Poti clearance zone", "Larnaka Street 2, Poti",
                  ("GE000103", "GE000104", "GE000105", "GE000301", "GE000302", "GE000303"),
                  ("customs", "customs2")),
    ),
    "AZ": (
        Workplace("baku", "Baku main customs department", "Inshaatchilar Avenue 2, Baku",
                  ("AZ000101", "AZ000102", "AZ000104", "AZ000105"), ("customs",)),
        Workplace("alat", "Alat sea port", "Alat settlement, Garadagh district, Baku",
                  ("AZ000103", "AZ000206"), ("customs", "customs2")),
    ),
    "KZ": (
        Workplace("almaty", "Almaty customs department", "Ryskulov Avenue 55, Almaty",
                  ("KZ000101", "KZ000102", "KZ000105"), ("customs",)),
        Workplace("aktau", "Aktau sea port", "Umirzak, Aktau",
                  ("KZ000103", "KZ000104"), ("customs", "customs2")),
    ),
}
# Month, day and name of holidays whose date is fixed by law.
HOLIDAYS = {
    "GE": ((1, 1, "New Year"), (1, 7, "Orthodox Christmas"), (3, 8, "International Women's Day"),
           (4, 9, "Day of National Unity"), (5, 26, "Independence Day"), (8, 28, "Mariamoba"),
           (10, 14, "Svetitskhovloba"), (11, 23, "Saint George's Day")),
    "AZ": ((1, 1, "New Year"), (3, 8, "International Women's Day"), (3, 20, "Novruz"),
           (5, 9, "Victory Day over Fascism"), (5, 28, "Independence Day"),
           (6, 15, "National Salvation Day"), (11, 8, "Victory Day"),
           (12, 31, "Day of Solidarity of Azerbaijanis")),
    "KZ": ((1, 1, "New Year"), (3, 8, "International Women's Day"), (3, 21, "Nauryz"),
           (5, 1, "Unity Day"), (7, 6, "Capital Day"), (8, 30, "Constitution Day"),
           (10, 25, "Republic Day"), (12, 16, "Independence Day")),
}


def seed_workplaces(country: Country) -> None:
    """Offices of customs, hours and holidays of every agency, leave of the second officer."""
    day = today()
    for office in country.offices:
        agency = Agency.objects.get(code=office.code)
        if agency.opens_at is None and not agency.working_days:
            _hours(agency)
        if not agency.holidays.exists():
            Holiday.objects.bulk_create(
                Holiday(agency=agency, day=date(year, month, number), name=name)
                for year in (day.year, day.year + 1)
                for month, number, name in HOLIDAYS[country.code]
            )
    customs = Agency.objects.get(code="customs")
    if not customs.offices.exists():
        for place in OFFICES[country.code]:
            made = Office.objects.create(
                agency=customs, code=place.code, name=place.name, address=place.address,
                customs_offices=list(place.customs_offices),
            )
            made.officers.set(User.objects.filter(username__in=place.officers))
    if not customs.absences.exists():
        monday = day + timedelta(days=8 - day.isoweekday())
        Absence.objects.create(
            agency=customs, officer=User.objects.get(username="customs2"),
            deputy=User.objects.get(username="customs"),
            first_day=monday, last_day=monday + timedelta(days=LEAVE_DAYS - 1),
        )


def _hours(agency: Agency) -> None:
    """Customs clears from eight to eight, on Saturdays too; the others keep office hours."""
    if agency.code == "customs":
        agency.working_days, agency.opens_at, agency.closes_at = WITH_SATURDAY, time(8), time(20)
    else:
        agency.working_days, agency.opens_at, agency.closes_at = WORKDAYS, time(9), time(18)
    agency.save(update_fields=["working_days", "opens_at", "closes_at"])
