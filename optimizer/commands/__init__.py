"""The commands, one a file, in the order in which the help lists them."""

# isort: off
from optimizer.commands import (
    new as new,
    validate as validate,
    solve as solve,
    check as check,
    certify as certify,
    relax as relax,
    repair as repair,
    why as why,
    prices as prices,
    replan as replan,
    nest as nest,
    frontier as frontier,
    alternatives as alternatives,
    fairness as fairness,
    compare as compare,
    place as place,
    reserve as reserve,
    solvers as solvers,
)

# isort: on
from optimizer.commands.base import app, say_json

__all__ = ["app", "say_json"]
