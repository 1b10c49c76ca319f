# ruff: noqa: RUF009  (each field describes its element by a call)
"""How the goods travel: means of transport, containers, places, offices and guarantees."""

from __future__ import annotations

from dataclasses import dataclass

from ..codes import TRANSPORT_MODE
from ..i18n import gettext_noop as _
from ..kinds import EVERY
from ..model import amount, code, group, identifier, many, moment, number, text
from ..values import Amount, DateTime
from . import basic, parties


@dataclass(slots=True)
class BorderTransportMeans:
    """The vehicle, train, ship or aircraft that crosses the border."""

    Name: str | None = text("an..35", "T005", _("Name of the means of transport"))
    ID: str | None = identifier("an..35", "T006", _("Number of the means of transport"))
    IdentificationTypeCode: str | None = code("an..17", "T018", _("Kind of number"))
    TypeCode: str | None = code("an..4", "T010", _("Type of means of transport"))
    RegistrationNationalityCode: str | None = code("a2", "T014", _("Country of registration"))
    ModeCode: str | None = code(
        "n1", "T022", _("Mode of transport at the border"), codes=TRANSPORT_MODE
    )


@dataclass(slots=True)
class ArrivalTransportMeans:
    """The means of transport on which the goods arrive."""

    Name: str | None = text("an..35", "T001", _("Name of the means of transport"))
    ID: str | None = identifier("an..35", "T002", _("Number of the means of transport"))
    IdentificationTypeCode: str | None = code("an..17", "T034", _("Kind of number"))
    TypeCode: str | None = code("an..4", "T008", _("Type of means of transport"))
    ModeCode: str | None = code("n1", "T020", _("Inland mode of transport"), codes=TRANSPORT_MODE)


@dataclass(slots=True)
class DepartureTransportMeans:
    """The means of transport on which the goods leave."""

    Name: str | None = text("an..35", "T003", _("Name of the means of transport"))
    ID: str | None = identifier("an..35", "T004", _("Number of the means of transport"))
    IdentificationTypeCode: str | None = code("an..17", "T029", _("Kind of number"))
    TypeCode: str | None = code("an..4", "T009", _("Type of means of transport"))
    ModeCode: str | None = code(
        "n1", "T021", _("Mode of transport at departure"), codes=TRANSPORT_MODE
    )


@dataclass(slots=True)
class GoodsLocation:
    """Where the goods can be examined."""

    Name: str | None = text("an..256", "L016", _("Location of goods"))
    ID: str | None = identifier("an..17", "L017", _("Location code"))
    TypeCode: str | None = code("an..3", "L110", _("Type of location"))
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))


@dataclass(slots=True)
class LoadingLocation:
    """Where the goods were loaded (UN/LOCODE)."""

    Name: str | None = text("an..256", "L009", _("Place of loading"))
    ID: str | None = identifier("an..17", "L010", _("Place of loading code"))


@dataclass(slots=True)
class TransportEquipment:
    """A container, wagon or trailer with its seals."""

    SequenceNumeric: int | None = number(
        "n..5", "006", _("Equipment sequence number"), required=EVERY
    )
    ID: str | None = identifier("an..17", "159", _("Container number"))
    Seal: list[basic.Seal] = many(basic.Seal, "44B", _("Seal"))


@dataclass(slots=True)
class ItemEquipment:
    """The container in which an item travels."""

    SequenceNumeric: int | None = number(
        "n..5", "006", _("Equipment sequence number"), required=EVERY
    )
    ID: str | None = identifier("an..17", "159", _("Container number"))


@dataclass(slots=True)
class Freight:
    """How the carriage is paid."""

    PaymentMethodCode: str | None = code("an..3", "098", _("Payment of carriage"))


@dataclass(slots=True)
class Itinerary:
    """One country on the route."""

    SequenceNumeric: int | None = number("n..5", "006", _("Route sequence number"), required=EVERY)
    RoutingCountryCode: str | None = code("a2", "064", _("Country on the route"), required=EVERY)


@dataclass(slots=True)
class ConsignmentItem:
    """An item of the consignment as the carrier sees it."""

    SequenceNumeric: int | None = number(
        "n..5", "006", _("Consignment item number"), required=EVERY
    )
    Consignor: parties.Consignor | None = group(parties.Consignor, "30A", _("Consignor"))
    Freight: _Freight | None = group(Freight, "62A", _("Freight"))


@dataclass(slots=True)
class ExitOffice:
    """The customs office where the goods leave."""

    ID: str | None = identifier("an..17", "G005", _("Office of exit"), required=EVERY)


@dataclass(slots=True)
class PresentationOffice:
    """The customs office where the goods are presented."""

    ID: str | None = identifier("an..17", "G015", _("Office of presentation"), required=EVERY)


@dataclass(slots=True)
class SupervisingOffice:
    """The customs office that supervises a special procedure."""

    ID: str | None = identifier("an..17", "G012", _("Supervising office"), required=EVERY)


@dataclass(slots=True)
class TransitDepartureOffice:
    """The customs office where transit begins (NCTS: office of departure)."""

    ID: str | None = identifier(
        "an..17", "Z301", _("Office of departure"), required=EVERY, own=True
    )


@dataclass(slots=True)
class TransitDestinationOffice:
    """The customs office where transit ends (NCTS: office of destination)."""

    ID: str | None = identifier(
        "an..17", "Z302", _("Office of destination"), required=EVERY, own=True
    )


@dataclass(slots=True)
class TransitOffice:
    """A customs office passed on the way (NCTS: office of transit)."""

    SequenceNumeric: int | None = number(
        "n..5", "006", _("Transit office sequence number"), required=EVERY
    )
    ID: str | None = identifier("an..17", "Z303", _("Office of transit"), required=EVERY, own=True)
    ArrivalDateTime: DateTime | None = moment("Z304", _("Expected arrival"), own=True)


@dataclass(slots=True)
class GuaranteeOffice:
    """The customs office that holds a guarantee."""

    ID: str | None = identifier("an..17", "G014", _("Office of guarantee"), required=EVERY)


@dataclass(slots=True)
class ObligationGuarantee:
    """Security for duties and taxes; in transit, for the goods on the way."""

    AmountAmount: Amount | None = amount("n..16,3", "492", _("Guarantee amount"))
    ID: str | None = identifier("an..70", "D014", _("Guarantee document number"))
    ReferenceID: str | None = identifier("an..35", "100", _("Guarantee reference"))
    SecurityDetailsCode: str | None = code("an..3", "101", _("Type of guarantee"), required=EVERY)
    AccessCode: str | None = code("an..4", "499", _("Guarantee access code"))
    GuaranteeOffice: _GuaranteeOffice | None = group(
        GuaranteeOffice, "14C", _("Office of guarantee")
    )


# Inside a class, a field's own name hides a class of the same name; these stand in.
_Freight = Freight
_GuaranteeOffice = GuaranteeOffice
