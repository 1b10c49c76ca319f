"""Run the rules over a declaration and say what is wrong, in the order of the message."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from declarations import codelists
from declarations.rules.base import Finding, Rule
from declarations.rules.context import RuleContext
from declarations.rules.plan import plan
from declarations.rules.survey import Survey
from declarations.wco import (
    Amount,
    DateTime,
    Declaration,
    Fault,
    Layer,
    Measure,
    MessageKind,
    Quantity,
)
from declarations.wco.faults import capped
from declarations.wco.kinds import TYPE_CODE_PREFIXES
from declarations.wco.model import elements
from declarations.wco.pointers import split_path, to_pointer


def default_context() -> RuleContext:
    """This portal's country and today's date there."""
    from django.conf import settings

    zone = ZoneInfo(settings.PORTAL_TIME_ZONE)
    return RuleContext(settings.PORTAL_COUNTRY, datetime.now(UTC).astimezone(zone).date())


def check(
    declaration: Declaration, context: RuleContext | None = None, profile: str = "carec"
) -> list[Fault]:
    """Every rule that the declaration breaks, ordered by place; of very many, the first and the
    number of the rest. Empty if it is sound.

    Only faults of severity ``error`` refuse it. Without ``context`` it is judged by this portal's
    country and today. Codes are looked up in the editions in force on the context's day.
    """
    context = context or default_context()
    with codelists.as_of(context.today):
        survey = Survey(declaration, context)
        found = [
            (_order(finding.place.path), rule.code, _fault(rule, finding))
            for rule, finding in plan(profile, kind_of(declaration)).findings(survey)
        ]
    if not found:
        return []
    return capped(fault for _place, _code, fault in sorted(found, key=lambda each: each[:2]))


def kind_of(declaration: Declaration) -> MessageKind | None:
    """What the declaration asks for, by the first letters of its type."""
    code = declaration.TypeCode or ""
    kinds = (kind for prefix, kind in TYPE_CODE_PREFIXES.items() if code.startswith(prefix))
    return next(kinds, None)


def _fault(rule: Rule, finding: Finding) -> Fault:
    place = finding.place
    value = plain(place.value)
    params = {"value": value or "", "item": place.number, "label": place.label}
    params |= {name: plain(each) for name, each in finding.params.items()}
    return Fault(
        code=rule.code,
        layer=Layer.RULE,
        severity=rule.severity,
        template=rule.message,
        params=params,
        path=place.path,
        pointer=to_pointer(place.path),
        value=value,
        allowed=finding.allowed,
    )


def plain(value: Any) -> Any:
    """A value as its characters in the message, without exponents; None for a group."""
    match value:
        case Decimal():
            return format(value, "f")
        case Amount() | Measure() | Quantity():
            return plain(value.value)
        case DateTime():
            return value.value
        case date():
            return value.isoformat()
        case str() | int():
            return str(value)
    return None


def _order(path: str) -> tuple[tuple[int, int], ...]:
    """A key that sorts paths as their elements stand in a message."""
    key = []
    inside: type | None = Declaration
    for name, number in split_path(path)[1:]:
        names = _positions(inside) if inside else {}
        position, inside = names.get(name, (0, None))
        key.append((position, number or 0))
    return tuple(key)


@cache
def _positions(cls: type) -> dict[str, tuple[int, type | None]]:
    return {element.name: (n, element.group) for n, element in enumerate(elements(cls))}
