"""Versions of the routing rules: copied to a draft, changed, published, never edited again.

Editing has its own room, ``agencies.routing_editor``; what can be done with versions is said once
for all of them in ``agencies.versions.shelf``.
"""

from typing import Any

from agencies.models import Rule, RuleSet
from agencies.versions.shelf import EditRefused, Kinds, PublishError, Shelf
from portal.journal.kinds import EventKind

# What a rule says, besides its code, conditions and queue.
PLAIN = ("title", "tier", "review_kind", "legal_basis", "needs_second_signature")


class RoutingShelf(Shelf[RuleSet, Rule]):
    model, rule, link = RuleSet, Rule, "rule_set"
    lock = 0x52554C45  # "RULE"
    kinds = Kinds(
        drafted=EventKind.RULES_DRAFTED, edited=EventKind.RULES_EDITED,
        discarded=EventKind.RULES_DISCARDED, asked=EventKind.RULES_ASKED,
        unasked=EventKind.RULES_UNASKED, returned=EventKind.RULES_RETURNED,
        published=EventKind.RULES_PUBLISHED, withdrawn=EventKind.RULES_WITHDRAWN,
    )

    def rules_of(self, version: RuleSet) -> Any:
        return version.rules.select_related("queue")

    def rule_data(self, rule: Rule) -> dict[str, Any]:
        return {
            "code": rule.code, "title": rule.title, "queue": rule.queue.code, "tier": rule.tier,
            "review_kind": rule.review_kind, "legal_basis": rule.legal_basis,
            "needs_second_signature": rule.needs_second_signature, "conditions": rule.conditions,
        }

    def about(self, version: RuleSet) -> dict[str, Any]:
        return {"default_queue": version.default_queue.code}

    def copied(self, version: RuleSet) -> dict[str, Any]:
        return {"default_queue": version.default_queue}


SHELF = RoutingShelf()
as_data = SHELF.rule_data
next_version, content_of, problems_of = SHELF.next_version, SHELF.content_of, SHELF.problems_of
copy_to_draft, publish, withdraw = SHELF.copy_to_draft, SHELF.publish, SHELF.withdraw

__all__ = ["PLAIN", "SHELF", "EditRefused", "PublishError", "as_data", "content_of",
           "copy_to_draft", "next_version", "problems_of", "publish", "withdraw"]
