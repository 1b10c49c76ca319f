"""A declaration as an official document: what ``templates/paper/declaration.typ`` sets.

Laid out from the same sheet as the page of the declaration, so with the labels of the data
dictionary, and with every element that was filed: what has no place of its own stands under the
heading of its group.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.conditions_of_approval import ConditionState
from agencies.states import ReviewState
from agencies.visibility import covered_for
from declarations import receipts as acceptances
from declarations.models import Declaration, Version
from declarations.receipts import Standing
from declarations.states import State
from portal.accounts.actors import Actor
from portal.journal import receipts
from portal.journal.models import Receipt
from portal.pages import names
from portal.pages.dataset import DOCUMENTS, Block, Document, Fact, Item, Sheet, sheet
from portal.pages.printed import COLUMNS, cell, code_of, moment, packed, text_of
from portal.paper import qr

Json = dict[str, Any]

TONES = {
    State.RELEASED: "good", State.REFUSED: "bad", State.REJECTED: "bad",
    State.DRAFT: "mute", State.CANCELLED: "mute",
}
# A group with nothing but these is a party.
PARTY = ("Name", "ID", "Address")
# Shown in columns of the items' table.
IN_COLUMNS = (
    "SequenceNumeric", "Commodity/Description", "Commodity/Classification/ID", "Origin/CountryCode",
    "Commodity/GoodsMeasure/NetNetWeightMeasure", "Commodity/GoodsMeasure/GrossMassMeasure",
)


def document(declaration: Declaration, actor: Actor) -> Json:
    """What the actor may see of it as a document, in the language of the moment."""
    version = declaration.versions.order_by("-number").first()
    receipt = acceptances.of(declaration.pk)
    laid_out = _sheet(declaration, version, actor)
    return {
        "letterhead": _letterhead(declaration, version, receipt),
        "strip": _strip(declaration, version, laid_out),
        "parties": _parties(laid_out),
        "sections": _sections([panel for panel in laid_out.panels if not _is_party(panel)]),
        "items": _items(laid_out.items),
        "documents": _documents(laid_out.documents),
        "decisions": _decisions(declaration),
        "receipt": _receipt(receipt),
        "words": {
            "parties": _("Parties"), "items": _("Goods items"), "documents": _("Documents"),
            "decisions": _("Decisions of the agencies"), "receipt": _("Receipt of acceptance"),
        },
    }


def verify_address(receipt: Receipt) -> str:
    """Where anybody may check it; what the QR code holds."""
    return settings.PORTAL_URL.rstrip("/") + reverse("verify_receipt", args=[receipt.pk])


def _sheet(declaration: Declaration, version: Version | None, actor: Actor) -> Sheet:
    if version is None:
        return sheet((declaration.draft or {}).get("dataset"), [])
    return sheet(covered_for(actor, version.dataset), [])


# --- head -----------------------------------------------------------------------------------


def _letterhead(
    declaration: Declaration, version: Version | None, receipt: Receipt | None
) -> Json:
    return {
        "country": names.country(settings.PORTAL_COUNTRY),
        "authority": settings.PORTAL_NAME,
        "title": _("Declaration: %(kind)s") % {"kind": declaration.get_kind_display()},
        "subtitle": declaration.goods,
        "number_label": _("MRN") if declaration.mrn else _("LRN"),
        "number": declaration.mrn or declaration.lrn or "—",
        "state_label": _("State"),
        "state": str(declaration.get_state_display()),
        "tone": TONES.get(State(declaration.state), "wait"),
        "qr": qr.svg(verify_address(receipt)) if receipt else "",
        "qr_note": _("Scan to check this declaration with the portal") if receipt else "",
        "page": _("Page {page} of {pages}"),
        "issued": _("Printed %(moment)s. What is valid is the record in the portal.")
        % {"moment": moment(timezone.now())},
    }


def _strip(declaration: Declaration, version: Version | None, laid_out: Sheet) -> list[Json]:
    """What identifies the declaration, and the way that it has gone."""
    facts = (fact for panel in laid_out.panels for fact in panel.every_fact())
    consignment = next((fact for fact in facts if "/UCR/" in f"/{fact.path}"), None)
    cells = [
        cell(_("MRN"), declaration.mrn or ""),
        cell(_("LRN"), declaration.lrn),
        cell(_("Consignment reference (UCR)"), text_of(consignment)),
        cell(_("Version"), str(version.number) if version else ""),
        cell(_("Filed by"), declaration.organisation.name),
        cell(_("Filed"), moment(declaration.submitted_at)),
        cell(_("Accepted"), moment(declaration.accepted_at)),
        cell(_("Closed"), moment(declaration.closed_at)),
    ]
    return packed([one for one in cells if one["value"]])


# --- dataset --------------------------------------------------------------------------------


def _is_party(block: Block) -> bool:
    parts = {_end(fact) for fact in block.facts}
    return "Name" in parts and parts <= set(PARTY) and not block.blocks


def _end(fact: Fact) -> str:
    return fact.path.rpartition("/")[2]


def _parties(laid_out: Sheet) -> list[Json]:
    """Each party in a box; one with several roles stands once, under all of them."""
    found: dict[tuple[str, ...], list[str]] = {}
    for panel in laid_out.panels:
        if _is_party(panel):
            part = {_end(fact): str(fact.value) for fact in panel.facts}
            lines = tuple(part[name] for name in PARTY if part.get(name))
            found.setdefault(lines, []).append(panel.label)
    cells = [cell(", ".join(roles), list(lines), 6) for lines, roles in found.items()]
    if len(cells) % 2:
        cells[-1]["width"] = COLUMNS
    return cells


def _sections(panels: list[Block]) -> list[Json]:
    """One for every panel; several of the same kind that follow each other stand in one."""
    made = []
    for _name, group in groupby(panels, key=lambda panel: panel.name):
        alike = list(group)
        if len(alike) == 1:
            made.append(_section(alike[0]))
            continue
        made.append({
            "label": alike[0].label.rstrip("0123456789 "),
            "cells": [],
            "groups": [
                {"label": block.label, "text": _particulars(block.facts)}
                for panel in alike for block in panel.walk() if block.facts
            ],
        })
    return made


def _section(panel: Block) -> Json:
    inner = [block for block in panel.walk() if block is not panel and block.facts]
    return {
        "label": panel.label,
        "cells": packed([cell(fact.label, text_of(fact), code=code_of(fact)) for fact in panel.facts]),
        "groups": [
            {"label": block.label, "text": _particulars(block.facts)}
            for block in inner if block.name != DOCUMENTS
        ],
    }


def _items(items: list[Item]) -> Json:
    return {
        "columns": [
            {"label": _("No."), "width": "auto", "code": True},
            {"label": _("Commodity code"), "width": "auto", "code": True},
            {"label": _("Description and particulars"), "width": 1},
            {"label": _("Origin"), "width": "auto", "code": True},
            {"label": _("Gross mass"), "width": "auto", "align": "end", "code": True},
            {"label": _("Net mass"), "width": "auto", "align": "end", "code": True},
            {"label": _("Value"), "width": "auto", "align": "end", "code": True},
        ],
        "rows": [_item(item) for item in items],
    }


def _item(item: Item) -> Json:
    price = item.price
    shown = {f"{item.block.path}/{place}" for place in IN_COLUMNS}
    if price:
        shown.add(price.path)
    rest = [
        fact for block in item.block.walk() if block.name != DOCUMENTS for fact in block.facts
        if fact.path not in shown
    ]
    return {
        "cells": [
            str(item.sequence), text_of(item.hs_code), text_of(item.description),
            code_of(item.origin) or text_of(item.origin), text_of(item.gross_mass),
            text_of(item.net_mass), text_of(price),
        ],
        "particulars": _particulars(rest),
    }


def _documents(documents: list[Document]) -> Json:
    rows = []
    for one in documents:
        kind, number = one.block.value("TypeCode"), one.block.value("ID")
        shown = {fact.path for fact in (kind, number) if fact}
        rest = [
            fact for fact in one.block.every_fact()
            if fact.path not in shown and _end(fact) != "SequenceNumeric"
        ]
        rows.append([
            " ".join(filter(None, (text_of(kind), f"({code_of(kind)})" if code_of(kind) else ""))),
            text_of(number), _particulars(rest), one.concerns,
        ])
    return _filled(
        [
            {"label": _("Document"), "width": 3}, {"label": _("Number"), "width": 2, "code": True},
            {"label": _("Particulars"), "width": 3}, {"label": _("Concerns"), "width": 2},
        ],
        rows,
    )


def _particulars(facts: Iterable[Fact]) -> str:
    parts = []
    for fact in facts:
        code = code_of(fact)
        words = f"{text_of(fact)} ({code})" if code else text_of(fact)
        parts.append(_("%(label)s: %(value)s") % {"label": fact.label, "value": words})
    return "; ".join(parts)


# --- decisions and receipt ------------------------------------------------------------------


def _decisions(declaration: Declaration) -> Json:
    reviews = (
        declaration.reviews.select_related("queue__agency").prefetch_related("conditions")
        .order_by("tier", "queue__agency__name")
    )
    rows = []
    for review in reviews:
        refused = review.state == ReviewState.REFUSED
        reason = ". ".join(filter(None, (
            str(review.get_reason_code_display()) if review.reason_code else "",
            review.reason if refused else "",
            *(f"{one.get_when_display()}: {one.words} ({one.get_state_display()})"
              for one in review.conditions.all() if one.state != ConditionState.LAPSED),
        )))
        rows.append([
            review.queue.agency.name, str(review.get_kind_display()),
            str(review.get_state_display()), moment(review.closed_at), reason,
        ])
    return _filled(
        [
            {"label": _("Agency"), "width": 3}, {"label": _("Kind of review"), "width": 2},
            {"label": _("State"), "width": 2}, {"label": _("Decided"), "width": 2},
            {"label": _("Reason"), "width": 3},
        ],
        rows,
    )


def _filled(columns: list[Json], rows: list[list[str]]) -> Json:
    """A table without the columns in which no row has anything."""
    kept = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    return {
        "columns": [columns[at] for at in kept],
        "rows": [[row[at] for at in kept] for row in rows],
    }


def _receipt(receipt: Receipt | None) -> Json | None:
    """What the portal signed, in words, so that paper and file can be held against each other."""
    if receipt is None:
        return None
    header, claims = receipts.read(receipt.token)
    state, since = acceptances.standing(receipt)
    holds = {
        Standing.IN_FORCE: _("This version is in force."),
        Standing.REPLACED: _("This version was replaced on %(moment)s."),
        Standing.ENDED: _("This version is no longer in force since %(moment)s."),
    }[state]
    return {
        "holds": holds % {"moment": moment(since)} if since else holds,
        "cells": [
            cell(_("Accepted (UTC)"), claims["accepted_at"], 4),
            cell(_("Version"), str(claims["version"]), 2),
            cell(_("Receipt number"), claims["jti"], 6),
            cell(_("SHA-256 of the message"), claims["sha256"], 12),
            cell(_("SHA-256 of the event in the journal"), claims["event_sha256"], 12),
            cell(_("Event in the journal"), claims["event"], 6),
            cell(_("Signed with the key"), header["kid"], 6),
            cell(_("Check it at"), verify_address(receipt), 12),
        ],
    }
