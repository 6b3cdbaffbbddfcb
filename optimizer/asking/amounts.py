"""Amounts (homes, claims, money) that go with given choices: a small program, solved in whole numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from optimizer.lagrangian.given import Given, given
from optimizer.program import FREE, Bools, Floats, Ints, Program
from optimizer.solvers.direct import written_out
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.whole_highs import exact_with_bound, solve_whole

SECONDS = 5.0
"""A small program that takes longer is given up."""

GAP = 1e-4
"""How near to the best the amounts are sought."""

DEAR = 1e3
"""A limit missed by one of its scaled units costs the nearest amounts so much; what they bring beside it counts one at most."""

Sides = tuple[Ints, Ints]
"""Lower and upper limits of the rows; 2⁶² and beyond: none."""


def amounts_for(
    program: Program, taken: Ints, limits: Sides, cost: Floats, most: Ints | None = None, seconds: float = SECONDS,
    nodes: int | None = None,
) -> Ints | None:  # fmt: skip
    """All columns of a plan with the choices ``taken`` (0 or 1 for each option): whole amounts of the most ``cost`` · x that
    keep the ``limits``; None where there are none, or none was found in time. ``cost``, ``most``: one number a column
    (``most``: at most so much). ``nodes``: the search ends after so many."""
    left, whole = _left(program, taken, limits, cost, most)
    if not len(left.columns):
        return None if whole.contradicted() else _with(program, left, np.zeros(0, dtype=np.int64))
    if whole.contradicted():
        return None
    found = solve_whole(whole, goal=None, seconds=seconds, start=None, stop=lambda: False, nodes=nodes)
    return None if found is None else _with(program, left, found)


def nearest_amounts(
    program: Program, taken: Ints, limits: Sides, cost: Floats, soft: Bools, seconds: float = SECONDS
) -> Ints | None:  # fmt: skip
    """The same where no amounts keep all limits: those that miss the ``soft`` rows by the least together (in scaled units);
    None where there are none, or none was found in time."""
    left, whole = _left(program, taken, limits, cost, None)
    many, rows = whole.matrix.shape[1], int(soft.sum())
    if not many:
        return _with(program, left, np.zeros(0, dtype=np.int64))
    at = np.flatnonzero(soft)
    off = sp.csr_array((whole.scale[at].astype(np.int64), (at, np.arange(rows))), shape=(whole.matrix.shape[0], rows))
    size = max(1.0, float(np.abs(whole.cost).max(initial=0.0)) * float(np.minimum(whole.upper, 10**12).max(initial=1)))
    loose = WholeProgram(
        sp.csr_array(sp.hstack([whole.matrix, off, -off], format="csr")), whole.low, whole.high, whole.scale,
        np.concatenate([whole.upper, np.full(2 * rows, 10**9)]),
        np.concatenate([whole.cost / size, np.full(2 * rows, -DEAR)]),
    )  # fmt: skip
    found = exact_with_bound(loose, GAP, seconds, None).x
    return None if found is None else _with(program, left, found[:many])


def _left(
    program: Program, taken: Ints, limits: Sides, cost: Floats, most: Ints | None
) -> tuple[Given, WholeProgram]:  # fmt: skip
    """What is left to settle, and written out."""
    low, high = (np.clip(side, -FREE, FREE) for side in limits)
    left = given(replace(program, row_lower=low, row_upper=high), taken)
    upper = left.program.upper if most is None else np.minimum(left.program.upper, most[left.columns])
    inner = replace(left.program, upper=upper)
    return left, written_out(inner, [], cost[left.columns].astype(np.float64))


def _with(program: Program, left: Given, found: Ints) -> Ints:
    """The choices and these amounts over all columns."""
    x = np.zeros(program.columns, dtype=np.int64)
    x[: len(left.taken)] = left.taken
    x[left.columns] = found
    return x
