"""Rules about one goods item: what it is, where from, how packed, how heavy."""

import re
from collections.abc import Iterator
from decimal import Decimal

from declarations import codelists
from declarations.codelists import get
from declarations.rules.base import (
    BOTH_WAYS,
    CUSTOMS,
    GOOD,
    IMPORT,
    KYOTO,
    POLICY,
    WARNING,
    WCO,
    Finding,
    KnownCode,
    Params,
    Rule,
    RuleContext,
    hs_code,
    items,
    known,
)
from declarations.rules.places import Place
from declarations.wco.dataset import Measure, Quantity
from declarations.wco.i18n import gettext_noop as _

ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"
MEASURE = f"{ITEM}/Commodity/GoodsMeasure"
HS = "WCO Harmonized System"
KILOGRAM = "KGM"

# Words that say nothing about the goods, from the WCO's list of unacceptable descriptions.
VAGUE = frozenset((
    "accessories", "agricultural", "animals", "apparel", "appliances", "article", "articles",
    "auto", "cargo", "chemicals", "commodity", "consolidated", "electronics", "equipment", "food",
    "foodstuffs", "furniture", "gift", "gifts", "good", "goods", "hardware", "iron", "item",
    "items", "leather", "machine", "machinery", "machines", "material", "materials",
    "merchandise", "metal", "misc", "miscellaneous", "na", "none", "other", "parts", "personal",
    "plastic", "plastics", "products", "sample", "samples", "stuff", "textile", "textiles",
    "thing", "things", "tools", "various", "as", "per", "invoice", "and", "of", "the",
))
# The unit in which the WCO recommends to count such goods, by the beginning of the HS code.
STANDARD_UNITS = {
    "2204": ("LTR",), "2205": ("LTR",), "2206": ("LTR",), "2208": ("LTR", "LPA"),
    "2203": ("LTR",), "2716": ("MWH", "KWH"), "4407": ("MTQ",), "5702": ("MTK",),
    "6403": ("PR",), "8703": ("H87", "NAR", "C62"), "8517": ("H87", "NAR", "C62"),
}


class DescriptionSays(Rule):
    code = "SW-R-ITM-001"
    path = f"{ITEM}/Commodity/Description"
    message = _(
        "Goods item %(item)s: “%(value)s” does not say what the goods are. Describe them so that "
        "they can be recognised and classified, such as “red wine in bottles of 0.75 litre”."
    )
    source = "WCO, acceptable and unacceptable terms for the description of goods"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        words = re.findall(r"[^\W\d_]+", place.value.casefold())
        telling = [word for word in words if len(word) > 1 and word not in VAGUE]
        return GOOD if telling else {}


class CodeForm(Rule):
    code = "SW-R-ITM-002"
    path = f"{ITEM}/Commodity/Classification"
    message = _(
        "Goods item %(item)s: %(value)s is not written as a commodity code. Use 6 to 10 digits "
        "without points or spaces."
    )
    source = f"{HS}, six digits; national tariffs, up to ten"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for code in classifications(root):
            if not re.fullmatch(r"\d{6,10}", code.value):
                yield Finding(code)


class CodeKnown(Rule):
    code = "SW-R-ITM-003"
    path = f"{ITEM}/Commodity/Classification"
    message = _(
        "Goods item %(item)s: there is no commodity code %(value)s in the Harmonized System. Look "
        "the goods up in the tariff; the first six digits must be right."
    )
    source = f"{HS}, edition 2022"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for code in classifications(root):
            if re.fullmatch(r"\d{6,10}", code.value) and not known("hs", code.value, context):
                yield Finding(code, {}, tuple(near(code.value)))


class CodesAgree(Rule):
    code = "SW-R-ITM-004"
    path = f"{ITEM}/Commodity/Classification"
    message = _(
        "Goods item %(item)s has two commodity codes that differ, %(first)s and %(value)s. One "
        "item holds goods of one code: correct it, or divide the item."
    )
    source = f"{WCO}, class 21A; {HS}, general rule 1"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for item in items(root):
            first = ""
            for code in _of_item(item):
                first = first or code.value
                if code.value[:6] != first[:6]:
                    yield Finding(code, {"first": first})


class OriginKnown(Rule):
    code = "SW-R-ITM-005"
    path = f"{ITEM}/Origin/CountryCode"
    message = _(
        "Goods item %(item)s: %(value)s is not a country of origin. Use the two letters of ISO "
        "3166, such as UZ for Uzbekistan, or EU for the European Union."
    )
    source = "ISO 3166-1; EU data element 16 08"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return GOOD if place.value == "EU" or known("country", place.value, context) else {}


class OriginGiven(Rule):
    code = "SW-R-ITM-006"
    path = f"{ITEM}/Origin/CountryCode"
    message = _(
        "Goods item %(item)s has no country of origin. Say where the goods were made: the duty "
        "depends on it."
    )
    source = f"{KYOTO}, specific annex K"
    kinds = frozenset({IMPORT})

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for item in items(root):
            if not item.value.Origin:
                yield Finding(item.at("Origin/CountryCode"))


class ProcedureKnown(KnownCode):
    code = "SW-R-ITM-007"
    path = f"{ITEM}/GovernmentProcedure/CurrentCode"
    code_list = "procedure"
    message = _(
        "Goods item %(item)s: %(value)s is not a customs procedure. Use the first two digits "
        "only, such as 40 for clearance for home use or 10 for exportation."
    )
    source = f"{KYOTO}, specific annexes"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return GOOD if _procedure(place.value, "current") else {}

    def allowed(self, context: RuleContext) -> tuple[str, ...]:
        return _procedures("current")


class PreviousProcedureKnown(KnownCode):
    code = "SW-R-ITM-008"
    path = f"{ITEM}/GovernmentProcedure/PreviousCode"
    code_list = "procedure"
    message = _(
        "Goods item %(item)s: %(value)s is not a previous procedure. Write 00 if the goods were "
        "under none."
    )
    source = f"{KYOTO}, specific annexes"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return GOOD if _procedure(place.value, "previous") else {}

    def allowed(self, context: RuleContext) -> tuple[str, ...]:
        return _procedures("previous")


OUTWARD = ("10", "21", "23", "31")
INWARD = ("40", "44", "51", "53", "61", "71", "78", "91", "93", "94")


class ProcedureFits(Rule):
    code = "SW-R-ITM-009"
    path = f"{ITEM}/GovernmentProcedure/CurrentCode"
    message = _(
        "Goods item %(item)s: procedure %(value)s (%(hint)s) does not fit this kind of "
        "declaration. Choose another procedure, or file the other kind of declaration."
    )
    source = f"{KYOTO}, specific annexes B, C, D, F and G"
    kinds = BOTH_WAYS

    def at(self, place: Place, context: RuleContext) -> Params | None:
        fitting = self._fitting(place)
        if not _procedure(place.value, "current") or place.value in fitting:
            return GOOD
        return {"hint": codelists.name("procedure", place.value)}

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for finding in super().check(root, context):
            yield Finding(finding.place, finding.params, self._fitting(finding.place))

    @staticmethod
    def _fitting(place: Place) -> tuple[str, ...]:
        return OUTWARD if place.root_place.value.TypeCode.startswith("EX") else INWARD


class PreviousProcedureNeeded(Rule):
    code = "SW-R-ITM-010"
    path = f"{ITEM}/GovernmentProcedure"
    message = _(
        "Goods item %(item)s: goods under procedure %(procedure)s (%(hint)s) were under another "
        "procedure before. Write that as the previous procedure."
    )
    source = f"{KYOTO}, specific annexes B2 and G"
    kinds = BOTH_WAYS

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for place in root.find(self.path):
            current, previous = place.value.CurrentCode, place.value.PreviousCode
            if current in {"31", "61"} and previous in {None, "", "00"}:
                yield Finding(
                    place.at("PreviousCode"),
                    {"procedure": current, "hint": codelists.name("procedure", current)},
                )


class PackageKnown(KnownCode):
    code = "SW-R-ITM-011"
    path = f"{ITEM}/Packaging/TypeCode"
    code_list = "package"
    message = _(
        "Goods item %(item)s: %(value)s is not a type of package. Use a code of UN/ECE "
        "Recommendation 21, such as CT for carton or VR for grain in bulk."
    )
    source = "UN/ECE Recommendation 21"


class PackagesCounted(Rule):
    code = "SW-R-ITM-012"
    path = f"{ITEM}/Packaging"
    message = _(
        "Goods item %(item)s: the number of packages (%(hint)s) is missing. Write how many there "
        "are."
    )
    source = f"{WCO}, element 144"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for place in root.find(self.path):
            kind = get("package", place.value.TypeCode or "")
            if kind is None or kind.more.get("bulk"):
                continue
            if place.value.QuantityQuantity is None:
                yield Finding(place.at("QuantityQuantity"), {"hint": kind.name})


class WholePackages(Rule):
    code = "SW-R-ITM-013"
    path = f"{ITEM}/Packaging/QuantityQuantity"
    message = _(
        "Goods item %(item)s: %(value)s is not a number of packages. Write a whole number; 0 only "
        "where the goods share a package with another item."
    )
    source = f"{WCO}, element 144"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        count = place.value.value
        return GOOD if count >= 0 and count == int(count) else {"value": count}


class MassPositive(Rule):
    code = "SW-R-ITM-014"
    path = MEASURE
    message = _(
        "Goods item %(item)s: %(label)s is %(value)s kg. Goods weigh something: write the mass in "
        "kilograms, grams after the point."
    )
    source = f"{WCO}, elements 126 and 128"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for measure in root.find(MEASURE):
            for name in ("GrossMassMeasure", "NetNetWeightMeasure"):
                for place in measure.children(name):
                    if place.value.value <= 0:
                        yield Finding(place, {"value": place.value.value})


class NetWithinGross(Rule):
    code = "SW-R-ITM-015"
    path = MEASURE
    message = _(
        "Goods item %(item)s: the net mass, %(value)s kg, is more than the gross mass, %(gross)s "
        "kg. The gross mass includes the packing; check whether they were exchanged."
    )
    source = f"{WCO}, elements 126 and 128"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for place in root.find(self.path):
            gross, net = place.value.GrossMassMeasure, place.value.NetNetWeightMeasure
            if gross is not None and net is not None and net.value > gross.value:
                yield Finding(
                    place.at("NetNetWeightMeasure"), {"value": net.value, "gross": gross.value}
                )


class GrossMassGiven(Rule):
    code = "SW-R-ITM-016"
    path = f"{MEASURE}/GrossMassMeasure"
    message = _(
        "Goods item %(item)s has no gross mass. Write it in kilograms, packing included."
    )
    source = f"{WCO}, element 126"
    kinds = CUSTOMS
    severity = WARNING

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for item in items(root):
            if item.get("Commodity/GoodsMeasure/GrossMassMeasure") is None:
                yield Finding(item.at("Commodity/GoodsMeasure/GrossMassMeasure"))


class NetMassGiven(Rule):
    code = "SW-R-ITM-017"
    path = f"{MEASURE}/NetNetWeightMeasure"
    message = _(
        "Goods item %(item)s has no net mass. Write it in kilograms, without packing: duty by "
        "weight and statistics use it."
    )
    source = f"{WCO}, element 128"
    kinds = BOTH_WAYS
    severity = WARNING

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for item in items(root):
            if item.get("Commodity/GoodsMeasure/NetNetWeightMeasure") is None:
                yield Finding(item.at("Commodity/GoodsMeasure/NetNetWeightMeasure"))


class MassInKilograms(Rule):
    code = "SW-R-ITM-018"
    where = _("every mass")
    message = _(
        "%(label)s is given in %(value)s. Masses are declared in kilograms: convert it, and write "
        "the unit KGM."
    )
    source = f"{WCO}, elements 126, 128 and 131; UN/ECE Recommendation 20"
    NAMES = frozenset({"GrossMassMeasure", "NetNetWeightMeasure", "TotalGrossMassMeasure"})

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for place in root.values(Measure):
            if place.name in self.NAMES and place.value.unitCode not in {None, KILOGRAM}:
                yield Finding(place, {"value": place.value.unitCode}, (KILOGRAM,))


class UnitKnown(Rule):
    code = "SW-R-ITM-019"
    where = _("every measure and quantity with a unit")
    message = _(
        "%(label)s: %(value)s is not a unit of measure. Use a code of UN/ECE Recommendation 20, "
        "such as KGM for kilogram, LTR for litre or H87 for piece."
    )
    source = "UN/ECE Recommendation 20"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for place in root.values(Measure, Quantity):
            unit = place.value.unitCode
            if unit and not known("unit", unit, context) and place.name not in _COUNTS:
                yield Finding(place, {"value": unit})


# Plain counts: a unit adds nothing there, and whatever is sent does no harm.
_COUNTS = frozenset({"GoodsItemQuantity", "TotalPackageQuantity", "LoadingListQuantity"})


class TariffQuantityPositive(Rule):
    code = "SW-R-ITM-020"
    path = f"{MEASURE}/TariffQuantity"
    message = _(
        "Goods item %(item)s: the quantity in the tariff's unit is %(value)s. Write how much "
        "there is, or leave the quantity out."
    )
    source = f"{WCO}, element 130"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return GOOD if place.value.value > 0 else {"value": place.value.value}


class TariffQuantityFitsMass(Rule):
    code = "SW-R-ITM-021"
    path = MEASURE
    message = _(
        "Goods item %(item)s: the quantity, %(value)s kg, is not the net mass, %(net)s kg. They "
        "are the same thing; correct one of them."
    )
    source = f"{WCO}, elements 128 and 130"
    SLACK = Decimal("0.01")

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for place in root.find(self.path):
            quantity, net = place.value.TariffQuantity, place.value.NetNetWeightMeasure
            if quantity is None or net is None or quantity.unitCode != KILOGRAM:
                continue
            if abs(quantity.value - net.value) > net.value * self.SLACK:
                yield Finding(
                    place.at("TariffQuantity"), {"value": quantity.value, "net": net.value}
                )


class StandardUnit(Rule):
    code = "SW-R-ITM-022"
    path = f"{MEASURE}/TariffQuantity"
    message = _(
        "Goods item %(item)s: goods of heading %(heading)s are counted in %(hint)s, not in "
        "%(value)s. Convert the quantity."
    )
    source = "WCO Recommendation on the use of standard units of quantity"
    kinds = BOTH_WAYS
    severity = WARNING

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for item in items(root):
            heading = hs_code(item)[:4]
            units = STANDARD_UNITS.get(heading)
            for place in item.find("Commodity/GoodsMeasure/TariffQuantity"):
                unit = place.value.unitCode
                if units and unit and unit not in units and known("unit", unit, context):
                    hint = codelists.name("unit", units[0])
                    yield Finding(place, {"heading": heading, "hint": hint, "value": unit}, units)


class UndgNumber(Rule):
    code = "SW-R-ITM-023"
    path = f"{ITEM}/Commodity/DangerousGoods/UNDGID"
    message = _(
        "Goods item %(item)s: there is no dangerous substance with UN number %(value)s. Write the "
        "four digits on the orange plate or in section 14 of the safety data sheet."
    )
    source = "UN Model Regulations on the Transport of Dangerous Goods, numbers 0004 to 3550"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        digits = re.fullmatch(r"\d{4}", place.value)
        return GOOD if digits and 4 <= int(place.value) <= 3550 else {}


class HeavyPackage(Rule):
    code = "SW-R-ITM-024"
    path = f"{MEASURE}/GrossMassMeasure"
    message = _(
        "Goods item %(item)s: one package would weigh %(each)s kg. Check the mass and the number "
        "of packages; a mass in grams may have been taken for kilograms."
    )
    source = f"{POLICY}: no lorry or wagon in CAREC carries a single package above 60 t"
    severity = WARNING
    LIMIT = Decimal(60_000)

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for item in items(root):
            gross = item.get("Commodity/GoodsMeasure/GrossMassMeasure")
            packages = [packaging.value for packaging in item.find("Packaging")]
            kinds = [get("package", p.TypeCode or "") for p in packages]
            if gross is None or not packages or any(k is None or k.more for k in kinds):
                continue
            counted = (p.QuantityQuantity.value for p in packages if p.QuantityQuantity)
            count = sum(counted, Decimal())
            if count > 0 and gross.value / count > self.LIMIT:
                each = (gross.value / count).quantize(Decimal(1))
                yield Finding(
                    item.at("Commodity/GoodsMeasure/GrossMassMeasure"),
                    {"each": each, "value": gross.value},
                )


class CodeGiven(Rule):
    code = "SW-R-ITM-025"
    path = f"{ITEM}/Commodity/Classification/ID"
    message = _(
        "Goods item %(item)s has no commodity code. Give at least the six digits of the "
        "Harmonized System: agencies on the way find their goods by it."
    )
    source = HS
    severity = WARNING

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for item in items(root):
            if not item.value.Commodity or not item.value.Commodity.Classification:
                yield Finding(item.at("Commodity/Classification/ID"))


def _of_item(item: Place) -> list[Place]:
    """The tariff codes of an item; codes of other lists (CV, GN ...) are not the tariff's."""
    return [
        code.at("ID")
        for code in item.find("Commodity/Classification")
        if code.value.IdentificationTypeCode in {None, "HS", "CN", "TSP", "TRC"} and code.value.ID
    ]


def classifications(root: Place) -> Iterator[Place]:
    for item in items(root):
        yield from _of_item(item)


def near(code: str) -> list[str]:
    """Codes of the same heading that do exist, if they are few."""
    found = [c for c in codelists.codes("hs") if c.startswith(code[:4])]
    return found if len(found) <= 20 else []


def _procedure(code: str, use: str) -> bool:
    found = get("procedure", code)
    return found is not None and found.more["use"] in {use, "both"}


def _procedures(use: str) -> tuple[str, ...]:
    return tuple(code for code in codelists.codes("procedure") if _procedure(code, use))


RULES = (
    DescriptionSays(), CodeForm(), CodeKnown(), CodesAgree(), OriginKnown(), OriginGiven(),
    ProcedureKnown(), PreviousProcedureKnown(), ProcedureFits(), PreviousProcedureNeeded(),
    PackageKnown(), PackagesCounted(), WholePackages(), MassPositive(), NetWithinGross(),
    GrossMassGiven(), NetMassGiven(), MassInKilograms(), UnitKnown(), TariffQuantityPositive(),
    TariffQuantityFitsMass(), StandardUnit(), UndgNumber(), HeavyPackage(), CodeGiven(),
)
