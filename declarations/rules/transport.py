"""Rules about the means of transport that crosses the border."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from declarations import codelists
from declarations.rules.base import (
    CUSTOMS,
    GOOD,
    WARNING,
    Each,
    Finding,
    KnownCode,
    Params,
    Rule,
    Survey,
)
from declarations.rules.check_digits import imo_digit, wagon_digit
from declarations.wco.i18n import gettext_noop as _

SEA, RAIL, ROAD, AIR, MAIL, FIXED, INLAND_WATER = "1", "2", "3", "4", "5", "7", "8"
BORDER = "BorderTransportMeans"


class ModeGiven(Rule):
    code = "SW-R-TRN-001"
    path = f"{BORDER}/ModeCode"
    message = _(
        "The mode of transport at the border is missing. Choose one, such as 3 for road or 2 for "
        "rail: it decides which office and which papers are needed."
    )
    source = "UN/ECE Recommendation 19; WCO Data Model, element T022"
    kinds = CUSTOMS

    def check(self, survey: Survey) -> Iterator[Finding]:
        if survey.get(f"{BORDER}/ModeCode") is None:
            place = survey.root.at(f"{BORDER}/ModeCode")
            yield Finding(place, {}, tuple(codelists.codes("mode")))


class VehicleNamed(Each):
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
    looks = (BORDER,)
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        what = self.WHAT.get(value.ModeCode or "")
        return {"hint": what} if what and not value.ID and not value.Name else GOOD


class RegistrationKnown(KnownCode):
    code = "SW-R-TRN-003"
    path = f"{BORDER}/RegistrationNationalityCode"
    code_list = "country"
    message = _(
        "%(value)s is not a country in which a vehicle can be registered. Use the two letters of "
        "ISO 3166, such as KZ."
    )
    source = "ISO 3166-1; UN/ECE Recommendation 3"


class RegistrationGiven(Each):
    code = "SW-R-TRN-004"
    path = f"{BORDER}/RegistrationNationalityCode"
    message = _(
        "The lorry %(vehicle)s has no country of registration. Write the country on its plates: "
        "the permit for its trip depends on it."
    )
    source = "WCO Data Model, element T014; EU data element 19 08 062"
    kinds = CUSTOMS
    looks = (BORDER,)
    points = "RegistrationNationalityCode"

    def at(self, value: Any, survey: Survey) -> Params | None:
        if value.ModeCode != ROAD or value.RegistrationNationalityCode:
            return GOOD
        return {"vehicle": value.ID or ""}


class WagonNumber(Each):
    code = "SW-R-TRN-005"
    path = f"{BORDER}/ID"
    message = _(
        "%(value)s has the form of a wagon number, but its last digit does not fit the others: it "
        "should be %(digit)s. Check it against the consignment note."
    )
    source = "OSJD, numbering of wagons on 1520 mm gauge; UIC 438-2"
    severity = WARNING
    looks = (BORDER,)
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        number = (value.ID or "").replace(" ", "")
        if value.ModeCode != RAIL or not re.fullmatch(r"\d{8}|\d{12}", number):
            return GOOD
        digit = wagon_digit(number[:-1])
        return GOOD if number[-1] == str(digit) else {"digit": digit}


class FlightNumber(Each):
    code = "SW-R-TRN-006"
    path = f"{BORDER}/ID"
    message = _(
        "%(value)s is not written as a flight number. Use the airline's two or three letters and "
        "up to four digits, such as J2071."
    )
    source = "IATA Resolution 762"
    severity = WARNING
    looks = (BORDER,)
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        if value.ModeCode != AIR or value.ID is None:
            return GOOD
        return GOOD if re.fullmatch(r"([A-Z0-9]{2}|[A-Z]{3}) ?\d{1,4}[A-Z]?", value.ID) else {}


class ShipNumber(Each):
    code = "SW-R-TRN-007"
    path = f"{BORDER}/ID"
    message = _(
        "%(value)s is not an IMO ship number: seven digits, the last of which should be "
        "%(digit)s. Check it against the bill of lading."
    )
    source = "IMO Resolution A.1117(30)"
    looks = (BORDER,)
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        number = (value.ID or "").removeprefix("IMO").strip()
        if value.ModeCode != SEA or not re.fullmatch(r"\d{7}", number):
            return GOOD  # a name, or another kind of number
        digit = imo_digit(number[:-1])
        return GOOD if number[-1] == str(digit) else {"digit": digit}


RULES = (
    ModeGiven(), VehicleNamed(), RegistrationKnown(), RegistrationGiven(), WagonNumber(),
    FlightNumber(), ShipNumber(),
)
