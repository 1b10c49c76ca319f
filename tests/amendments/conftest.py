"""A filed and accepted import of wine, in a world of three agencies."""

from dataclasses import dataclass
from typing import Any

import pytest

from agencies import amendments, decisions
from agencies.models import Agency, Review
from declarations import amending, intake
from declarations.change_request import ChangeRequest
from declarations.models import Declaration
from declarations.states import State
from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.journal.models import Event
from portal.pipeline import process_change
from tests.agencies.conftest import World, empty_world, world  # noqa: F401
from tests.factories import (
    make_member,
    make_officer,
    make_organisation,
    run_pipeline,
    wine_dataset,
)


@dataclass
class Filed:
    """What the tests do with the one declaration."""

    world: World
    user: User
    trader: Actor
    data: dict[str, Any]
    declaration: Declaration

    def message(self, **fields: Any) -> bytes:
        """The declaration's message as an amendment, with other elements in it."""
        from declarations import wco

        told = self.data | {"FunctionCode": "5", "ID": self.declaration.mrn} | fields
        told = {name: value for name, value in told.items() if value is not None}
        return wco.to_xml(wco.from_json(told), wco.get_profile(), country="GE")

    def with_item(self, **commodity: Any) -> dict[str, Any]:
        """The goods shipment with the first item's commodity changed."""
        shipment = dict(self.data["GoodsShipment"])
        [first] = shipment["GovernmentAgencyGoodsItem"]
        changed = first | {"Commodity": first["Commodity"] | commodity}
        return shipment | {"GovernmentAgencyGoodsItem": [changed]}

    def ask(self, reason: str = "A mistake.", *, check: bool = True, **fields: Any) -> ChangeRequest:
        change = amending.ask(
            self.trader, self.declaration.pk, self.message(**fields), reason, channel="rest")
        return run_change(change) if check else change

    def approve(self, agency: Agency) -> Actor:
        _user, officer = make_officer(agency)
        review = self.review(agency)
        decisions.claim(review.pk, officer)
        decisions.approve(review.pk, officer)
        return officer

    def review(self, agency: Agency) -> Review:
        return self.declaration.reviews.get(queue__agency=agency)

    def states(self) -> dict[str, str]:
        return {r.queue.agency.code: r.state
                for r in self.declaration.reviews.select_related("queue__agency")}

    def state(self) -> State:
        self.declaration.refresh_from_db()
        return State(self.declaration.state)

    def kinds(self) -> list[str]:
        return [event.kind for event in Event.objects.of(self.declaration.pk)]

    def grant(self, change: ChangeRequest) -> ChangeRequest:
        _user, officer = make_officer(self.world.customs)
        return amendments.grant(change.pk, officer)


def run_change(change: ChangeRequest) -> ChangeRequest:
    """Do at once what a worker would do, and return it as it is then."""
    process_change(str(change.pk))
    change.refresh_from_db()
    return change


@pytest.fixture
def filed(world: World) -> Filed:  # noqa: F811
    return make_filed(world)


def make_filed(world: World) -> Filed:  # noqa: F811
    organisation = make_organisation()
    user, trader = make_member(organisation)
    data = wine_dataset(organisation)
    from declarations import wco

    body = wco.to_xml(wco.from_json(data), wco.get_profile(), country="GE")
    declaration = run_pipeline(intake.submit(trader, body, channel="rest"))
    assert declaration.state == State.UNDER_REVIEW, declaration.current.faults
    return Filed(world, user, trader, data, declaration)
