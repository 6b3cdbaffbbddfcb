"""The commands, one a file, in the order in which the help lists them."""

from optimizer.commands import new, validate, solve, check, certify, why, frontier, solvers  # isort: skip
from optimizer.commands.base import app, say_json

__all__ = ["app", "certify", "check", "frontier", "new", "say_json", "solve", "solvers", "validate", "why"]
