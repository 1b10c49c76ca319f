"""How an import compares with the exports that it is (``settings.MIRROR_REGISTER`` for the rules).

If it is several exports, it is compared with all of them together. One export divided among several
imports shows in each as less than left; its page lists them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from agencies.mirror import NO_MIRROR, Mirror
from declarations import wco
from declarations.models import Declaration
from declarations.states import Kind
from exchange.advance.discrepancies import Discrepancy, Subject, Tolerances, compare
from exchange.advance.figures import figures_of, together
from exchange.advance.matching import MOST, WINDOW
from exchange.advance.models import Advance
from exchange.advance.references import references_of
from exchange.advance.scoring import Score, score

AGREES = "agrees"


@dataclass(frozen=True, slots=True)
class Found:
    """An export in force that an import is, and how sure that is."""

    advance: Advance
    score: Score


def mirror(declaration: Declaration, dataset: wco.Declaration) -> Mirror:
    """What rules may know, by this dataset, which may be one that is not in force yet."""
    found = exports_of(declaration, dataset)
    if not found:
        return NO_MIRROR
    differ = differences((one.advance for one in found), dataset)
    return Mirror(
        found=tuple(dict.fromkeys(str(one.subject) for one in differ)) or (AGREES,),
        value=_farthest(differ, Subject.VALUE),
        mass=_farthest(differ, Subject.GROSS_MASS, Subject.NET_MASS),
        quantity=_farthest(differ, Subject.QUANTITY),
        packages=_farthest(differ, Subject.PACKAGES),
    )


def exports_of(declaration: Declaration, dataset: wco.Declaration) -> list[Found]:
    """Those that match well enough now, the surest first."""
    references = references_of(dataset)
    if not references.keys:
        return []
    at = declaration.accepted_at or timezone.now()
    found = Advance.objects.sharing(references, at - WINDOW, at + WINDOW).select_related("partner")
    scored = [
        Found(advance, score(advance.references, references))
        for advance in found.order_by("-changed_at")[:MOST]
    ]
    return sorted((one for one in scored if one.score.is_enough),
                  key=lambda one: -one.score.points)


def differences(exports: Iterable[Advance], dataset: wco.Declaration) -> list[Discrepancy]:
    """Between an import and at least one export."""
    told = together(
        figures_of(Kind.EXPORT, wco.from_json(advance.dataset)) for advance in exports)
    return compare(told, figures_of(Kind.IMPORT, dataset), tolerances())


def tolerances() -> Tolerances:
    given = settings.MIRROR_TOLERANCES
    return Tolerances(**{name: Decimal(percent) for name, percent in given.items()})


def _farthest(differ: Iterable[Discrepancy], *subjects: Subject) -> Decimal | None:
    percents = [d.percent for d in differ if d.subject in subjects and d.percent is not None]
    return max(percents, key=abs, default=None)
