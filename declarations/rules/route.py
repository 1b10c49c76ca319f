"""Rules about the way the goods take: countries, places and who carries them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from declarations import codelists
from declarations.rules.base import (
    GOOD,
    POLICY,
    TRANSIT,
    WARNING,
    WCO,
    Each,
    Finding,
    KnownCode,
    Numbered,
    Params,
    Rule,
    Survey,
)
from declarations.rules.transport import BORDER, ROAD
from declarations.wco.i18n import gettext_noop as _

PLACES = (
    "IssueLocationID", "GoodsShipment/Consignment/LoadingLocation/ID",
    "GoodsShipment/TradeTerms/LocationID",
)


def _country_of(code: str) -> str:
    """The country in what is written as a UN/LOCODE; empty if it is not."""
    form = re.fullmatch(r"([A-Z]{2})[A-Z2-9]{3}", code)
    return form[1] if form and codelists.is_valid("country", form[1]) else ""


class RouteCountry(KnownCode):
    code = "SW-R-TRN-016"
    path = "Consignment/Itinerary/RoutingCountryCode"
    code_list = "country"
    message = _(
        "The route names %(value)s, which is not a country code. Use the two letters of ISO 3166, "
        "such as AZ."
    )
    source = "ISO 3166-1"


class RouteOnce(Rule):
    code = "SW-R-TRN-017"
    path = "Consignment/Itinerary/RoutingCountryCode"
    message = _(
        "The route passes %(value)s twice in a row. Write each country once, in the order of the "
        "trip."
    )
    source = f"{WCO}, class 81A"
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        route = survey.values(self.path)
        for n, (before, here) in enumerate(pairwise(route), start=1):
            if here == before:
                yield Finding(survey.place(self.path, n))


class PlaceCode(Each):
    code = "SW-R-TRN-018"
    where = _("every place given by UN/LOCODE")
    message = _(
        "%(label)s: %(value)s is not written as a UN/LOCODE. It has the country's two letters and "
        "three letters or digits, such as GEPTI for Poti; or leave the code out and write the "
        "name."
    )
    source = "UN/ECE Recommendation 16 (UN/LOCODE)"
    looks = PLACES

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if _country_of(value) else {}


class PlaceKnown(Each):
    """The portal's list is a selection: a place that it lacks may well exist."""

    code = "SW-R-TRN-019"
    where = _("every place given by UN/LOCODE")
    message = _(
        "%(label)s: %(value)s is not among the places this portal knows. If the code is right, "
        "you need do nothing; write the name of the place too."
    )
    source = "UN/ECE Recommendation 16 (UN/LOCODE)"
    severity = WARNING
    looks = PLACES

    def at(self, value: Any, survey: Survey) -> Params | None:
        known = not _country_of(value) or codelists.is_valid("locode", value)
        return GOOD if known else {}


class RoadCarrier(Rule):
    code = "SW-R-TRN-020"
    path = "Consignment/Carrier"
    message = _(
        "The carrier is not named. Name who drives the goods: customs writes the transit to the "
        "carrier as well as to the principal."
    )
    source = POLICY
    kinds = frozenset({TRANSIT})
    severity = WARNING

    def check(self, survey: Survey) -> Iterator[Finding]:
        by_road = survey.get(f"{BORDER}/ModeCode") == ROAD
        if by_road and not survey.values("Consignment/Carrier"):
            yield Finding(survey.root.at("Consignment/Carrier"))


class RouteNumbered(Numbered):
    code = "SW-R-TRN-023"
    path = "Consignment/Itinerary"
    message = _(
        "This country is number %(value)s of the route, but stands at place %(expected)s. Number "
        "the route 1, 2, 3 …"
    )


RULES = (
    RouteCountry(), RouteOnce(), PlaceCode(), PlaceKnown(), RoadCarrier(), RouteNumbered(),
)
