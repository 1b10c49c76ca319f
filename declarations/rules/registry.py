"""Which rules belong to which profile."""

from declarations.rules import (
    cited,
    consistency,
    header,
    items,
    parties,
    permits,
    transit,
    transport,
    valuation,
)
from declarations.rules.base import Rule

CAREC: tuple[Rule, ...] = (
    *header.RULES,
    *parties.RULES,
    *transport.RULES,
    *items.RULES,
    *valuation.RULES,
    *transit.RULES,
    *permits.RULES,
    *cited.RULES,
    *consistency.RULES,
)
PROFILES: dict[str, tuple[Rule, ...]] = {"carec": CAREC}


def rules_of(profile: str) -> tuple[Rule, ...]:
    """The rules of a profile; one that has none of its own is held to the schema alone."""
    return PROFILES.get(profile, ())


def all_rules() -> tuple[Rule, ...]:
    """Every rule of every profile, once, in order of profile and area."""
    return tuple(dict.fromkeys(rule for rules in PROFILES.values() for rule in rules))
