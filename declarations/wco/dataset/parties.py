# ruff: noqa: RUF009  (each field describes its element by a call)
"""The parties of a trade, one class per role, because each role has its own WCO ids."""

from __future__ import annotations

from dataclasses import dataclass

from ..codes import AGENT_STATUS
from ..i18n import gettext_noop as _
from ..kinds import EVERY, EX, IM, LP, TR, TRADE
from ..model import code, group, identifier, text
from . import basic


@dataclass(slots=True)
class Agent:
    """Who acts for the declarant."""

    Name: str | None = text("an..70", "R003", _("Agent name"))
    ID: str | None = identifier("an..17", "R004", _("Agent identifier"))
    FunctionCode: str | None = code(
        "an..3", "102", _("Agent status"), codes=AGENT_STATUS, required=TRADE
    )
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))


@dataclass(slots=True)
class Submitter:
    """Who hands the message in."""

    Name: str | None = text("an..70", "R058", _("Submitter name"))
    ID: str | None = identifier("an..17", "R059", _("Submitter identifier"))
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))


@dataclass(slots=True)
class Carrier:
    """Who moves the goods."""

    Name: str | None = text("an..70", "R011", _("Carrier name"))
    ID: str | None = identifier("an..17", "R012", _("Carrier identifier"))
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))
    Communication: basic.Communication | None = group(
        basic.Communication, "25A", _("Communication")
    )


@dataclass(slots=True)
class Consignor:
    """Who sends the goods."""

    Name: str | None = text("an..70", "R020", _("Consignor name"))
    ID: str | None = identifier("an..17", "R021", _("Consignor identifier"))
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))


@dataclass(slots=True)
class Consignee:
    """Who receives the goods."""

    Name: str | None = text("an..70", "R014", _("Consignee name"))
    ID: str | None = identifier("an..17", "R015", _("Consignee identifier"))
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))


@dataclass(slots=True)
class Declarant:
    """Who makes the declaration and answers for it."""

    Name: str | None = text("an..70", "R124", _("Declarant name"))
    ID: str | None = identifier("an..17", "R123", _("Declarant identifier"), required=TRADE)
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))
    Contact: basic.Contact | None = group(basic.Contact, "34A", _("Contact"))
    Communication: basic.Communication | None = group(
        basic.Communication, "25A", _("Communication")
    )


@dataclass(slots=True)
class Exporter:
    """Who sends the goods abroad."""

    Name: str | None = text("an..70", "R031", _("Exporter name"))
    ID: str | None = identifier("an..17", "R032", _("Exporter identifier"), required=EX)
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))
    Contact: basic.Contact | None = group(basic.Contact, "34A", _("Contact"))
    Communication: basic.Communication | None = group(
        basic.Communication, "25A", _("Communication")
    )


@dataclass(slots=True)
class Importer:
    """Who brings the goods in."""

    Name: str | None = text("an..70", "R037", _("Importer name"))
    ID: str | None = identifier("an..17", "R038", _("Importer identifier"), required=IM)
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))
    Contact: basic.Contact | None = group(basic.Contact, "34A", _("Contact"))
    Communication: basic.Communication | None = group(
        basic.Communication, "25A", _("Communication")
    )


@dataclass(slots=True)
class Buyer:
    """Who buys the goods."""

    Name: str | None = text("an..70", "R009", _("Buyer name"))
    ID: str | None = identifier("an..17", "R010", _("Buyer identifier"))
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))
    Contact: basic.Contact | None = group(basic.Contact, "34A", _("Contact"))
    Communication: basic.Communication | None = group(
        basic.Communication, "25A", _("Communication")
    )


@dataclass(slots=True)
class Seller:
    """Who sells the goods."""

    Name: str | None = text("an..70", "R050", _("Seller name"))
    ID: str | None = identifier("an..17", "R051", _("Seller identifier"))
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))
    Contact: basic.Contact | None = group(basic.Contact, "34A", _("Contact"))
    Communication: basic.Communication | None = group(
        basic.Communication, "25A", _("Communication")
    )


@dataclass(slots=True)
class Payer:
    """Who pays duties and taxes."""

    Name: str | None = text("an..70", "R120", _("Payer name"))
    ID: str | None = identifier("an..17", "R121", _("Payer identifier"))
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))


@dataclass(slots=True)
class Surety:
    """Who stands surety for duties and taxes."""

    Name: str | None = text("an..70", "R054", _("Surety name"))
    ID: str | None = identifier("an..17", "R055", _("Surety identifier"))
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))


@dataclass(slots=True)
class TransitPrincipal:
    """Holder of the transit procedure, who answers for the goods on the way (NCTS: principal)."""

    Name: str | None = text("an..70", "Z201", _("Transit principal name"), own=True)
    ID: str | None = identifier(
        "an..17", "Z202", _("Transit principal identifier"), required=TR, own=True
    )
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))
    Contact: basic.Contact | None = group(basic.Contact, "34A", _("Contact"))
    Communication: basic.Communication | None = group(
        basic.Communication, "25A", _("Communication")
    )


@dataclass(slots=True)
class Applicant:
    """Who asks for a permit."""

    Name: str | None = text("an..70", "Z211", _("Applicant name"), own=True)
    ID: str | None = identifier("an..17", "Z212", _("Applicant identifier"), required=LP, own=True)
    Address: basic.Address | None = group(basic.Address, "04A", _("Address"))
    Contact: basic.Contact | None = group(basic.Contact, "34A", _("Contact"))
    Communication: basic.Communication | None = group(
        basic.Communication, "25A", _("Communication")
    )


@dataclass(slots=True)
class DocumentIssuer:
    """The authority that issued a document (WCO: Submitter of an additional document)."""

    Name: str | None = text("an..70", "R058", _("Issuing authority"))
    RoleCode: str | None = code("an..3", "R005", _("Role"))


@dataclass(slots=True)
class Authenticator:
    """Who vouches for a signature."""

    Name: str | None = text("an..70", "R007", _("Authenticator name"))


@dataclass(slots=True)
class Authentication:
    """A signature under the declaration."""

    Authentication: str | None = text("an..256", "104", _("Authentication"))
    Authenticator: AuthenticatorParty | None = group(Authenticator, "12A", _("Authenticator"))


AuthenticatorParty = Authenticator


@dataclass(slots=True)
class AuthorisationHolder:
    """An authorisation that the declaration relies on, and whose it is."""

    ID: str | None = identifier(
        "an..17", "R144", _("Authorisation holder identifier"), required=EVERY
    )
    CategoryCode: str | None = code("an..4", "R145", _("Type of authorisation"), required=EVERY)


@dataclass(slots=True)
class AEOMutualRecognitionParty:
    """A trusted trader of another country whose status is recognised here."""

    ID: str | None = identifier("an..17", "R143", _("Trusted trader identifier"), required=EVERY)
    RoleCode: str | None = code("an..3", "R005", _("Role"))


@dataclass(slots=True)
class DomesticDutyTaxParty:
    """A party with a part in domestic taxes, such as VAT."""

    ID: str | None = identifier("an..17", "R119", _("Tax party identifier"), required=EVERY)
    RoleCode: str | None = code("an..3", "R005", _("Role"))
