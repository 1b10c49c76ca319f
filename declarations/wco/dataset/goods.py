# ruff: noqa: RUF009  (each field describes its element by a call)
"""The goods: commodity, packaging, origin and procedure of one item."""

from __future__ import annotations

from dataclasses import dataclass

from ..i18n import gettext_noop as _
from ..kinds import EVERY, EX, IM, LP
from ..model import code, group, identifier, many, measure, number, quantity, text
from ..values import Measure, Quantity
from . import basic, transport, valuation


@dataclass(slots=True)
class Commodity:
    """What the goods are, how much there is and what is owed."""

    Description: str | None = text(
        "an..512",
        "137",
        _("Description of goods"),
        required=EVERY,
        help=_("In plain words, precise enough to classify the goods"),
    )
    Classification: list[basic.Classification] = many(
        basic.Classification, "21A", _("Classification"), required=IM | EX
    )
    DangerousGoods: list[basic.DangerousGoods] = many(
        basic.DangerousGoods, "12C", _("Dangerous goods")
    )
    DutyTaxFee: list[valuation.DutyTaxFee] = many(
        valuation.DutyTaxFee, "50A", _("Duty, tax or fee")
    )
    GoodsMeasure: basic.GoodsMeasure | None = group(basic.GoodsMeasure, "65A", _("Measures"))
    InvoiceLine: basic.InvoiceLine | None = group(basic.InvoiceLine, "79A", _("Invoice line"))
    Specimen: list[basic.Specimen] = many(basic.Specimen, "Z11", _("Species"), kinds=LP, own=True)
    TransportEquipment: list[transport.ItemEquipment] = many(
        transport.ItemEquipment, "31B", _("Container of the item")
    )


@dataclass(slots=True)
class ExportCountry:
    """The country from which the goods were sent."""

    ID: str | None = identifier("a2", "062", _("Country of export"), required=EVERY)


@dataclass(slots=True)
class Destination:
    """The last country to which the goods go."""

    CountryCode: str | None = code("a2", "465", _("Country of destination"), required=EVERY)
    RegionID: str | None = identifier("an..9", "477", _("Region of destination"))


@dataclass(slots=True)
class GovernmentProcedure:
    """The customs procedure asked for, and the one before."""

    CurrentCode: str | None = code("an..7", "166", _("Procedure requested"), required=EVERY)
    PreviousCode: str | None = code("an..7", "161", _("Previous procedure"))


@dataclass(slots=True)
class Origin:
    """Where the goods were made; TypeCode says by which rules."""

    CountryCode: str | None = code("an..4", "063", _("Country of origin"), required=EVERY)
    RegionID: str | None = identifier("an..9", "066", _("Region of origin"))
    TypeCode: str | None = code("an..3", "501", _("Kind of origin"))


@dataclass(slots=True)
class Packaging:
    """Packages of one kind (UN/ECE Recommendation 21) and their marks."""

    SequenceNumeric: int | None = number(
        "n..5", "006", _("Packaging sequence number"), required=EVERY
    )
    MarksNumbersID: str | None = identifier("an..512", "142", _("Shipping marks"))
    QuantityQuantity: Quantity | None = quantity("n..8", "144", _("Number of packages"))
    TypeCode: str | None = code("an..2", "141", _("Type of packages"))
    PackingMaterialDescription: str | None = text("an..256", "344", _("Packing material"))
    LengthMeasure: Measure | None = measure("n..15", "367", _("Package length"))
    WidthMeasure: Measure | None = measure("n..15", "368", _("Package width"))
    HeightMeasure: Measure | None = measure("n..15", "402", _("Package height"))
    VolumeMeasure: Measure | None = measure("n..16,6", "395", _("Package volume"))


@dataclass(slots=True)
class Warehouse:
    """A customs warehouse."""

    ID: str | None = identifier("an..35", "L019", _("Warehouse number"), required=EVERY)
    TypeCode: str | None = code("an..3", "L112", _("Type of warehouse"))
