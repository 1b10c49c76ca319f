# ruff: noqa: RUF009  (each field describes its element by a call)
"""The declaration: import, export, transit or permit application, told apart by ``TypeCode``."""

from __future__ import annotations

from dataclasses import dataclass

from ..codes import FUNCTION
from ..i18n import gettext_noop as _
from ..kinds import CANCEL, EVERY, EX, LP, TR, TRADE
from ..model import amount, code, group, identifier, many, measure, moment, quantity
from ..values import Amount, DateTime, Measure, Quantity
from . import basic, documents, parties, permit, shipment, transport


@dataclass(slots=True)
class Consignment:
    """Carriage of the whole declaration: carrier and route."""

    Carrier: parties.Carrier | None = group(parties.Carrier, "18A", _("Carrier"))
    ConsignmentItem: list[transport.ConsignmentItem] = many(
        transport.ConsignmentItem, "29A", _("Consignment item"), max=999
    )
    Consignor: parties.Consignor | None = group(parties.Consignor, "30A", _("Consignor"))
    Freight: transport.Freight | None = group(transport.Freight, "62A", _("Freight"))
    Itinerary: list[transport.Itinerary] = many(transport.Itinerary, "81A", _("Route"))


@dataclass(slots=True)
class Declaration:
    """A declaration to a government agency (WCO 42A)."""

    AcceptanceDateTime: DateTime | None = moment("023", _("Acceptance date"), kinds=TRADE)
    FunctionCode: str | None = code(
        "n..2",
        "017",
        _("Function of the message"),
        codes=FUNCTION,
        required=EVERY,
        help=_("9 for a new declaration"),
    )
    FunctionalReferenceID: str | None = identifier(
        "an..22",
        "D026",
        _("Local reference number (LRN)"),
        required=EVERY,
        help=_("Your own number for this declaration; never use one twice"),
    )
    ID: str | None = identifier(
        "an..70",
        "D014",
        _("Movement reference number (MRN)"),
        required=CANCEL,
        help=_("Given by customs; only when you amend or cancel"),
    )
    IssueDateTime: DateTime | None = moment("D011", _("Date of issue"))
    IssueLocationID: str | None = identifier("an..5", "D012", _("Place of issue"))
    TypeCode: str | None = code(
        "an..3",
        "D013",
        _("Declaration type"),
        required=EVERY,
        help=_("IM for import, EX for export, TR for transit, LP for a permit application"),
    )
    GoodsItemQuantity: Quantity | None = quantity("n..5", "228", _("Number of items"), kinds=TRADE)
    DeclarationOfficeID: str | None = identifier("an..17", "065", _("Customs office"))
    InvoiceAmount: Amount | None = amount("n..16,3", "109", _("Total invoice amount"), kinds=TRADE)
    LoadingListQuantity: Quantity | None = quantity(
        "n..5", "013", _("Number of loading lists"), kinds=TRADE
    )
    TotalGrossMassMeasure: Measure | None = measure(
        "n..16,6", "131", _("Total gross mass"), kinds=TRADE
    )
    TotalPackageQuantity: Quantity | None = quantity(
        "n..8", "146", _("Total number of packages"), kinds=TRADE
    )
    SpecificCircumstancesCodeCode: str | None = code(
        "an..3", "504", _("Specific circumstances"), kinds=TRADE
    )
    Authentication: parties.Authentication | None = group(
        parties.Authentication, "61B", _("Signature")
    )
    Submitter: parties.Submitter | None = group(parties.Submitter, "17B", _("Submitter"))
    AdditionalDocument: list[documents.HeaderDocument] = many(
        documents.HeaderDocument, "02A", _("Document"), kinds=TRADE
    )
    AdditionalInformation: list[documents.AdditionalInformation] = many(
        documents.AdditionalInformation, "03A", _("Statement"), required=CANCEL
    )
    Agent: parties.Agent | None = group(parties.Agent, "05A", _("Agent"), kinds=TRADE)
    Amendment: list[documents.Amendment] = many(documents.Amendment, "06A", _("Amendment"))
    AuthorisationHolder: list[parties.AuthorisationHolder] = many(
        parties.AuthorisationHolder, "17C", _("Authorisation"), kinds=TRADE
    )
    BorderTransportMeans: transport.BorderTransportMeans | None = group(
        transport.BorderTransportMeans, "15A", _("Means of transport at the border"), kinds=TRADE
    )
    Consignment: HeaderConsignment | None = group(
        Consignment, "28A", _("Carriage and route"), kinds=TRADE
    )
    CurrencyExchange: list[basic.CurrencyExchange] = many(
        basic.CurrencyExchange, "40A", _("Rate of exchange"), kinds=TRADE
    )
    Declarant: parties.Declarant | None = group(
        parties.Declarant,
        "57B",
        _("Declarant"),
        kinds=TRADE,
        required=TRADE,
        help=_("the declarant (name, identifier and address)"),
    )
    ExitOffice: transport.ExitOffice | None = group(
        transport.ExitOffice, "56A", _("Office of exit"), kinds=TRADE
    )
    Exporter: parties.Exporter | None = group(
        parties.Exporter,
        "57A",
        _("Exporter"),
        kinds=TRADE,
        required=EX,
        help=_("the exporter (name, identifier and address)"),
    )
    GoodsShipment: shipment.GoodsShipment | None = group(
        shipment.GoodsShipment, "67A", _("Goods shipment"), kinds=TRADE, required=TRADE
    )
    LPCO: permit.LPCO | None = group(
        permit.LPCO, "Z41", _("Permit application"), kinds=LP, required=LP, own=True
    )
    ObligationGuarantee: list[transport.ObligationGuarantee] = many(
        transport.ObligationGuarantee, "90A", _("Guarantee"), kinds=TRADE, required=TR
    )
    PresentationOffice: transport.PresentationOffice | None = group(
        transport.PresentationOffice, "15C", _("Office of presentation"), kinds=TRADE
    )
    SupervisingOffice: transport.SupervisingOffice | None = group(
        transport.SupervisingOffice, "97B", _("Supervising office"), kinds=TRADE
    )
    TransitDepartureOffice: transport.TransitDepartureOffice | None = group(
        transport.TransitDepartureOffice,
        "Z30",
        _("Office of departure"),
        kinds=TR,
        required=TR,
        own=True,
    )
    TransitDestinationOffice: transport.TransitDestinationOffice | None = group(
        transport.TransitDestinationOffice,
        "Z31",
        _("Office of destination"),
        kinds=TR,
        required=TR,
        own=True,
    )
    TransitOffice: list[transport.TransitOffice] = many(
        transport.TransitOffice, "Z32", _("Office of transit"), max=99, kinds=TR, own=True
    )
    TransitPrincipal: parties.TransitPrincipal | None = group(
        parties.TransitPrincipal,
        "Z20",
        _("Transit principal"),
        kinds=TR,
        required=TR,
        own=True,
        help=_("the holder of the transit procedure (name, identifier and address)"),
    )


# Inside a class, a field's own name hides a class of the same name; this stands in.
HeaderConsignment = Consignment
