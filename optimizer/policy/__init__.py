"""Policy files: clauses with their numbers, tables, measures, rules and objectives, as data."""

from optimizer.policy.model import Parameter, Policy, Schedule, Title

__all__ = ["Parameter", "Policy", "Schedule", "Title"]
