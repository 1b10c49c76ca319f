"""Publishing with four eyes: one asks, another, who had no hand in the draft, approves.

See ``agencies.versions.shelf``.
"""

from agencies.rule_sets import SHELF
from agencies.versions.shelf import EditRefused, PublishError

ask, unask, approve, give_back = SHELF.ask, SHELF.unask, SHELF.approve, SHELF.give_back
may_approve, lacks_dry_run = SHELF.may_approve, SHELF.lacks_dry_run

__all__ = ["EditRefused", "PublishError", "approve", "ask", "give_back", "lacks_dry_run",
           "may_approve", "unask"]
