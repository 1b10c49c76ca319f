"""Rules about applications for a permit."""

from collections.abc import Iterator
from typing import Any

from declarations import codelists
from declarations.rules.base import (
    GOOD,
    ITEM,
    LPCO,
    POLICY,
    Each,
    Finding,
    Params,
    Rule,
    Survey,
)
from declarations.rules.documents import CITES
from declarations.rules.header import moment
from declarations.wco.i18n import gettext_noop as _


class ApplicationRule(Rule):
    kinds = frozenset({LPCO})


class EachApplication(Each):
    kinds = frozenset({LPCO})


class PermitTypeKnown(EachApplication):
    code = "SW-R-PRM-030"
    path = "LPCO/TypeCode"
    message = _(
        "%(value)s is not a permit that can be applied for here. Choose one from the list, such "
        "as CIT for a CITES permit or 851 for a phytosanitary certificate."
    )
    source = "Portal list of permits; UN/CEFACT code list 1001"
    CERTIFICATES = ("851", "852", "853", "861")

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value in self.allowed(survey) else {}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return (*codelists.codes("permit"), *self.CERTIFICATES)


class PermitPeriod(EachApplication):
    code = "SW-R-PRM-031"
    path = "LPCO"
    message = _(
        "The permit would end on %(value)s, before it begins on %(begin)s. Exchange the dates or "
        "correct one."
    )
    source = POLICY
    points = "ExpirationDateTime"

    def at(self, value: Any, survey: Survey) -> Params | None:
        begin, end = moment(value.EffectiveDateTime), moment(value.ExpirationDateTime)
        if not begin or not end or end >= begin:
            return GOOD
        return {"value": value.ExpirationDateTime.value, "begin": value.EffectiveDateTime.value}


class PermitNotOver(EachApplication):
    code = "SW-R-PRM-032"
    path = "LPCO/ExpirationDateTime"
    message = _(
        "The permit would end on %(value)s, which is past. Ask for a period that is to come."
    )
    source = POLICY

    def at(self, value: Any, survey: Survey) -> Params | None:
        end = moment(value)
        return {"value": value.value} if end and end.date() < survey.today else GOOD


class SpeciesNamed(ApplicationRule):
    code = "SW-R-PRM-033"
    path = f"{ITEM}/Commodity/Specimen/ScientificName"
    message = _(
        "Goods item %(item)s: an application for a CITES permit needs the scientific name of the "
        "species, genus and species, such as Acipenser baerii."
    )
    source = "CITES Resolution Conf. 12.3, section XIV"
    needs = ITEM

    def check(self, survey: Survey) -> Iterator[Finding]:
        if survey.get("LPCO/TypeCode") != CITES:
            return
        for n in range(len(survey.items)):
            place = survey.item(n).at("Commodity/Specimen/ScientificName")
            if not place.value or len(place.value.split()) < 2:
                yield Finding(place)


class SpecimenDescribed(ApplicationRule):
    code = "SW-R-PRM-034"
    path = f"{ITEM}/Commodity/Specimen"
    message = _(
        "Goods item %(item)s: %(label)s is missing. The CITES authority decides by appendix, "
        "source and purpose."
    )
    source = "CITES Resolution Conf. 12.3, annex 2"
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        if survey.get("LPCO/TypeCode") != CITES:
            return
        for n, specimen in enumerate(survey.values(self.path)):
            for name in ("AppendixCode", "SourceCode", "PurposeCode"):
                if getattr(specimen, name) is None:
                    yield Finding(survey.place(self.path, n).at(name))


class QuantityAskedFor(EachApplication):
    code = "SW-R-PRM-035"
    path = "LPCO/TotalQuantity"
    message = _(
        "The quantity asked for is %(value)s. Write for how much the permit should be."
    )
    source = POLICY

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value.value > 0 else {"value": value.value}


RULES = (
    PermitTypeKnown(), PermitPeriod(), PermitNotOver(), SpeciesNamed(), SpecimenDescribed(),
    QuantityAskedFor(),
)
