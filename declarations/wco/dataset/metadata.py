"""The envelope around a declaration or response (WCO DocumentMetaData)."""

from __future__ import annotations

from dataclasses import dataclass

from ..i18n import gettext_noop as _
from ..kinds import EVERY
from ..model import code, text


@dataclass(slots=True)
class MetaData:
    """Which data model, country, agency and customization the message follows."""

    WCODataModelVersionCode: str | None = code("an..6", "", _("WCO Data Model version"))
    WCOTypeName: str | None = text("an..70", "", _("Message type"))
    ResponsibleCountryCode: str | None = code(
        "a2", "", _("Country of the single window"), required=EVERY
    )
    ResponsibleAgencyName: str | None = text("an..70", "", _("Agency"))
    AgencyAssignedCustomizationCode: str | None = code("an..6", "", _("Profile"))
    AgencyAssignedCustomizationVersionCode: str | None = code("an..3", "", _("Profile version"))
