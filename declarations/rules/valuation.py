"""Rules about money: prices, currencies, terms of delivery, valuation."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from declarations import codelists
from declarations.rules.base import (
    BOTH_WAYS,
    CUSTOMS,
    GOOD,
    IMPORT,
    ITEM,
    VALUATION_AGREEMENT,
    WARNING,
    WCO,
    Each,
    Finding,
    KnownCode,
    Params,
    Rule,
    Survey,
)
from declarations.rules.header import after_today
from declarations.rules.layout import of_type
from declarations.wco.i18n import gettext_noop as _
from declarations.wco.model import ElementType

TERMS = "GoodsShipment/TradeTerms"
PRICE = "Commodity/InvoiceLine/ItemChargeAmount"
INCOTERMS = "ICC Incoterms 2020"
AMOUNTS = of_type(ElementType.AMOUNT)
# Amounts that a rule of their own holds to be positive.
OWN_RULE = ("InvoiceAmount", "ItemChargeAmount")


class CurrencyKnown(Each):
    code = "SW-R-VAL-001"
    where = _("every amount")
    message = _(
        "%(label)s: %(value)s is not a currency in use. Write the three letters of ISO 4217, such "
        "as USD, EUR or GEL."
    )
    source = "ISO 4217"
    looks = AMOUNTS

    def at(self, value: Any, survey: Survey) -> Params | None:
        currency = value.currencyID
        known = not currency or survey.knows("currency", currency)
        return GOOD if known else {"value": currency}


class CurrencyGiven(Each):
    code = "SW-R-VAL-002"
    where = _("every amount")
    message = _(
        "%(label)s: %(value)s has no currency. Write the three letters of ISO 4217, such as USD."
    )
    source = f"{WCO}, element 135; ISO 4217"
    looks = AMOUNTS

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value.currencyID else {"value": value.value}


class InvoicePositive(Each):
    code = "SW-R-VAL-003"
    path = "InvoiceAmount"
    message = _(
        "The invoice total is %(value)s. Write what is paid or payable; for goods without a price "
        "state their value and the nature of transaction 3."
    )
    source = f"{VALUATION_AGREEMENT}, article 1"
    kinds = CUSTOMS

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value.value > 0 else {"value": value.value}


class PricePositive(Rule):
    code = "SW-R-VAL-004"
    path = f"{ITEM}/{PRICE}"
    message = _(
        "Goods item %(item)s: the price is %(value)s. Write the price of the item; only goods "
        "that change hands without payment (nature of transaction 3) may have none."
    )
    source = f"{VALUATION_AGREEMENT}, article 1"
    WITHOUT_PAYMENT = ("3", "34")
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        whole = survey.get("GoodsShipment/TransactionNatureCode")
        natures = survey.column("TransactionNatureCode")
        for n, price in enumerate(survey.column(PRICE)):
            if price is None or price.value > 0:
                continue
            free = whole in self.WITHOUT_PAYMENT or natures[n] in self.WITHOUT_PAYMENT
            if price.value < 0 or not free:
                yield Finding(survey.item(n).at(PRICE), {"value": price.value})


class OneInvoiceCurrency(Each):
    code = "SW-R-VAL-005"
    path = f"{ITEM}/{PRICE}"
    message = _(
        "Goods item %(item)s is priced in %(value)s, but the invoice is in %(currency)s. Use one "
        "currency; file one declaration per invoice currency."
    )
    source = f"{WCO}, elements 109 and 112"
    kinds = BOTH_WAYS

    def at(self, value: Any, survey: Survey) -> Params | None:
        total = survey.declaration.InvoiceAmount
        mine = value.currencyID
        if total is None or not total.currencyID or not mine or mine == total.currencyID:
            return GOOD
        return {"value": mine, "currency": total.currencyID}


class InvoiceSum(Each):
    code = "SW-R-VAL-006"
    path = "InvoiceAmount"
    message = _(
        "The invoice total is %(value)s %(currency)s, but the prices of the goods items add up to "
        "%(sum)s %(currency)s. Correct the total or the prices."
    )
    source = f"{WCO}, elements 109 and 112"
    kinds = BOTH_WAYS
    # Each price may be rounded to the hundredth.
    ROUNDING = Decimal("0.01")

    def at(self, value: Any, survey: Survey) -> Params | None:
        prices = survey.column(PRICE)
        currency = value.currencyID
        if not prices or any(price is None or price.currencyID != currency for price in prices):
            return GOOD
        total = sum((price.value for price in prices), Decimal())
        if abs(total - value.value) <= self.ROUNDING * len(prices):
            return GOOD
        return {"value": value.value, "sum": total, "currency": currency or ""}


class SomethingIsPaid(Rule):
    code = "SW-R-VAL-007"
    path = "InvoiceAmount"
    message = _(
        "Neither the invoice total nor a price of any goods item is given. Without a value no "
        "duty can be assessed: write the amount of the invoice."
    )
    source = f"{VALUATION_AGREEMENT}, article 1"
    kinds = frozenset({IMPORT})

    def check(self, survey: Survey) -> Iterator[Finding]:
        if survey.declaration.InvoiceAmount is None and not survey.values(f"{ITEM}/{PRICE}"):
            yield Finding(survey.root.at("InvoiceAmount"))


class PlaceOfDelivery(Each):
    code = "SW-R-VAL-008"
    path = TERMS
    message = _(
        "The terms of delivery %(terms)s lack the named place. Write it as in the contract, such "
        "as “%(terms)s Tbilisi”: who pays the freight up to where depends on it."
    )
    source = INCOTERMS
    points = "LocationName"

    def at(self, value: Any, survey: Survey) -> Params | None:
        if not value.ConditionCode or value.LocationName or value.LocationID:
            return GOOD
        return {"terms": value.ConditionCode}


class TermsOfToday(Each):
    code = "SW-R-VAL-009"
    path = f"{TERMS}/ConditionCode"
    message = _(
        "%(value)s is no longer among the Incoterms of 2020. If your contract still uses it, "
        "write in the description which edition; otherwise write %(instead)s."
    )
    source = INCOTERMS
    severity = WARNING
    SUCCESSORS: ClassVar[dict[str, str]] = {
        "DAT": "DPU", "DAF": "DAP", "DES": "DAP", "DEQ": "DPU", "DDU": "DAP"
    }

    def at(self, value: Any, survey: Survey) -> Params | None:
        instead = self.SUCCESSORS.get(value)
        return {"instead": instead} if instead else GOOD


class TermsOfSea(Each):
    code = "SW-R-VAL-010"
    path = f"{TERMS}/ConditionCode"
    message = _(
        "%(value)s is meant for goods handed over at a sea port, but these cross the border "
        "otherwise (%(hint)s). Check the contract; by land %(instead)s says the same."
    )
    source = INCOTERMS
    kinds = BOTH_WAYS
    severity = WARNING
    BY_LAND: ClassVar[dict[str, str]] = {"FAS": "FCA", "FOB": "FCA", "CFR": "CPT", "CIF": "CIP"}

    def at(self, value: Any, survey: Survey) -> Params | None:
        mode = survey.get("BorderTransportMeans/ModeCode")
        if value not in self.BY_LAND or mode not in {"2", "3", "4"}:
            return GOOD
        return {"hint": codelists.name("mode", mode), "instead": self.BY_LAND[value]}


class FreightAdded(Each):
    code = "SW-R-VAL-011"
    path = f"{TERMS}/ConditionCode"
    message = _(
        "Under %(value)s the price does not include the freight, which belongs to the customs "
        "value. Write the freight up to the border."
    )
    source = f"{VALUATION_AGREEMENT}, article 8.2"
    kinds = frozenset({IMPORT})
    severity = WARNING

    def at(self, value: Any, survey: Survey) -> Params | None:
        if value not in {"EXW", "FCA", "FAS", "FOB"}:
            return GOOD
        freight = survey.get("GoodsShipment/CustomsValuation/FreightChargeAmount")
        return {} if freight is None else GOOD


class MethodKnown(KnownCode):
    code = "SW-R-VAL-012"
    path = f"{ITEM}/CustomsValuation/MethodCode"
    code_list = "valuation_method"
    message = _(
        "Goods item %(item)s: there is no valuation method %(value)s. Write 1 where the price "
        "paid is the basis, or 2 to 6."
    )
    source = f"{VALUATION_AGREEMENT}, articles 1 to 7"


class NatureKnown(Each):
    code = "SW-R-VAL-013"
    path = "GoodsShipment/TransactionNatureCode"
    message = _(
        "%(value)s is not a nature of transaction. Write 1 or 11 for a sale, or another code of "
        "the list."
    )
    source = "EU Regulation 2020/1197, annex I; IMTS 2010"
    looks = ("GoodsShipment/TransactionNatureCode", f"{ITEM}/TransactionNatureCode")

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if survey.knows("transaction", value) else {}


class RateUsable(Each):
    code = "SW-R-VAL-014"
    path = "CurrencyExchange/RateNumeric"
    message = _(
        "The rate of exchange is %(value)s. Write how much one unit costs, or leave it out."
    )
    source = f"{WCO}, element 118; {VALUATION_AGREEMENT}, article 9"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value > 0 else {}


class RateCurrency(KnownCode):
    code = "SW-R-VAL-015"
    path = "CurrencyExchange/CurrencyTypeCode"
    code_list = "currency"
    message = _(
        "A rate is given for %(value)s, which is not a currency in use. Use ISO 4217."
    )
    source = "ISO 4217"


class InvoiceDated(Each):
    code = "SW-R-VAL-016"
    path = "GoodsShipment/Invoice/IssueDateTime"
    message = _(
        "The invoice is dated %(value)s, in the future. Check the year and the month on the "
        "invoice."
    )
    source = f"{WCO}, element D015"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {"value": value.value} if after_today(value, survey) else GOOD


class AmountsNotNegative(Each):
    code = "SW-R-VAL-017"
    where = _("every amount")
    message = _(
        "%(label)s is %(value)s. An amount is never negative here: a deduction is written as a "
        "positive amount with its type."
    )
    source = f"{WCO}, class 58B"
    looks = tuple(path for path in AMOUNTS if not path.endswith(OWN_RULE))

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {"value": value.value} if value.value < 0 else GOOD


RULES = (
    CurrencyKnown(), CurrencyGiven(), InvoicePositive(), PricePositive(), OneInvoiceCurrency(),
    InvoiceSum(), SomethingIsPaid(), PlaceOfDelivery(), TermsOfToday(), TermsOfSea(),
    FreightAdded(), MethodKnown(), NatureKnown(), RateUsable(), RateCurrency(), InvoiceDated(),
    AmountsNotNegative(),
)
