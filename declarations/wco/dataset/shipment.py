# ruff: noqa: RUF009  (each field describes its element by a call)
"""The shipment: its items, its parties and its carriage."""

from __future__ import annotations

from dataclasses import dataclass

from ..codes import CONTAINER
from ..i18n import gettext_noop as _
from ..kinds import EVERY, EX, IM, LP, TR, TRADE
from ..model import amount, code, group, many, moment, number
from ..values import Amount, DateTime
from . import basic, documents, goods, parties, transport, valuation


@dataclass(slots=True)
class Consignment:
    """Carriage of the goods within the shipment."""

    ContainerCode: str | None = code("an..3", "096", _("In containers"), codes=CONTAINER)
    ArrivalTransportMeans: transport.ArrivalTransportMeans | None = group(
        transport.ArrivalTransportMeans, "10A", _("Means of transport at arrival")
    )
    DepartureTransportMeans: transport.DepartureTransportMeans | None = group(
        transport.DepartureTransportMeans, "46A", _("Means of transport at departure")
    )
    GoodsLocation: transport.GoodsLocation | None = group(
        transport.GoodsLocation, "64A", _("Location of goods")
    )
    LoadingLocation: transport.LoadingLocation | None = group(
        transport.LoadingLocation, "83A", _("Place of loading")
    )
    TransportEquipment: list[transport.TransportEquipment] = many(
        transport.TransportEquipment, "31B", _("Container or other equipment")
    )


@dataclass(slots=True)
class GovernmentAgencyGoodsItem:
    """One item: goods of one commodity code, origin and procedure."""

    CustomsValueAmount: Amount | None = amount("n..16,3", "108", _("Customs value"))
    SequenceNumeric: int | None = number("n..5", "006", _("Item number"), required=EVERY)
    StatisticalValueAmount: Amount | None = amount("n..16,3", "114", _("Statistical value"))
    TransactionNatureCode: str | None = code("n..2", "103", _("Nature of transaction"))
    AdditionalDocument: list[documents.AdditionalDocument] = many(
        documents.AdditionalDocument, "02A", _("Document")
    )
    AdditionalInformation: list[documents.ItemInformation] = many(
        documents.ItemInformation, "03A", _("Statement")
    )
    AEOMutualRecognitionParty: list[parties.AEOMutualRecognitionParty] = many(
        parties.AEOMutualRecognitionParty, "16C", _("Trusted trader")
    )
    Buyer: parties.Buyer | None = group(parties.Buyer, "16A", _("Buyer"))
    Commodity: goods.Commodity | None = group(goods.Commodity, "23A", _("Goods"), required=EVERY)
    Consignee: parties.Consignee | None = group(parties.Consignee, "27A", _("Consignee"))
    Consignor: parties.Consignor | None = group(parties.Consignor, "30A", _("Consignor"))
    CustomsValuation: valuation.CustomsValuation | None = group(
        valuation.CustomsValuation, "41A", _("Valuation")
    )
    Destination: goods.Destination | None = group(goods.Destination, "99B", _("Destination"))
    DomesticDutyTaxParty: list[parties.DomesticDutyTaxParty] = many(
        parties.DomesticDutyTaxParty, "55B", _("Tax party")
    )
    ExportCountry: goods.ExportCountry | None = group(
        goods.ExportCountry, "95B", _("Country of export")
    )
    GovernmentProcedure: list[goods.GovernmentProcedure] = many(
        goods.GovernmentProcedure, "70A", _("Procedure"), required=IM | EX
    )
    Origin: list[goods.Origin] = many(goods.Origin, "92A", _("Origin"))
    Packaging: list[goods.Packaging] = many(goods.Packaging, "93A", _("Packaging"))
    PreviousDocument: list[documents.PreviousDocument] = many(
        documents.PreviousDocument, "99A", _("Previous document")
    )
    Seller: parties.Seller | None = group(parties.Seller, "09B", _("Seller"))
    Treatment: list[basic.Treatment] = many(
        basic.Treatment, "Z12", _("Treatment"), kinds=LP, own=True
    )
    UCR: basic.UCR | None = group(basic.UCR, "35B", _("Consignment reference"))
    ValuationAdjustment: valuation.ValuationAdjustment | None = group(
        valuation.ValuationAdjustment, "39B", _("Valuation adjustment")
    )


@dataclass(slots=True)
class GoodsShipment:
    """Goods sent from one party to another under one contract."""

    ExitDateTime: DateTime | None = moment("024", _("Date of exit"))
    TransactionNatureCode: str | None = code("n..2", "103", _("Nature of transaction"))
    AEOMutualRecognitionParty: list[parties.AEOMutualRecognitionParty] = many(
        parties.AEOMutualRecognitionParty, "16C", _("Trusted trader")
    )
    Buyer: parties.Buyer | None = group(parties.Buyer, "16A", _("Buyer"))
    Consignee: parties.Consignee | None = group(parties.Consignee, "27A", _("Consignee"))
    Consignment: ShipmentConsignment | None = group(Consignment, "28A", _("Carriage"), required=TR)
    Consignor: parties.Consignor | None = group(parties.Consignor, "30A", _("Consignor"))
    CustomsValuation: valuation.ShipmentValuation | None = group(
        valuation.ShipmentValuation, "41A", _("Valuation")
    )
    Destination: goods.Destination | None = group(goods.Destination, "99B", _("Destination"))
    DomesticDutyTaxParty: list[parties.DomesticDutyTaxParty] = many(
        parties.DomesticDutyTaxParty, "55B", _("Tax party")
    )
    ExportCountry: goods.ExportCountry | None = group(
        goods.ExportCountry, "95B", _("Country of export")
    )
    GovernmentAgencyGoodsItem: list[Item] = many(
        GovernmentAgencyGoodsItem, "68A", _("Goods item"), max=999, required=TRADE
    )
    Importer: parties.Importer | None = group(
        parties.Importer,
        "74A",
        _("Importer"),
        required=IM,
        help=_("the importer (name, identifier and address)"),
    )
    Invoice: documents.Invoice | None = group(documents.Invoice, "78A", _("Invoice"))
    Payer: parties.Payer | None = group(parties.Payer, "56B", _("Payer"))
    PreviousDocument: list[documents.PreviousDocument] = many(
        documents.PreviousDocument, "99A", _("Previous document")
    )
    Seller: parties.Seller | None = group(parties.Seller, "09B", _("Seller"))
    Surety: parties.Surety | None = group(parties.Surety, "19B", _("Surety"))
    TradeTerms: valuation.TradeTerms | None = group(
        valuation.TradeTerms, "22B", _("Terms of delivery")
    )
    UCR: basic.UCR | None = group(basic.UCR, "35B", _("Consignment reference"))
    Warehouse: goods.Warehouse | None = group(goods.Warehouse, "43B", _("Warehouse"))


# Inside a class, a field's own name hides a class of the same name; these stand in.
ShipmentConsignment = Consignment
Item = GovernmentAgencyGoodsItem
