"""The certificate: the boxes of the international model, in the portal's letter, as PDF/A.

Order and titles of the boxes follow CITES Resolution Conf. 12.3 annex 2, ISPM 12 annex 1, the WOAH
model veterinary certificate and the licensing practice of the Montreal Protocol; no form's artwork is
copied. Titles stand in the language of the reader and in English.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from agencies.permits import seal
from agencies.permits.issuing import today
from agencies.permits.models import Permit, PermitLine
from agencies.permits.states import Layout, PermitState
from agencies.permits.words import country, type_name
from portal import paper
from portal.paper import qr

TONES = {
    PermitState.IN_FORCE: "good", PermitState.SUSPENDED: "wait", PermitState.UNSIGNED: "wait",
    PermitState.REVOKED: "bad",
}
Cell = dict[str, Any]


def make(permit: Permit, language: str) -> bytes:
    """The PDF/A-2b of a permit in a language of the portal and English."""
    with translation.override(language):
        return paper.render(
            f"permits/{permit.scheme.layout}", data(permit), language=language,
            standard="a-2b", at=timezone.now(),
        )


def data(permit: Permit) -> dict[str, Any]:
    """What the template prints, in the language that is switched on."""
    state = permit.state_on(today())
    lines = list(permit.lines.all())
    return {
        "letterhead": {
            "country": country(settings.PORTAL_COUNTRY), "authority": permit.agency.name,
            "title": both(_TITLES[Layout(permit.scheme.layout)]),
            "subtitle": _subtitle(permit),
            "number_label": both(gettext_noop("Permit number")), "number": permit.number,
            "state_label": both(gettext_noop("State")), "state": str(state.label),
            "tone": TONES.get(state, "mute"),
            "qr": qr.svg(seal.address(permit)),
            "qr_note": both(gettext_noop("Verify online")),
            "page": _("Page {page} of {pages}"),
            "issued": _("Printed %(moment)s. Check code %(code)s at %(address)s") % {
                "moment": formats.date_format(timezone.localtime(), "j M Y, H:i"),
                "code": permit.check_code,
                "address": settings.PORTAL_URL.rstrip("/") + "/permits/verify/",
            },
        },
        "cells": _LAYOUTS[Layout(permit.scheme.layout)](permit),
        "goods": _goods(permit, lines),
        "closing": _closing(permit),
        "seal": _seal(permit),
    }


def both(text: str) -> str:
    """A title in the language of the reader and, if that is another, in English."""
    told = _(text)
    return told if told == text else f"{told} / {text}"


_TITLES = {
    Layout.GENERAL: gettext_noop("Permit"),
    Layout.CITES: gettext_noop("CITES permit"),
    Layout.PHYTOSANITARY: gettext_noop("Phytosanitary certificate"),
    Layout.VETERINARY: gettext_noop("Veterinary certificate"),
    Layout.ODS: gettext_noop("Licence for controlled substances"),
}


_SUBTITLES = {
    Layout.CITES: gettext_noop(
        "Convention on International Trade in Endangered Species of Wild Fauna and Flora"
    ),
    Layout.ODS: gettext_noop(
        "Montreal Protocol on Substances that Deplete the Ozone Layer"
    ),
}


def _subtitle(permit: Permit) -> str:
    found = _SUBTITLES.get(Layout(permit.scheme.layout))
    return _(found) if found else type_name(permit.scheme.permit_type)


def _cell(label: str, value: str | Iterable[str], width: int = 6, code: str = "") -> Cell:
    lines = [value] if isinstance(value, str) else list(value) or [""]
    return {"label": label, "value": lines if len(lines) > 1 else lines[0], "width": width,
            "code": code}


def _numbered(*cells: Cell) -> list[Cell]:
    for number, cell in enumerate(cells, start=1):
        cell["label"] = f"{number}. {cell['label']}"
    return list(cells)


def _part(permit: Permit, name: str) -> Any:
    return permit.particulars.get(name) or ""


def _party(permit: Permit, name: str) -> list[str]:
    lines = list(permit.particulars.get(name) or [])
    if not lines:
        return [permit.holder_name if name == "holder" else ""]
    return [*lines[:-1], country(lines[-1])]  # the last is a country, by its code


def _agency(permit: Permit) -> list[str]:
    body = permit.agency.organisation
    place = " ".join(filter(None, (body.postcode, body.city, country(body.country))))
    return [permit.agency.name, *filter(None, (body.address, place))]


def _day(value: date) -> str:
    return formats.date_format(value, "j M Y")


def _general(permit: Permit) -> list[Cell]:
    t = both
    return _numbered(
        _cell(t(gettext_noop("Holder")), _party(permit, "holder"), code=permit.holder_identifier),
        _cell(t(gettext_noop("Issued by")), _agency(permit)),
        _cell(t(gettext_noop("Exporter")), _party(permit, "exporter")),
        _cell(t(gettext_noop("Consignee")), _party(permit, "consignee")),
        _cell(t(gettext_noop("Country of export")), country(permit.export_country), 3),
        _cell(t(gettext_noop("Country of destination")), country(permit.destination_country), 3),
        _cell(t(gettext_noop("Valid from")), _day(permit.valid_from), 3),
        _cell(t(gettext_noop("Valid until")), _day(permit.valid_to), 3),
        _cell(t(gettext_noop("Purpose")), _part(permit, "purpose"), 12),
        _cell(t(gettext_noop("Conditions")), permit.conditions, 12),
    )


def _cites(permit: Permit) -> list[Cell]:
    """Conf. 12.3 annex 2: boxes 1 to 6; 7 to 12 are of the specimens, 13 to 15 close."""
    t = both
    purposes = ", ".join(dict.fromkeys(line.purpose for line in permit.lines.all() if line.purpose))
    exports = permit.export_country == settings.PORTAL_COUNTRY
    kind = gettext_noop("Export") if exports else gettext_noop("Import")
    return [
        _cell("1. " + t(gettext_noop("Permit or certificate: original")), t(kind), 6,
              permit.number),
        _cell("2. " + t(gettext_noop("Valid until")), _day(permit.valid_to), 6),
        _cell("3. " + t(gettext_noop("Importer (name and address)")), _party(permit, "consignee")),
        _cell("4. " + t(gettext_noop("Exporter or re-exporter (name, address, country)")),
              _party(permit, "exporter")),
        _cell("3a. " + t(gettext_noop("Country of import")), country(permit.destination_country)),
        _cell("5. " + t(gettext_noop("Special conditions")), permit.conditions or t(gettext_noop(
            "For live animals, this permit is only valid if the transport conforms to the CITES "
            "guidelines or, by air, to the IATA Live Animals Regulations."))),
        _cell("5a. " + t(gettext_noop("Purpose of the transaction")),
              _part(permit, "purpose"), 3, purposes),
        _cell("5b. " + t(gettext_noop("Security stamp no.")), "", 3),
        _cell("6. " + t(gettext_noop("Management authority (name, address, seal)")),
              _agency(permit)),
    ]


def _phytosanitary(permit: Permit) -> list[Cell]:
    """ISPM 12 annex 1, model phytosanitary certificate: heading and section I."""
    t = both
    origins = ", ".join(dict.fromkeys(country(line.origin) for line in permit.lines.all()))
    return [
        _cell(t(gettext_noop("Plant Protection Organization of")), permit.agency.name),
        _cell(t(gettext_noop("To: Plant Protection Organization(s) of")),
              country(permit.destination_country)),
        _cell("I. " + t(gettext_noop("Name and address of exporter")), _party(permit, "exporter")),
        _cell(t(gettext_noop("Declared name and address of consignee")),
              _party(permit, "consignee")),
        _cell(t(gettext_noop("Place of origin")), origins, 4),
        _cell(t(gettext_noop("Declared means of conveyance")), _part(permit, "transport"), 4),
        _cell(t(gettext_noop("Declared point of entry")), _part(permit, "office"), 4),
    ]


def _veterinary(permit: Permit) -> list[Cell]:
    """WOAH model veterinary certificates for international trade, part I."""
    t = both
    origins = ", ".join(dict.fromkeys(country(line.origin) for line in permit.lines.all()))
    return [
        _cell("I.1. " + t(gettext_noop("Consignor")), _party(permit, "exporter")),
        _cell("I.2. " + t(gettext_noop("Certificate reference number")), permit.number, 3),
        _cell("I.3. " + t(gettext_noop("Veterinary authority")), permit.agency.name, 3),
        _cell("I.4. " + t(gettext_noop("Consignee")), _party(permit, "consignee")),
        _cell("I.5. " + t(gettext_noop("Country of origin")), origins, 3),
        _cell("I.7. " + t(gettext_noop("Country of destination")),
              country(permit.destination_country), 3),
        _cell("I.9. " + t(gettext_noop("Place of origin")), _party(permit, "exporter")[-2:], 4),
        _cell("I.10. " + t(gettext_noop("Place of shipment")),
              country(permit.export_country), 4),
        _cell("I.12. " + t(gettext_noop("Means of transport")), _part(permit, "transport"), 4),
        _cell("I.13. " + t(gettext_noop("Expected border post")), _part(permit, "office"), 4),
        _cell("I.14. " + t(gettext_noop("CITES permit numbers")), ", ".join(filter(None, (
            line.particulars.get("origin_permit", "") for line in permit.lines.all()))), 4),
        _cell("I.20. " + t(gettext_noop("Commodities certified for")),
              _part(permit, "purpose"), 4),
    ]


def _ods(permit: Permit) -> list[Cell]:
    """A licence under article 4B of the Montreal Protocol."""
    t = both
    return _numbered(
        _cell(t(gettext_noop("Licence holder")), _party(permit, "holder"),
              code=permit.holder_identifier),
        _cell(t(gettext_noop("National ozone unit or licensing authority")), _agency(permit)),
        _cell(t(gettext_noop("Exporter")), _party(permit, "exporter")),
        _cell(t(gettext_noop("Importer")), _party(permit, "consignee")),
        _cell(t(gettext_noop("Country of export")), country(permit.export_country), 3),
        _cell(t(gettext_noop("Country of import")), country(permit.destination_country), 3),
        _cell(t(gettext_noop("Valid from")), _day(permit.valid_from), 3),
        _cell(t(gettext_noop("Valid until")), _day(permit.valid_to), 3),
        _cell(t(gettext_noop("Intended use")), _part(permit, "purpose"), 6),
        _cell(t(gettext_noop("Conditions")), permit.conditions, 6),
    )


_LAYOUTS: dict[Layout, Callable[[Permit], list[Cell]]] = {
    Layout.GENERAL: _general, Layout.CITES: _cites, Layout.PHYTOSANITARY: _phytosanitary,
    Layout.VETERINARY: _veterinary, Layout.ODS: _ods,
}


# --- goods, closing, seal -------------------------------------------------------------------


def _goods(permit: Permit, lines: list[PermitLine]) -> dict[str, Any]:
    """Every line as a list of boxes; the template sets one block for each."""
    set_line = _GOODS.get(Layout(permit.scheme.layout), _goods_general)
    return {"label": both(gettext_noop("Goods")),
            "lines": [set_line(line, letter) for line, letter in zip(lines, _letters(), strict=False)]}


def _letters() -> Iterable[str]:
    """A, B … Z, then AA, AB …, as the models letter their lines."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from alphabet
    for first in alphabet:
        for second in alphabet:
            yield first + second


def _quantity(line: PermitLine) -> str:
    return f"{formats.number_format(line.quantity.normalize(), use_l10n=True)} {line.unit}"


def _packages(line: PermitLine) -> str:
    return "; ".join(
        " ".join(filter(None, (one.get("quantity"), one.get("type"), one.get("marks"))))
        for one in line.particulars.get("packages", [])
    )


def _value(line: PermitLine) -> str:
    if line.value is None:
        return _("not limited")
    return f"{formats.number_format(line.value, 2, force_grouping=True)} {line.currency}"


def _goods_general(line: PermitLine, letter: str) -> list[Cell]:
    t = both
    return [
        _cell(f"{letter}. " + t(gettext_noop("Goods")), line.description, 6, line.hs),
        _cell(t(gettext_noop("Quantity")), _quantity(line), 2),
        _cell(t(gettext_noop("Value")), _value(line), 2),
        _cell(t(gettext_noop("Country of origin")), country(line.origin), 2),
    ]


def _goods_cites(line: PermitLine, letter: str) -> list[Cell]:
    t = both
    return [
        _cell(f"{letter} 7/8. " + t(gettext_noop("Scientific and common name")),
              " · ".join(filter(None, (line.scientific_name, line.common_name))), 6),
        _cell("9. " + t(gettext_noop("Description of specimens, marks")),
              [line.description, _packages(line)], 6, line.particulars.get("specimen", "")),
        _cell("10. " + t(gettext_noop("Appendix and source")),
              " · ".join(filter(None, (line.appendix, line.source))), 3),
        _cell("11. " + t(gettext_noop("Quantity, with unit")), _quantity(line), 3),
        _cell("12. " + t(gettext_noop("Country of origin, permit no.")),
              " ".join(filter(None, (country(line.origin), line.particulars.get("origin_permit")))),
              6),
    ]


def _goods_phytosanitary(line: PermitLine, letter: str) -> list[Cell]:
    t = both
    told = line.particulars
    cells = [
        _cell(f"{letter}. " + t(gettext_noop("Name of produce")), line.description, 6, line.hs),
        _cell(t(gettext_noop("Botanical name of plants")), line.scientific_name, 3),
        _cell(t(gettext_noop("Quantity declared")), _quantity(line), 3),
        _cell(t(gettext_noop("Number and description of packages, marks")), _packages(line), 12),
    ]
    if told.get("treatment"):
        cells += [
            _cell("III. " + t(gettext_noop("Treatment, chemical")), told["treatment"], 4),
            _cell(t(gettext_noop("Duration and temperature")), " · ".join(filter(None, (
                told.get("treatment_duration"), told.get("treatment_temperature")))), 4),
            _cell(t(gettext_noop("Concentration")), told.get("treatment_concentration", ""), 2),
            _cell(t(gettext_noop("Date")), told.get("treatment_date", ""), 2),
        ]
    return cells


def _goods_veterinary(line: PermitLine, letter: str) -> list[Cell]:
    t = both
    return [
        _cell(f"I.15. {letter}. " + t(gettext_noop("Description of commodity")),
              line.description, 6),
        _cell("I.16. " + t(gettext_noop("Commodity code (HS)")), line.hs, 3),
        _cell("I.17. " + t(gettext_noop("Total quantity")), _quantity(line), 3),
        _cell("I.19. " + t(gettext_noop("Packages, marks and seals")), _packages(line), 6),
        _cell("I.22. " + t(gettext_noop("Species (scientific name)")),
              " · ".join(filter(None, (line.scientific_name, line.common_name))), 6),
    ]


def _goods_ods(line: PermitLine, letter: str) -> list[Cell]:
    t = both
    return [
        _cell(f"{letter}. " + t(gettext_noop("Substance or mixture, trade name")),
              line.description, 6, line.hs),
        _cell(t(gettext_noop("Annex and group")), line.appendix, 2),
        _cell(t(gettext_noop("Quantity (net)")), _quantity(line), 2),
        _cell(t(gettext_noop("Country of origin")), country(line.origin), 2),
    ]


_GOODS: dict[Layout, Callable[[PermitLine, str], list[Cell]]] = {
    Layout.CITES: _goods_cites, Layout.PHYTOSANITARY: _goods_phytosanitary,
    Layout.VETERINARY: _goods_veterinary, Layout.ODS: _goods_ods,
}


def _closing(permit: Permit) -> dict[str, Any]:
    t = both
    layout = Layout(permit.scheme.layout)
    place = permit.agency.organisation.city
    issued = formats.date_format(timezone.localtime(permit.issued_at), "j M Y")
    cells = [_cell(
        ("13. " if layout is Layout.CITES else "") + t(gettext_noop("Issued: place, date, officer")),
        [", ".join(filter(None, (place, issued))), str(permit.issued_by)],
    )]
    second = permit.signed_by
    cells.append(_cell(t(gettext_noop("Second signature")), [
        str(second), formats.date_format(timezone.localtime(permit.signed_at), "j M Y"),
    ]) if second and permit.signed_at else _cell(
        t(gettext_noop("Validity")), f"{_day(permit.valid_from)} – {_day(permit.valid_to)}"))
    if permit.replaces is not None:
        cells.append(_cell(t(gettext_noop("Replaces permit")), permit.replaces.number, 12))
    if layout is Layout.CITES:
        # Filled in by hand where the goods leave.
        cells += [
            _cell("14. " + t(gettext_noop("Export endorsement: quantity")), "", 3),
            _cell(t(gettext_noop("Port of export and date")), "", 3),
            _cell(t(gettext_noop("Signature and stamp")), "", 3),
            _cell("15. " + t(gettext_noop("Bill of lading or air waybill")), "", 3),
        ]
    statement = _STATEMENTS.get(layout, "")
    declaration = ""
    if layout in (Layout.PHYTOSANITARY, Layout.VETERINARY) and permit.conditions:
        declaration = permit.conditions
    return {
        "statement": both_paragraphs(statement) if statement else [],
        "declaration_label": ("II. " if layout is Layout.PHYTOSANITARY else "")
        + t(gettext_noop("Additional declaration")),
        "declaration": declaration,
        "cells": cells,
    }


def both_paragraphs(text: str) -> list[str]:
    told = _(text)
    return [told] if told == text else [told, text]


_STATEMENTS = {
    Layout.PHYTOSANITARY: gettext_noop(
        "This is to certify that the plants, plant products or other regulated articles described "
        "herein have been inspected and/or tested according to appropriate official procedures and "
        "are considered to be free from the quarantine pests specified by the importing contracting "
        "party and to conform with the current phytosanitary requirements of the importing "
        "contracting party, including those for regulated non-quarantine pests."
    ),
    Layout.VETERINARY: gettext_noop(
        "II. The undersigned official veterinarian certifies that the animals or products described "
        "above satisfy the requirements that the two veterinary authorities have agreed."
    ),
    Layout.ODS: gettext_noop(
        "Issued under article 4B of the Montreal Protocol on Substances that Deplete the Ozone "
        "Layer. The licence covers the substances and quantities named here and no others."
    ),
}


def _seal(permit: Permit) -> dict[str, Any]:
    token = seal.token(permit)
    return {
        "title": both(gettext_noop("Verify without the internet")),
        "text": _(
            "The second code holds this permit as signed by the portal (JWS, RFC 7515). Its public "
            "keys are at %(address)s. Whether the permit still stands, only the public page says."
        ) % {"address": settings.PORTAL_URL.rstrip("/") + "/.well-known/jwks.json"},
        "qr": qr.svg(token),
        "address": seal.address(permit),
        "token": token,
    }
