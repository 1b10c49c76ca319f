"""Rules about how the goods travel: means of transport, containers, seals and places."""

import re
from collections.abc import Iterator
from typing import ClassVar

from declarations import codelists
from declarations.rules.base import (
    CUSTOMS,
    GOOD,
    POLICY,
    TRANSIT,
    WARNING,
    WCO,
    Finding,
    KnownCode,
    Numbered,
    Params,
    Rule,
    RuleContext,
)
from declarations.rules.check_digits import container_digit, imo_digit, wagon_digit
from declarations.rules.places import Place
from declarations.wco.i18n import gettext_noop as _

SEA, RAIL, ROAD, AIR, MAIL, FIXED, INLAND_WATER = "1", "2", "3", "4", "5", "7", "8"
BORDER = "BorderTransportMeans"
EQUIPMENT = "GoodsShipment/Consignment/TransportEquipment"
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ]\d{7}")


class ModeGiven(Rule):
    code = "SW-R-TRN-001"
    path = f"{BORDER}/ModeCode"
    message = _(
        "The mode of transport at the border is missing. Choose one, such as 3 for road or 2 for "
        "rail: it decides which office and which papers are needed."
    )
    source = "UN/ECE Recommendation 19; WCO Data Model, element T022"
    kinds = CUSTOMS

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        if root.get(f"{BORDER}/ModeCode") is None:
            yield Finding(root.at(f"{BORDER}/ModeCode"), {}, tuple(codelists.codes("mode")))


class VehicleNamed(Rule):
    code = "SW-R-TRN-002"
    path = f"{BORDER}/ID"
    message = _(
        "The means of transport at the border is not named: %(hint)s is missing. Write it as on "
        "the transport document."
    )
    source = "WCO Data Model, element T006; EU data element 19 08 017"
    kinds = CUSTOMS
    WHAT: ClassVar[dict[str, str]] = {
        SEA: _("the ship's IMO number or name"),
        RAIL: _("the train or wagon number"),
        ROAD: _("the registration number of the lorry"),
        AIR: _("the flight number"),
        INLAND_WATER: _("the vessel's number or name"),
    }

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for means in root.find(BORDER):
            what = self.WHAT.get(means.value.ModeCode or "")
            if what and not means.value.ID and not means.value.Name:
                yield Finding(means.at("ID"), {"hint": what})


class RegistrationKnown(KnownCode):
    code = "SW-R-TRN-003"
    path = f"{BORDER}/RegistrationNationalityCode"
    code_list = "country"
    message = _(
        "%(value)s is not a country in which a vehicle can be registered. Use the two letters of "
        "ISO 3166, such as KZ."
    )
    source = "ISO 3166-1; UN/ECE Recommendation 3"


class RegistrationGiven(Rule):
    code = "SW-R-TRN-004"
    path = f"{BORDER}/RegistrationNationalityCode"
    message = _(
        "The lorry %(vehicle)s has no country of registration. Write the country on its plates: "
        "the permit for its trip depends on it."
    )
    source = "WCO Data Model, element T014; EU data element 19 08 062"
    kinds = CUSTOMS

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for means in root.find(BORDER):
            if means.value.ModeCode == ROAD and not means.value.RegistrationNationalityCode:
                yield Finding(
                    means.at("RegistrationNationalityCode"), {"vehicle": means.value.ID or ""}
                )


class WagonNumber(Rule):
    code = "SW-R-TRN-005"
    path = f"{BORDER}/ID"
    message = _(
        "%(value)s has the form of a wagon number, but its last digit does not fit the others: it "
        "should be %(digit)s. Check it against the consignment note."
    )
    source = "OSJD, numbering of wagons on 1520 mm gauge; UIC 438-2"
    severity = WARNING

    def at(self, place: Place, context: RuleContext) -> Params | None:
        assert place.parent is not None
        number = place.value.replace(" ", "")
        if place.parent.value.ModeCode != RAIL or not re.fullmatch(r"\d{8}|\d{12}", number):
            return GOOD
        digit = wagon_digit(number[:-1])
        return GOOD if number[-1] == str(digit) else {"digit": digit}


class FlightNumber(Rule):
    code = "SW-R-TRN-006"
    path = f"{BORDER}/ID"
    message = _(
        "%(value)s is not written as a flight number. Use the airline's two or three letters and "
        "up to four digits, such as J2071."
    )
    source = "IATA Resolution 762"
    severity = WARNING

    def at(self, place: Place, context: RuleContext) -> Params | None:
        assert place.parent is not None
        flight = re.fullmatch(r"([A-Z0-9]{2}|[A-Z]{3}) ?\d{1,4}[A-Z]?", place.value)
        return GOOD if place.parent.value.ModeCode != AIR or flight else {}


class ShipNumber(Rule):
    code = "SW-R-TRN-007"
    path = f"{BORDER}/ID"
    message = _(
        "%(value)s is not an IMO ship number: seven digits, the last of which should be "
        "%(digit)s. Check it against the bill of lading."
    )
    source = "IMO Resolution A.1117(30)"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        assert place.parent is not None
        number = place.value.removeprefix("IMO").strip()
        if place.parent.value.ModeCode != SEA or not re.fullmatch(r"\d{7}", number):
            return GOOD  # a name, or another kind of number
        digit = imo_digit(number[:-1])
        return GOOD if number[-1] == str(digit) else {"digit": digit}


class ContainersListed(Rule):
    code = "SW-R-TRN-008"
    path = f"{EQUIPMENT}/ID"
    message = _(
        "The goods are said to travel in containers, but no container number is given. Add each "
        "container with its number."
    )
    source = "WCO Data Model, elements 096 and 159; Customs Convention on Containers"
    kinds = CUSTOMS

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        if root.get("GoodsShipment/Consignment/ContainerCode") != "1":
            return
        if not any(place.value.ID for place in root.find(EQUIPMENT)):
            yield Finding(root.at(f"{EQUIPMENT}/ID"))


class NoContainersListed(Rule):
    code = "SW-R-TRN-009"
    path = f"{EQUIPMENT}/ID"
    message = _(
        "Container %(value)s is listed, but the declaration says that the goods are not in "
        "containers. Write 1 (in containers), or remove it."
    )
    source = "WCO Data Model, elements 096 and 159"
    kinds = CUSTOMS

    def at(self, place: Place, context: RuleContext) -> Params | None:
        root = place.root_place
        loose = root.get("GoodsShipment/Consignment/ContainerCode") == "0"
        return {} if loose and _CONTAINER.fullmatch(place.value) else GOOD


class ContainerForm(Rule):
    code = "SW-R-TRN-010"
    path = f"{EQUIPMENT}/ID"
    message = _(
        "%(value)s is not written as a container number: the owner's three letters, U, and seven "
        "digits, without spaces, such as MSKU1234565."
    )
    source = "ISO 6346"
    kinds = CUSTOMS

    def at(self, place: Place, context: RuleContext) -> Params | None:
        root = place.root_place
        boxed = root.get("GoodsShipment/Consignment/ContainerCode") == "1"
        return {} if boxed and not _CONTAINER.fullmatch(place.value) else GOOD


class ContainerDigit(Rule):
    code = "SW-R-TRN-011"
    path = f"{EQUIPMENT}/ID"
    message = _(
        "The last digit of container %(value)s does not fit: it should be %(digit)s. A letter or "
        "digit was probably mistyped; check it against the transport document."
    )
    source = "ISO 6346, check digit"
    kinds = CUSTOMS

    def at(self, place: Place, context: RuleContext) -> Params | None:
        if not _CONTAINER.fullmatch(place.value):
            return GOOD
        digit = container_digit(place.value[:10])
        return GOOD if place.value[10] == str(digit) else {"digit": digit}


class ContainerOnce(Rule):
    code = "SW-R-TRN-012"
    path = f"{EQUIPMENT}/ID"
    message = _(
        "Container %(value)s is listed twice. List each container once, with all its seals."
    )
    source = "WCO Data Model, class 31B"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        seen: set[str] = set()
        for place in root.find(f"{EQUIPMENT}/ID"):
            if place.value in seen:
                yield Finding(place)
            seen.add(place.value)


class ItemContainerListed(Rule):
    code = "SW-R-TRN-013"
    path = "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/TransportEquipment/ID"
    message = _(
        "Goods item %(item)s travels in container %(value)s, which the declaration does not list. "
        "Add it to the containers, or correct its number."
    )
    source = "WCO Data Model, class 31B"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        listed = {place.value for place in root.find(f"{EQUIPMENT}/ID")}
        for place in root.find(self.path):
            if place.value not in listed:
                yield Finding(place, {}, tuple(sorted(listed)))


class SealNumber(Rule):
    code = "SW-R-TRN-014"
    path = f"{EQUIPMENT}/Seal"
    message = _(
        "Seal %(number)s of this container has no number. Write what is stamped on it."
    )
    source = "WCO Data Model, element 165; ISO 17712"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for seal in root.find(self.path):
            if not seal.value.ID:
                yield Finding(seal.at("ID"), {"number": seal.position})


class SealOnce(Rule):
    code = "SW-R-TRN-015"
    path = f"{EQUIPMENT}/Seal/ID"
    message = _(
        "Seal %(value)s is given twice. Every seal has a number of its own; check which is wrong."
    )
    source = "ISO 17712"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        seen: set[str] = set()
        for place in root.find(f"{EQUIPMENT}/Seal/ID"):
            if place.value in seen:
                yield Finding(place)
            seen.add(place.value)


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

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        before = None
        for place in root.find("Consignment/Itinerary/RoutingCountryCode"):
            if place.value == before:
                yield Finding(place)
            before = place.value


class PlaceCode(Rule):
    code = "SW-R-TRN-018"
    where = _("every place given by UN/LOCODE")
    message = _(
        "%(label)s: %(value)s is not written as a UN/LOCODE. It has the country's two letters and "
        "three letters or digits, such as GEPTI for Poti; or leave the code out and write the "
        "name."
    )
    source = "UN/ECE Recommendation 16 (UN/LOCODE)"
    PATHS = (
        "IssueLocationID", "GoodsShipment/Consignment/LoadingLocation/ID",
        "GoodsShipment/TradeTerms/LocationID",
    )

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for path in self.PATHS:
            for place in root.find(path):
                form = re.fullmatch(r"([A-Z]{2})[A-Z2-9]{3}", place.value)
                if not form or not codelists.is_valid("country", form[1]):
                    yield Finding(place)


class PlaceKnown(Rule):
    """The portal's list is a selection: a place that it lacks may well exist."""

    code = "SW-R-TRN-019"
    where = _("every place given by UN/LOCODE")
    message = _(
        "%(label)s: %(value)s is not among the places this portal knows. If the code is right, "
        "you need do nothing; write the name of the place too."
    )
    source = "UN/ECE Recommendation 16 (UN/LOCODE)"
    severity = WARNING

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for path in PlaceCode.PATHS:
            for place in root.find(path):
                written = re.fullmatch(r"([A-Z]{2})[A-Z2-9]{3}", place.value)
                if not written or not codelists.is_valid("country", written[1]):
                    continue
                if not codelists.is_valid("locode", place.value):
                    yield Finding(place)


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

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        if root.get(f"{BORDER}/ModeCode") == ROAD and root.get("Consignment/Carrier") is None:
            yield Finding(root.at("Consignment/Carrier"))


class EquipmentNumbered(Numbered):
    code = "SW-R-TRN-021"
    path = EQUIPMENT
    message = _(
        "This container is number %(value)s, but stands at place %(expected)s. Number the "
        "containers 1, 2, 3 …"
    )


class SealsNumbered(Numbered):
    code = "SW-R-TRN-022"
    path = f"{EQUIPMENT}/Seal"
    message = _(
        "This seal is number %(value)s, but stands at place %(expected)s. Number the seals of a "
        "container 1, 2, 3 …"
    )


class RouteNumbered(Numbered):
    code = "SW-R-TRN-023"
    path = "Consignment/Itinerary"
    message = _(
        "This country is number %(value)s of the route, but stands at place %(expected)s. Number "
        "the route 1, 2, 3 …"
    )


RULES = (
    ModeGiven(), VehicleNamed(), RegistrationKnown(), RegistrationGiven(), WagonNumber(),
    FlightNumber(), ShipNumber(), ContainersListed(), NoContainersListed(), ContainerForm(),
    ContainerDigit(), ContainerOnce(), ItemContainerListed(), SealNumber(), SealOnce(),
    RouteCountry(), RouteOnce(), PlaceCode(), PlaceKnown(), RoadCarrier(), EquipmentNumbered(),
    SealsNumbered(), RouteNumbered(),
)
