"""Rules about the papers that go with the goods: their types, numbers and dates, and what they prove."""

import re
from collections.abc import Iterator
from typing import Any

from declarations import codelists
from declarations.rules.base import (
    DOCUMENTS,
    GOOD,
    IMPORT,
    ITEM,
    POLICY,
    WARNING,
    WCO,
    Each,
    Finding,
    Params,
    Rule,
    Survey,
)
from declarations.rules.header import after_today
from declarations.wco.i18n import gettext_noop as _

ITEM_DOCUMENT = f"{ITEM}/AdditionalDocument"
CITES = "CIT"
INVOICES = frozenset({"380", "325"})
ORIGIN_PROOFS = frozenset({"861", "862", "865", "954"})


def document_name(code: str | None) -> str:
    name = codelists.name("document", code or "")
    return name if name != code else codelists.name("permit", code or "")


class DocumentKnown(Each):
    code = "SW-R-PRM-001"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    message = _(
        "%(value)s is not a type of document. Use a code of UN/CEFACT list 1001, such as 380 for "
        "a commercial invoice, or of the portal's list of permits, such as CIT for CITES."
    )
    source = "UN/CEFACT code list 1001; portal list of permits"
    looks = tuple(f"{path}/TypeCode" for path in DOCUMENTS)

    def at(self, value: Any, survey: Survey) -> Params | None:
        known = not value or survey.knows("document", value) or survey.knows("permit", value)
        return GOOD if known else {}


class DocumentNumbered(Each):
    code = "SW-R-PRM-002"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "The document %(hint)s has no number. Write its number; if the goods need none, write the "
        "exemption code."
    )
    source = f"{WCO}, elements D005 and 360"
    looks = DOCUMENTS
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        if value.ID or getattr(value, "LPCOExemptionCode", None):
            return GOOD
        return {"hint": document_name(value.TypeCode)}


class DocumentOnce(Rule):
    code = "SW-R-PRM-003"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "Goods item %(item)s names document %(value)s twice. Name it once; a second permit has a "
        "number of its own."
    )
    source = f"{WCO}, class 02A"
    needs = ITEM_DOCUMENT

    def check(self, survey: Survey) -> Iterator[Finding]:
        for n, item in enumerate(survey.items):
            seen: set[tuple[str, str]] = set()
            for at, document in enumerate(item.AdditionalDocument):
                key = (document.TypeCode or "", document.ID or "")
                if key[1] and key in seen:
                    yield Finding(survey.item(n).children("AdditionalDocument")[at].at("ID"))
                seen.add(key)


class CitesNumber(Each):
    code = "SW-R-PRM-017"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "%(value)s is not written as the number of a CITES document. It begins with the two "
        "letters of the country that issued it, such as GE/2026/0123 or AZ 0451."
    )
    source = "CITES Resolution Conf. 12.3, annex 2"
    looks = DOCUMENTS
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        if value.TypeCode != CITES or not value.ID:
            return GOOD
        form = re.fullmatch(r"\d{0,2}([A-Z]{2})[A-Z0-9 /.-]*\d[A-Z0-9 /.-]*", value.ID)
        return GOOD if form and codelists.is_valid("country", form[1]) else {}


class PermitNumber(Each):
    code = "SW-R-PRM-018"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "%(value)s does not look like the number of a permit: it has no digit. Copy the number "
        "from the permit (%(hint)s), such as %(example)s."
    )
    source = POLICY
    looks = DOCUMENTS
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        if not value.ID or value.TypeCode == CITES or re.search(r"\d{2}", value.ID):
            return GOOD
        permit = codelists.get("permit", value.TypeCode or "")
        return {"hint": permit.name, "example": permit.more["example"]} if permit else GOOD


class PermitInForce(Each):
    code = "SW-R-PRM-019"
    path = f"{ITEM_DOCUMENT}/EffectiveDateTime"
    message = _(
        "Goods item %(item)s: this document is valid from %(value)s, which is still to come. File "
        "when it is in force, or correct the date."
    )
    source = f"{WCO}, element 276"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {"value": value.value} if after_today(value, survey) else GOOD


class WriteOffPositive(Each):
    code = "SW-R-PRM-020"
    path = f"{ITEM_DOCUMENT}/WriteOff/QuantityQuantity"
    message = _(
        "Goods item %(item)s would write %(value)s off this permit. Write how much of it the "
        "goods use up."
    )
    source = f"{WCO}, element 502"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value.value > 0 else {"value": value.value}


class WriteOffWithinMass(Rule):
    code = "SW-R-PRM-021"
    path = f"{ITEM_DOCUMENT}/WriteOff/QuantityQuantity"
    message = _(
        "Goods item %(item)s would write %(value)s kg off this permit, but its net mass is "
        "%(net)s kg. Write off no more than you declare."
    )
    source = f"{WCO}, elements 502 and 128"
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        masses = survey.column("Commodity/GoodsMeasure/NetNetWeightMeasure")
        for n, net in enumerate(masses):
            for place in survey.item(n).find("AdditionalDocument/WriteOff/QuantityQuantity"):
                off = place.value
                if net is not None and off.unitCode == "KGM" and off.value > net.value:
                    yield Finding(place, {"value": off.value, "net": net.value})


class InvoiceAttached(Rule):
    code = "SW-R-PRM-024"
    path = "GoodsShipment/Invoice/ID"
    message = _(
        "No invoice is named. Write its number under the invoice, or add it as a document of type "
        "380: the customs value is checked against it."
    )
    source = "Revised Kyoto Convention, General Annex, standard 3.16"
    kinds = frozenset({IMPORT})
    severity = WARNING

    def check(self, survey: Survey) -> Iterator[Finding]:
        if survey.get("GoodsShipment/Invoice/ID") is not None:
            return
        codes = (code for path in DOCUMENTS for code in survey.values(f"{path}/TypeCode"))
        if INVOICES.isdisjoint(codes):
            yield Finding(survey.root.at("GoodsShipment/Invoice/ID"))


class OriginProved(Rule):
    code = "SW-R-PRM-025"
    path = f"{ITEM}/Commodity/DutyTaxFee/DutyRegimeCode"
    message = _(
        "Goods item %(item)s claims a preference (%(value)s), but no proof of origin is given. "
        "Add the certificate or declaration of origin, or claim the full rate with 100."
    )
    source = "Revised Kyoto Convention, specific annex K; EU data element 14 11"
    kinds = frozenset({IMPORT})
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        for n, item in enumerate(survey.items):
            duties = item.Commodity.DutyTaxFee if item.Commodity else ()
            if not any((duty.DutyRegimeCode or " ")[0] in "23" for duty in duties):
                continue
            if ORIGIN_PROOFS.isdisjoint(survey.papers | survey.papers_of(item)):
                claimed = survey.item(n).find("Commodity/DutyTaxFee/DutyRegimeCode")
                place = next(place for place in claimed if place.value[0] in "23")
                yield Finding(place, {}, tuple(sorted(ORIGIN_PROOFS)))


RULES = (
    DocumentKnown(), DocumentNumbered(), DocumentOnce(), CitesNumber(), PermitNumber(),
    PermitInForce(), WriteOffPositive(), WriteOffWithinMass(), InvoiceAttached(), OriginProved(),
)
