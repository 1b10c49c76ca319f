# ruff: noqa: RUF009  (each field describes its element by a call)
"""An application for a licence, permit, certificate or other document (LPCO)."""

from __future__ import annotations

from dataclasses import dataclass

from ..i18n import gettext_noop as _
from ..kinds import EVERY, LP
from ..model import code, group, identifier, moment, quantity, text
from ..values import DateTime, Quantity
from . import parties


@dataclass(slots=True)
class IssuingAgency:
    """The agency asked for the permit."""

    ID: str | None = identifier("an..17", "Z401", _("Agency identifier"), required=EVERY, own=True)
    Name: str | None = text("an..70", "Z402", _("Agency name"), own=True)


@dataclass(slots=True)
class LPCO:
    """Which permit is asked for, by whom, from which agency, for how long and how much."""

    TypeCode: str | None = code(
        "an..6",
        "Z411",
        _("Type of permit"),
        required=LP,
        own=True,
        help=_("the code of the permit, such as a phytosanitary certificate"),
    )
    ID: str | None = identifier(
        "an..70", "Z412", _("Number of the permit to renew or replace"), own=True
    )
    EffectiveDateTime: DateTime | None = moment("Z413", _("Valid from, as asked"), own=True)
    ExpirationDateTime: DateTime | None = moment("Z414", _("Valid until, as asked"), own=True)
    PurposeDescription: str | None = text("an..512", "Z415", _("Purpose"), own=True)
    TotalQuantity: Quantity | None = quantity("n..16,6", "Z416", _("Quantity asked for"), own=True)
    Applicant: parties.Applicant | None = group(
        parties.Applicant, "Z21", _("Applicant"), required=LP, own=True
    )
    IssuingAgency: Agency | None = group(IssuingAgency, "Z40", _("Agency"), required=LP, own=True)


# Inside a class, a field's own name hides a class of the same name; this stands in.
Agency = IssuingAgency
