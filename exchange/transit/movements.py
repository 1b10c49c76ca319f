"""Making a movement and locking it. The same for a transit of our own and one announced to us."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from declarations.models import Declaration
from exchange.transit.models import Movement, Stop, moment_of
from exchange.transit.states import Stage


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
    Stop.objects.bulk_create(
        Stop(
            movement=movement, number=number, office=stop["office"], country=stop["country"],
            part=stop["part"],
            expected_at=moment_of(stop["expected"]) if stop.get("expected") else None,
            passed_at=released_at if number == 1 else None,
        )
        for number, stop in enumerate(data["itinerary"], start=1)
    )
    return movement
