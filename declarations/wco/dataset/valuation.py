# ruff: noqa: RUF009  (each field describes its element by a call)
"""Value, duties and the terms of the sale."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..codes import INCOTERMS
from ..i18n import gettext_noop as _
from ..model import amount, code, group, identifier, many, number, quantity, text
from ..values import Amount, Quantity
from . import basic


@dataclass(slots=True)
class DutyTaxFee:
    """One duty, tax or fee on an item."""

    AdValoremTaxBaseAmount: Amount | None = amount("n..16,3", "116", _("Tax base, value"))
    DeductAmount: Amount | None = amount("n..16,3", "111", _("Tax reduction"))
    DutyRegimeCode: str | None = code("an..3", "164", _("Duty regime or preference"))
    SpecificTaxBaseQuantity: Quantity | None = quantity("n..16,6", "129", _("Tax base, quantity"))
    TaxRateNumeric: Decimal | None = number("n..17,3", "115", _("Tax rate"))
    TypeCode: str | None = code("an..3", "113", _("Type of duty, tax or fee"))
    QuotaOrderID: str | None = identifier("an..17", "401", _("Quota number"))
    Payment: basic.Payment | None = group(basic.Payment, "94A", _("Payment"))


@dataclass(slots=True)
class ShipmentValuation:
    """Costs that bear on the customs value of the whole shipment."""

    FreightChargeAmount: Amount | None = amount("n..16,3", "117", _("Freight costs"))
    ChargeDeduction: list[basic.ChargeDeduction] = many(
        basic.ChargeDeduction, "58B", _("Charge or deduction")
    )


@dataclass(slots=True)
class CustomsValuation:
    """How the customs value of an item was found (WTO Valuation Agreement, methods 1 to 6)."""

    MethodCode: str | None = code("an..3", "122", _("Valuation method"))
    ChargeDeduction: list[basic.ChargeDeduction] = many(
        basic.ChargeDeduction, "58B", _("Charge or deduction")
    )


@dataclass(slots=True)
class ValuationAdjustment:
    """Flags on the sale that bear on the value."""

    AdditionCode: str | None = code("an..4", "188", _("Valuation indicators"))


@dataclass(slots=True)
class TradeTerms:
    """Terms of delivery (Incoterms) and the named place."""

    ConditionCode: str | None = code("a3", "090", _("Incoterms"), codes=INCOTERMS)
    CountryRelationshipCode: str | None = code("an..3", "106", _("Country relationship"))
    Description: str | None = text("an..70", "089", _("Terms of delivery"))
    LocationID: str | None = identifier("an..17", "L002", _("Incoterms place code"))
    LocationName: str | None = text("an..256", "L001", _("Incoterms place"))
