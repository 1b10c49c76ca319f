"""Rules about the declaration itself: reference, function, dates, office and totals."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from declarations import codelists
from declarations.codelists import CodeList, get
from declarations.rules.base import (
    BOTH_WAYS,
    CUSTOMS,
    GOOD,
    ITEM,
    KYOTO,
    POLICY,
    WARNING,
    WCO,
    Each,
    Finding,
    Params,
    Rule,
    Survey,
)
from declarations.rules.layout import of_type
from declarations.wco.dataset import DateTime
from declarations.wco.i18n import gettext_noop as _
from declarations.wco.model import ElementType

_PLAIN = re.compile(r"[\w./-]+")
MOMENTS = of_type(ElementType.DATE_TIME)

# A clock on the trader's side of the border may be ahead of ours by its time zone.
AHEAD = timedelta(hours=14)


def moment(value: object) -> datetime | None:
    """The moment in UTC; None where there is none or the calendar has no such day."""
    if not isinstance(value, DateTime):
        return None
    try:
        return value.as_datetime().astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def after_today(value: object, survey: Survey) -> bool:
    """True for a moment that is in the future wherever on earth it was written."""
    found = moment(value)
    if found is None or found.date() <= survey.today:
        return False
    tomorrow = datetime.combine(survey.today, datetime.max.time(), UTC)
    return found - AHEAD > tomorrow


class RealMoment(Each):
    code = "SW-R-HDR-001"
    where = _("every date and time")
    message = _(
        "%(label)s: %(value)s is not a date that the calendar has. Write year, month and day as "
        "YYYYMMDD, and a time as hours 00 to 23, minutes and seconds."
    )
    source = "ISO 8601; UN/EDIFACT 2379"
    looks = MOMENTS

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if moment(value) else {"value": value.value}


class DateFormatFits(Each):
    code = "SW-R-HDR-002"
    where = _("every date and time")
    message = _(
        "%(label)s: %(value)s is written with format code %(format)s, which stands for %(hint)s. "
        "Use 102 for a date alone and 304 for a date with a time."
    )
    source = "UN/EDIFACT 2379"
    looks = MOMENTS

    def at(self, value: Any, survey: Survey) -> Params | None:
        text, code = value.value, value.formatCode
        if code == "102" and len(text) != 8:
            form = _("year, month and day")
        elif code == "304" and len(text) < 14:
            form = _("a date with hours, minutes and seconds")
        else:
            return GOOD
        return {"value": text, "format": code, "hint": form}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return ("102", "304")


class IssuedInThePast(Each):
    code = "SW-R-HDR-003"
    path = "IssueDateTime"
    message = _(
        "The date of issue, %(value)s, is in the future. Write the day on which you file."
    )
    source = f"{KYOTO}, General Annex, standard 3.11"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {"value": value.value} if after_today(value, survey) else GOOD


class AcceptedInThePast(Each):
    code = "SW-R-HDR-004"
    path = "AcceptanceDateTime"
    message = _(
        "The acceptance date, %(value)s, is in the future. Leave it out: customs sets it when it "
        "accepts the declaration."
    )
    source = f"{KYOTO}, General Annex, standard 3.11"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {"value": value.value} if after_today(value, survey) else GOOD


class ReferenceIsPlain(Each):
    code = "SW-R-HDR-005"
    path = "FunctionalReferenceID"
    message = _(
        "The reference (LRN) %(value)s holds a space or a sign that cannot be searched for. Use "
        "letters, digits, and - . / _ only."
    )
    source = POLICY

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if _PLAIN.fullmatch(value) else {}


class NewDeclaration(Each):
    code = "SW-R-HDR-006"
    path = "FunctionCode"
    message = _(
        "The function code is %(value)s, but here you file a new declaration. Write 9 (original)."
    )
    source = f"{WCO}, element 017; UN/EDIFACT 1225"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value == "9" else {}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return ("9",)


class NoMrnYet(Each):
    code = "SW-R-HDR-007"
    path = "ID"
    message = _(
        "A new declaration has no movement reference number (MRN) yet, but %(value)s is given. "
        "Leave it out; to refer to an earlier movement name it as a previous document."
    )
    source = f"{WCO}, element D014"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {} if survey.declaration.FunctionCode == "9" else GOOD


class DeclarationForm(Each):
    code = "SW-R-HDR-008"
    path = "TypeCode"
    message = _(
        "The declaration type %(value)s ends in a letter that is not known. After the two letters "
        "write A for a standard declaration, D for one lodged before the goods arrive, or "
        "nothing."
    )
    source = "EU data element 11 02 (additional declaration type)"
    kinds = CUSTOMS
    FORMS = "ABCDEFXYZRU"

    def at(self, value: Any, survey: Survey) -> Params | None:
        form = value[2:]
        return GOOD if form == "" or form in self.FORMS else {}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return tuple(self.FORMS)


class ItemCount(Each):
    code = "SW-R-HDR-009"
    path = "GoodsItemQuantity"
    message = _(
        "The header counts %(value)s goods items, but the declaration has %(count)s. Write "
        "%(count)s, or add the items that are missing."
    )
    source = f"{WCO}, element 228"

    def at(self, value: Any, survey: Survey) -> Params | None:
        count = len(survey.items)
        return GOOD if value.value == count else {"value": value.value, "count": count}


class PackageCount(Each):
    code = "SW-R-HDR-010"
    path = "TotalPackageQuantity"
    message = _(
        "The header counts %(value)s packages, but those of the goods items add up to %(sum)s. "
        "Correct the total or the items."
    )
    source = f"{WCO}, element 146"

    def at(self, value: Any, survey: Survey) -> Params | None:
        packages = survey.values(f"{ITEM}/Packaging")
        counted = [p.QuantityQuantity.value for p in packages if p.QuantityQuantity is not None]
        # Goods in bulk are counted as no package, or as one, and goods may share a package.
        if not packages or len(counted) < len(packages) or 0 in counted:
            return GOOD
        if any(map(_bulk, {p.TypeCode for p in packages})):
            return GOOD
        total = sum(counted, Decimal())
        return GOOD if total == value.value else {"value": value.value, "sum": total}


def _bulk(code: str | None) -> bool:
    found = get("package", code) if code else None
    return found is not None and "bulk" in found.more


class TotalGrossMass(Each):
    code = "SW-R-HDR-011"
    path = "TotalGrossMassMeasure"
    message = _(
        "The total gross mass is %(value)s kg, but that of the goods items adds up to %(sum)s kg. "
        "Correct the total or the items."
    )
    source = f"{WCO}, element 131"
    # Each item may be rounded to a kilogram; scales differ by a thousandth.
    TOLERANCE = Decimal("0.001")

    def at(self, value: Any, survey: Survey) -> Params | None:
        masses = survey.column("Commodity/GoodsMeasure/GrossMassMeasure")
        if not masses or None in masses:
            return GOOD
        total = sum((mass.value for mass in masses), Decimal())
        slack = max(Decimal(len(masses)), value.value * self.TOLERANCE)
        if abs(total - value.value) <= slack:
            return GOOD
        return {"value": value.value, "sum": total}


class OfficeKnown(Each):
    code = "SW-R-HDR-012"
    path = "DeclarationOfficeID"
    message = _(
        "%(value)s is not a customs office of this country. Choose one from the list of offices, "
        "such as %(example)s."
    )
    source = "National list of customs offices"
    kinds = CUSTOMS

    def at(self, value: Any, survey: Survey) -> Params | None:
        offices = self.allowed(survey)
        if value in offices or not offices:
            return GOOD
        return {"example": f"{offices[0]} ({codelists.name('office', offices[0])})"}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return _offices(codelists.code_list("office"), survey.country, survey.today)


@lru_cache(maxsize=16)
def _offices(offices: CodeList, country: str, day: date) -> tuple[str, ...]:
    return tuple(
        office.code for office in offices.codes.values()
        if office.more["country"] == country and office.in_force(day)
    )


class OfficeNamed(Rule):
    code = "SW-R-HDR-013"
    path = "DeclarationOfficeID"
    message = _(
        "The customs office is not named. Write the office where you declare, so that the "
        "declaration reaches it."
    )
    source = f"{WCO}, element 065"
    kinds = BOTH_WAYS
    severity = WARNING

    def check(self, survey: Survey) -> Iterator[Finding]:
        if survey.declaration.DeclarationOfficeID is None:
            yield Finding(survey.root.at("DeclarationOfficeID"))


class StatementSaysSomething(Each):
    code = "SW-R-HDR-014"
    path = "**/AdditionalInformation"
    message = _(
        "This statement has neither a code nor a text. Write one of them, or remove it."
    )
    source = f"{WCO}, class 03A"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value.StatementCode or value.StatementDescription else {}


RULES = (
    RealMoment(), DateFormatFits(), IssuedInThePast(), AcceptedInThePast(), ReferenceIsPlain(),
    NewDeclaration(), NoMrnYet(), DeclarationForm(), ItemCount(), PackageCount(), TotalGrossMass(),
    OfficeKnown(), OfficeNamed(), StatementSaysSomething(),
)
