"""What a version says otherwise than another, rule by rule and field by field, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from agencies.conditions import Condition, ConditionError, Group, parse
from agencies.models import Rule, RuleSet
from agencies.routing_editor.words import said_data


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    rule: Any  # as it is now
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Comparison:
    about: list[Difference]
    added: list[Any]
    removed: list[Any]
    changed: list[Changed]
    same: int

    @property
    def is_empty(self) -> bool:
        return not (self.about or self.added or self.removed or self.changed)


def compare(before: RuleSet, after: RuleSet) -> Comparison:
    """Three queries, whatever the number of rules. Rules are the same if their codes are."""
    old = {rule.code: rule for rule in before.rules.select_related("queue__agency")}
    new = {rule.code: rule for rule in after.rules.select_related("queue__agency")}
    about = differing([
        (_("Title"), before.title, after.title),
        (_("Where goes what no rule matches"), str(before.default_queue), str(after.default_queue)),
    ])
    changed = [
        Changed(rule, differences) for code, rule in new.items()
        if code in old and (differences := _of_rules(old[code], rule))
    ]
    return Comparison(
        about=about,
        added=[rule for code, rule in new.items() if code not in old],
        removed=[rule for code, rule in old.items() if code not in new],
        changed=changed,
        same=len(new.keys() & old.keys()) - len(changed),
    )


def _of_rules(old: Rule, new: Rule) -> list[Difference]:
    pairs = [
        (_("Title"), old.title, new.title),
        (_("Agency and queue"), str(old.queue), str(new.queue)),
        (_("Tier"), str(old.tier), str(new.tier)),
        (_("Kind of review"), str(old.get_review_kind_display()),
         str(new.get_review_kind_display())),
        (_("Legal basis"), old.legal_basis, new.legal_basis),
        (_("Second signature"), _yes(old.needs_second_signature), _yes(new.needs_second_signature)),
    ]
    found = differing(pairs)
    if plain(old.conditions) != plain(new.conditions):
        found.append(Difference(
            _("Conditions"), said_data(old.conditions), said_data(new.conditions)))
    return found


def differing(pairs: list[tuple[str, str, str]]) -> list[Difference]:
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def _yes(value: bool) -> str:
    return _("needed") if value else _("not needed")


def plain(data: Any) -> Any:
    """The condition without what makes no difference: order, and groups of one."""
    try:
        return _normal(parse(data))
    except ConditionError:
        return data


def _normal(condition: Condition) -> Any:
    if not isinstance(condition, Group):
        return condition
    parts = [_normal(part) for part in condition.parts]
    if len(parts) == 1 and condition.op != "none":
        return parts[0]
    return condition.op, frozenset(parts)
