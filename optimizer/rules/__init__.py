"""Rules: limits, targets, shares, eligibility and flows, one kind a file."""

from optimizer.rules.base import Line, Rule, RuleData, Violation, rules_of

__all__ = ["Line", "Rule", "RuleData", "Violation", "rules_of"]
