"""Which rules belong to which profile."""

from operator import attrgetter

from declarations.rules import (
    applications,
    cited,
    consistency,
    containers,
    documents,
    goods,
    header,
    measures,
    packages,
    parties,
    permits,
    procedures,
    route,
    transit,
    transport,
    valuation,
)
from declarations.rules.base import Rule

# By area, as the codes name it; within an area in the order of the codes.
_AREAS: tuple[tuple[Rule, ...], ...] = (
    header.RULES,
    parties.RULES,
    (*transport.RULES, *containers.RULES, *route.RULES),
    (*goods.RULES, *procedures.RULES, *packages.RULES, *measures.RULES),
    valuation.RULES,
    transit.RULES,
    (*documents.RULES, *permits.RULES, *applications.RULES, *cited.RULES),
    consistency.RULES,
)
CAREC: tuple[Rule, ...] = tuple(
    rule for area in _AREAS for rule in sorted(area, key=attrgetter("code"))
)
PROFILES: dict[str, tuple[Rule, ...]] = {"carec": CAREC}


def rules_of(profile: str) -> tuple[Rule, ...]:
    """The rules of a profile; one that has none of its own is held to the schema alone."""
    return PROFILES.get(profile, ())


def all_rules() -> tuple[Rule, ...]:
    """Every rule of every profile, once, in order of profile and area."""
    return tuple(dict.fromkeys(rule for rules in PROFILES.values() for rule in rules))
