"""Rules about goods that only pass through: offices, guarantee, seals, route, TIR."""

import re
from collections.abc import Iterator
from typing import Any

from declarations import codelists
from declarations.codelists import get
from declarations.rules.base import (
    DOCUMENTS,
    GOOD,
    NCTS,
    TIR,
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
from declarations.rules.header import moment
from declarations.wco.i18n import gettext_noop as _

DEPARTURE = "TransitDepartureOffice/ID"
DESTINATION = "TransitDestinationOffice/ID"
GUARANTEE = "ObligationGuarantee"
ROUTE = "Consignment/Itinerary/RoutingCountryCode"
WAIVED = frozenset({"0", "8"})
TIR_GUARANTEE = "B"
TIR_CARNET = "952"


def office_country(code: str | None) -> str:
    """The country of an office: from the list, or the two letters it begins with."""
    found = get("office", code or "")
    return found.more["country"] if found else (code or "")[:2]


class TransitRule(Rule):
    kinds = frozenset({TRANSIT})


class EachInTransit(Each):
    kinds = frozenset({TRANSIT})


class OfficeOnRoute(EachInTransit):
    code = "SW-R-TRA-001"
    path = DEPARTURE
    message = _(
        "%(label)s: %(value)s is not a customs office that this portal knows. Write the office's "
        "code: the country's two letters and six digits, such as GE000202 for Tsiteli Khidi."
    )
    source = f"{NCTS}, customs office list"
    looks = (DEPARTURE, DESTINATION, "TransitOffice/ID", f"{GUARANTEE}/GuaranteeOffice/ID")

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if _plausible_office(value, survey) else {}


def _plausible_office(code: str, survey: Survey) -> bool:
    """In the list; or, abroad, of the right form, since the portal's list of offices is partial."""
    if codelists.is_valid("office", code, on=survey.today):
        return True
    country = code[:2]
    listed = {office.more["country"] for office in codelists.codes("office").values()}
    form = re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3,8}", code)
    return bool(form) and country not in listed and codelists.is_valid("country", country)


class TwoOffices(EachInTransit):
    code = "SW-R-TRA-002"
    path = DESTINATION
    message = _(
        "The transit ends at %(value)s, the office where it begins. Write the office where the "
        "goods will be presented."
    )
    source = f"{NCTS}, appendix I"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {} if value == survey.get(DEPARTURE) else GOOD


class OfficeOfTransitOnce(TransitRule):
    code = "SW-R-TRA-003"
    path = "TransitOffice/ID"
    message = _(
        "%(value)s is given twice as an office on the way. Write each office once, in the order "
        "of the trip."
    )
    source = f"{NCTS}, appendix I"
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        seen = {survey.get(DEPARTURE), survey.get(DESTINATION)}
        for n, office in enumerate(survey.values(self.path)):
            if office in seen:
                yield Finding(survey.place(self.path, n))
            seen.add(office)


class ArrivesLater(EachInTransit):
    code = "SW-R-TRA-004"
    path = "TransitOffice/ArrivalDateTime"
    message = _(
        "The goods are expected at an office on the way on %(value)s, which is past. Write when "
        "they will arrive."
    )
    source = f"{NCTS}, message IE015"

    def at(self, value: Any, survey: Survey) -> Params | None:
        found = moment(value)
        past = found is not None and found.date() < survey.today
        return {"value": value.value} if past else GOOD


class ArrivalsInOrder(TransitRule):
    code = "SW-R-TRA-005"
    path = "TransitOffice/ArrivalDateTime"
    message = _(
        "The goods would arrive here on %(value)s, before the office they pass earlier. Put the "
        "offices in the order of the trip, or correct the times."
    )
    source = f"{NCTS}, message IE015"
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        before = None
        for n, arrival in enumerate(survey.values(self.path)):
            found = moment(arrival)
            if found and before and found < before:
                yield Finding(survey.place(self.path, n), {"value": arrival.value})
            before = found or before


class GuaranteeKnown(KnownCode):
    code = "SW-R-TRA-006"
    path = f"{GUARANTEE}/SecurityDetailsCode"
    code_list = "guarantee"
    message = _(
        "%(value)s is not a type of transit guarantee. Write 1 for a comprehensive guarantee, 2 "
        "for an individual one, B under TIR, or another code of the list."
    )
    source = f"{NCTS}, guarantee types"
    kinds = frozenset({TRANSIT})


class GuaranteeNumber(EachInTransit):
    code = "SW-R-TRA-007"
    path = GUARANTEE
    message = _(
        "The guarantee has no reference number. Write the number that the office of guarantee "
        "gave (GRN), or that of the TIR carnet."
    )
    source = f"{NCTS}, guarantee reference number"
    points = "ReferenceID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        waived = value.SecurityDetailsCode in WAIVED
        return GOOD if waived or value.ReferenceID or value.ID else {}


class GuaranteeAmount(EachInTransit):
    code = "SW-R-TRA-008"
    path = GUARANTEE
    message = _(
        "The individual guarantee does not say how much it covers. Write its amount and currency; "
        "it must cover the duties of the goods."
    )
    source = "Revised Kyoto Convention, General Annex, chapter 5"
    points = "AmountAmount"

    def at(self, value: Any, survey: Survey) -> Params | None:
        amount = value.AmountAmount
        if value.SecurityDetailsCode not in {"2", "3"} or (amount and amount.value > 0):
            return GOOD
        return {"value": amount.value if amount else ""}


class Sealed(TransitRule):
    code = "SW-R-TRA-009"
    path = "GoodsShipment/Consignment/TransportEquipment/Seal/ID"
    message = _(
        "No seal is given. Write the numbers of the seals on the containers or the vehicle; "
        "without seals customs may ask for an escort."
    )
    source = "Revised Kyoto Convention, specific annex E, chapter 1"
    severity = WARNING

    def check(self, survey: Survey) -> Iterator[Finding]:
        equipment = "GoodsShipment/Consignment/TransportEquipment"
        if not survey.values(f"{equipment}/Seal"):
            yield Finding(survey.root.at(f"{equipment}/Seal/ID"))


class RouteGiven(TransitRule):
    code = "SW-R-TRA-010"
    path = ROUTE
    message = _(
        "The route does not name %(country)s, where the transit %(hint)s. List every country on "
        "the way, in order."
    )
    source = f"{NCTS}, itinerary; {WCO}, class 81A"

    def check(self, survey: Survey) -> Iterator[Finding]:
        route = survey.values(ROUTE)
        for path, hint in ((DEPARTURE, _("begins")), (DESTINATION, _("ends"))):
            country = office_country(survey.get(path))
            if country and country not in route:
                yield Finding(survey.root.at(ROUTE), {"country": country, "hint": hint})


class OfficePerCountry(EachInTransit):
    code = "SW-R-TRA-011"
    path = ROUTE
    message = _(
        "The route passes %(value)s, but no customs office there is named. Add the office where "
        "the goods enter it as an office of transit."
    )
    source = f"{NCTS}, appendix I, offices of transit"
    severity = WARNING

    def at(self, value: Any, survey: Survey) -> Params | None:
        offices = (DEPARTURE, DESTINATION, "TransitOffice/ID")
        named = {office_country(office) for path in offices for office in survey.values(path)}
        return GOOD if value in named else {}


class CarnetForTir(TransitRule):
    code = "SW-R-TRA-012"
    path = "AdditionalDocument/TypeCode"
    message = _(
        "The guarantee is that of the TIR system, but no TIR carnet is given. Add it as a "
        "document of type 952 with its number."
    )
    source = f"{TIR}, articles 3 and 8"
    needs = GUARANTEE

    def check(self, survey: Survey) -> Iterator[Finding]:
        guarantees = survey.values(f"{GUARANTEE}/SecurityDetailsCode")
        carnet = any(TIR_CARNET in survey.values(f"{path}/TypeCode") for path in DOCUMENTS)
        if TIR_GUARANTEE in guarantees and not carnet:
            yield Finding(survey.root.at("AdditionalDocument/TypeCode"), {}, (TIR_CARNET,))


class CarnetNumber(EachInTransit):
    code = "SW-R-TRA-013"
    path = "AdditionalDocument/ID"
    message = _(
        "%(value)s is not the number of a TIR carnet: two letters and eight digits, such as "
        "XF12345678."
    )
    source = f"{TIR}, annex 1"
    looks = DOCUMENTS
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        carnet = value.TypeCode == TIR_CARNET and value.ID
        return {} if carnet and not re.fullmatch(r"[A-Z]{2}\d{8}", value.ID) else GOOD


class OfficesNumbered(Numbered):
    code = "SW-R-TRA-014"
    path = "TransitOffice"
    message = _(
        "This office is number %(value)s on the way, but stands at place %(expected)s. Number the "
        "offices 1, 2, 3 …"
    )
    kinds = frozenset({TRANSIT})


RULES = (
    OfficeOnRoute(), TwoOffices(), OfficeOfTransitOnce(), ArrivesLater(), ArrivalsInOrder(),
    GuaranteeKnown(), GuaranteeNumber(), GuaranteeAmount(), Sealed(), RouteGiven(),
    OfficePerCountry(), CarnetForTir(), CarnetNumber(), OfficesNumbered(),
)
