"""Amounts (homes, claims, money) that go with given choices: a small program, solved in whole numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.lagrangian.given import given
from optimizer.program import FREE, Floats, Ints, Program
from optimizer.solvers.direct import written_out
from optimizer.solvers.whole_highs import solve_whole

SECONDS = 5.0
"""A small program that takes longer is given up."""


def amounts_for(
    program: Program, taken: Ints, limits: tuple[Ints, Ints], cost: Floats, most: Ints | None = None,
    seconds: float = SECONDS,
) -> Ints | None:  # fmt: skip
    """All columns of a plan with the choices ``taken`` (0 or 1 for each option): whole amounts of the most ``cost`` · x that
    keep the ``limits`` of the rows (lower, upper; 2⁶² and beyond: none); None where there are none, or none was found in time.
    ``cost``, ``most``: one number a column (``most``: at most so much)."""
    low, high = (np.clip(side, -FREE, FREE) for side in limits)
    left = given(replace(program, row_lower=low, row_upper=high), taken)
    upper = left.program.upper if most is None else np.minimum(left.program.upper, most[left.columns])
    inner = replace(left.program, upper=upper)
    whole = written_out(inner, [], cost[left.columns].astype(np.float64))
    if whole.contradicted():
        return None
    found = solve_whole(whole, goal=None, seconds=seconds, start=None, stop=lambda: False) if len(upper) else upper
    if found is None or len(whole.broken(found)):
        return None
    x = np.zeros(program.columns, dtype=np.int64)
    x[: len(taken)] = taken
    x[left.columns] = found
    return x
