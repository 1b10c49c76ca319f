"""What only a transit declaration asks: offices, principal, carrier, the vehicle at departure."""

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.forms.fields import bind
from declarations.forms.layout import Block

_DEPARTURE = "GoodsShipment/Consignment/DepartureTransportMeans"


def transit_fields() -> dict[str, forms.Field]:
    return {
        "departure": bind(
            "TransitDepartureOffice/ID", codes="any_office",
            help=_("Where the transit begins."),
        ),
        "arrival": bind(
            "TransitDestinationOffice/ID", codes="any_office",
            help=_("Where the goods will be presented at its end."),
        ),
        "departure_mode": bind(f"{_DEPARTURE}/ModeCode", label=_("Mode at departure")),
        "departure_id": bind(f"{_DEPARTURE}/ID", label=_("Vehicle or wagon at departure")),
        "carrier_name": bind("Consignment/Carrier/Name", label=_("Carrier")),
        "carrier_id": bind("Consignment/Carrier/ID", label=_("Carrier's number")),
    }


OFFICES_BLOCK = Block([[("departure", 6), ("arrival", 6)]])
CARRIAGE_BLOCK = Block([
    [("departure_mode", 4), ("departure_id", 8)],
    [("carrier_name", 8), ("carrier_id", 4)],
])
