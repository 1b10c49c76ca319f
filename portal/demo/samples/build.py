"""Put a declaration together from what a trader would say about it.

Sums, counts and numbers that follow from others are worked out here, never typed twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from declarations.wco import Amount, DateTime, Declaration, Measure, Quantity, dataset
from portal.demo.cast import Body

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: its type (UN/CEFACT 1001 or the portal's list of permits) and number."""

    type: str
    number: str


@dataclass(frozen=True, slots=True)
class Goods:
    """One goods item. Masses in kilograms, price in the currency of the invoice."""

    hs: str
    description: str
    origin: str
    net: str
    gross: str
    price: str
    packages: int
    package: str
    marks: str = ""
    quantity: str = ""
    unit: str = ""
    papers: tuple[Paper, ...] = ()
    containers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carriage:
    """How the goods cross the border. ``seals``: container number to seal numbers."""

    mode: str
    vehicle: str
    registered: str | None = None
    name: str | None = None
    seals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contained: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    """The invoice and the terms of delivery; ``freight`` in the same currency, where it is not in
    the price."""

    invoice: str
    currency: str
    terms: str
    place: str
    freight: str = ""
    age_days: int = 9


def party(cls: type[P], body: Body) -> P:
    """A party of the message from an organisation."""
    return cls(  # type: ignore[call-arg]
        Name=body.name,
        ID=body.identifier,
        Address=dataset.Address(
            CityName=body.city,
            CountryCode=body.country,
            Line=body.address,
            PostcodeID=body.postcode,
        ),
    )


def day(moment: date) -> DateTime:
    return DateTime(moment.strftime("%Y%m%d"), "102")


def at_noon(moment: date) -> DateTime:
    return DateTime(moment.strftime("%Y%m%d") + "120000Z", "304")


def money(amount: str | Decimal, currency: str) -> Amount:
    return Amount(Decimal(amount), currency)


def kilograms(mass: str | Decimal) -> Measure:
    return Measure(Decimal(mass), "KGM")


def item(
    goods: Goods, number: int, currency: str, procedure: tuple[str, str] | None
) -> dataset.GovernmentAgencyGoodsItem:
    return dataset.GovernmentAgencyGoodsItem(
        SequenceNumeric=number,
        AdditionalDocument=[
            dataset.AdditionalDocument(TypeCode=paper.type, ID=paper.number)
            for paper in goods.papers
        ],
        Commodity=dataset.Commodity(
            Description=goods.description,
            Classification=[dataset.Classification(ID=goods.hs, IdentificationTypeCode="HS")],
            GoodsMeasure=dataset.GoodsMeasure(
                GrossMassMeasure=kilograms(goods.gross),
                NetNetWeightMeasure=kilograms(goods.net),
                TariffQuantity=Quantity(Decimal(goods.quantity), goods.unit)
                if goods.quantity else None,
            ),
            InvoiceLine=dataset.InvoiceLine(ItemChargeAmount=money(goods.price, currency)),
            TransportEquipment=[
                dataset.ItemEquipment(SequenceNumeric=n, ID=container)
                for n, container in enumerate(goods.containers, start=1)
            ],
        ),
        GovernmentProcedure=[
            dataset.GovernmentProcedure(CurrentCode=procedure[0], PreviousCode=procedure[1])
        ] if procedure else [],
        Origin=[dataset.Origin(CountryCode=goods.origin)],
        Packaging=[
            dataset.Packaging(
                SequenceNumeric=1,
                MarksNumbersID=goods.marks or None,
                QuantityQuantity=Quantity(Decimal(goods.packages)),
                TypeCode=goods.package,
            )
        ],
    )


def carriage(travel: Carriage) -> dataset.ShipmentConsignment:
    return dataset.ShipmentConsignment(
        ContainerCode="1" if travel.contained else "0",
        TransportEquipment=[
            dataset.TransportEquipment(
                SequenceNumeric=n,
                ID=container,
                Seal=[
                    dataset.Seal(SequenceNumeric=m, ID=seal)
                    for m, seal in enumerate(seals, start=1)
                ],
            )
            for n, (container, seals) in enumerate(travel.seals.items(), start=1)
        ],
    )


def declaration(
    *,
    type_code: str,
    lrn: str,
    office: str | None,
    today: date,
    declarant: Body,
    goods: tuple[Goods, ...],
    travel: Carriage,
    sale: Sale,
    sent_from: str,
    sent_to: str,
    procedure: tuple[str, str] | None,
) -> Declaration:
    """What every kind of declaration has in common; the parties are set by the caller."""
    return Declaration(
        FunctionCode="9",
        FunctionalReferenceID=lrn,
        IssueDateTime=day(today),
        TypeCode=type_code,
        GoodsItemQuantity=Quantity(Decimal(len(goods))),
        DeclarationOfficeID=office,
        InvoiceAmount=money(sum((Decimal(g.price) for g in goods), Decimal()), sale.currency),
        TotalGrossMassMeasure=kilograms(sum((Decimal(g.gross) for g in goods), Decimal())),
        TotalPackageQuantity=Quantity(Decimal(sum(g.packages for g in goods))),
        BorderTransportMeans=dataset.BorderTransportMeans(
            Name=travel.name,
            ID=travel.vehicle,
            RegistrationNationalityCode=travel.registered,
            ModeCode=travel.mode,
        ),
        Declarant=party(dataset.Declarant, declarant),
        GoodsShipment=dataset.GoodsShipment(
            TransactionNatureCode="11",
            Consignment=carriage(travel),
            CustomsValuation=dataset.ShipmentValuation(
                FreightChargeAmount=money(sale.freight, sale.currency)
            ) if sale.freight else None,
            Destination=dataset.Destination(CountryCode=sent_to),
            ExportCountry=dataset.ExportCountry(ID=sent_from),
            GovernmentAgencyGoodsItem=[
                item(each, n, sale.currency, procedure) for n, each in enumerate(goods, start=1)
            ],
            Invoice=dataset.Invoice(
                ID=sale.invoice, IssueDateTime=day(today - timedelta(days=sale.age_days))
            ),
            TradeTerms=dataset.TradeTerms(ConditionCode=sale.terms, LocationName=sale.place),
        ),
    )


def shipment(made: Declaration) -> dataset.GoodsShipment:
    """The shipment of a declaration that was made here."""
    assert made.GoodsShipment is not None
    return made.GoodsShipment


def imported(exporter: Body, importer: Body, made: Declaration) -> Declaration:
    made.Exporter = party(dataset.Exporter, exporter)
    shipment(made).Importer = party(dataset.Importer, importer)
    return made


def exported(exporter: Body, consignee: Body, exit_office: str, made: Declaration) -> Declaration:
    made.Exporter = party(dataset.Exporter, exporter)
    made.ExitOffice = dataset.ExitOffice(ID=exit_office)
    shipment(made).Consignee = party(dataset.Consignee, consignee)
    return made
