"""The header of a declaration: reference, parties, transport, documents and invoice."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.forms.bound import BoundForm
from declarations.forms.fields import bind, bind_list
from declarations.forms.layout import Block, Section, helper_for
from declarations.forms.permit import PERMIT_BLOCK, permit_fields
from declarations.forms.rows import header_sorts
from declarations.forms.transit import CARRIAGE_BLOCK, OFFICES_BLOCK, transit_fields
from declarations.states import Kind

SHIPMENT = "GoodsShipment"
CONSIGNMENT = "GoodsShipment/Consignment"


def party(prefix: str, place: str) -> dict[str, forms.Field]:
    """The six fields of a party, by the names that they have in the form."""
    return {
        f"{prefix}_name": bind(f"{place}/Name", label=_("Name")),
        f"{prefix}_id": bind(f"{place}/ID", label=_("Taxpayer or trader number")),
        f"{prefix}_line": bind(f"{place}/Address/Line", label=_("Street and number")),
        f"{prefix}_postcode": bind(f"{place}/Address/PostcodeID", label=_("Postcode")),
        f"{prefix}_city": bind(f"{place}/Address/CityName", label=_("City")),
        f"{prefix}_country": bind(
            f"{place}/Address/CountryCode", label=_("Country"), codes="country"
        ),
    }


def party_block(prefix: str, title: Any, *, more: Any = (), optional: bool = False) -> Block:
    return Block(
        [
            [(f"{prefix}_name", 8), (f"{prefix}_id", 4)],
            [(f"{prefix}_line", 12)],
            [(f"{prefix}_city", 6), (f"{prefix}_postcode", 3), (f"{prefix}_country", 3)],
            *more,
        ],
        title, optional=optional, party=prefix,
    )


# Who is abroad: on an import the exporter; on an export the consignee, who may import nothing.
PARTIES: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.IMPORT: (("importer", f"{SHIPMENT}/Importer"),),
    Kind.EXPORT: (("consignee", f"{SHIPMENT}/Consignee"),),
    Kind.TRANSIT: (
        ("consignee", f"{SHIPMENT}/Consignee"), ("principal", "TransitPrincipal"),
    ),
    Kind.LPCO: (("applicant", "LPCO/Applicant"), ("receiver", f"{SHIPMENT}/Importer")),
}


def header_fields(kind: str) -> dict[str, forms.Field]:
    """Every field of the header of one kind of declaration, bound to its place."""
    fields = {
        "lrn": bind("FunctionalReferenceID", label=_("Your reference (LRN)")),
        **_kind_fields(Kind(kind)),
        "export_country": bind(
            f"{SHIPMENT}/ExportCountry/ID", label=_("Country of export"), codes="country"
        ),
        "destination_country": bind(
            f"{SHIPMENT}/Destination/CountryCode", label=_("Country of destination"),
            codes="country",
        ),
        **party("exporter", "Exporter"),
        **party("declarant", "Declarant"),
        "border_mode": bind("BorderTransportMeans/ModeCode", label=_("Mode at the border")),
        "border_id": bind("BorderTransportMeans/ID", label=_("Vehicle, wagon or flight")),
        "border_nationality": bind(
            "BorderTransportMeans/RegistrationNationalityCode", label=_("Registered in"),
            codes="country",
        ),
        "container": bind(f"{CONSIGNMENT}/ContainerCode", label=_("Containers")),
        "location_id": bind(f"{CONSIGNMENT}/GoodsLocation/ID", label=_("Place of the goods, code")),
        "location_name": bind(f"{CONSIGNMENT}/GoodsLocation/Name", label=_("Place of the goods")),
        "ucr": bind(
            f"{SHIPMENT}/UCR/ID", label=_("Unique consignment reference (UCR)"),
            help=_("The number that follows the goods from order to payment, if they have one."),
        ),
        "trader_reference": bind(
            f"{SHIPMENT}/UCR/TraderAssignedReferenceID", label=_("Your own file number")
        ),
        "invoice_id": bind(f"{SHIPMENT}/Invoice/ID", label=_("Invoice number")),
        "invoice_date": bind(f"{SHIPMENT}/Invoice/IssueDateTime", label=_("Invoice date")),
        "invoice_amount": bind(
            "InvoiceAmount", label=_("Invoice total"),
            help=_("Leave empty to use the sum of the items."),
        ),
        "invoice_currency": bind(
            "InvoiceAmount@currencyID", label=_("Currency"), codes="currency"
        ),
        "terms": bind(f"{SHIPMENT}/TradeTerms/ConditionCode", label=_("Delivery terms")),
        "terms_place": bind(f"{SHIPMENT}/TradeTerms/LocationName", label=_("Delivery place")),
        "freight": bind(
            f"{SHIPMENT}/CustomsValuation/FreightChargeAmount", label=_("Freight charge")
        ),
        "freight_currency": bind(
            f"{SHIPMENT}/CustomsValuation/FreightChargeAmount@currencyID",
            label=_("Freight currency"), codes="currency",
        ),
    }
    for prefix, place in PARTIES[Kind(kind)]:
        fields |= party(prefix, place)
    return fields


def _kind_fields(kind: Kind) -> dict[str, forms.Field]:
    """What some kinds ask and others do not."""
    if kind in {Kind.TRANSIT, Kind.LPCO}:
        route = bind_list(
            "Consignment/Itinerary", "RoutingCountryCode", label=_("Countries on the route"),
            codes="country", help=_("In the order of the trip, such as KZ, AZ, GE."),
        )
        own = transit_fields() if kind == Kind.TRANSIT else permit_fields()
        return {**own, "itinerary": route}
    leaving = {} if kind != Kind.EXPORT else {
        "exit_office": bind("ExitOffice/ID", label=_("Office of exit"), codes="office"),
    }
    return {
        "office": bind("DeclarationOfficeID", codes="office"),
        **leaving,
        "transaction_nature": bind(f"{SHIPMENT}/TransactionNatureCode", codes="transaction"),
        **party("agent", "Agent"),
        "agent_status": bind("Agent/FunctionCode", label=_("Acts as")),
    }


SECTIONS = (
    Section(
        "declaration", _("Declaration"), _("What is declared, where and under which reference."),
        [
            PERMIT_BLOCK,
            Block([
                [("lrn", 4), ("office", 8)],
                [("exit_office", 12)],
                [("transaction_nature", 12)],
                [("export_country", 6), ("destination_country", 6)],
            ]),
        ],
    ),
    Section(
        "route", _("Route"), _("Which countries and offices the goods pass."),
        [OFFICES_BLOCK, Block([[("itinerary", 12)]])],
        ("office",),
    ),
    Section(
        "parties", _("Parties"), _("Who sends, who receives and who declares."),
        [
            party_block("applicant", _("Applicant")),
            party_block("principal", _("Principal of the transit")),
            party_block("exporter", _("Exporter")),
            party_block("importer", _("Importer")),
            party_block("receiver", _("Importer, if it is not the applicant"), optional=True),
            party_block("consignee", _("Consignee")),
            party_block("declarant", _("Declarant")),
            party_block("agent", _("Agent"), more=[[("agent_status", 6)]], optional=True),
        ],
    ),
    Section(
        "transport", _("Transport"), _("How the goods cross the border and where they are."),
        [
            Block([
                [("border_mode", 4), ("border_id", 5), ("border_nationality", 3)],
                [("container", 4), ("location_name", 5), ("location_id", 3)],
            ]),
            CARRIAGE_BLOCK,
        ],
        ("equipment",),
    ),
    Section(
        "guarantee", _("Guarantee"), _("What secures the duties while the goods are on the way."),
        [], ("guarantee",),
    ),
    Section(
        "references", _("References and documents"),
        _("Of the whole consignment; those of one item stand with it."),
        [Block([[("ucr", 6), ("trader_reference", 6)]])],
        ("paper", "previous"),
    ),
    Section(
        "valuation", _("Invoice and value"), _("What is paid for the goods and on which terms."),
        [Block([
            [("invoice_id", 4), ("invoice_date", 3), ("invoice_amount", 3),
             ("invoice_currency", 2)],
            [("terms", 4), ("terms_place", 3), ("freight", 3), ("freight_currency", 2)],
        ])],
    ),
)


class HeaderForm(BoundForm):
    """The header for one kind of message; fields that the kind does not know are left out.

    ``looked_up``: the party that the address book is open for.
    """

    declared = staticmethod(header_fields)
    looked_up = ""

    def __init__(self, data: Mapping[str, str], kind: str) -> None:
        super().__init__(data, kind)
        sorts = {sort.name for sort in header_sorts(kind)}
        self.parts = [
            section for section in SECTIONS
            if sorts.intersection(section.sorts)
            or any(name in self.fields for part in section.blocks for name in part.fields)
        ]

    def helper_of(self, section: Section) -> FormHelper:
        return helper_for(self, section.blocks)

    @staticmethod
    def title_of(name: str) -> str:
        """The heading of the block in which a field stands, such as the party it belongs to."""
        for section in SECTIONS:
            for part in section.blocks:
                if part.title and name in part.fields:
                    return str(part.title)
        return ""
