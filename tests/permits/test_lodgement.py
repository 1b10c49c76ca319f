"""A declaration that cites a permit of this country's series is judged by it when it is filed."""

import time
from typing import Any

import pytest

from agencies.permits import changing
from agencies.permits.models import Permit, PermitUse
from declarations import intake, wco
from declarations.models import Declaration
from declarations.states import Channel, State
from tests.factories import make_agency, make_organisation, run_pipeline
from tests.intake.conftest import together
from tests.permits.world import World, in_days, left

DOCUMENT = "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[1]/AdditionalDocument[1]"


@pytest.fixture
def routed(world: World) -> World:
    return with_rules(world)


def with_rules(world: World) -> World:
    from django.utils import timezone

    from agencies.models import RuleSet
    from agencies.states import RuleSetStatus

    RuleSet.objects.create(
        version=1, title="Everything to customs", status=RuleSetStatus.PUBLISHED,
        effective_from=timezone.now(), default_queue=make_agency("customs").queues.get(),
    )
    return world


def file(world: World, dataset: dict[str, Any]) -> Declaration:
    body = wco.to_xml(wco.from_json(dataset), wco.get_profile("carec"), country="GE")
    return intake.submit(world.filer, body, channel=Channel.REST)


def fault(declaration: Declaration) -> dict[str, Any]:
    assert declaration.state == State.REJECTED, declaration.current.faults
    (one,) = [f for f in declaration.current.faults if f["severity"] == "error"]
    return one  # type: ignore[no-any-return]


def test_a_good_permit_is_accepted_reserved_and_quick(routed: World) -> None:
    permit = routed.permit("100")
    declaration = file(routed, routed.dataset(permit, "30"))
    started = time.monotonic()
    run_pipeline(declaration)
    assert time.monotonic() - started < 2
    assert declaration.state == State.UNDER_REVIEW
    assert left(permit) == 70


def test_each_fault_has_its_code_its_place_and_what_to_do(routed: World) -> None:
    world = routed
    permit = world.permit("100", line={"value": 20000, "currency": "USD"})
    early = world.permit(valid_from=in_days(3))
    suspended, revoked = world.permit(), world.permit()
    changing.suspend(suspended.pk, world.officer, "Under inquiry")
    changing.revoke(revoked.pk, world.officer, "Given on false papers")
    cheese = world.permit(line={"hs": "0406"})
    other = make_organisation()
    foreign = world.permit(holder_name=other.name, holder_identifier=other.identifier)
    litres = world.permit(line={"unit": "LTR"})
    euros = world.permit(line={"value": 20000, "currency": "EUR"})
    small = world.permit(line={"value": 100, "currency": "USD"})
    year = permit.year
    cases: list[tuple[dict[str, Any], str, str, str]] = [
        (world.dataset(f"GE-WINE-{year}-999999"), "040", "ID", "no agency has issued"),
        (world.dataset(suspended), "041", "ID", "suspended"),
        (world.dataset(revoked), "041", "ID", "revoked"),
        (world.dataset(early), "042", "ID", str(in_days(3))),
        (world.dataset(permit, kind="VEI"), "043", "TypeCode", "PHI"),
        (world.dataset(foreign), "044", "ID", "somebody else"),
        (world.dataset(cheese), "045", "ID", "0406"),
        (world.dataset(litres), "046", "WriteOff/QuantityQuantity", "LTR"),
        (world.dataset(permit, "100.5"), "047", "ID", "has 100 KGM left"),
        (world.dataset(euros), "048", "WriteOff/AmountAmount", "EUR"),
        (world.dataset(small), "049", "ID", "has 100 USD left"),
    ]
    for dataset, code, place, words in cases:
        found = fault(run_pipeline(file(world, dataset)))
        assert found["code"] == f"SW-R-PRM-{code}", found
        assert found["path"] == f"{DOCUMENT}/{place}"
        assert words in found["message"], found["message"]
        assert "%(" not in found["message"]
    assert not PermitUse.objects.exists()


def test_naming_the_holder_as_consignee_does_not_open_its_permit(routed: World) -> None:
    holder = make_organisation()
    theirs = routed.permit(holder_name=holder.name, holder_identifier=holder.identifier)
    dataset = routed.dataset(theirs)
    dataset["GoodsShipment"]["Consignee"] = {
        **dataset["GoodsShipment"]["Importer"], "Name": holder.name, "ID": holder.identifier}
    dataset["Exporter"] |= {"Name": holder.name, "ID": holder.identifier}
    assert fault(run_pipeline(file(routed, dataset)))["code"] == "SW-R-PRM-044"
    assert left(theirs) == 100


def test_a_permit_is_named_at_the_item(routed: World) -> None:
    dataset = routed.dataset(routed.permit())
    item = dataset["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]
    dataset["AdditionalDocument"] = item.pop("AdditionalDocument")
    found = fault(run_pipeline(file(routed, dataset)))
    assert (found["code"], found["path"]) == (
        "SW-R-PRM-050", "/Declaration/AdditionalDocument[1]/ID")


def test_items_share_what_is_left(routed: World) -> None:
    permit = routed.permit("15")
    dataset = routed.dataset(permit, "10")
    shipment = dataset["GoodsShipment"]
    item = shipment["GovernmentAgencyGoodsItem"][0]
    shipment["GovernmentAgencyGoodsItem"] = [item, item | {"SequenceNumeric": 2}]
    dataset |= {"GoodsItemQuantity": {"value": "2"},
                "InvoiceAmount": {"value": "37200.00", "currencyID": "USD"},
                "TotalGrossMassMeasure": {"value": "19600", "unitCode": "KGM"},
                "TotalPackageQuantity": {"value": "2000"}}
    found = fault(run_pipeline(file(routed, dataset)))
    assert found["code"] == "SW-R-PRM-047"
    assert "GovernmentAgencyGoodsItem[2]" in found["path"]
    assert "has 5 KGM left" in found["message"]


def test_a_permit_of_another_country_is_not_judged(routed: World) -> None:
    declaration = run_pipeline(file(routed, routed.dataset("AZ-PHI-2026-00451")))
    assert declaration.state == State.UNDER_REVIEW


@pytest.mark.django_db(transaction=True)
def test_of_two_filed_at_once_that_want_more_than_there_is_one_is_rejected() -> None:
    world = with_rules(World())
    permit: Permit = world.permit("50")
    declarations = [file(world, world.dataset(permit, "40")) for _ in range(2)]
    together(*[lambda d=d: run_pipeline(d) for d in declarations])
    states = sorted(d.state for d in declarations)
    assert states == [State.REJECTED, State.UNDER_REVIEW]
    assert left(permit) == 10
    rejected = next(d for d in declarations if d.state == State.REJECTED)
    assert fault(rejected)["code"] == "SW-R-PRM-047"
