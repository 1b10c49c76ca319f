"""Making a movement and locking it. The same for a transit of our own and one announced to us."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from declarations.models import Declaration
from exchange.documents import moment
from exchange.transit import itineraries
from exchange.transit.models import Movement, moment_of
from exchange.transit.states import Part, Stage


def lock(departure_country: str, mrn: str) -> Movement | None:
    """The movement, for this transaction alone; None while it is not known here.

    Also what is not there yet is locked, so that a passage and the announcement that it waits for
    cannot miss each other when they come at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"transit {departure_country} {mrn}"],
        )
    return (
        Movement.objects.select_for_update()
        .filter(departure_country=departure_country, mrn=mrn)
        .first()
    )


def lock_by_key(pk: UUID) -> Movement:
    """Raises Movement.DoesNotExist."""
    known = Movement.objects.only("departure_country", "mrn").get(pk=pk)
    found = lock(known.departure_country, known.mrn)
    assert found is not None, "Movements are never deleted."
    return found


def begin(
    departure_country: str, mrn: str, data: dict[str, Any], released_at: datetime,
    declaration: Declaration | None = None,
) -> Movement:
    """A movement from what its announcement says; the caller holds its lock."""
    movement = Movement.objects.create(
        departure_country=departure_country,
        mrn=mrn,
        declaration=declaration,
        stage=Stage.RELEASED,
        principal=data["principal"],
        goods=data["goods"],
        hs_codes=data.get("hs", []),
        gross_mass_kg=Decimal(data["gross_mass"]) if data.get("gross_mass") else None,
        packages=int(data["packages"]) if data.get("packages") else None,
        vehicle=data.get("vehicle", ""),
        seals=data.get("seals", []),
        released_at=released_at,
        time_limit=moment_of(data["time_limit"]),
    )
    itineraries.write(movement, data["itinerary"], released_at)
    if any(stop.passed_at for stop in movement.itinerary if stop.part == Part.TRANSIT):
        movement.stage = Stage.UNDER_WAY
        movement.save(update_fields=["stage"])
    return movement


def described(movement: Movement) -> dict[str, Any]:
    """What a country is told that hears of a movement only now that it is under way."""
    data = {
        "principal": movement.principal,
        "goods": movement.goods,
        "hs": list(movement.hs_codes),
        "gross_mass": f"{movement.gross_mass_kg.normalize():f}" if movement.gross_mass_kg else "",
        "packages": str(movement.packages or ""),
        "vehicle": movement.vehicle,
        "seals": list(movement.seals),
        "time_limit": moment(movement.time_limit),
        "itinerary": [itineraries.told(stop) for stop in movement.itinerary],
    }
    return {name: value for name, value in data.items() if value}
