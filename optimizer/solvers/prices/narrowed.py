"""A whole program narrowed by its own LP: what the LP leaves undecided, and what is nearest to a tie at its prices."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Ints
from optimizer.solvers.highs import WholeProgram, passed

FEW = 3
"""Columns a set that stay free, in the mean."""


def narrowed(program: WholeProgram, sets: Ints, count: int) -> tuple[WholeProgram, Ints, Ints] | None:
    """The program over about ``count`` choice sets, the columns that it keeps, and what the others are fixed at; None where
    the LP has no solution.

    ``sets``: the choice set of each column (−1: an amount, always kept). The last rows of the program are the sets'
    choice rows, in order.
    """
    highs = passed(program, program.low, program.high, np.zeros(len(sets), dtype=bool))
    highs.setOptionValue("threads", 1)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = highs.getSolution()
    value, reduced = np.asarray(solution.col_value), np.abs(np.asarray(solution.col_dual))
    amount = sets < 0
    many = int(sets.max(initial=-1)) + 1
    near = np.abs(np.asarray(solution.row_dual)[len(solution.row_dual) - many :])
    inside = np.where(amount, 0, sets)
    other = np.where((value < 1e-6) & ~amount, reduced, np.inf)
    np.minimum.at(near, inside, other)
    split = (value > 1e-6) & (value < 1 - 1e-6) & ~amount
    near[sets[split]] = -1.0
    opened = np.zeros(many, dtype=bool)
    opened[np.argsort(near, kind="stable")[:count]] = True
    mine = opened[inside] & ~amount
    ranked = np.sort(reduced[mine])
    enough = ranked[min(len(ranked), FEW * count) - 1] if len(ranked) else 0.0
    keep = amount | (mine & ((value > 1e-6) | (reduced <= enough)))
    fixed = np.where(mine | amount, 0, np.rint(value)).astype(np.int64)
    part = sp.csr_array(sp.csr_array(program.matrix.tocsc()[:, np.flatnonzero(keep)]))
    rows = np.flatnonzero(np.diff(part.indptr))
    given = program.matrix @ fixed
    low = np.where(program.low > -FREE // 2, program.low - given, program.low)
    high = np.where(program.high < FREE // 2, program.high - given, program.high)
    small = replace(
        program, matrix=sp.csr_array(part[rows]), low=low[rows], high=high[rows], scale=program.scale[rows],
        upper=program.upper[keep], cost=program.cost[keep], offset=program.offset + float(program.cost @ fixed),
    )  # fmt: skip
    return small, np.flatnonzero(keep), fixed
