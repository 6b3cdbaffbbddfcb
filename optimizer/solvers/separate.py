"""Stages that touch a part of a program only: the columns that rows join with what the stage counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from optimizer.program import Bools, Vector
from optimizer.solvers.direct import Found, WholeSolver, restricted
from optimizer.solvers.highs import WholeProgram


def touched(program: WholeProgram) -> Bools:
    """The columns that rows join, directly or through others, with a column that has a cost."""
    rows, _columns = program.matrix.shape
    graph = sp.block_array([[None, program.matrix != 0], [(program.matrix != 0).T, None]], format="csr")
    _, label = connected_components(graph, directed=False)
    counted = label[rows:][np.flatnonzero(program.cost)]
    return np.isin(label[rows:], counted)


def by_separate_parts(solver: WholeSolver) -> WholeSolver:
    """``solver`` on the touched columns alone. The others stay as in ``start``; where there is none they get, once, any values
    that hold their rows. The bound is the whole program's: nothing else counts or joins."""

    def solve(
        program: WholeProgram,
        gap: float,
        seconds: float,
        start: Vector | None,
        stop: Callable[[], bool],
        tell: Callable[[float, float], None],
    ) -> Found:
        """See ``WholeSolver``."""
        part = touched(program)
        if part.all() or not part.any() or program.contradicted():
            return solver(program, gap, seconds, start, stop, tell)
        began = time.perf_counter()
        free, rest = np.flatnonzero(part), np.flatnonzero(~part)
        plan = np.zeros(len(part), dtype=np.int64 if program.continuous is None else np.float64)
        if start is None:
            anything = replace(restricted(program, plan, rest), cost=np.zeros(len(rest)))
            others = solver(anything, 1.0, seconds / 2, None, stop, lambda value, bound: None).x
            if others is None:
                return Found(None, np.inf)
            plan[rest] = others
        else:
            plan[rest] = start[rest]
        own = restricted(program, np.where(part, 0, plan), free)
        left = seconds - (time.perf_counter() - began)
        found = solver(own, gap, left, None if start is None else start[free], stop, tell)
        if found.x is None:
            return found
        plan[free] = found.x
        return Found(plan, found.bound)

    return solve
