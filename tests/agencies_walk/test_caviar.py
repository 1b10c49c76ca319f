"""Caviar in Chromium, with a real worker: from the rule that sends it to CITES to its permit's end."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies import decisions
from agencies.inspections.models import Finding, Inspection, Site
from agencies.models import Agency, Review, RuleSet
from agencies.permits import seal
from agencies.permits.models import Permit, PermitScheme
from agencies.permits.states import Layout
from agencies.states import ReviewState
from declarations import intake, wco
from declarations.models import Declaration
from declarations.states import Channel, State
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation, User
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.verify import verify
from tests.agencies.samples import make_rule, make_rule_set
from tests.browser import sign_in
from tests.factories import (
    make_agency,
    make_member,
    make_officer,
    make_organisation,
    new_lrn,
    wine_dataset,
)
from tests.inspections.conftest import at
from tests.inspections.test_browser import note_check, sign
from tests.intake.conftest import together
from tests.worker import Worker, until


@dataclass
class Cast:
    """Customs sees every import and CITES every application; nobody has thought of caviar yet."""

    page: Page
    live_server: Any
    customs: Agency
    cites: Agency
    customs_user: User
    customs_actor: Actor
    cites_user: User
    cites_actor: Actor
    author: User
    other: User
    trader: Organisation
    trader_user: User
    filer: Actor

    def go(self, user: User, name: str, *keys: Any, query: str = "") -> Page:
        """The page, at the address of that name, as this person sees it."""
        sign_in(self.page, self.live_server, user)
        self.page.goto(reverse(name, args=keys) + query)
        return self.page

    def review(self, declaration: Declaration, agency: Agency) -> Review:
        return declaration.reviews.get(queue__agency=agency)

    def decide(self, declaration: Declaration, user: User, agency: Agency) -> Page:
        return self.go(user, "review", self.review(declaration, agency).pk)

    def file(self, dataset: dict[str, Any]) -> Declaration:
        """Filed by the trader's program, read, checked and routed by the worker."""
        body = wco.to_xml(wco.from_json(dataset), wco.get_profile("carec"), country="GE")
        filed = intake.submit(self.filer, body, channel=Channel.REST)

        def read() -> bool:
            filed.refresh_from_db()
            return filed.state not in (State.SUBMITTED, State.ACCEPTED)

        until(read)
        assert filed.state == State.UNDER_REVIEW, filed.current.faults
        return filed

    def caviar(self, mass: str, permit: str = "AZ/2026/0187", **fields: Any) -> dict[str, Any]:
        price = {"value": f"{Decimal(mass) * 720:.2f}", "currencyID": "USD"}
        data = wine_dataset(self.trader, FunctionalReferenceID=new_lrn(), InvoiceAmount=price,
                            **fields)
        (item,) = data["GoodsShipment"]["GovernmentAgencyGoodsItem"]
        item["StatisticalValueAmount"] = price
        item["Commodity"] |= {
            "InvoiceLine": {"ItemChargeAmount": price},
            "Description": "Caviar of farmed Siberian sturgeon (Acipenser baerii)",
            "Classification": [{"ID": "160431", "IdentificationTypeCode": "HS"}],
            "GoodsMeasure": {"GrossMassMeasure": {"value": "9800", "unitCode": "KGM"},
                             "NetNetWeightMeasure": {"value": mass, "unitCode": "KGM"}},
        }
        item["AdditionalDocument"] = [
            {"TypeCode": "CIT", "ID": permit}, {"TypeCode": "853", "ID": "AZ-V 26 0009914"}]
        return data


def make_cast(page: Page, live_server: Any) -> Cast:
    customs = make_agency("customs")
    cites = make_agency("cites", name="Environmental Supervision")
    rules = make_rule_set(customs.queues.get())
    make_rule(rules, customs, {"field": "kind", "is": "import"}, code="imports")
    make_rule(rules, cites, {"field": "kind", "is": "lpco"}, code="applications")
    PermitScheme.objects.create(
        agency=cites, permit_type="CIT", prefix="CITES", layout=Layout.CITES, validity_days=180)
    Site.objects.create(agency=customs, name="Sarpi, yard 2", address="Sarpi, Batumi road 1")
    operator, trader = make_organisation(OrganisationKind.OPERATOR), make_organisation()
    author, other = (make_member(operator, Role.ADMIN)[0] for _number in range(2))
    return Cast(page, live_server, customs, cites, *make_officer(customs), *make_officer(cites),
                author, other, trader, *make_member(trader))


def test_caviar(page: Page, live_server: Any, worker: Worker) -> None:
    cast = make_cast(page, live_server)
    before = cast.file(cast.caviar("30"))
    assert [one.queue.agency for one in before.reviews.all()] == [cast.customs]

    a_rule_is_published_after_a_dry_run(cast)
    first = cast.file(cast.caviar("30"))
    assert {(one.queue.agency, one.tier, one.state) for one in first.reviews.all()} == {
        (cast.customs, 1, ReviewState.OPEN), (cast.cites, 1, ReviewState.OPEN)}
    information_is_asked_and_given(cast, first)
    the_goods_are_seen_by_both_at_once(cast, first)
    agreed_with_a_condition(cast, first)

    permit = a_permit_is_issued(cast)
    two_releases_draw_on_it_at_once(cast, permit)
    report = verify()
    assert report.sound, report.faults


def a_rule_is_published_after_a_dry_run(cast: Cast) -> None:
    page = cast.go(cast.author, "routing")
    page.get_by_role("button", name="New draft").click()
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_label("Title").fill("Caviar")
    page.locator("#id_code").fill("caviar")
    page.locator("#id_queue").select_option("cites")
    page.locator("#id_g0-1-values").fill("160431")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_text(re.compile("Import, goods of HS 1604 31"))).to_be_visible()
    draft = RuleSet.objects.get(status="draft")

    page.get_by_role("link", name="Dry runs").click()
    page.get_by_role("button", name="Begin the dry run").click()
    expect(page.get_by_text("Goes to")).to_be_visible(timeout=15_000)  # the worker tells
    expect(page.get_by_role("row", name=re.compile("Environmental Supervision")).first).to_be_visible()
    page.get_by_role("link", name="To the publication").click()
    page.get_by_label("Why the rules change").fill("Sturgeons are protected.")
    page.get_by_role("button", name="Ask for publication").click()
    expect(page.get_by_text("Another administrator approves.")).to_be_visible()

    page = cast.go(cast.other, "routing_set", draft.pk, query="?tab=publication")
    page.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_text("Approved and published.")).to_be_visible()


def information_is_asked_and_given(cast: Cast, declaration: Declaration) -> None:
    page = cast.decide(declaration, cast.cites_user, cast.cites)
    page.get_by_role("button", name="Take up").first.click()
    page.get_by_text("Ask for information").click()
    page.get_by_label("What do you want to know?").fill("Which farm do the fish come from?")
    page.get_by_role("button", name="Ask the trader").click()
    expect(page.get_by_text("The trader is asked.")).to_be_visible()
    declaration.refresh_from_db()
    assert declaration.state == State.INFORMATION_REQUIRED

    page = cast.go(cast.trader_user, "home")
    page.get_by_role("link", name=f"Answer {declaration.lrn}").click()
    page.get_by_role("link", name="Answer the request").click()
    page.get_by_label("Text").fill("Neftchala, number AZ004.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Sent. The agency goes on")).to_be_visible()

    page = cast.decide(declaration, cast.cites_user, cast.cites)
    expect(page.get_by_text("Neftchala, number AZ004.")).to_be_visible()


def the_goods_are_seen_by_both_at_once(cast: Cast, declaration: Declaration) -> None:
    page = cast.page
    page.get_by_role("link", name="Call for an inspection").click()
    page.get_by_label("Why your agency needs to see the goods").fill("Count the labels")
    page.get_by_label("What the trader is told").fill("Open the cold store.")
    page.get_by_role("button", name="Call for the inspection").click()
    expect(page.get_by_text("The inspection is called.")).to_be_visible()
    visit = Inspection.objects.get()

    page = cast.decide(declaration, cast.customs_user, cast.customs)
    page.get_by_role("button", name="Take up").first.click()
    page.get_by_role("link", name="Open the inspection").click()
    page.get_by_label("Why your agency needs to see the goods").fill("Weight differs")
    page.get_by_role("button", name="Take part").click()
    expect(page.get_by_text("Your agency takes part.")).to_be_visible()

    page = cast.go(cast.cites_user, "inspection", visit.pk, query=f"?on={at(10):%Y-%m-%d}")
    page.get_by_label("10:00").check()
    page.get_by_role("button", name="Appoint", exact=True).click()
    expect(page.get_by_text("Appointed. The trader is told")).to_be_visible()

    page = cast.go(cast.trader_user, "declaration", declaration.pk)
    told = page.get_by_role("region", name="Inspection of the goods")
    expect(told).to_contain_text("10:00")
    expect(told).to_contain_text("Sarpi, yard 2")
    expect(told).to_contain_text("Open the cold store.")
    assert "Count the labels" not in page.content()

    for user, verdict, text in ((cast.cites_user, "Found as declared", ""),
                                (cast.customs_user, "Discrepancy", "29 kg on the scales")):
        page = cast.go(user, "inspection_visit", visit.pk)
        with page.expect_response(lambda answer: "/findings/" in answer.url) as sent:
            note_check(page, verdict, text)
        assert sent.value.status == 201
        sign(page, visit)
    assert Finding.objects.count() == 2
    declaration.refresh_from_db()
    assert declaration.state == State.UNDER_REVIEW  # the visit is over for both


def agreed_with_a_condition(cast: Cast, declaration: Declaration) -> None:
    page = cast.decide(declaration, cast.cites_user, cast.cites)
    expect(page.get_by_text("29 kg on the scales")).to_be_visible()
    page.get_by_text("With conditions …").click()
    page.get_by_label("Before release, in your own words").fill("Put the labels on the tins.")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Approved with conditions.")).to_be_visible()
    page = cast.decide(declaration, cast.customs_user, cast.customs)
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Approved. The decision is recorded.")).to_be_visible()
    declaration.refresh_from_db()
    assert declaration.state == State.UNDER_REVIEW  # the labels are not on the tins

    page = cast.go(cast.trader_user, "declaration", declaration.pk)
    expect(page.get_by_text("Put the labels on the tins.").first).to_be_visible()
    page = cast.decide(declaration, cast.cites_user, cast.cites)
    page.get_by_text("Mark fulfilled …").click()
    page.get_by_role("button", name="It is fulfilled").click()
    expect(page.get_by_role("button", name="It is fulfilled")).to_have_count(0)
    declaration.refresh_from_db()
    assert declaration.state == State.RELEASED


def a_permit_is_issued(cast: Cast) -> Permit:
    """From an application for 100 kg to a paper that anybody can verify."""
    wanted = cast.caviar("100", TypeCode="LP", LPCO={
        "TypeCode": "CIT", "PurposeDescription": "Retail sale",
        "TotalQuantity": {"value": "100", "unitCode": "KGM"},
        "Applicant": {"Name": cast.trader.name, "ID": cast.trader.identifier},
        "IssuingAgency": {"ID": cast.cites.organisation.identifier, "Name": cast.cites.name},
    })
    (item,) = wanted["GoodsShipment"]["GovernmentAgencyGoodsItem"]
    item["Commodity"]["Specimen"] = [{
        "ScientificName": "Acipenser baerii", "CommonName": "Siberian sturgeon",
        "AppendixCode": "II", "SourceCode": "C", "PurposeCode": "T", "DescriptionCode": "CAV",
    }]
    application = cast.file(wanted)
    page = cast.decide(application, cast.cites_user, cast.cites)
    page.get_by_role("button", name="Take up").first.click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Approved. The decision is recorded.")).to_be_visible()
    page.goto(reverse("permits"))
    page.get_by_role("link", name="Issue").first.click()
    page.get_by_role("button", name="Issue the permit").click()
    page.get_by_text("is issued. The applicant is told.").wait_for()
    permit = Permit.objects.get(application=application)
    assert permit.number == f"GE-CITES-{timezone.now().year}-000001"
    paper = page.request.get(reverse("permit_certificate", args=[permit.pk]))
    assert paper.ok and paper.body().startswith(b"%PDF-")

    page.context.clear_cookies()  # a border guard of another country, with the paper
    page.goto(urlsplit(seal.address(permit)).path)
    expect(page.get_by_text(permit.number).first).to_be_visible()
    expect(page.get_by_text(re.compile("^Genuine"))).to_be_visible()
    return permit


def two_releases_draw_on_it_at_once(cast: Cast, permit: Permit) -> None:
    deliveries = [cast.file(cast.caviar(mass, permit.number)) for mass in ("45", "30.5")]
    line = permit.lines.get()
    assert line.reserved_quantity == line.quantity - line.left_quantity
    assert line.used_quantity == 0
    for delivery in deliveries:
        decisions.claim(cast.review(delivery, cast.cites).pk, cast.cites_actor)
        decisions.approve(cast.review(delivery, cast.cites).pk, cast.cites_actor)
        decisions.claim(cast.review(delivery, cast.customs).pk, cast.customs_actor)
    last = [cast.review(delivery, cast.customs).pk for delivery in deliveries]
    for outcome in together(*(
        lambda review=review: decisions.approve(review, cast.customs_actor) for review in last
    )):
        assert isinstance(outcome, Review), outcome
    for delivery in deliveries:
        delivery.refresh_from_db()
        assert delivery.state == State.RELEASED
    line.refresh_from_db()
    assert line.used_quantity == Decimal("75.5")
    assert line.reserved_quantity == 0
    assert [one.left_quantity for one in line.movements.order_by("id")][-1] == 24.5

    page = cast.go(cast.trader_user, "our_permit", permit.pk)
    expect(page.get_by_text(re.compile(r"24[.,]5")).first).to_be_visible()
    too_much = intake.submit(
        cast.filer, wco.to_xml(wco.from_json(cast.caviar("25", permit.number)),
                               wco.get_profile("carec"), country="GE"), channel=Channel.REST)

    def rejected() -> bool:
        too_much.refresh_from_db()
        return too_much.state == State.REJECTED

    until(rejected)
    assert [fault["code"] for fault in too_much.current.faults
            if fault["severity"] == "error"] == ["SW-R-PRM-047"]
