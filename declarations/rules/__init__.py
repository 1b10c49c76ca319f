"""Business rules: what a schema cannot say, checked over the typed dataset.

``check`` is pure and fast; ``all_rules`` lists every rule with its source for the page that
explains them to traders.
"""

from declarations.rules.base import Finding, Rule
from declarations.rules.check import check, default_context
from declarations.rules.context import PermitProblem, PermitRegister, RuleContext
from declarations.rules.registry import all_rules, rules_of

__all__ = [
    "Finding", "PermitProblem", "PermitRegister", "Rule", "RuleContext", "all_rules", "check",
    "default_context", "rules_of",
]
