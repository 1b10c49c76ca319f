"""Which rules have something to ask of a declaration, by what stands in it.

Most rules look at one place, and most places are empty in most declarations: so the rules are sorted
once by the group that they look into, and only those of the groups that are there are asked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from declarations.rules.base import TRADE, Each, Finding, Rule, Survey
from declarations.rules.context import Params
from declarations.rules.layout import owner_of
from declarations.rules.registry import rules_of
from declarations.wco import MessageKind

Ask = Callable[[Any, Survey], Params | None]
MANY = 8


@dataclass(slots=True)
class _Look:
    """The rules that look at one path. ``name``: of the element in its group; empty for a group."""

    path: str
    name: str
    each: list[tuple[Each, Ask]] = field(default_factory=list)
    """Those that ask each value, with what they ask."""
    all: list[Each] = field(default_factory=list)
    """Those that judge all values at once."""
    once: list[Rule] = field(default_factory=list)
    """Those that need something to be there, and are asked once."""

    def values(self, groups: list[Any]) -> Sequence[Any]:
        name = self.name
        if not name:
            return groups
        if len(groups) == 1:  # as most are; a comprehension costs twice that
            value = getattr(groups[0], name)
            return () if value is None else (value,)
        return [value for group in groups if (value := getattr(group, name)) is not None]


class Plan:
    """The rules for one kind of message in one profile."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._always: list[Rule] = []
        self._looks: dict[str, list[_Look]] = {}
        by_path: dict[str, _Look] = {}

        def look(path: str) -> _Look:
            if path not in by_path:
                owner = owner_of(path)
                name = "" if owner == path else path.rpartition("/")[2]
                by_path[path] = _Look(path, name)
                self._looks.setdefault(owner, []).append(by_path[path])
            return by_path[path]

        for rule in rules:
            if isinstance(rule, Each):
                for path in rule.paths():
                    if type(rule).judge is Each.judge:
                        look(path).each.append((rule, rule.at))
                    else:
                        look(path).all.append(rule)
            elif rule.needs:
                look(rule.needs).once.append(rule)
            else:
                self._always.append(rule)

    def findings(self, survey: Survey) -> Iterator[tuple[Rule, Finding]]:
        """What the rules find, in no order."""
        for owner, groups in survey.groups.items():
            for look in self._looks.get(owner, ()):
                values = look.values(groups)
                if not values:
                    continue
                # The same few codes stand at hundreds of items: each is asked about once.
                many = len(values) > MANY and isinstance(values[0], str)
                distinct = set(values) if many else values
                wrong = look.all
                for each, ask in look.each:
                    for value in distinct:
                        if ask(value, survey) is not None:
                            wrong = [*wrong, each]
                            break
                for each in wrong:
                    for finding in each.judge(look.path, values, survey):
                        yield each, finding
                for rule in look.once:
                    for finding in rule.check(survey):
                        yield rule, finding
        for rule in self._always:
            for finding in rule.check(survey):
                yield rule, finding


@cache
def plan(profile: str, kind: MessageKind | None) -> Plan:
    """The rules for a kind; for a declaration that does not say its own, those for every kind."""
    return Plan(
        rule for rule in rules_of(profile)
        if (kind in rule.kinds if kind else rule.kinds == TRADE)
    )
