# ruff: noqa: RUF009  (each field describes its element by a call)
"""Documents, statements and amendments that go with a declaration."""

from __future__ import annotations

from dataclasses import dataclass

from ..i18n import gettext_noop as _
from ..kinds import EVERY
from ..model import code, group, identifier, many, moment, number, text
from ..values import DateTime
from . import basic, parties


@dataclass(slots=True)
class HeaderDocument:
    """A document for the whole declaration."""

    CategoryCode: str | None = code("an..3", "D031", _("Document category"))
    ID: str | None = identifier("an..70", "D005", _("Document number"))
    TypeCode: str | None = code("an..3", "D006", _("Document type"), required=EVERY)


@dataclass(slots=True)
class AdditionalDocument:
    """A permit, certificate or other document for one item."""

    CategoryCode: str | None = code("an..3", "D031", _("Document category"))
    EffectiveDateTime: DateTime | None = moment("276", _("Valid from"))
    ID: str | None = identifier("an..70", "D005", _("Document number"))
    Name: str | None = text("an..35", "D028", _("Document name"))
    TypeCode: str | None = code("an..3", "D006", _("Document type"), required=EVERY)
    LPCOExemptionCode: str | None = code("an..3", "360", _("Permit status or exemption"))
    Submitter: parties.DocumentIssuer | None = group(
        parties.DocumentIssuer, "17B", _("Issuing authority")
    )
    WriteOff: basic.WriteOff | None = group(basic.WriteOff, "22C", _("Write-off"))


@dataclass(slots=True)
class PreviousDocument:
    """A document of an earlier procedure: a transit declaration, a manifest, a bill of lading."""

    CategoryCode: str | None = code("an..3", "D031", _("Previous document category"))
    ID: str | None = identifier("an..70", "D018", _("Previous document number"), required=EVERY)
    TypeCode: str | None = code("an..3", "D019", _("Previous document type"))
    LineNumeric: int | None = number("n..5", "171", _("Item number in the previous document"))


@dataclass(slots=True)
class AdditionalInformation:
    """A statement about the declaration, by code or in words."""

    StatementCode: str | None = code("an..17", "226", _("Statement code"))
    StatementDescription: str | None = text("an..512", "225", _("Statement"))
    StatementTypeCode: str | None = code("an..3", "369", _("Statement type"))
    Pointer: list[basic.Pointer] = many(basic.Pointer, "97A", _("Place in the declaration"))


@dataclass(slots=True)
class ItemInformation:
    """A statement about one item, by code or in words."""

    StatementCode: str | None = code("an..17", "226", _("Statement code"))
    StatementDescription: str | None = text("an..512", "225", _("Statement"))
    StatementTypeCode: str | None = code("an..3", "369", _("Statement type"))


@dataclass(slots=True)
class Amendment:
    """Why something was changed, and where."""

    ChangeReasonCode: str | None = code("an..3", "099", _("Reason for the change"))
    Pointer: list[basic.Pointer] = many(basic.Pointer, "97A", _("Place of the change"))


@dataclass(slots=True)
class Invoice:
    """The commercial invoice."""

    ID: str | None = identifier("an..70", "D016", _("Invoice number"), required=EVERY)
    IssueDateTime: DateTime | None = moment("D015", _("Invoice date"))
