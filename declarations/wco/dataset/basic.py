# ruff: noqa: RUF009  (each field describes its element by a call)
"""Groups that hold only single values and are used inside many others.

WCO ids are those of the WCO Data Model 3.6 as published in the DMS subset; ids that begin with Z
are CAREC's own, for elements that subset lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..codes import CITES_APPENDIX, CITES_PURPOSE, CITES_SOURCE
from ..i18n import gettext_noop as _
from ..kinds import EVERY
from ..model import amount, code, identifier, measure, moment, number, quantity, text
from ..values import Amount, DateTime, Measure, Quantity


@dataclass(slots=True)
class Address:
    """A postal address."""

    TypeCode: str | None = code("an..3", "410", _("Type of address"))
    CityName: str | None = text("an..35", "241", _("City"))
    CountryCode: str | None = code("a2", "242", _("Country"), required=EVERY)
    CountrySubDivisionCode: str | None = code("an..9", "244", _("Region code"))
    CountrySubDivisionName: str | None = text("an..35", "243", _("Region"))
    Line: str | None = text("an..70", "239", _("Street and number"))
    PostcodeID: str | None = identifier("an..9", "245", _("Postcode"))


@dataclass(slots=True)
class Contact:
    """A person or department to ask."""

    Name: str | None = text("an..70", "246", _("Contact name"), required=EVERY)


@dataclass(slots=True)
class Communication:
    """A telephone number (TypeCode TE), e-mail address (EM) or the like."""

    ID: str | None = identifier("an..50", "240", _("Number or address"), required=EVERY)
    TypeCode: str | None = code("an..3", "253", _("Kind of contact, such as TE or EM"))


@dataclass(slots=True)
class Pointer:
    """A place in a message: a section, its number among its like, and an element in it."""

    SequenceNumeric: int | None = number("n..5", "006", _("Sequence number"))
    DocumentSectionCode: str | None = code("an..3", "375", _("Section"))
    TagID: str | None = identifier("an..4", "381", _("Element"))


@dataclass(slots=True)
class WriteOff:
    """What this item uses up of a permit."""

    QuantityQuantity: Quantity | None = quantity("n..16,6", "502", _("Quantity written off"))
    AmountAmount: Amount | None = amount("n..16,3", "503", _("Amount written off"))


@dataclass(slots=True)
class Payment:
    """How a duty or tax is paid, and how much."""

    MethodCode: str | None = code("a1", "107", _("Method of payment"))
    TaxAssessedAmount: Amount | None = amount("n..16,3", "120", _("Tax assessed"))
    PaymentAmount: Amount | None = amount("n..16,3", "378", _("Amount to pay"))


@dataclass(slots=True)
class ChargeDeduction:
    """A charge added to, or deducted from, the price."""

    ChargesTypeCode: str | None = code("an..3", "371", _("Type of charge"), required=EVERY)
    OtherChargeDeductionAmount: Amount | None = amount(
        "n..16,3", "181", _("Charge or deduction"), required=EVERY
    )


@dataclass(slots=True)
class Seal:
    """A seal on a container or vehicle."""

    SequenceNumeric: int | None = number("n..5", "006", _("Seal sequence number"), required=EVERY)
    ID: str | None = identifier("an..35", "165", _("Seal number"))


@dataclass(slots=True)
class Classification:
    """A commodity code and the list it comes from (HS, TSP, CV ...)."""

    ID: str | None = identifier("an..18", "145", _("Commodity code"), required=EVERY)
    IdentificationTypeCode: str | None = code(
        "an..3",
        "Z101",
        _("Commodity code list"),
        own=True,
        help=_("HS for the Harmonized System, TSP for the national tariff"),
    )


@dataclass(slots=True)
class DangerousGoods:
    """A dangerous substance by its UN number."""

    UNDGID: str | None = identifier("n..4", "506", _("UN dangerous goods number"), required=EVERY)


@dataclass(slots=True)
class GoodsMeasure:
    """How much of the goods there is: mass in kilograms, and the tariff's own unit."""

    GrossMassMeasure: Measure | None = measure("n..16,6", "126", _("Gross mass"))
    NetNetWeightMeasure: Measure | None = measure("n..16,6", "128", _("Net mass"))
    TariffQuantity: Quantity | None = quantity("n..16,6", "130", _("Quantity in tariff unit"))


@dataclass(slots=True)
class InvoiceLine:
    """The price of one item."""

    ItemChargeAmount: Amount | None = amount("n..16,3", "112", _("Item price"), required=EVERY)


@dataclass(slots=True)
class Specimen:
    """What a permit office needs to know of a plant, animal or product made from one."""

    ScientificName: str | None = text("an..256", "Z111", _("Scientific name"), own=True)
    CommonName: str | None = text("an..256", "Z112", _("Common name"), own=True)
    AppendixCode: str | None = code(
        "an..3", "Z113", _("CITES appendix"), codes=CITES_APPENDIX, own=True
    )
    SourceCode: str | None = code("a1", "Z114", _("CITES source"), codes=CITES_SOURCE, own=True)
    PurposeCode: str | None = code("a1", "Z115", _("CITES purpose"), codes=CITES_PURPOSE, own=True)
    DescriptionCode: str | None = code("an..3", "Z116", _("CITES description code"), own=True)
    OriginPermitID: str | None = identifier(
        "an..70", "Z117", _("Permit of the country of origin"), own=True
    )


@dataclass(slots=True)
class Treatment:
    """A fumigation, heat or other treatment of plants, animal products or wood."""

    TypeCode: str | None = code("an..35", "Z121", _("Type of treatment"), required=EVERY, own=True)
    Description: str | None = text("an..512", "Z122", _("Treatment"), own=True)
    ActiveIngredientName: str | None = text("an..256", "Z123", _("Active ingredient"), own=True)
    ConcentrationMeasure: Measure | None = measure("n..16,6", "Z124", _("Concentration"), own=True)
    TemperatureMeasure: Measure | None = measure(
        "n..6,2", "Z125", _("Temperature"), signed=True, own=True
    )
    DurationMeasure: Measure | None = measure("n..16,6", "Z126", _("Duration"), own=True)
    TreatmentDateTime: DateTime | None = moment("Z127", _("Date of treatment"), own=True)


@dataclass(slots=True)
class CurrencyExchange:
    """A currency and its rate to the national currency."""

    CurrencyTypeCode: str | None = code("a3", "135", _("Currency"), required=EVERY)
    RateNumeric: Decimal | None = number("n..12,5", "118", _("Rate of exchange"))


@dataclass(slots=True)
class UCR:
    """References that follow a consignment from order to payment."""

    ID: str | None = identifier("an..35", "016", _("Unique consignment reference"))
    TraderAssignedReferenceID: str | None = identifier("an..35", "009", _("Trader's reference"))
