"""The commands, one a file, in the order in which the help lists them."""

from optimizer.commands import new, validate, solve, check, certify, why, frontier, alternatives, fairness, solvers  # isort: skip
from optimizer.commands.base import app, say_json

__all__ = [
    "alternatives",
    "app",
    "certify",
    "check",
    "fairness",
    "frontier",
    "new",
    "say_json",
    "solve",
    "solvers",
    "validate",
    "why",
]
