"""Rules about permits, certificates and other papers, and about applications for them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from declarations import codelists
from declarations.codelists import Code, CodeList
from declarations.rules.base import (
    BOTH_WAYS,
    GOOD,
    IMPORT,
    LPCO,
    POLICY,
    WARNING,
    WCO,
    Finding,
    Params,
    Rule,
    RuleContext,
    documents,
    hs_code,
    items,
    known,
)
from declarations.rules.header import after_today, moment
from declarations.rules.places import Place
from declarations.wco.i18n import gettext_noop as _

ITEM_DOCUMENT = "GoodsShipment/GovernmentAgencyGoodsItem/AdditionalDocument"
CITES, PHYTOSANITARY, VETERINARY = "CIT", "851", "853"
INVOICES = frozenset({"380", "325"})
ORIGIN_PROOFS = frozenset({"861", "862", "865", "954"})
IPPC = "IPPC, ISPM 12"
WOAH = "WOAH Terrestrial Animal Health Code, chapter 5.10"


def controlled(hs: str, permit: str) -> Code | None:
    """The entry of the list of controlled goods that covers ``hs`` and asks for ``permit``."""
    return _covering(codelists.code_list("controlled"), hs, permit)


@lru_cache(maxsize=4096)
def _covering(goods: CodeList, hs: str, permit: str) -> Code | None:
    for code in goods.codes.values():
        if code.more["permit"] == permit and hs.startswith(code.code):
            return code
    return None


class DocumentKnown(Rule):
    code = "SW-R-PRM-001"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    message = _(
        "%(value)s is not a type of document. Use a code of UN/CEFACT list 1001, such as 380 for "
        "a commercial invoice, or of the portal's list of permits, such as CIT for CITES."
    )
    source = "UN/CEFACT code list 1001; portal list of permits"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for document in documents(root):
            code = document.value.TypeCode
            if code and not (known("document", code, context) or known("permit", code, context)):
                yield Finding(document.at("TypeCode"))


class DocumentNumbered(Rule):
    code = "SW-R-PRM-002"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "The document %(hint)s has no number. Write its number; if the goods need none, write the "
        "exemption code."
    )
    source = f"{WCO}, elements D005 and 360"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for document in documents(root):
            exempt = getattr(document.value, "LPCOExemptionCode", None)
            if not document.value.ID and not exempt:
                yield Finding(document.at("ID"), {"hint": document_name(document.value.TypeCode)})


def document_name(code: str | None) -> str:
    name = codelists.name("document", code or "")
    return name if name != code else codelists.name("permit", code or "")


class DocumentOnce(Rule):
    code = "SW-R-PRM-003"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "Goods item %(item)s names document %(value)s twice. Name it once; a second permit has a "
        "number of its own."
    )
    source = f"{WCO}, class 02A"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for item in items(root):
            seen: set[tuple[str, str]] = set()
            for document in item.find("AdditionalDocument"):
                key = (document.value.TypeCode or "", document.value.ID or "")
                if key[1] and key in seen:
                    yield Finding(document.at("ID"))
                seen.add(key)


class PermitNeeded(Rule):
    """Goods under a treaty cross a border only with their permit. One subclass per permit."""

    permit: ClassVar[str]
    kinds = BOTH_WAYS
    message = _(
        "Goods item %(item)s: goods of code %(value)s (%(hint)s) need a %(parent)s. Add a "
        "document of type %(permit)s with the number of the permit. The law: %(law)s."
    )

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for item in items(root):
            hs = hs_code(item)
            entry = controlled(hs, self.permit) if hs else None
            if entry is None:
                continue
            held = {place.value for place in item.find("AdditionalDocument/TypeCode")}
            if self.permit not in held:
                yield Finding(
                    item.at("AdditionalDocument/TypeCode"),
                    {
                        "value": hs, "hint": entry.name, "permit": self.permit,
                        "parent": codelists.name("permit", self.permit), "law": entry.more["law"],
                    },
                    (self.permit,),
                )


class CitesNeeded(PermitNeeded):
    code = "SW-R-PRM-010"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = CITES
    source = "CITES, articles III to V"


class OzoneLicenceNeeded(PermitNeeded):
    code = "SW-R-PRM-011"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "ODS"
    source = "Montreal Protocol, article 4B"


class RadiationPermitNeeded(PermitNeeded):
    code = "SW-R-PRM-012"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "RAD"
    source = "Convention on the Physical Protection of Nuclear Material"


class WasteMovementNeeded(PermitNeeded):
    code = "SW-R-PRM-013"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "WST"
    source = "Basel Convention, article 6"


class NarcoticsPermitNeeded(PermitNeeded):
    code = "SW-R-PRM-014"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "NAR"
    source = "Single Convention on Narcotic Drugs, article 31"


class ArmsPermitNeeded(PermitNeeded):
    code = "SW-R-PRM-015"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "ARM"
    source = "Arms Trade Treaty; national export control laws"


class PesticideRegistered(PermitNeeded):
    code = "SW-R-PRM-016"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "PES"
    source = "Rotterdam Convention, articles 10 to 12"
    kinds = frozenset({IMPORT})


class CitesNumber(Rule):
    code = "SW-R-PRM-017"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "%(value)s is not written as the number of a CITES document. It begins with the two "
        "letters of the country that issued it, such as GE/2026/0123 or AZ 0451."
    )
    source = "CITES Resolution Conf. 12.3, annex 2"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for document in documents(root):
            number = document.value.ID
            if document.value.TypeCode == CITES and number:
                form = re.fullmatch(r"\d{0,2}([A-Z]{2})[A-Z0-9 /.-]*\d[A-Z0-9 /.-]*", number)
                if not form or not codelists.is_valid("country", form[1]):
                    yield Finding(document.at("ID"))


class PermitNumber(Rule):
    code = "SW-R-PRM-018"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "%(value)s does not look like the number of a permit: it has no digit. Copy the number "
        "from the permit (%(hint)s), such as %(example)s."
    )
    source = POLICY

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for document in documents(root):
            permit = codelists.get("permit", document.value.TypeCode or "")
            number = document.value.ID
            if permit and permit.code != CITES and number and not re.search(r"\d{2}", number):
                yield Finding(
                    document.at("ID"), {"hint": permit.name, "example": permit.more["example"]}
                )


class PermitInForce(Rule):
    code = "SW-R-PRM-019"
    path = f"{ITEM_DOCUMENT}/EffectiveDateTime"
    message = _(
        "Goods item %(item)s: this document is valid from %(value)s, which is still to come. File "
        "when it is in force, or correct the date."
    )
    source = f"{WCO}, element 276"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return {"value": place.value.value} if after_today(place.value, context) else GOOD


class WriteOffPositive(Rule):
    code = "SW-R-PRM-020"
    path = f"{ITEM_DOCUMENT}/WriteOff/QuantityQuantity"
    message = _(
        "Goods item %(item)s would write %(value)s off this permit. Write how much of it the "
        "goods use up."
    )
    source = f"{WCO}, element 502"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return GOOD if place.value.value > 0 else {"value": place.value.value}


class WriteOffWithinMass(Rule):
    code = "SW-R-PRM-021"
    path = f"{ITEM_DOCUMENT}/WriteOff/QuantityQuantity"
    message = _(
        "Goods item %(item)s would write %(value)s kg off this permit, but its net mass is "
        "%(net)s kg. Write off no more than you declare."
    )
    source = f"{WCO}, elements 502 and 128"

    def at(self, place: Place, context: RuleContext) -> Params | None:
        item = place.item
        net = item.get("Commodity/GoodsMeasure/NetNetWeightMeasure") if item else None
        if place.value.unitCode != "KGM" or net is None or place.value.value <= net.value:
            return GOOD
        return {"value": place.value.value, "net": net.value}


class PhytosanitaryExpected(Rule):
    code = "SW-R-PRM-022"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    message = _(
        "Goods item %(item)s: plants and plant products (%(value)s) are inspected at the border. "
        "The phytosanitary service will ask for a certificate: add it as a document of type 851."
    )
    source = IPPC
    severity = WARNING
    kinds = BOTH_WAYS
    # Live plants, cut flowers, vegetables, fruit and nuts, cereals, seeds, logs and sawn wood.
    CHAPTERS = ("06", "07", "08", "10", "1209", "4403", "4407")

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        yield from _without(root, self.CHAPTERS, frozenset({PHYTOSANITARY, "PHI"}))


class VeterinaryExpected(Rule):
    code = "SW-R-PRM-023"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    message = _(
        "Goods item %(item)s: animals and food of animal origin (%(value)s) are inspected at the "
        "border. The veterinary service will ask for a certificate: add it as a document of type "
        "853."
    )
    source = WOAH
    severity = WARNING
    kinds = BOTH_WAYS
    # Live animals, meat, fish, dairy, other animal products, prepared meat and fish.
    CHAPTERS = ("01", "02", "03", "04", "05", "16")

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        yield from _without(root, self.CHAPTERS, frozenset({VETERINARY, "852", "VEI"}))


def _without(root: Place, chapters: tuple[str, ...], papers: frozenset[str]) -> Iterator[Finding]:
    whole = {place.value for place in root.find("AdditionalDocument/TypeCode")}
    for item in items(root):
        hs = hs_code(item)
        held = whole | {place.value for place in item.find("AdditionalDocument/TypeCode")}
        if hs.startswith(chapters) and not held & papers:
            yield Finding(item.at("AdditionalDocument/TypeCode"), {"value": hs}, tuple(sorted(papers)))


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

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        named = any(place.value.TypeCode in INVOICES for place in documents(root))
        if root.get("GoodsShipment/Invoice/ID") is None and not named:
            yield Finding(root.at("GoodsShipment/Invoice/ID"))


class OriginProved(Rule):
    code = "SW-R-PRM-025"
    path = "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/DutyTaxFee/DutyRegimeCode"
    message = _(
        "Goods item %(item)s claims a preference (%(value)s), but no proof of origin is given. "
        "Add the certificate or declaration of origin, or claim the full rate with 100."
    )
    source = "Revised Kyoto Convention, specific annex K; EU data element 14 11"
    kinds = frozenset({IMPORT})

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        whole = {place.value for place in root.find("AdditionalDocument/TypeCode")}
        for item in items(root):
            held = whole | {place.value for place in item.find("AdditionalDocument/TypeCode")}
            for place in item.find("Commodity/DutyTaxFee/DutyRegimeCode"):
                if place.value[0] in "23" and not held & ORIGIN_PROOFS:
                    yield Finding(place, {}, tuple(sorted(ORIGIN_PROOFS)))
                    break


class ApplicationRule(Rule):
    kinds = frozenset({LPCO})


class PermitTypeKnown(ApplicationRule):
    code = "SW-R-PRM-030"
    path = "LPCO/TypeCode"
    message = _(
        "%(value)s is not a permit that can be applied for here. Choose one from the list, such "
        "as CIT for a CITES permit or 851 for a phytosanitary certificate."
    )
    source = "Portal list of permits; UN/CEFACT code list 1001"
    CERTIFICATES = ("851", "852", "853", "861")

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return GOOD if place.value in self.allowed(context) else {}

    def allowed(self, context: RuleContext) -> tuple[str, ...]:
        return (*codelists.codes("permit"), *self.CERTIFICATES)


class PermitPeriod(ApplicationRule):
    code = "SW-R-PRM-031"
    path = "LPCO"
    message = _(
        "The permit would end on %(value)s, before it begins on %(begin)s. Exchange the dates or "
        "correct one."
    )
    source = POLICY

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for place in root.find("LPCO"):
            begin = moment(place.value.EffectiveDateTime)
            end = moment(place.value.ExpirationDateTime)
            if begin and end and end < begin:
                yield Finding(
                    place.at("ExpirationDateTime"),
                    {
                        "value": place.value.ExpirationDateTime.value,
                        "begin": place.value.EffectiveDateTime.value,
                    },
                )


class PermitNotOver(ApplicationRule):
    code = "SW-R-PRM-032"
    path = "LPCO/ExpirationDateTime"
    message = _(
        "The permit would end on %(value)s, which is past. Ask for a period that is to come."
    )
    source = POLICY

    def at(self, place: Place, context: RuleContext) -> Params | None:
        end = moment(place.value)
        return {"value": place.value.value} if end and end.date() < context.today else GOOD


class SpeciesNamed(ApplicationRule):
    code = "SW-R-PRM-033"
    path = "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Specimen/ScientificName"
    message = _(
        "Goods item %(item)s: an application for a CITES permit needs the scientific name of the "
        "species, genus and species, such as Acipenser baerii."
    )
    source = "CITES Resolution Conf. 12.3, section XIV"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        if root.get("LPCO/TypeCode") != CITES:
            return
        for item in items(root):
            place = item.at("Commodity/Specimen/ScientificName")
            if not place.value or len(place.value.split()) < 2:
                yield Finding(place)


class SpecimenDescribed(ApplicationRule):
    code = "SW-R-PRM-034"
    path = "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Specimen"
    message = _(
        "Goods item %(item)s: %(label)s is missing. The CITES authority decides by appendix, "
        "source and purpose."
    )
    source = "CITES Resolution Conf. 12.3, annex 2"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        if root.get("LPCO/TypeCode") != CITES:
            return
        for specimen in root.find("GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Specimen"):
            for name in ("AppendixCode", "SourceCode", "PurposeCode"):
                if getattr(specimen.value, name) is None:
                    yield Finding(specimen.at(name))


class QuantityAskedFor(ApplicationRule):
    code = "SW-R-PRM-035"
    path = "LPCO/TotalQuantity"
    message = _(
        "The quantity asked for is %(value)s. Write for how much the permit should be."
    )
    source = POLICY

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return GOOD if place.value.value > 0 else {"value": place.value.value}


RULES = (
    DocumentKnown(), DocumentNumbered(), DocumentOnce(), CitesNeeded(), OzoneLicenceNeeded(),
    RadiationPermitNeeded(), WasteMovementNeeded(), NarcoticsPermitNeeded(), ArmsPermitNeeded(),
    PesticideRegistered(), CitesNumber(), PermitNumber(), PermitInForce(), WriteOffPositive(),
    WriteOffWithinMass(), PhytosanitaryExpected(), VeterinaryExpected(), InvoiceAttached(),
    OriginProved(), PermitTypeKnown(), PermitPeriod(), PermitNotOver(), SpeciesNamed(),
    SpecimenDescribed(), QuantityAskedFor(),
)
