"""The certificate: the boxes of the international model, in the portal's letter, as PDF/A.

Titles stand in the language of the reader and in English.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from agencies.permits import seal
from agencies.permits.certificate_boxes import both, both_paragraphs, cell, day
from agencies.permits.certificate_layouts import GOODS, HEADINGS, goods_general
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
        "cells": HEADINGS[Layout(permit.scheme.layout)](permit),
        "goods": _goods(permit, lines),
        "closing": _closing(permit),
        "seal": _seal(permit),
    }


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


def _goods(permit: Permit, lines: list[PermitLine]) -> dict[str, Any]:
    """Every line as a list of boxes; the template sets one block for each."""
    set_line = GOODS.get(Layout(permit.scheme.layout), goods_general)
    return {"label": both(gettext_noop("Goods")),
            "lines": [set_line(line, letter) for line, letter in zip(lines, _letters(), strict=False)]}


def _letters() -> Iterator[str]:
    """A, B … Z, then AA, AB …, as the models letter their lines."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from alphabet
    for first in alphabet:
        for second in alphabet:
            yield first + second


def _closing(permit: Permit) -> dict[str, Any]:
    t = both
    layout = Layout(permit.scheme.layout)
    place = permit.agency.organisation.city
    issued = formats.date_format(timezone.localtime(permit.issued_at), "j M Y")
    cells = [cell(
        ("13. " if layout is Layout.CITES else "") + t(gettext_noop("Issued: place, date, officer")),
        [", ".join(filter(None, (place, issued))), str(permit.issued_by)],
    )]
    second = permit.signed_by
    cells.append(cell(t(gettext_noop("Second signature")), [
        str(second), formats.date_format(timezone.localtime(permit.signed_at), "j M Y"),
    ]) if second and permit.signed_at else cell(
        t(gettext_noop("Validity")), f"{day(permit.valid_from)} – {day(permit.valid_to)}"))
    if permit.replaces is not None:
        cells.append(cell(t(gettext_noop("Replaces permit")), permit.replaces.number, 12))
    if layout is Layout.CITES:
        # Filled in by hand where the goods leave.
        cells += [
            cell("14. " + t(gettext_noop("Export endorsement: quantity")), "", 3),
            cell(t(gettext_noop("Port of export and date")), "", 3),
            cell(t(gettext_noop("Signature and stamp")), "", 3),
            cell("15. " + t(gettext_noop("Bill of lading or air waybill")), "", 3),
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
