"""Rules that hold parts of the declaration against each other."""

from collections.abc import Iterator
from typing import Any

from declarations.rules.base import (
    BOTH_WAYS,
    EXPORT,
    GOOD,
    IMPORT,
    ITEM,
    KYOTO,
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
from declarations.wco.i18n import gettext_noop as _

PROCEDURE = f"{ITEM}/GovernmentProcedure/CurrentCode"
EXPORT_COUNTRY = "GoodsShipment/ExportCountry/ID"
DESTINATION = "GoodsShipment/Destination/CountryCode"


class ItemsNumbered(Numbered):
    code = "SW-R-CON-001"
    path = ITEM
    message = _(
        "This goods item is number %(value)s, but stands at place %(expected)s. Number the items "
        "1, 2, 3 … without gaps and without using a number twice."
    )


class PackagingNumbered(Numbered):
    code = "SW-R-CON-002"
    path = f"{ITEM}/Packaging"
    message = _(
        "Goods item %(item)s: this packaging is number %(value)s, but stands at place "
        "%(expected)s. Number the packagings of an item 1, 2, 3 …"
    )


class ExportCountryKnown(KnownCode):
    code = "SW-R-CON-003"
    path = "**/ExportCountry/ID"
    code_list = "country"
    message = _(
        "%(value)s is not a country of export. Use the two letters of ISO 3166, such as KZ for "
        "Kazakhstan."
    )
    source = "ISO 3166-1"


class DestinationKnown(KnownCode):
    code = "SW-R-CON-004"
    path = "**/Destination/CountryCode"
    code_list = "country"
    message = _(
        "%(value)s is not a country of destination. Use the two letters of ISO 3166, such as TR "
        "for Türkiye."
    )
    source = "ISO 3166-1"


class ImportComesHere(Each):
    code = "SW-R-CON-005"
    path = DESTINATION
    message = _(
        "An import filed here must be destined for %(country)s, not for %(value)s. Correct the "
        "destination; goods that only pass through need a transit declaration."
    )
    source = f"{KYOTO}, specific annex B1"
    kinds = frozenset({IMPORT})

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value == survey.country else {"country": survey.country}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return (survey.country,)


class ImportComesFromAbroad(Each):
    code = "SW-R-CON-006"
    path = EXPORT_COUNTRY
    message = _(
        "An import cannot have %(value)s as the country of export: that is here. Write from which "
        "country the goods were sent."
    )
    source = f"{KYOTO}, specific annex B1; {WCO}, element 062"
    kinds = frozenset({IMPORT})

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {} if value == survey.country else GOOD


class ExportLeavesHere(Each):
    code = "SW-R-CON-007"
    path = EXPORT_COUNTRY
    message = _(
        "An export filed here must leave from %(country)s, not from %(value)s. Correct the "
        "country of export, or file in the country where the goods are."
    )
    source = f"{KYOTO}, specific annex C1"
    kinds = frozenset({EXPORT})

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value == survey.country else {"country": survey.country}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return (survey.country,)


class ExportGoesAbroad(Each):
    code = "SW-R-CON-008"
    path = DESTINATION
    message = _(
        "An export cannot be destined for %(value)s: that is here. Write the country where the "
        "goods will arrive in the end."
    )
    source = f"{KYOTO}, specific annex C1; {WCO}, element 465"
    kinds = frozenset({EXPORT})

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {} if value == survey.country else GOOD


class TransitCrosses(Each):
    code = "SW-R-CON-009"
    path = DESTINATION
    message = _(
        "The goods are sent from %(value)s to %(value)s. Check both countries: an international "
        "transit ends in another country than it began."
    )
    source = f"{KYOTO}, specific annex E1"
    kinds = frozenset({TRANSIT})
    severity = WARNING

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {} if value == survey.get(EXPORT_COUNTRY) else GOOD


class CountriesGiven(Rule):
    code = "SW-R-CON-010"
    path = DESTINATION
    message = _(
        "%(label)s is missing. Write it for the whole shipment or for each goods item: it decides "
        "the duty, the controls, and which neighbour is told."
    )
    source = f"{WCO}, elements 062 and 465"
    kinds = BOTH_WAYS

    def check(self, survey: Survey) -> Iterator[Finding]:
        for path, below in (
            (EXPORT_COUNTRY, "ExportCountry/ID"), (DESTINATION, "Destination/CountryCode")
        ):
            if survey.get(path) is not None:
                continue
            of_items = survey.column(below)
            if not of_items or None in of_items:
                yield Finding(survey.root.at(path))


class SaidOnce(Rule):
    code = "SW-R-CON-011"
    path = f"{ITEM}/Destination/CountryCode"
    message = _(
        "Goods item %(item)s repeats %(parent)s with another country, %(value)s, than the "
        "shipment, %(header)s. Write it at the items only, or correct it."
    )
    source = f"{WCO}, classes 95B and 99B"

    def check(self, survey: Survey) -> Iterator[Finding]:
        for path, of_items in (
            (EXPORT_COUNTRY, f"{ITEM}/ExportCountry/ID"),
            (DESTINATION, f"{ITEM}/Destination/CountryCode"),
        ):
            header = survey.get(path)
            for n, country in enumerate(survey.values(of_items)):
                if header is not None and country != header:
                    place = survey.place(of_items, n)
                    parent = place.parent.label if place.parent else place.label
                    yield Finding(place, {"parent": parent, "header": header})


class OwnOrigin(Rule):
    code = "SW-R-CON-012"
    path = f"{ITEM}/Origin/CountryCode"
    message = _(
        "Goods item %(item)s was made in %(value)s, where it is now to be imported. If the goods "
        "come back, use procedure 61 (re-importation); otherwise correct the origin."
    )
    source = f"{KYOTO}, specific annex B2"
    kinds = frozenset({IMPORT})
    severity = WARNING
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        if survey.country not in survey.values(self.path):
            return
        for n, item in enumerate(survey.items):
            comes_back = any(procedure.CurrentCode == "61" for procedure in item.GovernmentProcedure)
            for place in () if comes_back else survey.item(n).find("Origin/CountryCode"):
                if place.value == survey.country:
                    yield Finding(place)


class WarehouseNamed(Rule):
    code = "SW-R-CON-013"
    path = "GoodsShipment/Warehouse/ID"
    message = _(
        "The goods are to be stored in a customs warehouse (procedure 71), but none is named. "
        "Write the number of the warehouse."
    )
    source = f"{KYOTO}, specific annex D1"
    kinds = frozenset({IMPORT})
    needs = PROCEDURE

    def check(self, survey: Survey) -> Iterator[Finding]:
        stored = "71" in survey.values(PROCEDURE)
        if stored and survey.get("GoodsShipment/Warehouse/ID") is None:
            yield Finding(survey.root.at("GoodsShipment/Warehouse/ID"))


class SupervisorNamed(Rule):
    code = "SW-R-CON-014"
    path = "SupervisingOffice/ID"
    message = _(
        "Goods under procedure %(procedure)s stay under customs control. Name the supervising "
        "office."
    )
    source = f"{KYOTO}, specific annexes F1 and G1"
    kinds = BOTH_WAYS
    severity = WARNING
    needs = PROCEDURE

    def check(self, survey: Survey) -> Iterator[Finding]:
        special = [code for code in survey.values(PROCEDURE) if code in {"51", "53", "21", "91"}]
        if special and survey.declaration.SupervisingOffice is None:
            yield Finding(survey.root.at("SupervisingOffice/ID"), {"procedure": special[0]})


class ExitNamed(Rule):
    code = "SW-R-CON-015"
    path = "ExitOffice/ID"
    message = _(
        "The office of exit is missing. Write where the goods will leave the country, so that it "
        "can confirm the exit."
    )
    source = f"{WCO}, class 56A; {KYOTO}, specific annex C1"
    kinds = frozenset({EXPORT})
    severity = WARNING

    def check(self, survey: Survey) -> Iterator[Finding]:
        if survey.declaration.ExitOffice is None:
            yield Finding(survey.root.at("ExitOffice/ID"))


class NoTwins(Rule):
    code = "SW-R-CON-016"
    path = f"{ITEM}/Commodity/Description"
    message = _(
        "Goods item %(item)s is the same as item %(twin)s: code, description, mass and price. "
        "Remove it if it was entered twice."
    )
    source = f"{WCO}, class 68A"
    severity = WARNING
    needs = ITEM

    def check(self, survey: Survey) -> Iterator[Finding]:
        named = list(zip(survey.hs_codes, survey.column("Commodity/Description"), strict=True))
        if len(set(named)) == len(named):
            return
        masses = survey.column("Commodity/GoodsMeasure/GrossMassMeasure")
        prices = survey.column("Commodity/InvoiceLine/ItemChargeAmount")
        seen: dict[tuple[object, ...], int] = {}
        for n, goods in enumerate(zip(named, masses, prices, strict=True)):
            twin = seen.setdefault(goods, n)
            if twin != n:
                place = survey.item(n).at("Commodity/Description")
                yield Finding(place, {"twin": survey.item(twin).number})


RULES = (
    ItemsNumbered(), PackagingNumbered(), ExportCountryKnown(), DestinationKnown(),
    ImportComesHere(), ImportComesFromAbroad(), ExportLeavesHere(), ExportGoesAbroad(),
    TransitCrosses(), CountriesGiven(), SaidOnce(), OwnOrigin(), WarehouseNamed(),
    SupervisorNamed(), ExitNamed(), NoTwins(),
)
