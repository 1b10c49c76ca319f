"""Rules about how the goods of an item are packed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from declarations.codelists import get
from declarations.rules.base import (
    GOOD,
    ITEM,
    POLICY,
    WARNING,
    WCO,
    Each,
    Finding,
    KnownCode,
    Params,
    Rule,
    Survey,
)
from declarations.wco.i18n import gettext_noop as _


class PackageKnown(KnownCode):
    code = "SW-R-ITM-011"
    path = f"{ITEM}/Packaging/TypeCode"
    code_list = "package"
    message = _(
        "Goods item %(item)s: %(value)s is not a type of package. Use a code of UN/ECE "
        "Recommendation 21, such as CT for carton or VR for grain in bulk."
    )
    source = "UN/ECE Recommendation 21"


class PackagesCounted(Each):
    code = "SW-R-ITM-012"
    path = f"{ITEM}/Packaging"
    message = _(
        "Goods item %(item)s: the number of packages (%(hint)s) is missing. Write how many there "
        "are."
    )
    source = f"{WCO}, element 144"
    points = "QuantityQuantity"

    def at(self, value: Any, survey: Survey) -> Params | None:
        if value.QuantityQuantity is not None:
            return GOOD
        kind = get("package", value.TypeCode or "")
        return GOOD if kind is None or kind.more.get("bulk") else {"hint": kind.name}


class WholePackages(Each):
    code = "SW-R-ITM-013"
    path = f"{ITEM}/Packaging/QuantityQuantity"
    message = _(
        "Goods item %(item)s: %(value)s is not a number of packages. Write a whole number; 0 only "
        "where the goods share a package with another item."
    )
    source = f"{WCO}, element 144"

    def at(self, value: Any, survey: Survey) -> Params | None:
        count = value.value
        return GOOD if count >= 0 and count == int(count) else {"value": count}


class HeavyPackage(Rule):
    code = "SW-R-ITM-024"
    path = f"{ITEM}/Commodity/GoodsMeasure/GrossMassMeasure"
    message = _(
        "Goods item %(item)s: one package would weigh %(each)s kg. Check the mass and the number "
        "of packages; a mass in grams may have been taken for kilograms."
    )
    source = f"{POLICY}: no lorry or wagon in CAREC carries a single package above 60 t"
    severity = WARNING
    LIMIT = Decimal(60_000)
    needs = f"{ITEM}/Packaging"

    def check(self, survey: Survey) -> Iterator[Finding]:
        within = "Commodity/GoodsMeasure/GrossMassMeasure"
        for n, (gross, item) in enumerate(zip(survey.column(within), survey.items, strict=True)):
            counted = (p.QuantityQuantity.value for p in item.Packaging if p.QuantityQuantity)
            count = sum(counted, Decimal())
            if gross is None or count <= 0 or gross.value <= self.LIMIT * count:
                continue
            kinds = [get("package", packaging.TypeCode or "") for packaging in item.Packaging]
            if all(kind is not None and not kind.more for kind in kinds):
                each = (gross.value / count).quantize(Decimal(1))
                yield Finding(survey.item(n).at(within), {"each": each, "value": gross.value})


RULES = (
    PackageKnown(), PackagesCounted(), WholePackages(), HeavyPackage(),
)
