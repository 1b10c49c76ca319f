"""An agency that issues permits, a trader that holds one, and declarations that cite it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from agencies.models import Agency
from agencies.permits import issuing
from agencies.permits.issuing import LineTerms, Terms
from agencies.permits.models import Permit, PermitScheme
from agencies.states import ReviewState
from declarations import lifecycle, wco
from declarations.models import Declaration
from declarations.states import Channel, State
from portal.accounts.actors import SYSTEM, Actor
from portal.accounts.models import Organisation, User
from tests.agencies.samples import make_declaration
from tests.factories import make_agency, make_member, make_officer, make_organisation, wine_dataset


class World:
    def __init__(self, **scheme: Any) -> None:
        self.agency: Agency = make_agency("wine-board", name="National Wine Agency")
        self.user: User
        self.officer: Actor
        self.user, self.officer = make_officer(self.agency)
        values = {"permit_type": "PHI", "prefix": "WINE"}
        self.scheme = PermitScheme.objects.create(agency=self.agency, **(values | scheme))
        self.trader: Organisation = make_organisation(name="Kolkheti Trade LLC")
        self.trader_user: User
        self.filer: Actor
        self.trader_user, self.filer = make_member(self.trader)

    def application(self, state: str = State.RELEASED, review: str = ReviewState.APPROVED
                    ) -> Declaration:
        made = make_declaration(self.trader, self.trader_user, kind="lpco", state=state)
        made.reviews.create(
            queue=self.agency.queues.get(), tier=1, kind="permit", state=review,
            opened_at=made.submitted_at,
        )
        dataset = wine_dataset(self.trader, TypeCode="LP", LPCO={
            "TypeCode": "PHI", "PurposeDescription": "Retail sale",
            "TotalQuantity": {"value": "100", "unitCode": "KGM"},
            "Applicant": {"Name": self.trader.name, "ID": self.trader.identifier},
            "IssuingAgency": {"ID": self.agency.organisation.identifier,
                              "Name": self.agency.name},
        })
        keep_version(made, dataset)
        return made

    def terms(self, quantity: str = "100", **fields: Any) -> Terms:
        line = {"hs": "2204", "description": "Wine", "unit": "KGM",
                "quantity": Decimal(quantity)} | fields.pop("line", {})
        today = issuing.today()
        values: dict[str, Any] = {
            "holder_name": self.trader.name, "holder_identifier": self.trader.identifier,
            "valid_from": today, "valid_to": today + timedelta(days=90),
            "lines": [LineTerms(**line)], "export_country": "AZ", "destination_country": "GE",
        }
        return Terms(**(values | fields))

    def permit(self, quantity: str = "100", **fields: Any) -> Permit:
        return issuing.issue(
            self.application().pk, self.scheme, self.officer, self.terms(quantity, **fields)
        )

    def dataset(self, permit: Permit | str, mass: str = "10", *, kind: str = "PHI",
                write_off: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        data = wine_dataset(self.trader, **fields)
        item = data["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]
        item["Commodity"]["GoodsMeasure"]["NetNetWeightMeasure"] = {
            "value": mass, "unitCode": "KGM"}
        document: dict[str, Any] = {"TypeCode": kind, "ID": str(permit)}
        if write_off is not None:
            document["WriteOff"] = write_off
        item["AdditionalDocument"] = [document]
        return data

    def declare(self, permit: Permit, mass: str = "10", **more: Any) -> Declaration:
        """An accepted declaration that takes ``mass`` kilograms of the permit."""
        made = make_declaration(self.trader, self.trader_user, state=State.SUBMITTED, mrn=None)
        keep_version(made, self.dataset(permit, mass, **more))
        made.mrn = f"26GE{made.pk.int % 10**14:014}"
        act(made, lifecycle.Action.ACCEPT)
        with transaction.atomic():
            lifecycle.move(made, lifecycle.Action.ROUTE, SYSTEM)
        return made


def keep_version(declaration: Declaration, dataset: dict[str, Any]) -> None:
    message = wco.to_json(wco.from_json(dataset))
    declaration.versions.create(
        number=declaration.versions.count() + 1, channel=Channel.REST, body=b"<x/>",
        sha256="0" * 64, dataset=message, organisation_id=declaration.organisation_id,
    )


def act(declaration: Declaration, action: lifecycle.Action) -> None:
    """Do it as a worker or an officer does: the row locked, in a transaction of its own."""
    with transaction.atomic():
        locked = Declaration.objects.select_for_update().get(pk=declaration.pk)
        locked.mrn = locked.mrn or declaration.mrn
        lifecycle.perform(
            locked, action, SYSTEM,
            {"version": locked.current.number} if action is lifecycle.Action.ACCEPT else {},
        )
    declaration.refresh_from_db()


def left(permit: Permit) -> Decimal:
    return permit.lines.get().left_quantity


def in_days(days: int) -> date:
    return issuing.today() + timedelta(days=days)
