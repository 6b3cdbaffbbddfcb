"""A goal that touches few columns of a large program: bounded by the rows that stand near it, reached by moving these columns alone.

How a sum is shared out, when it is settled what the sum is, has nothing to do with most of the program. The rows that hold only
columns near the goal are a small program of their own, a relaxation of the whole, so that its bound holds; and the same columns
with all others as they are give plans. Where both agree the stage is done without the whole program being solved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from optimizer.program import Bools, Ints, Vector
from optimizer.solvers.direct import mask_of, restricted
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.whole_highs import FEW_COLUMNS, Settled, exact_with_bound

SHORT = 100
"""Rows of at most so many columns lead from a column near the goal to others."""

STEPS = 4
"""How many rows lie at most between the goal and a column that is near it."""

PART = 0.25
"""Of all columns at most so many may be near: else the whole program is solved as well at once."""


def around(program: WholeProgram, columns: Bools, steps: int = STEPS) -> Bools:
    """The columns, and those that short rows join with them, over so many rows."""
    pattern = sp.csr_array(program.matrix != 0).astype(np.int64)
    short = pattern[np.flatnonzero(np.diff(pattern.indptr) <= SHORT)]
    found = columns
    for _ in range(steps):
        rows = short @ found.astype(np.int64) > 0
        found = found | (short.T @ rows.astype(np.int64) > 0)
    return found


def near(program: WholeProgram) -> Ints:
    """The columns near those that the goal counts."""
    return np.flatnonzero(around(program, program.cost != 0))


def near_goal(
    program: WholeProgram, gap: float, seconds: float, start: Vector, stop: Callable[[], bool]
) -> Settled | None:
    """The better of ``start`` (which holds every row) and a plan that differs from it near the goal only, with the bound of
    the rows there; None where too many columns are near, or these rows have no solution within the time."""
    columns = near(program)
    if not len(columns) or len(columns) > min(FEW_COLUMNS, PART * len(program.upper)):
        return None
    here = np.zeros(len(program.upper), dtype=np.int64)
    here[columns] = 1
    pattern = sp.csr_array(program.matrix != 0).astype(np.int64)
    inside = np.flatnonzero((pattern @ here == np.diff(pattern.indptr)) & (np.diff(pattern.indptr) > 0))
    part = WholeProgram(
        sp.csr_array(program.matrix[inside][:, columns]), program.low[inside], program.high[inside],
        program.scale[inside], program.upper[columns], program.cost[columns], continuous=mask_of(program.continuous, columns),
    )  # fmt: skip
    above = exact_with_bound(part, gap, seconds / 2, start[columns], stop)
    if above.x is None:
        return None
    bound = above.bound + program.offset
    fixed = start.copy()
    fixed[columns] = 0
    moved = exact_with_bound(
        replace(restricted(program, fixed, columns), offset=0.0), gap, seconds / 2, start[columns], stop
    )
    if moved.x is None or float(part.cost @ (moved.x - start[columns])) <= 0:
        return Settled(start, bound)
    done = fixed.astype(moved.x.dtype)
    done[columns] = moved.x
    return Settled(done, bound)
