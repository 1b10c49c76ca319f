"""Rules about who trades, who declares and who carries."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from declarations.rules.base import (
    BOTH_WAYS,
    CUSTOMS,
    EXPORT,
    GOOD,
    IMPORT,
    ITEM,
    KYOTO,
    POLICY,
    TRANSIT,
    WARNING,
    WCO,
    Each,
    Finding,
    KnownCode,
    Params,
    Rule,
    Survey,
)
from declarations.rules.layout import everywhere
from declarations.wco.i18n import gettext_noop as _

# How a taxpayer number is written, and in words.
NUMBERS = {
    "GE": (re.compile(r"\d{9}|\d{11}"), _("9 digits for a firm, 11 for a person")),
    "AZ": (re.compile(r"\d{10}"), _("10 digits (VÖEN)")),
    "KZ": (re.compile(r"\d{12}"), _("12 digits (BIN or IIN)")),
    "UZ": (re.compile(r"\d{9}|\d{14}"), _("9 digits (STIR), or 14 for a person")),
    "KG": (re.compile(r"\d{14}"), _("14 digits (INN)")),
    "TJ": (re.compile(r"\d{9}"), _("9 digits (INN)")),
    "TM": (re.compile(r"\d{12}"), _("12 digits")),
    "MN": (re.compile(r"\d{7}|[А-ЯӨҮ]{2}\d{8}"), _("7 digits for a firm")),
    "PK": (re.compile(r"\d{7}(-?\d)?|\d{13}"), _("7 digits (NTN), or 13 for a person")),
}


class AddressCountry(KnownCode):
    code = "SW-R-PTY-001"
    path = "**/Address/CountryCode"
    code_list = "country"
    message = _(
        "The address has country %(value)s, which is not a country code. Use the two letters of "
        "ISO 3166, such as GE for Georgia."
    )
    source = "ISO 3166-1"


class DeclarantIsYou(Each):
    code = "SW-R-PTY-002"
    path = "Declarant/ID"
    message = _(
        "The declarant is %(value)s, but you file for %(own)s. Write your own number as "
        "declarant; whom you act for is the importer or exporter."
    )
    source = f"{KYOTO}, General Annex, standard 3.8"

    def at(self, value: Any, survey: Survey) -> Params | None:
        if survey.declarant_id is None or value == survey.declarant_id:
            return GOOD
        return {"own": survey.declarant_id}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return (survey.declarant_id,) if survey.declarant_id else ()


class DeclarantAtHome(Each):
    code = "SW-R-PTY-003"
    path = "Declarant/Address/CountryCode"
    message = _(
        "The declarant's address is in %(value)s. A declarant must be established in %(country)s; "
        "use a customs broker there."
    )
    source = f"{KYOTO}, General Annex, standards 3.6 and 3.7; national customs codes"
    kinds = BOTH_WAYS
    severity = WARNING

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value == survey.country else {"country": survey.country}


class TaxpayerNumber(Rule):
    """The number of the party at home; a foreign party's is not known to this portal."""

    code = "SW-R-PTY-004"
    path = "Declarant/ID"
    message = _(
        "%(label)s: %(value)s is not written as a taxpayer number of %(country)s, which has "
        "%(hint)s. Check the number against the registration."
    )
    source = "National registers of taxpayers"
    kinds = BOTH_WAYS
    severity = WARNING

    def check(self, survey: Survey) -> Iterator[Finding]:
        written = NUMBERS.get(survey.country)
        if written is None:
            return
        pattern, form = written
        party = "GoodsShipment/Importer" if _inward(survey) else "Exporter"
        for path in ("Declarant/ID", f"{party}/ID"):
            for number in survey.values(path):
                if not pattern.fullmatch(number):
                    yield Finding(survey.place(path), {"country": survey.country, "hint": form})


def _inward(survey: Survey) -> bool:
    return (survey.declaration.TypeCode or "").startswith("IM")


class ForeignPartyNamed(Rule):
    code = "SW-R-PTY-005"
    where = _("every party abroad")
    message = _(
        "%(parent)s: the %(hint)s is missing. A party abroad is not in this country's registers: "
        "give its name and its address."
    )
    source = f"{WCO}, classes 57A, 74A and 27A"
    kinds = BOTH_WAYS

    def check(self, survey: Survey) -> Iterator[Finding]:
        inward = _inward(survey)
        paths = ("Exporter",) if inward else ("GoodsShipment/Consignee", "GoodsShipment/Importer")
        for path in paths:
            for party in survey.values(path):
                for name, hint in (("Name", _("name")), ("Address", _("address"))):
                    if not getattr(party, name):
                        place = survey.place(path)
                        yield Finding(place.at(name), {"parent": place.label, "hint": hint})


class TwoParties(Each):
    code = "SW-R-PTY-006"
    path = "GoodsShipment/Importer/ID"
    message = _(
        "Importer and exporter have the same number, %(value)s. Check which of them is wrong; a "
        "firm that moves its own goods declares its branch abroad."
    )
    source = POLICY
    severity = WARNING
    kinds = BOTH_WAYS

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {} if value == survey.get("Exporter/ID") else GOOD


class AgentNamed(Each):
    code = "SW-R-PTY-007"
    path = "Agent"
    message = _(
        "An agent acts for the declarant, but has no number. Write the agent's number, or leave "
        "the agent out."
    )
    source = f"{KYOTO}, General Annex, chapter 8"
    kinds = CUSTOMS
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return {} if value.FunctionCode in {"2", "3"} and not value.ID else GOOD


class Reachable(Each):
    code = "SW-R-PTY-008"
    path = "**/Communication/ID"
    message = _(
        "%(value)s is not %(hint)s. Correct it, so that an officer can reach you."
    )
    source = "UN/EDIFACT 3155 (TE telephone, EM e-mail)"
    FORMS: ClassVar[dict[str, tuple[str, str]]] = {
        "EM": (r"[^@\s]+@[^@\s]+\.[^@\s]+", _("an e-mail address")),
        "TE": (r"\+?[\d ()./-]{5,}", _("a telephone number")),
    }
    looks = everywhere("Communication")
    points = "ID"

    def at(self, value: Any, survey: Survey) -> Params | None:
        known = self.FORMS.get(value.TypeCode or "")
        if value.ID is None or known is None or re.fullmatch(known[0], value.ID):
            return GOOD
        return {"hint": known[1]}


class SenderNamed(Rule):
    code = "SW-R-PTY-009"
    path = "Exporter"
    message = _(
        "Nobody is named who sends the goods. Give the exporter with name and address: the value "
        "and the origin depend on who sold."
    )
    source = f"{WCO}, class 57A; {KYOTO}, General Annex, standard 3.12"
    kinds = frozenset({IMPORT})

    def check(self, survey: Survey) -> Iterator[Finding]:
        if survey.declaration.Exporter is None and survey.get("GoodsShipment/Consignor") is None:
            yield Finding(survey.root.at("Exporter"))


class ReceiverNamed(Rule):
    code = "SW-R-PTY-010"
    path = "GoodsShipment/Consignee"
    message = _(
        "Nobody is named who receives the goods. Give the consignee with name and address."
    )
    source = f"{WCO}, class 27A"
    kinds = frozenset({EXPORT, TRANSIT})

    def check(self, survey: Survey) -> Iterator[Finding]:
        named = any(
            survey.values(f"{place}/{party}")
            for place, party in (
                ("GoodsShipment", "Consignee"), ("GoodsShipment", "Importer"),
                ("GoodsShipment", "Buyer"), (ITEM, "Consignee"),
            )
        )
        if not named:
            yield Finding(survey.root.at("GoodsShipment/Consignee"))


class ExporterAtHome(Each):
    code = "SW-R-PTY-011"
    path = "Exporter/Address/CountryCode"
    message = _(
        "The exporter's address is in %(value)s, but the goods are exported from %(country)s. "
        "Name the exporter in %(country)s; the buyer abroad is the consignee."
    )
    source = f"{KYOTO}, specific annex C"
    kinds = frozenset({EXPORT})
    severity = WARNING

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value == survey.country else {"country": survey.country}


RULES = (
    AddressCountry(), DeclarantIsYou(), DeclarantAtHome(), TaxpayerNumber(), ForeignPartyNamed(),
    TwoParties(), AgentNamed(), Reachable(), SenderNamed(), ReceiverNamed(), ExporterAtHome(),
)
