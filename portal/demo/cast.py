"""The kinds of people and bodies that a demo country has; the countries themselves fill them in."""

from dataclasses import dataclass

from portal.accounts.roles import OrganisationKind, Role


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation as it stands in the register of its country."""

    name: str
    identifier: str
    city: str
    address: str
    postcode: str
    country: str
    kind: OrganisationKind = OrganisationKind.TRADER


@dataclass(frozen=True, slots=True)
class Office:
    """An agency with one queue of work."""

    code: str
    body: Body
    mandate: str
    queue: str
    service_hours: int


@dataclass(frozen=True, slots=True)
class Person:
    """A demo sign-in: user name, real-looking name, and what it is in which organisation."""

    username: str
    first_name: str
    last_name: str
    organisation: str  # identifier
    role: Role


@dataclass(frozen=True, slots=True)
class Country:
    """One portal of the demo. ``trader`` and ``broker`` are the bodies that file there."""

    code: str
    name: str
    trader: Body
    broker: Body
    others: tuple[Body, ...]
    offices: tuple[Office, ...]
    operator: Body
    people: tuple[Person, ...]

    @property
    def bodies(self) -> tuple[Body, ...]:
        agencies = tuple(office.body for office in self.offices)
        return (self.trader, self.broker, *self.others, *agencies, self.operator)


def agency(
    name: str, identifier: str, city: str, address: str, postcode: str, country: str
) -> Body:
    return Body(name, identifier, city, address, postcode, country, OrganisationKind.AGENCY)


def people(
    country: str, names: dict[str, str], trader: Body, broker: Body, second: Body
) -> tuple[Person, ...]:
    """The demo sign-ins of a country, in the order in which the demo prints them.

    ``manager`` is the second manager of the trader, and belongs to ``second`` too.
    """
    roles = {
        "trader": (trader.identifier, Role.MANAGER),
        "broker": (broker.identifier, Role.MANAGER),
        "customs": (agency_identifier(country, "customs"), Role.SUPERVISOR),
        "customs2": (agency_identifier(country, "customs"), Role.OFFICER),
        "phyto": (agency_identifier(country, "phyto"), Role.OFFICER),
        "vet": (agency_identifier(country, "vet"), Role.OFFICER),
        "cites": (agency_identifier(country, "cites"), Role.OFFICER),
        "radiation": (agency_identifier(country, "radiation"), Role.OFFICER),
        "admin": (f"{country}-OPERATOR", Role.ADMIN),
        "admin2": (f"{country}-OPERATOR", Role.ADMIN),  # the second pair of eyes
    }
    made = []
    for username, (identifier, role) in roles.items():
        first, _, last = names[username].partition(" ")
        made.append(Person(username, first, last, identifier, role))
        if username == "trader":
            made += _both(names["manager"], trader, second)
    return tuple(made)


def _both(name: str, *bodies: Body) -> list[Person]:
    first, _, last = name.partition(" ")
    return [Person("manager", first, last, body.identifier, Role.MANAGER) for body in bodies]


def agency_identifier(country: str, code: str) -> str:
    return f"{country}-{code.upper()}"
