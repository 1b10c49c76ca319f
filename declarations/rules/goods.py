"""Rules about what the goods of an item are, and where they were made."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from declarations import codelists
from declarations.rules.base import (
    GOOD,
    IMPORT,
    ITEM,
    KYOTO,
    WARNING,
    WCO,
    Each,
    Finding,
    Params,
    Rule,
    Survey,
)
from declarations.wco.i18n import gettext_noop as _

CLASSIFICATION = f"{ITEM}/Commodity/Classification"
HS = "WCO Harmonized System"

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
_WORD = re.compile(r"[^\W\d_]+")
_FORM = re.compile(r"\d{6,10}")


def _of_tariff(classification: Any) -> bool:
    """Whether this is a tariff code; codes of other lists (CV, GN ...) are not the tariff's."""
    kind = classification.IdentificationTypeCode
    return kind in {None, "HS", "CN", "TSP", "TRC"} and bool(classification.ID)


def near(code: str) -> list[str]:
    """Codes of the same heading that do exist, if they are few."""
    found = [c for c in codelists.codes("hs") if c.startswith(code[:4])]
    return found if len(found) <= 20 else []


class DescriptionSays(Each):
    code = "SW-R-ITM-001"
    path = f"{ITEM}/Commodity/Description"
    message = _(
        "Goods item %(item)s: “%(value)s” does not say what the goods are. Describe them so that "
        "they can be recognised and classified, such as “red wine in bottles of 0.75 litre”."
    )
    source = "WCO, acceptable and unacceptable terms for the description of goods"

    def at(self, value: Any, survey: Survey) -> Params | None:
        words = _WORD.finditer(value.casefold())
        return GOOD if any(len(word[0]) > 1 and word[0] not in VAGUE for word in words) else {}


class CodeForm(Each):
    code = "SW-R-ITM-002"
    path = f"{ITEM}/Commodity/Classification"
    message = _(
        "Goods item %(item)s: %(value)s is not written as a commodity code. Use 6 to 10 digits "
        "without points or spaces."
    )
    source = f"{HS}, six digits; national tariffs, up to ten"
    looks = (CLASSIFICATION,)
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if not _of_tariff(value) or _FORM.fullmatch(value.ID) else {}


class CodeKnown(Each):
    code = "SW-R-ITM-003"
    path = f"{ITEM}/Commodity/Classification"
    message = _(
        "Goods item %(item)s: there is no commodity code %(value)s in the Harmonized System. Look "
        "the goods up in the tariff; the first six digits must be right."
    )
    source = f"{HS}, edition 2022"
    looks = (CLASSIFICATION,)
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        known = not _of_tariff(value) or survey.knows("hs", value.ID)
        return GOOD if known or not _FORM.fullmatch(value.ID) else {}

    def judge(self, path: str, values: Sequence[Any], survey: Survey) -> Sequence[Finding]:
        found = super().judge(path, values, survey)
        return [Finding(f.place, f.params, tuple(near(f.place.value))) for f in found]


class CodesAgree(Rule):
    code = "SW-R-ITM-004"
    path = f"{ITEM}/Commodity/Classification"
    message = _(
        "Goods item %(item)s has two commodity codes that differ, %(first)s and %(value)s. One "
        "item holds goods of one code: correct it, or divide the item."
    )
    source = f"{WCO}, class 21A; {HS}, general rule 1"
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        for n, item in enumerate(survey.items):
            codes = item.Commodity.Classification if item.Commodity else ()
            if len(codes) < 2:
                continue
            first = ""
            for at, code in enumerate(codes):
                if not _of_tariff(code):
                    continue
                first = first or code.ID
                if code.ID[:6] != first[:6]:
                    place = survey.item(n).at("Commodity").children("Classification")[at]
                    yield Finding(place.at("ID"), {"first": first})


class OriginKnown(Each):
    code = "SW-R-ITM-005"
    path = f"{ITEM}/Origin/CountryCode"
    message = _(
        "Goods item %(item)s: %(value)s is not a country of origin. Use the two letters of ISO "
        "3166, such as UZ for Uzbekistan, or EU for the European Union."
    )
    source = "ISO 3166-1; EU data element 16 08"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value == "EU" or survey.knows("country", value) else {}


class OriginGiven(Rule):
    code = "SW-R-ITM-006"
    path = f"{ITEM}/Origin/CountryCode"
    message = _(
        "Goods item %(item)s has no country of origin. Say where the goods were made: the duty "
        "depends on it."
    )
    source = f"{KYOTO}, specific annex K"
    kinds = frozenset({IMPORT})
    needs = ITEM

    def check(self, survey: Survey) -> Iterator[Finding]:
        for n, item in enumerate(survey.items):
            if not item.Origin:
                yield Finding(survey.item(n).at("Origin/CountryCode"))


class UndgNumber(Each):
    code = "SW-R-ITM-023"
    path = f"{ITEM}/Commodity/DangerousGoods/UNDGID"
    message = _(
        "Goods item %(item)s: there is no dangerous substance with UN number %(value)s. Write the "
        "four digits on the orange plate or in section 14 of the safety data sheet."
    )
    source = "UN Model Regulations on the Transport of Dangerous Goods, numbers 0004 to 3550"

    def at(self, value: Any, survey: Survey) -> Params | None:
        digits = re.fullmatch(r"\d{4}", value)
        return GOOD if digits and 4 <= int(value) <= 3550 else {}


class CodeGiven(Rule):
    code = "SW-R-ITM-025"
    path = f"{ITEM}/Commodity/Classification/ID"
    message = _(
        "Goods item %(item)s has no commodity code. Give at least the six digits of the "
        "Harmonized System: agencies on the way find their goods by it."
    )
    source = HS
    severity = WARNING
    needs = ITEM

    def check(self, survey: Survey) -> Iterator[Finding]:
        for n, item in enumerate(survey.items):
            if not item.Commodity or not item.Commodity.Classification:
                yield Finding(survey.item(n).at("Commodity/Classification/ID"))


RULES = (
    DescriptionSays(), CodeForm(), CodeKnown(), CodesAgree(), OriginKnown(), OriginGiven(),
    UndgNumber(), CodeGiven(),
)
