"""A declaration begun from a granted permit: through its page and the form to the write-off."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from declarations import drafts
from declarations.models import Declaration
from declarations.states import State
from tests.factories import run_pipeline
from tests.forms.conftest import Trader, wine
from tests.permits.test_lodgement import with_rules
from tests.permits.world import World, left


@pytest.fixture
def trader(world: World) -> Trader:
    with_rules(world)
    client = Client()
    client.force_login(world.trader_user)
    return Trader(world.trader, world.trader_user, world.filer, client)


def controls_of(draft: Declaration, trader: Trader, net: str) -> dict[str, Any]:
    """What the person sees in the draft and completes: a wine import of ``net`` kilograms."""
    typed = drafts.typed_of(draft)
    whole = wine(trader)
    lrn = typed.header["lrn"]
    typed.header = whole.header | {"lrn": lrn}
    typed.items[0].values |= whole.items[0].values | {"net_mass": net}
    typed.items[0].rows["doc"] += whole.items[0].rows["doc"]
    return typed.controls() | {"stamp": drafts.stamp_of(draft)}


def test_begun_completed_filed_and_drawn(world: World, trader: Trader) -> None:
    permit = world.permit("100")
    start = reverse("declaration_from_permit", args=[permit.pk])
    assert permit.number in trader.client.get(start).content.decode()
    address = trader.client.post(start, {"kind": "import"})["Location"]
    draft = Declaration.objects.get(state=State.DRAFT)
    assert address == reverse("declaration_edit", args=[draft.pk])

    controls = controls_of(draft, trader, "100.5")
    answer = trader.client.post(address, {"file": "1"} | controls)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "has 100 KGM left" in page
    assert "apply for another permit" in page
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert left(permit) == 100

    net = next(name for name, typed in controls.items() if typed == "100.5")
    controls |= {net: "30", "stamp": drafts.stamp_of(draft)}
    answer = trader.client.post(address, {"file": "1"} | controls)
    if answer.status_code == 200:  # shown once, as there are warnings
        draft.refresh_from_db()
        controls["stamp"] = drafts.stamp_of(draft)
        answer = trader.client.post(address, {"file": "anyway"} | controls)
    assert answer["Location"] == reverse("declaration", args=[draft.pk])
    filed = run_pipeline(Declaration.objects.get(pk=draft.pk))
    assert filed.state == State.UNDER_REVIEW, filed.current.faults
    assert left(permit) == 70


def test_a_permit_of_somebody_else_is_told_in_the_form(world: World, trader: Trader) -> None:
    permit = world.permit(holder_name="Other", holder_identifier="404988152")
    typed = wine(trader)
    typed.items[0].rows["doc"] += [{"type": "PHI", "id": permit.number}]
    answer = trader.client.post(
        reverse("declaration_new", args=["import"]), {"file": "1"} | typed.controls())
    page = trader.client.get(answer["Location"]).content.decode()
    assert "issued to somebody else" in page
    assert Declaration.objects.get(lrn=typed.header["lrn"]).state == State.DRAFT
