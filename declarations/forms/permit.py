"""What only an application for a permit asks: which permit, from whom, for what; species, treatment.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.forms.fields import bind
from declarations.forms.layout import Block
from declarations.forms.rows import ITEM

CELSIUS, HOURS = "CEL", "HUR"  # UN/ECE Recommendation 20


def permit_fields() -> dict[str, forms.Field]:
    return {
        "permit_type": bind(
            "LPCO/TypeCode", label=_("Type of permit"), codes="application",
            help=_("Which permit or certificate you ask for."),
        ),
        "agency": bind(
            "LPCO/IssuingAgency/ID", label=_("Issuing agency"), codes="agency",
        ),
        "valid_from": bind("LPCO/EffectiveDateTime", label=_("Valid from")),
        "valid_until": bind("LPCO/ExpirationDateTime", label=_("Valid until")),
        "asked_quantity": bind("LPCO/TotalQuantity", label=_("Quantity asked for")),
        "asked_unit": bind("LPCO/TotalQuantity@unitCode", label=_("Unit"), codes="unit"),
        "replaces": bind(
            "LPCO/ID", label=_("Permit to renew or replace"), help=_("Leave empty for a new one."),
        ),
        "purpose": bind(
            "LPCO/PurposeDescription", label=_("Purpose"),
            help=_("What the goods are for, such as retail sale, breeding or research."),
        ),
    }


PERMIT_BLOCK = Block(
    [
        [("permit_type", 6), ("agency", 6)],
        [("purpose", 12)],
        [("valid_from", 3), ("valid_until", 3), ("asked_quantity", 3), ("asked_unit", 3)],
        [("replaces", 6)],
    ],
    _("Permit asked for"),
)


def species_fields() -> dict[str, forms.Field]:
    """Of an item: what the CITES authority decides by (Resolution Conf. 12.3)."""
    place = "Commodity/Specimen"
    return {
        "scientific_name": bind(
            f"{place}/ScientificName", ITEM, label=_("Scientific name"),
            help=_("Genus and species, such as Acipenser baerii."),
        ),
        "common_name": bind(f"{place}/CommonName", ITEM, label=_("Common name")),
        "appendix": bind(f"{place}/AppendixCode", ITEM, label=_("CITES appendix")),
        "source": bind(f"{place}/SourceCode", ITEM, label=_("Source")),
        "specimen_purpose": bind(f"{place}/PurposeCode", ITEM, label=_("Purpose of the trade")),
        "specimen_code": bind(
            f"{place}/DescriptionCode", ITEM, label=_("Description code"), help=_("Such as CAV or LIV."),
        ),
        "origin_permit": bind(
            f"{place}/OriginPermitID", ITEM, label=_("Permit of the country of origin")
        ),
    }


def treatment_fields() -> dict[str, forms.Field]:
    """Of an item: what a phytosanitary certificate says of its treatment (ISPM 12)."""
    return {
        "treatment_type": bind(
            "Treatment/TypeCode", ITEM, label=_("Type of treatment"),
            help=_("Such as fumigation, heat or cold."),
        ),
        "treatment": bind("Treatment/Description", ITEM, label=_("How it was done")),
        "ingredient": bind(
            "Treatment/ActiveIngredientName", ITEM, label=_("Active ingredient")
        ),
        "temperature": bind(
            "Treatment/TemperatureMeasure", ITEM, label=_("Temperature, °C"), unit=CELSIUS
        ),
        "duration": bind(
            "Treatment/DurationMeasure", ITEM, label=_("Duration, hours"), unit=HOURS
        ),
        "treated_on": bind("Treatment/TreatmentDateTime", ITEM, label=_("Treated on")),
    }


ITEM_PERMIT_BLOCKS = [
    Block(
        [
            [("scientific_name", 6), ("common_name", 6)],
            [("appendix", 3), ("source", 5), ("specimen_purpose", 4)],
            [("specimen_code", 3), ("origin_permit", 9)],
        ],
        _("Species, for a CITES permit"), optional=True,
    ),
    Block(
        [
            [("treatment_type", 4), ("treatment", 8)],
            [("ingredient", 3), ("temperature", 3), ("duration", 3), ("treated_on", 3)],
        ],
        _("Treatment, for a phytosanitary certificate"), optional=True,
    ),
]
