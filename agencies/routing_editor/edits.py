"""Changing a draft of the routing rules: each change is an event; see ``agencies.versions.shelf``."""

from agencies.rule_sets import SHELF
from agencies.versions.shelf import EditRefused

begin, describe, discard = SHELF.begin, SHELF.describe, SHELF.discard
save_rule, delete_rule, fingerprint = SHELF.save_rule, SHELF.delete_rule, SHELF.fingerprint
editors, locked_draft = SHELF.editors, SHELF.locked_draft

__all__ = ["EditRefused", "begin", "delete_rule", "describe", "discard", "editors", "fingerprint",
           "locked_draft", "save_rule"]
