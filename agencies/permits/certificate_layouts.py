"""Which boxes a certificate has, by its layout.

Order and titles follow CITES Resolution Conf. 12.3 annex 2, ISPM 12 annex 1, the WOAH model
veterinary certificate and the licensing practice of the Montreal Protocol; no form's artwork is
copied.
"""

from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext_noop

from agencies.permits.certificate_boxes import (
    Cell,
    agency,
    both,
    cell,
    day,
    numbered,
    packages,
    part,
    party,
    quantity,
    value,
)
from agencies.permits.models import Permit, PermitLine
from agencies.permits.states import Layout
from agencies.permits.words import country


def general(permit: Permit) -> list[Cell]:
    t = both
    return numbered(
        cell(t(gettext_noop("Holder")), party(permit, "holder"), code=permit.holder_identifier),
        cell(t(gettext_noop("Issued by")), agency(permit)),
        cell(t(gettext_noop("Exporter")), party(permit, "exporter")),
        cell(t(gettext_noop("Consignee")), party(permit, "consignee")),
        cell(t(gettext_noop("Country of export")), country(permit.export_country), 3),
        cell(t(gettext_noop("Country of destination")), country(permit.destination_country), 3),
        cell(t(gettext_noop("Valid from")), day(permit.valid_from), 3),
        cell(t(gettext_noop("Valid until")), day(permit.valid_to), 3),
        cell(t(gettext_noop("Purpose")), part(permit, "purpose"), 12),
        cell(t(gettext_noop("Conditions")), permit.conditions, 12),
    )


def cites(permit: Permit) -> list[Cell]:
    """Conf. 12.3 annex 2: boxes 1 to 6; 7 to 12 are of the specimens, 13 to 15 close."""
    t = both
    purposes = ", ".join(dict.fromkeys(line.purpose for line in permit.lines.all() if line.purpose))
    exports = permit.export_country == settings.PORTAL_COUNTRY
    kind = gettext_noop("Export") if exports else gettext_noop("Import")
    return [
        cell("1. " + t(gettext_noop("Permit or certificate: original")), t(kind), 6,
              permit.number),
        cell("2. " + t(gettext_noop("Valid until")), day(permit.valid_to), 6),
        cell("3. " + t(gettext_noop("Importer (name and address)")), party(permit, "consignee")),
        cell("4. " + t(gettext_noop("Exporter or re-exporter (name, address, country)")),
              party(permit, "exporter")),
        cell("3a. " + t(gettext_noop("Country of import")), country(permit.destination_country)),
        cell("5. " + t(gettext_noop("Special conditions")), permit.conditions or t(gettext_noop(
            "For live animals, this permit is only valid if the transport conforms to the CITES "
            "guidelines or, by air, to the IATA Live Animals Regulations."))),
        cell("5a. " + t(gettext_noop("Purpose of the transaction")),
              part(permit, "purpose"), 3, purposes),
        cell("5b. " + t(gettext_noop("Security stamp no.")), "", 3),
        cell("6. " + t(gettext_noop("Management authority (name, address, seal)")),
              agency(permit)),
    ]


def phytosanitary(permit: Permit) -> list[Cell]:
    """ISPM 12 annex 1, model phytosanitary certificate: heading and section I."""
    t = both
    origins = ", ".join(dict.fromkeys(country(line.origin) for line in permit.lines.all()))
    return [
        cell(t(gettext_noop("Plant Protection Organization of")), permit.agency.name),
        cell(t(gettext_noop("To: Plant Protection Organization(s) of")),
              country(permit.destination_country)),
        cell("I. " + t(gettext_noop("Name and address of exporter")), party(permit, "exporter")),
        cell(t(gettext_noop("Declared name and address of consignee")),
              party(permit, "consignee")),
        cell(t(gettext_noop("Place of origin")), origins, 4),
        cell(t(gettext_noop("Declared means of conveyance")), part(permit, "transport"), 4),
        cell(t(gettext_noop("Declared point of entry")), part(permit, "office"), 4),
    ]


def veterinary(permit: Permit) -> list[Cell]:
    """WOAH model veterinary certificates for international trade, part I."""
    t = both
    origins = ", ".join(dict.fromkeys(country(line.origin) for line in permit.lines.all()))
    return [
        cell("I.1. " + t(gettext_noop("Consignor")), party(permit, "exporter")),
        cell("I.2. " + t(gettext_noop("Certificate reference number")), permit.number, 3),
        cell("I.3. " + t(gettext_noop("Veterinary authority")), permit.agency.name, 3),
        cell("I.4. " + t(gettext_noop("Consignee")), party(permit, "consignee")),
        cell("I.5. " + t(gettext_noop("Country of origin")), origins, 3),
        cell("I.7. " + t(gettext_noop("Country of destination")),
              country(permit.destination_country), 3),
        cell("I.9. " + t(gettext_noop("Place of origin")), party(permit, "exporter")[-2:], 4),
        cell("I.10. " + t(gettext_noop("Place of shipment")),
              country(permit.export_country), 4),
        cell("I.12. " + t(gettext_noop("Means of transport")), part(permit, "transport"), 4),
        cell("I.13. " + t(gettext_noop("Expected border post")), part(permit, "office"), 4),
        cell("I.14. " + t(gettext_noop("CITES permit numbers")), ", ".join(filter(None, (
            line.particulars.get("origin_permit", "") for line in permit.lines.all()))), 4),
        cell("I.20. " + t(gettext_noop("Commodities certified for")),
              part(permit, "purpose"), 4),
    ]


def ods(permit: Permit) -> list[Cell]:
    """A licence under article 4B of the Montreal Protocol."""
    t = both
    return numbered(
        cell(t(gettext_noop("Licence holder")), party(permit, "holder"),
              code=permit.holder_identifier),
        cell(t(gettext_noop("National ozone unit or licensing authority")), agency(permit)),
        cell(t(gettext_noop("Exporter")), party(permit, "exporter")),
        cell(t(gettext_noop("Importer")), party(permit, "consignee")),
        cell(t(gettext_noop("Country of export")), country(permit.export_country), 3),
        cell(t(gettext_noop("Country of import")), country(permit.destination_country), 3),
        cell(t(gettext_noop("Valid from")), day(permit.valid_from), 3),
        cell(t(gettext_noop("Valid until")), day(permit.valid_to), 3),
        cell(t(gettext_noop("Intended use")), part(permit, "purpose"), 6),
        cell(t(gettext_noop("Conditions")), permit.conditions, 6),
    )


HEADINGS: dict[Layout, Callable[[Permit], list[Cell]]] = {
    Layout.GENERAL: general, Layout.CITES: cites, Layout.PHYTOSANITARY: phytosanitary,
    Layout.VETERINARY: veterinary, Layout.ODS: ods,
}


def goods_general(line: PermitLine, letter: str) -> list[Cell]:
    t = both
    return [
        cell(f"{letter}. " + t(gettext_noop("Goods")), line.description, 6, line.hs),
        cell(t(gettext_noop("Quantity")), quantity(line), 2),
        cell(t(gettext_noop("Value")), value(line), 2),
        cell(t(gettext_noop("Country of origin")), country(line.origin), 2),
    ]


def goods_cites(line: PermitLine, letter: str) -> list[Cell]:
    t = both
    return [
        cell(f"{letter} 7/8. " + t(gettext_noop("Scientific and common name")),
              " · ".join(filter(None, (line.scientific_name, line.common_name))), 6),
        cell("9. " + t(gettext_noop("Description of specimens, marks")),
              [line.description, packages(line)], 6, line.particulars.get("specimen", "")),
        cell("10. " + t(gettext_noop("Appendix and source")),
              " · ".join(filter(None, (line.appendix, line.source))), 3),
        cell("11. " + t(gettext_noop("Quantity, with unit")), quantity(line), 3),
        cell("12. " + t(gettext_noop("Country of origin, permit no.")),
              " ".join(filter(None, (country(line.origin), line.particulars.get("origin_permit")))),
              6),
    ]


def goods_phytosanitary(line: PermitLine, letter: str) -> list[Cell]:
    t = both
    told = line.particulars
    cells = [
        cell(f"{letter}. " + t(gettext_noop("Name of produce")), line.description, 6, line.hs),
        cell(t(gettext_noop("Botanical name of plants")), line.scientific_name, 3),
        cell(t(gettext_noop("Quantity declared")), quantity(line), 3),
        cell(t(gettext_noop("Number and description of packages, marks")), packages(line), 12),
    ]
    if told.get("treatment"):
        cells += [
            cell("III. " + t(gettext_noop("Treatment, chemical")), told["treatment"], 4),
            cell(t(gettext_noop("Duration and temperature")), " · ".join(filter(None, (
                told.get("treatment_duration"), told.get("treatment_temperature")))), 4),
            cell(t(gettext_noop("Concentration")), told.get("treatment_concentration", ""), 2),
            cell(t(gettext_noop("Date")), told.get("treatment_date", ""), 2),
        ]
    return cells


def goods_veterinary(line: PermitLine, letter: str) -> list[Cell]:
    t = both
    return [
        cell(f"I.15. {letter}. " + t(gettext_noop("Description of commodity")),
              line.description, 6),
        cell("I.16. " + t(gettext_noop("Commodity code (HS)")), line.hs, 3),
        cell("I.17. " + t(gettext_noop("Total quantity")), quantity(line), 3),
        cell("I.19. " + t(gettext_noop("Packages, marks and seals")), packages(line), 6),
        cell("I.22. " + t(gettext_noop("Species (scientific name)")),
              " · ".join(filter(None, (line.scientific_name, line.common_name))), 6),
    ]


def goods_ods(line: PermitLine, letter: str) -> list[Cell]:
    t = both
    return [
        cell(f"{letter}. " + t(gettext_noop("Substance or mixture, trade name")),
              line.description, 6, line.hs),
        cell(t(gettext_noop("Annex and group")), line.appendix, 2),
        cell(t(gettext_noop("Quantity (net)")), quantity(line), 2),
        cell(t(gettext_noop("Country of origin")), country(line.origin), 2),
    ]


GOODS: dict[Layout, Callable[[PermitLine, str], list[Cell]]] = {
    Layout.CITES: goods_cites, Layout.PHYTOSANITARY: goods_phytosanitary,
    Layout.VETERINARY: goods_veterinary, Layout.ODS: goods_ods,
}
