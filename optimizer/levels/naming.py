"""Which joining limit cannot be met, by how much, and which rows hold it: read off prices that prove it."""

from __future__ import annotations

import numpy as np

from optimizer.levels.division import Proof
from optimizer.levels.split import Split
from optimizer.program import FREE
from optimizer.solvers.base import Limits
from optimizer.solvers.conflict import Conflict, find_conflict


def named(split: Split, proof: Proof) -> Conflict:
    """The conflict that a proof with a ``total`` below 0 proves: how near the dearest joining limit (a task first) comes
    under all the others. Exact: with the other limits as they are, the prices prove the same for this one wherever the
    total would come to 0 or more."""
    program, prices = split.program, proof.prices
    limit = np.where(prices > 0, program.row_upper, program.row_lower)
    joining = [int(r) for r in split.joining if prices[r]]
    tasks = [r for r in joining if prices[r] < 0 and limit[r] > 0]
    asked = tasks or joining or [int(r) for r in np.flatnonzero(prices)]
    row = max(asked, key=lambda r: abs(int(prices[r]) * int(limit[r])))
    missing = -(proof.total // abs(int(prices[row])))
    attainable = int(limit[row]) + (missing if prices[row] > 0 else -missing)
    worth = np.abs(prices.astype(np.float64) * np.where(np.abs(limit) < FREE // 2, limit, 1))
    holding = [int(r) for r in np.argsort(-worth, kind="stable") if prices[r] and int(r) != row]
    unit = int(program.row_unit[row])
    return Conflict([row, *holding[:200]], int(limit[row]) * unit, attainable * unit)


def blocked(split: Split, places: list[int], limits: Limits) -> Conflict | None:
    """The conflict within a place whose own rows exclude each other under any shares; None where that is not proven."""
    for number in places:
        place = split.places[number]
        found = find_conflict(place.program, limits)
        if found is not None:
            return Conflict([int(place.rows[r]) for r in found.rows], found.limit, found.attainable)
    return None
