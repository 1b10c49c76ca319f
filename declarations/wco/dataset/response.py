# ruff: noqa: RUF009  (each field describes its element by a call)
"""The answer to a declaration (WCO Response, 07B)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..codes import RESPONSE_FUNCTION
from ..i18n import gettext_noop as _
from ..kinds import EVERY
from ..model import (
    amount,
    code,
    group,
    identifier,
    many,
    moment,
    number,
    quantity,
    text,
)
from ..values import Amount, DateTime, Quantity
from . import basic, documents


@dataclass(slots=True)
class ResponseInformation:
    """A statement of the authority; ``LimitDateTime`` is the last moment to act."""

    StatementCode: str | None = code("an..17", "226", _("Statement code"))
    StatementDescription: str | None = text("an..512", "225", _("Statement"))
    LimitDateTime: DateTime | None = moment("264", _("Time limit"))
    StatementTypeCode: str | None = code("an..3", "369", _("Statement type"))
    Pointer: list[basic.Pointer] = many(basic.Pointer, "97A", _("Place in the declaration"))


@dataclass(slots=True)
class AppealOffice:
    """Where to appeal."""

    ID: str | None = identifier("an..17", "G001", _("Appeal office"), required=EVERY)


@dataclass(slots=True)
class Bank:
    """The account for duties and taxes."""

    ReferenceID: str | None = identifier("an..17", "R069", _("Bank"))
    ID: str | None = identifier("an..35", "372", _("Account number"))


@dataclass(slots=True)
class ContactOffice:
    """Whom to ask."""

    ID: str | None = identifier("an..17", "G002", _("Contact office"), required=EVERY)
    Communication: list[basic.Communication] = many(basic.Communication, "25A", _("Communication"))


@dataclass(slots=True)
class Error:
    """One fault: what is wrong, its code, and where."""

    Description: str | None = text("an..512", "488", _("What is wrong"))
    ValidationCode: str | None = code("an..17", "377", _("Error code"), required=EVERY)
    Pointer: list[basic.Pointer] = many(basic.Pointer, "97A", _("Place in the declaration"))


@dataclass(slots=True)
class Status:
    """A state the declaration came into, and when."""

    EffectiveDateTime: DateTime | None = moment("380", _("Status time"))
    NameCode: str | None = code("an..3", "379", _("Status"))
    ReleaseDateTime: DateTime | None = moment("277", _("Release time"))
    Pointer: list[basic.Pointer] = many(basic.Pointer, "97A", _("Place in the declaration"))


@dataclass(slots=True)
class GuaranteeUsed:
    """A guarantee that a payment draws on."""

    ReferenceID: str | None = identifier("an..35", "100", _("Guarantee reference"))


@dataclass(slots=True)
class DutyPayment:
    """What is to be paid, by when, under which reference."""

    ReferenceID: str | None = identifier("an..35", "014", _("Payment reference"))
    TaxAssessedAmount: Amount | None = amount("n..16,3", "120", _("Tax assessed"))
    DueDateTime: DateTime | None = moment("376", _("Payment due"))
    PaymentAmount: Amount | None = amount("n..16,3", "378", _("Amount to pay"))
    ObligationGuarantee: list[GuaranteeUsed] = many(GuaranteeUsed, "90A", _("Guarantee"))


@dataclass(slots=True)
class DutySummary:
    """Duties and taxes of the whole declaration."""

    Payment: DutyPayment | None = group(DutyPayment, "94A", _("Payment"))


@dataclass(slots=True)
class ItemPayment:
    """Tax of one kind on one item."""

    TaxAssessedAmount: Amount | None = amount("n..16,3", "120", _("Tax assessed"))
    PaymentAmount: Amount | None = amount("n..16,3", "378", _("Amount to pay"))


@dataclass(slots=True)
class ItemDuty:
    """How one duty or tax on an item was worked out."""

    AdValoremTaxBaseAmount: Amount | None = amount("n..16,3", "116", _("Tax base, value"))
    DeductAmount: Amount | None = amount("n..16,3", "111", _("Tax reduction"))
    DutyRegimeCode: str | None = code("an..3", "164", _("Duty regime or preference"))
    SpecificTaxBaseQuantity: Quantity | None = quantity("n..16,6", "129", _("Tax base, quantity"))
    TaxRateNumeric: Decimal | None = number("n..17,3", "115", _("Tax rate"))
    TypeCode: str | None = code("an..3", "113", _("Type of duty, tax or fee"))
    Payment: ItemPayment | None = group(ItemPayment, "94A", _("Payment"))


@dataclass(slots=True)
class ResponseCommodity:
    """Duties and taxes of an item's goods."""

    DutyTaxFee: list[ItemDuty] = many(ItemDuty, "50A", _("Duty, tax or fee"))


@dataclass(slots=True)
class ResponseItem:
    """One item in the answer."""

    SequenceNumeric: int | None = number("n..5", "006", _("Item number"), required=EVERY)
    Commodity: ResponseCommodity | None = group(ResponseCommodity, "23A", _("Goods"))


@dataclass(slots=True)
class ResponseShipment:
    """The items in the answer."""

    GovernmentAgencyGoodsItem: list[ResponseItem] = many(ResponseItem, "68A", _("Goods item"))


@dataclass(slots=True)
class ResponseDeclaration:
    """The declaration answered: LRN, MRN and what became of it."""

    AcceptanceDateTime: DateTime | None = moment("023", _("Acceptance date"))
    CancellationDateTime: DateTime | None = moment("373", _("Cancellation time"))
    FunctionalReferenceID: str | None = identifier(
        "an..35", "D026", _("Local reference number (LRN)")
    )
    ID: str | None = identifier("an..70", "D014", _("Movement reference number (MRN)"))
    RejectionDateTime: DateTime | None = moment("374", _("Rejection time"))
    VersionID: str | None = identifier("an..9", "383", _("Version"))
    DutyTaxFee: list[DutySummary] = many(DutySummary, "50A", _("Duties and taxes"))
    GoodsShipment: ResponseShipment | None = group(ResponseShipment, "67A", _("Goods shipment"))


@dataclass(slots=True)
class Response:
    """One notice of the authority about one declaration."""

    FunctionCode: str | None = code(
        "n..2", "017", _("Kind of notice"), codes=RESPONSE_FUNCTION, required=EVERY
    )
    FunctionalReferenceID: str | None = identifier("an..35", "D026", _("Number of the notice"))
    IssueDateTime: DateTime | None = moment("D029", _("Time of the notice"))
    AdditionalInformation: list[ResponseInformation] = many(
        ResponseInformation, "03A", _("Statement")
    )
    Amendment: list[documents.Amendment] = many(documents.Amendment, "06A", _("Amendment"))
    AppealOffice: Appeal | None = group(AppealOffice, "07A", _("Appeal office"))
    Bank: BankAccount | None = group(Bank, "14A", _("Bank account"))
    ContactOffice: list[Office] = many(ContactOffice, "35A", _("Contact office"))
    Error: list[ErrorNotice] = many(Error, "53A", _("Error"))
    Status: list[StatusNotice] = many(Status, "12B", _("Status"))
    Declaration: ResponseDeclaration | None = group(
        ResponseDeclaration, "42A", _("Declaration"), required=EVERY
    )


# Inside a class, a field's own name hides a class of the same name; these stand in.
Appeal = AppealOffice
BankAccount = Bank
Office = ContactOffice
ErrorNotice = Error
StatusNotice = Status
