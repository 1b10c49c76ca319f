"""The comparison as an officer reads it, and the note in the journal that he did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.field_visibility import ElementGroup
from agencies.visibility import VIEW_WINDOW, withheld_from
from declarations import wco
from declarations.models import Declaration
from declarations.states import Kind
from exchange.advance.discrepancies import FAR, Discrepancy, Subject, compare
from exchange.advance.figures import Figures, figures_of, together
from exchange.advance.models import Advance, Match, News
from exchange.advance.register import tolerances
from exchange.advance.states import Outcome
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record

LABELS: dict[Subject, str | Promise] = {
    Subject.VALUE: _("Value"), Subject.CURRENCY: _("Value, in another currency"),
    Subject.GROSS_MASS: _("Gross mass"), Subject.NET_MASS: _("Net mass"),
    Subject.QUANTITY: _("Quantity"), Subject.PACKAGES: _("Packages"),
    Subject.COMMODITY: _("Commodity codes"), Subject.CONTAINER: _("Containers"),
}
GROUNDS: dict[str, str | Promise] = {
    "mrn": _("The import names its MRN"), "ucr": _("Same consignment reference (UCR)"),
    "doc": _("Same transport document"), "box": _("Same container"),
    "receiver": _("Same consignee"), "other_receiver": _("Another consignee there"),
    "hs": _("Same commodity code"),
}
# What an agency without the mandate does not see.
_GROUPS = {
    Subject.VALUE: ElementGroup.VALUE, Subject.CURRENCY: ElementGroup.VALUE,
    Subject.CONTAINER: ElementGroup.TRANSPORT,
}
_HIDDEN_GROUNDS = {"box": ElementGroup.TRANSPORT, "mrn": ElementGroup.PREVIOUS}
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both sides. ``percent``: how much more is declared, where it differs."""

    label: str | Promise
    told: str
    declared: str
    differs: bool = False
    percent: str = ""
    less: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """One export with why it is thought to be this import."""

    advance: Advance
    score: int
    grounds: list[tuple[str | Promise, str]]
    siblings: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """``news``: what came after the import was accepted, and made it be assessed again."""

    exports: list[Export]
    withdrawn: list[Export]
    news: list[News] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def differing(self) -> int:
        return sum(row.differs for row in self.rows)


def comparison_for(actor: Actor, declaration: Declaration) -> Comparison | None:
    """For an officer who has opened the case; None for others, and where no export is known. Each
    export shown is noted in its journal as read."""
    if declaration.kind != Kind.IMPORT or not actor.may(Permission.VIEW_CASES):
        return None
    matches = list(
        Match.objects.filter(declaration=declaration)
        .select_related("advance__partner", "advance__confirmation__organisation")
    )
    if not matches:
        return None
    withheld = withheld_from(actor)
    for match in matches:
        note_view(match.advance, actor, declaration)
    exports = [_export(match, withheld) for match in matches]
    in_force = [one for one in exports if not one.advance.is_void]
    rows = _rows([one.advance for one in in_force], declaration, withheld) if in_force else []
    news = list(
        News.objects.filter(declaration=declaration, outcome=Outcome.ASSESSED)
        .select_related("advance__partner").order_by("settled_at")
    )
    return Comparison(in_force, [one for one in exports if one.advance.is_void], news, rows)


def note_view(advance: Advance, actor: Actor, declaration: Declaration | None = None) -> None:
    """Journal that an official read it, once per official and hour."""
    with transaction.atomic():
        seen = Event.objects.filter(
            subject=advance.pk, kind=EventKind.VIEWED, user=actor.user_id,
            organisation=actor.organisation_id, at__gt=timezone.now() - VIEW_WINDOW,
        )
        if not seen.exists():
            about = {"declaration": str(declaration.pk)} if declaration else {}
            record(advance.pk, EventKind.VIEWED, actor,
                   {"agency": actor.organisation_name, **about})


def _export(match: Match, withheld: frozenset[str]) -> Export:
    grounds = [
        (GROUNDS[one["by"]], "" if _HIDDEN_GROUNDS.get(one["by"]) in withheld else one["value"])
        for one in match.grounds
    ]
    siblings = Match.objects.filter(advance=match.advance_id).exclude(pk=match.pk).count()
    return Export(match.advance, match.score, grounds, siblings)


def _rows(
    exports: list[Advance], declaration: Declaration, withheld: frozenset[str]
) -> list[Row]:
    told = together(figures_of(Kind.EXPORT, wco.from_json(one.dataset)) for one in exports)
    dataset = declaration.versions.latest("number").dataset
    declared = figures_of(Kind.IMPORT, wco.from_json(dataset or {}))
    differ = compare(told, declared, tolerances())
    return list(rows_of(told, declared, differ, withheld))


def rows_of(
    told: Figures, declared: Figures, differ: Iterable[Discrepancy], withheld: frozenset[str]
) -> Iterator[Row]:
    """Every figure that one side states, in the order of ``Subject``."""
    found = {(one.subject, one.of, one.unit): one for one in differ}
    for subject, of, unit, left, right in _sides(told, declared):
        if _GROUPS.get(subject) in withheld or not (left or right):
            continue
        one = found.get((subject, of, unit))
        yield Row(f"{LABELS[subject]} {of}" if of else LABELS[subject], left, right,
                  one is not None, _percent(one),
                  bool(one and one.percent is not None and one.percent < 0))


def _sides(
    told: Figures, declared: Figures
) -> Iterator[tuple[Subject, str, str, str, str]]:
    if told.value.keys() == declared.value.keys():
        for currency in sorted(told.value):
            yield (Subject.VALUE, "", currency, _amount(told.value[currency], currency),
                   _amount(declared.value[currency], currency))
    else:
        yield Subject.CURRENCY, "", "", _amounts(told), _amounts(declared)
    yield (Subject.GROSS_MASS, "", "KGM", _amount(told.gross_mass, "kg"),
           _amount(declared.gross_mass, "kg"))
    yield Subject.NET_MASS, "", "KGM", _amount(told.net_mass, "kg"), _amount(declared.net_mass, "kg")
    for code, unit in sorted(told.quantity.keys() | declared.quantity.keys())[:SHOWN]:
        yield (Subject.QUANTITY, code, unit, _amount(told.quantity.get((code, unit)), unit),
               _amount(declared.quantity.get((code, unit)), unit))
    yield Subject.PACKAGES, "", "", _amount(told.packages), _amount(declared.packages)
    yield Subject.COMMODITY, "", "", _names(told.hs), _names(declared.hs)
    yield Subject.CONTAINER, "", "", _names(told.containers), _names(declared.containers)


def _amounts(figures: Figures) -> str:
    return "; ".join(_amount(figures.value[one], one) for one in sorted(figures.value))


def _amount(number: Decimal | None, unit: str = "") -> str:
    if number is None:
        return ""
    whole = number == number.to_integral_value()
    plain = f"{number:.0f}" if whole else f"{number.normalize():f}"
    return f"{number_format(plain, force_grouping=True)} {unit}".strip()


def _names(codes: frozenset[str]) -> str:
    shown = sorted(codes)
    return ", ".join(shown[:SHOWN]) + (" …" if len(shown) > SHOWN else "")


def _percent(one: Discrepancy | None) -> str:
    if one is None or one.percent is None:
        return ""
    if abs(one.percent) >= FAR:
        return "> 9999" if one.percent > 0 else "< −9999"
    return f"{one.percent:+f}".replace("-", "−")


def facts_of(advance: Advance) -> dict[str, Any]:
    """What its consignee is shown to know the consignment by. The value comes with the draft, once
    he has confirmed."""
    figures = figures_of(Kind.EXPORT, wco.from_json(advance.dataset))
    shipment = advance.dataset.get("GoodsShipment") or {}
    return {
        "gross_mass": _amount(figures.gross_mass, "kg"),
        "packages": _amount(figures.packages),
        "containers": _names(figures.containers),
        "documents": ", ".join(k.removeprefix("doc:") for k in advance.keys if k.startswith("doc:")),
        "ucr": (shipment.get("UCR") or {}).get("ID") or "",
        "vehicle": (advance.dataset.get("BorderTransportMeans") or {}).get("ID") or "",
        "items": [
            {"description": commodity.get("Description") or "",
             "hs": ((commodity.get("Classification") or [{}])[0]).get("ID") or ""}
            for item in (shipment.get("GovernmentAgencyGoodsItem") or [])[:SHOWN]
            if (commodity := item.get("Commodity") or {})
        ],
        "item_count": len(shipment.get("GovernmentAgencyGoodsItem") or []),
    }
