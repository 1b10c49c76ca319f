"""Rules that hold parts of the declaration against each other."""

from collections.abc import Iterator

from declarations.rules.base import (
    BOTH_WAYS,
    EXPORT,
    GOOD,
    IMPORT,
    KYOTO,
    TRANSIT,
    WARNING,
    WCO,
    Finding,
    KnownCode,
    Numbered,
    Params,
    Rule,
    RuleContext,
    hs_code,
    items,
)
from declarations.rules.places import Place
from declarations.wco.i18n import gettext_noop as _

ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"
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


class ImportComesHere(Rule):
    code = "SW-R-CON-005"
    path = DESTINATION
    message = _(
        "An import filed here must be destined for %(country)s, not for %(value)s. Correct the "
        "destination; goods that only pass through need a transit declaration."
    )
    source = f"{KYOTO}, specific annex B1"
    kinds = frozenset({IMPORT})

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return GOOD if place.value == context.country else {"country": context.country}

    def allowed(self, context: RuleContext) -> tuple[str, ...]:
        return (context.country,)


class ImportComesFromAbroad(Rule):
    code = "SW-R-CON-006"
    path = EXPORT_COUNTRY
    message = _(
        "An import cannot have %(value)s as the country of export: that is here. Write from which "
        "country the goods were sent."
    )
    source = f"{KYOTO}, specific annex B1; {WCO}, element 062"
    kinds = frozenset({IMPORT})

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return {} if place.value == context.country else GOOD


class ExportLeavesHere(Rule):
    code = "SW-R-CON-007"
    path = EXPORT_COUNTRY
    message = _(
        "An export filed here must leave from %(country)s, not from %(value)s. Correct the "
        "country of export, or file in the country where the goods are."
    )
    source = f"{KYOTO}, specific annex C1"
    kinds = frozenset({EXPORT})

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return GOOD if place.value == context.country else {"country": context.country}

    def allowed(self, context: RuleContext) -> tuple[str, ...]:
        return (context.country,)


class ExportGoesAbroad(Rule):
    code = "SW-R-CON-008"
    path = DESTINATION
    message = _(
        "An export cannot be destined for %(value)s: that is here. Write the country where the "
        "goods will arrive in the end."
    )
    source = f"{KYOTO}, specific annex C1; {WCO}, element 465"
    kinds = frozenset({EXPORT})

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return {} if place.value == context.country else GOOD


class TransitCrosses(Rule):
    code = "SW-R-CON-009"
    path = DESTINATION
    message = _(
        "The goods are sent from %(value)s to %(value)s. Check both countries: an international "
        "transit ends in another country than it began."
    )
    source = f"{KYOTO}, specific annex E1"
    kinds = frozenset({TRANSIT})
    severity = WARNING

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return {} if place.value == place.root_place.get(EXPORT_COUNTRY) else GOOD


class CountriesGiven(Rule):
    code = "SW-R-CON-010"
    path = DESTINATION
    message = _(
        "%(label)s is missing. Write it for the whole shipment or for each goods item: it decides "
        "the duty, the controls, and which neighbour is told."
    )
    source = f"{WCO}, elements 062 and 465"
    kinds = BOTH_WAYS

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for path, below in (
            (EXPORT_COUNTRY, "ExportCountry/ID"), (DESTINATION, "Destination/CountryCode")
        ):
            goods = items(root)
            everywhere = bool(goods) and all(item.get(below) is not None for item in goods)
            if root.get(path) is None and not everywhere:
                yield Finding(root.at(path))


class SaidOnce(Rule):
    code = "SW-R-CON-011"
    path = f"{ITEM}/Destination/CountryCode"
    message = _(
        "Goods item %(item)s repeats %(parent)s with another country, %(value)s, than the "
        "shipment, %(header)s. Write it at the items only, or correct it."
    )
    source = f"{WCO}, classes 95B and 99B"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for path, below in (
            (EXPORT_COUNTRY, "ExportCountry/ID"), (DESTINATION, "Destination/CountryCode")
        ):
            header = root.get(path)
            for place in root.find(f"{ITEM}/{below}"):
                if header is not None and place.value != header:
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

    def at(self, place: Place, context: RuleContext) -> Params | None:
        if place.item is None or place.value != context.country:
            return GOOD
        procedures = {p.value for p in place.item.find("GovernmentProcedure/CurrentCode")}
        return GOOD if "61" in procedures else {}


class WarehouseNamed(Rule):
    code = "SW-R-CON-013"
    path = "GoodsShipment/Warehouse/ID"
    message = _(
        "The goods are to be stored in a customs warehouse (procedure 71), but none is named. "
        "Write the number of the warehouse."
    )
    source = f"{KYOTO}, specific annex D1"
    kinds = frozenset({IMPORT})

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        codes = {p.value for p in root.find(f"{ITEM}/GovernmentProcedure/CurrentCode")}
        if "71" in codes and root.get("GoodsShipment/Warehouse/ID") is None:
            yield Finding(root.at("GoodsShipment/Warehouse/ID"))


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

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        codes = [p.value for p in root.find(f"{ITEM}/GovernmentProcedure/CurrentCode")]
        special = [code for code in codes if code in {"51", "53", "21", "91"}]
        if special and root.value.SupervisingOffice is None:
            yield Finding(root.at("SupervisingOffice/ID"), {"procedure": special[0]})


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

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        if root.value.ExitOffice is None:
            yield Finding(root.at("ExitOffice/ID"))


class NoTwins(Rule):
    code = "SW-R-CON-016"
    path = f"{ITEM}/Commodity/Description"
    message = _(
        "Goods item %(item)s is the same as item %(twin)s: code, description, mass and price. "
        "Remove it if it was entered twice."
    )
    source = f"{WCO}, class 68A"
    severity = WARNING

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        seen: dict[tuple[object, ...], int] = {}
        for item in items(root):
            key = (
                hs_code(item),
                item.get("Commodity/Description"),
                item.get("Commodity/GoodsMeasure/GrossMassMeasure"),
                item.get("Commodity/InvoiceLine/ItemChargeAmount"),
            )
            if key in seen:
                yield Finding(item.at("Commodity/Description"), {"twin": seen[key]})
            else:
                seen[key] = item.number


RULES = (
    ItemsNumbered(), PackagingNumbered(), ExportCountryKnown(), DestinationKnown(),
    ImportComesHere(), ImportComesFromAbroad(), ExportLeavesHere(), ExportGoesAbroad(),
    TransitCrosses(), CountriesGiven(), SaidOnce(), OwnOrigin(), WarehouseNamed(),
    SupervisorNamed(), ExitNamed(), NoTwins(),
)
