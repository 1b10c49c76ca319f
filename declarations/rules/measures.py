"""Rules about the masses and quantities of the goods."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from declarations import codelists
from declarations.rules.base import (
    BOTH_WAYS,
    CUSTOMS,
    GOOD,
    ITEM,
    WARNING,
    WCO,
    Each,
    Finding,
    Params,
    Rule,
    Survey,
)
from declarations.rules.layout import everywhere, of_type
from declarations.wco.i18n import gettext_noop as _
from declarations.wco.model import ElementType

MEASURE = f"{ITEM}/Commodity/GoodsMeasure"
KILOGRAM = "KGM"
MASSES = tuple(
    path for name in ("GrossMassMeasure", "NetNetWeightMeasure", "TotalGrossMassMeasure")
    for path in everywhere(name)
)
MEASURED = of_type(ElementType.MEASURE, ElementType.QUANTITY)
# Plain counts: a unit adds nothing there, and whatever is sent does no harm.
COUNTS = ("GoodsItemQuantity", "TotalPackageQuantity", "LoadingListQuantity")

# The unit in which the WCO recommends to count such goods, by the beginning of the HS code.
STANDARD_UNITS = {
    "2204": ("LTR",), "2205": ("LTR",), "2206": ("LTR",), "2208": ("LTR", "LPA"),
    "2203": ("LTR",), "2716": ("MWH", "KWH"), "4407": ("MTQ",), "5702": ("MTK",),
    "6403": ("PR",), "8703": ("H87", "NAR", "C62"), "8517": ("H87", "NAR", "C62"),
}


def absent(within: str, survey: Survey) -> Iterator[Finding]:
    """The items that lack an element."""
    for n, value in enumerate(survey.column(within)):
        if value is None:
            yield Finding(survey.item(n).at(within))


class MassPositive(Each):
    code = "SW-R-ITM-014"
    path = MEASURE
    message = _(
        "Goods item %(item)s: %(label)s is %(value)s kg. Goods weigh something: write the mass in "
        "kilograms, grams after the point."
    )
    source = f"{WCO}, elements 126 and 128"
    looks = (f"{MEASURE}/GrossMassMeasure", f"{MEASURE}/NetNetWeightMeasure")

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value.value > 0 else {"value": value.value}


class NetWithinGross(Each):
    code = "SW-R-ITM-015"
    path = MEASURE
    message = _(
        "Goods item %(item)s: the net mass, %(value)s kg, is more than the gross mass, %(gross)s "
        "kg. The gross mass includes the packing; check whether they were exchanged."
    )
    source = f"{WCO}, elements 126 and 128"
    points = "NetNetWeightMeasure"

    def at(self, value: Any, survey: Survey) -> Params | None:
        gross, net = value.GrossMassMeasure, value.NetNetWeightMeasure
        if gross is None or net is None or net.value <= gross.value:
            return GOOD
        return {"value": net.value, "gross": gross.value}


class GrossMassGiven(Rule):
    code = "SW-R-ITM-016"
    path = f"{MEASURE}/GrossMassMeasure"
    message = _(
        "Goods item %(item)s has no gross mass. Write it in kilograms, packing included."
    )
    source = f"{WCO}, element 126"
    kinds = CUSTOMS
    severity = WARNING
    needs = ITEM

    def check(self, survey: Survey) -> Iterator[Finding]:
        yield from absent("Commodity/GoodsMeasure/GrossMassMeasure", survey)


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
    needs = ITEM

    def check(self, survey: Survey) -> Iterator[Finding]:
        yield from absent("Commodity/GoodsMeasure/NetNetWeightMeasure", survey)


class MassInKilograms(Each):
    code = "SW-R-ITM-018"
    where = _("every mass")
    message = _(
        "%(label)s is given in %(value)s. Masses are declared in kilograms: convert it, and write "
        "the unit KGM."
    )
    source = f"{WCO}, elements 126, 128 and 131; UN/ECE Recommendation 20"
    NAMES = frozenset({"GrossMassMeasure", "NetNetWeightMeasure", "TotalGrossMassMeasure"})
    looks = MASSES

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value.unitCode in {None, KILOGRAM} else {"value": value.unitCode}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return (KILOGRAM,)


class UnitKnown(Each):
    code = "SW-R-ITM-019"
    where = _("every measure and quantity with a unit")
    message = _(
        "%(label)s: %(value)s is not a unit of measure. Use a code of UN/ECE Recommendation 20, "
        "such as KGM for kilogram, LTR for litre or H87 for piece."
    )
    source = "UN/ECE Recommendation 20"
    looks = tuple(path for path in MEASURED if not path.endswith(COUNTS))

    def at(self, value: Any, survey: Survey) -> Params | None:
        unit = value.unitCode
        return GOOD if not unit or survey.knows("unit", unit) else {"value": unit}


_COUNTS = frozenset({"GoodsItemQuantity", "TotalPackageQuantity", "LoadingListQuantity"})


class TariffQuantityPositive(Each):
    code = "SW-R-ITM-020"
    path = f"{MEASURE}/TariffQuantity"
    message = _(
        "Goods item %(item)s: the quantity in the tariff's unit is %(value)s. Write how much "
        "there is, or leave the quantity out."
    )
    source = f"{WCO}, element 130"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value.value > 0 else {"value": value.value}


class TariffQuantityFitsMass(Each):
    code = "SW-R-ITM-021"
    path = MEASURE
    message = _(
        "Goods item %(item)s: the quantity, %(value)s kg, is not the net mass, %(net)s kg. They "
        "are the same thing; correct one of them."
    )
    source = f"{WCO}, elements 128 and 130"
    SLACK = Decimal("0.01")
    points = "TariffQuantity"

    def at(self, value: Any, survey: Survey) -> Params | None:
        quantity, net = value.TariffQuantity, value.NetNetWeightMeasure
        if quantity is None or net is None or quantity.unitCode != KILOGRAM:
            return GOOD
        if abs(quantity.value - net.value) <= net.value * self.SLACK:
            return GOOD
        return {"value": quantity.value, "net": net.value}


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
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        within = "Commodity/GoodsMeasure/TariffQuantity"
        for n, quantity in enumerate(survey.column(within)):
            unit = quantity and quantity.unitCode
            heading = survey.hs_codes[n][:4]
            units = STANDARD_UNITS.get(heading)
            if units and unit and unit not in units and survey.knows("unit", unit):
                hint = codelists.name("unit", units[0])
                yield Finding(
                    survey.item(n).at(within), {"heading": heading, "hint": hint, "value": unit}, units
                )


RULES = (
    MassPositive(), NetWithinGross(), GrossMassGiven(), NetMassGiven(), MassInKilograms(),
    UnitKnown(), TariffQuantityPositive(), TariffQuantityFitsMass(), StandardUnit(),
)
