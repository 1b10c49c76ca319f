"""What a version of the risk profile says otherwise than another, in words."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.risk.models import RiskProfile, RiskRule
from agencies.risk.showing import effect_of
from agencies.routing_editor.compare import Changed, Comparison, Difference, differing, plain
from agencies.routing_editor.words import said_data


def compare(before: RiskProfile, after: RiskProfile) -> Comparison:
    """Two queries, whatever the number of rules. Rules are the same if their codes are."""
    old = {rule.code: rule for rule in before.rules.all()}
    new = {rule.code: rule for rule in after.rules.all()}
    changed = [
        Changed(rule, differences) for code, rule in new.items()
        if code in old and (differences := _of_rules(old[code], rule))
    ]
    return Comparison(
        about=differing([
            (_("Title"), before.title, after.title),
            (_("Yellow from score"), str(before.yellow_from), str(after.yellow_from)),
            (_("Red from score"), str(before.red_from), str(after.red_from)),
            (_("Green is released without a hand"), _yes(before.releases_green),
             _yes(after.releases_green)),
            (_("Blue is released without a hand"), _yes(before.releases_blue),
             _yes(after.releases_blue)),
        ]),
        added=[rule for code, rule in new.items() if code not in old],
        removed=[rule for code, rule in old.items() if code not in new],
        changed=changed,
        same=len(new.keys() & old.keys()) - len(changed),
    )


def _of_rules(old: RiskRule, new: RiskRule) -> list[Difference]:
    found = differing([
        (_("Title"), old.title, new.title),
        (_("Effect"), effect_of(old.score, old.floor), effect_of(new.score, new.floor)),
        (_("Random share"), share_of(old), share_of(new)),
        (_("Legal basis"), old.legal_basis, new.legal_basis),
        (_("Days"), days_of(old), days_of(new)),
        (_("The trader may read it"), _yes(old.disclosable), _yes(new.disclosable)),
    ])
    if plain(old.conditions) != plain(new.conditions):
        found.append(Difference(
            _("Conditions"), said_data(old.conditions), said_data(new.conditions)))
    return found


def share_of(rule: RiskRule) -> str:
    """“2.5 %”; nothing where the rule always counts."""
    return "" if rule.share is None else f"{rule.share.normalize():f} %"


def days_of(rule: RiskRule) -> str:
    """“1 Nov 2026 – 31 Dec 2026”; nothing where it is always valid."""
    def day(value: Any) -> str:
        return date_format(value, "j M Y") if value else "…"

    if rule.valid_from is None and rule.valid_to is None:
        return ""
    return f"{day(rule.valid_from)} – {day(rule.valid_to)}"


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")
