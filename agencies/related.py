"""What belongs to a case beside its own data: the permits that it cites, and what the same trader
has brought before, as far as the reader's agency may see it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils import timezone

from agencies.field_visibility import ElementGroup
from agencies.permits.models import Permit, PermitLine
from agencies.visibility import cases_of
from declarations.models import Declaration
from declarations.states import State
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation

Json = dict[str, Any]

# How far back a trader's earlier consignments are looked at.
LOOK_BACK = timedelta(days=365)
PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Cited:
    """A permit of this portal that the declaration names. ``lines`` are empty where its balance is
    not the reader's to see."""

    permit: Permit
    own: bool
    lines: list[PermitLine]
    shows_value: bool


def permits_cited(dataset: Json | None, actor: Actor, withheld: Collection[str]) -> list[Cited]:
    """Those named in the part of the dataset that is given, in the order of their numbers."""
    numbers = set(_numbers(dataset or {}))
    if not numbers:
        return []
    found = []
    for permit in Permit.objects.filter(number__in=numbers).shown().order_by("number"):
        own = permit.scheme.agency.organisation_id == actor.organisation_id
        shows = own or permit.scheme.discloses_balance
        found.append(Cited(
            permit, own, list(permit.lines.all()) if shows else [],
            ElementGroup.VALUE not in withheld))
    return found


def _numbers(dataset: Json) -> Iterator[str]:
    shipment = dataset.get("GoodsShipment") or {}
    for group in (dataset, *(shipment.get("GovernmentAgencyGoodsItem") or [])):
        for document in group.get("AdditionalDocument") or []:
            if number := (document.get("ID") or "").strip():
                yield number


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the trader has brought before. ``outcomes``: how many, by state."""

    trader: Organisation
    total: int = 0
    outcomes: list[tuple[State, int]] = field(default_factory=list)
    page: Page[Declaration] | None = None


def earlier(declaration: Declaration, actor: Actor, page: str | None) -> Earlier:
    """The cases of the same trader that came to the actor's agency in the year before this one."""
    trader = declaration.principal or declaration.organisation
    until = declaration.submitted_at or timezone.now()
    found = (
        cases_of(actor).of_trader(trader.pk).exclude(pk=declaration.pk)
        .filter(submitted_at__range=(until - LOOK_BACK, until))
    )
    outcomes = found.outcomes()
    total = sum(number for _state, number in outcomes)
    if not total:
        return Earlier(trader)
    pages = Paginator(found.order_by("-submitted_at", "-pk"), PER_PAGE)
    pages.count = total  # counted already
    return Earlier(trader, total, outcomes, pages.get_page(page))
