"""Permits in the demo: which agency issues what, and some that have been granted and used.

Each goes the whole way: an application through intake, check and review, the grant, and declarations
that draw on it; a worker must run. Raises SamplesFailed like the samples.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies import decisions
from agencies.models import Agency, Review
from agencies.permits import application as applications
from agencies.permits import changing, issuing
from agencies.permits.models import Permit, PermitScheme
from agencies.permits.states import Layout
from agencies.states import ReviewState
from declarations import intake, wco
from declarations.models import Declaration
from declarations.states import Channel, State
from declarations.wco import Quantity, dataset
from portal.demo.azerbaijan import FISHERY
from portal.demo.cast import Body, Country
from portal.demo.filing import SamplesFailed, actor_of, wait_until_read
from portal.demo.georgia import OFFICES, TRADER
from portal.demo.samples.build import (
    Carriage,
    Goods,
    Paper,
    Sale,
    day,
    declaration,
    imported,
    party,
    shipment,
)

# By the agency's code: type, prefix, layout, usual days, usual conditions.
SCHEMES: dict[str, tuple[tuple[str, str, Layout, int, str], ...]] = {
    "cites": (
        ("CIT", "CITES", Layout.CITES, 180,
         "Each specimen carries its non-reusable label. Show the permit of the country of origin."),
        ("ODS", "ODS", Layout.ODS, 365, "The licence holder reports what was imported each quarter."),
    ),
    "phyto": (
        ("PHI", "PHI", Layout.PHYTOSANITARY, 180, "Inspected at the first post of entry."),
        ("851", "PHC", Layout.PHYTOSANITARY, 14, ""),
    ),
    "vet": (
        ("VEI", "VEI", Layout.VETERINARY, 90, "Kept at 0 to 4 °C until released."),
        ("853", "VEC", Layout.VETERINARY, 14, ""),
    ),
    "radiation": (("RAD", "RAD", Layout.GENERAL, 365, ""),),
}


def seed_schemes() -> int:
    """What each agency of the demo issues. Safe to run again."""
    for code, schemes in SCHEMES.items():
        agency = Agency.objects.get(code=code)
        for permit_type, prefix, layout, days, conditions in schemes:
            PermitScheme.objects.update_or_create(
                agency=agency, permit_type=permit_type,
                defaults={"prefix": prefix, "layout": layout, "validity_days": days,
                          "conditions": conditions},
            )
    return PermitScheme.objects.count()


@dataclass(frozen=True, slots=True)
class Granted:
    """A permit to be: the application's own number, what it is for, and what is drawn from it.

    ``draws``: net mass of each declaration, in kilograms. ``then``: what the officer does at last.
    """

    lrn: str
    hs: str
    description: str
    species: tuple[str, str, str]  # scientific name, common name, appendix
    kilograms: str
    price: str
    draws: tuple[str, ...] = ()
    then: Callable[[Permit, Any], Any] | None = field(default=None)


def _suspend(permit: Permit, officer: Any) -> None:
    changing.suspend(
        permit.pk, officer,
        "The labels of the last delivery did not match the register. Send their numbers to us.",
    )


GRANTED = (
    Granted(
        "KFF-2026-P012", "160431", "Caviar of farmed Siberian sturgeon (Acipenser baerii), in tins "
        "of 125 g", ("Acipenser baerii", "Siberian sturgeon", "II"), "120", "86400.00",
        draws=("48", "60"),
    ),
    Granted(
        "KFF-2026-P017", "160431", "Caviar of farmed beluga (Huso huso), in tins of 50 g",
        ("Huso huso", "Beluga", "II"), "25", "52500.00",
    ),
    Granted(
        "KFF-2026-P021", "160431", "Caviar of farmed sterlet (Acipenser ruthenus), in jars of 56 g",
        ("Acipenser ruthenus", "Sterlet", "II"), "200", "98000.00", then=_suspend,
    ),
)
ORIGIN_PERMIT = "AZ/2026/0187"


def seed_permits(country: Country) -> list[Permit]:
    """Grant the demo's permits, unless they have been; only where the trader is of this country."""
    if country.code != "GE":
        return []
    today = datetime.now(UTC).astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
    trader, officer, customs = actor_of("trader"), actor_of("cites"), actor_of("customs")
    vet = actor_of("vet")
    scheme = PermitScheme.objects.get(agency__code="cites", permit_type="CIT")
    made = []
    for each in GRANTED:
        if Declaration.objects.owned_by(trader).filter(lrn=each.lrn).exists():
            continue
        applied = _file(trader, _application(each, today))
        _approve(applied, officer)
        permit = issuing.issue(
            applied.pk, scheme, officer, applications.asked(applied, scheme)
        )
        for number, mass in enumerate(each.draws, start=1):
            drawn = _file(trader, _delivery(each, permit, number, mass, today))
            for agent in (officer, vet, customs):
                _approve(drawn, agent)
        if each.then is not None:
            each.then(permit, officer)
        made.append(permit)
    return made


def _file(trader: Any, message: wco.Declaration) -> Declaration:
    body = wco.to_xml(message, wco.get_profile("carec"), country="GE")
    filed = intake.submit(trader, body, channel=Channel.FORM)
    wait_until_read(filed)
    if filed.state == State.REJECTED:
        told = "; ".join(fault["message"] for fault in filed.current.faults)
        raise SamplesFailed(f"{filed.lrn} was rejected: {told}")
    return filed


def _approve(filed: Declaration, officer: Any) -> None:
    review = Review.objects.of_agency(officer).filter(
        declaration=filed, state=ReviewState.OPEN
    ).first()
    if review is not None:
        decisions.claim(review.pk, officer)
        decisions.approve(review.pk, officer)
        filed.refresh_from_db()


def _goods(each: Granted, mass: str, papers: tuple[Paper, ...]) -> Goods:
    price = Decimal(each.price) * Decimal(mass) / Decimal(each.kilograms)
    return Goods(
        each.hs, each.description, "AZ", net=mass, gross=f"{Decimal(mass) * 2:f}",
        price=f"{price:.2f}", packages=8, package="4H", marks="NEFTCHALA AZ004/131", papers=papers,
    )


def _application(each: Granted, today: date) -> wco.Declaration:
    authority: Body = next(office for office in OFFICES if office.code == "cites").body
    made = declaration(
        type_code="LP", lrn=each.lrn, office=None, today=today, declarant=TRADER,
        sent_from="AZ", sent_to="GE", procedure=None, travel=Carriage("3", "90-KR-618", "AZ"),
        sale=Sale(f"NA-{each.lrn[-4:]}", "USD", "DAP", "Tbilisi", age_days=2),
        goods=(_goods(each, each.kilograms, ()),),
    )
    made.Exporter = party(dataset.Exporter, FISHERY)
    made.LPCO = dataset.LPCO(
        TypeCode="CIT", EffectiveDateTime=day(today),
        ExpirationDateTime=day(today + timedelta(days=180)),
        PurposeDescription="Retail sale in Tbilisi, in several deliveries",
        TotalQuantity=Quantity(Decimal(each.kilograms), "KGM"),
        Applicant=party(dataset.Applicant, TRADER),
        IssuingAgency=dataset.IssuingAgency(ID=authority.identifier, Name=authority.name),
    )
    commodity = shipment(made).GovernmentAgencyGoodsItem[0].Commodity
    assert commodity is not None
    scientific, common, appendix = each.species
    commodity.Specimen = [dataset.Specimen(
        ScientificName=scientific, CommonName=common, AppendixCode=appendix, SourceCode="C",
        PurposeCode="T", DescriptionCode="CAV", OriginPermitID=ORIGIN_PERMIT,
    )]
    return made


def _delivery(
    each: Granted, permit: Permit, number: int, mass: str, today: date
) -> wco.Declaration:
    papers = (Paper("CIT", permit.number), Paper("853", f"AZ-V 26 00099{number:02}"),
              Paper("730", f"CMR AZ 00980{number:02}"))
    return imported(FISHERY, TRADER, declaration(
        type_code="IMA", lrn=f"{each.lrn}-{number}", office="GE000101", today=today,
        declarant=TRADER, sent_from="AZ", sent_to="GE", procedure=("40", "00"),
        travel=Carriage("3", "90-KR-618", "AZ"),
        sale=Sale(f"NA-{each.lrn[-4:]}-{number}", "USD", "DAP", "Tbilisi", age_days=1),
        goods=(_goods(each, mass, papers),),
    ))
