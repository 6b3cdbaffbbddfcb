"""The commands, one a file, in the order in which the help lists them."""

from optimizer.commands import new, validate, solve, check, certify, why, replan, nest, repair, compare, solvers  # isort: skip
from optimizer.commands.base import app, say_json

__all__ = [
    "app",
    "certify",
    "check",
    "compare",
    "nest",
    "new",
    "repair",
    "replan",
    "say_json",
    "solve",
    "solvers",
    "validate",
    "why",
]
