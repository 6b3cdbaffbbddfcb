"""Small whole programs by CP-SAT, which counts in whole numbers: the second opinion where floats do not settle a case.

A solver in floating point calls a row of a thousand million fen held when it misses by a few hundred, and may call a
program infeasible that is not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from ortools.sat.python import cp_model

from optimizer.program import FREE, Bools, Ints, Vector
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.implied_bounds import narrowed

ENTRIES = 300_000
"""Programs with more entries than this are not handed over."""
LOOK = 0.1
"""Seconds between two looks at ``stop``."""


@dataclass(frozen=True)
class Exact:
    """A solution (or None), a bound on cost·x without the offset (inf where there is none), whether there is provably none."""

    x: Ints | None
    bound: float
    infeasible: bool


def solve_exactly(
    program: WholeProgram, gap: float, seconds: float, start: Vector | None, stop: Callable[[], bool]
) -> Exact | None:
    """The program by CP-SAT; None where it is not for it: costs that are not whole, too large, sums beyond 64 bits. Of a
    program with continuous columns only the rows without them are searched, for a proof that there is no solution."""
    if program.continuous is not None:
        found = solve_exactly(_whole_rows(program, program.continuous), gap, seconds, None, stop)
        return found if found is not None and found.infeasible else None
    program = narrowed(program)  # sums that its columns cannot reach must not count against 64 bits
    cost = np.rint(program.cost)
    if not np.array_equal(cost, program.cost) or program.matrix.nnz > ENTRIES:
        return None
    model, columns = _model(program, cost.astype(np.int64))
    if start is not None:
        for column, value in zip(columns, start, strict=True):
            model.add_hint(column, int(value))
    if model.validate():
        return None  # sums that do not fit into 64 bits
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.relative_gap_limit = gap
    solver.parameters.absolute_gap_limit = 0.0
    solver.parameters.max_time_in_seconds = float(min(max(seconds, 0.1), 1e7))
    status = _watched(solver, model, stop)
    if status == cp_model.INFEASIBLE:
        return Exact(None, np.inf, True)
    bound = float(solver.best_objective_bound) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else np.inf
    if not np.isfinite(bound) or status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Exact(None, np.inf, False)
    x = np.array([solver.value(c) for c in columns], dtype=np.int64)
    return Exact(x if not len(program.broken(x)) else None, bound, False)


def _model(program: WholeProgram, cost: Ints) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """The program as it is, rows unscaled, maximised."""
    model = cp_model.CpModel()
    columns = [model.new_int_var(0, int(u), "") for u in program.upper]
    indptr, indices, data = program.matrix.indptr, program.matrix.indices, program.matrix.data
    for row in np.flatnonzero(np.diff(indptr)):
        part = slice(indptr[row], indptr[row + 1])
        total = cp_model.LinearExpr.weighted_sum([columns[j] for j in indices[part]], data[part].tolist())
        low, high = max(int(program.low[row]), -int(FREE)), min(int(program.high[row]), int(FREE))
        model.add_linear_constraint(total, low, high)
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, cost.tolist()))
    return model, columns


def _whole_rows(program: WholeProgram, continuous: Bools) -> WholeProgram:
    """The rows without continuous columns, over the whole columns, without a cost."""
    rows = np.flatnonzero(abs(program.matrix) @ continuous.astype(np.int64) == 0)
    part = sp.csr_array(sp.csc_array(program.matrix[rows])[:, np.flatnonzero(~continuous)])
    upper = program.upper[~continuous]
    return WholeProgram(
        part, program.low[rows], program.high[rows], program.scale[rows], upper, np.zeros(len(upper))
    )  # fmt: skip


def _watched(solver: cp_model.CpSolver, model: cp_model.CpModel, stop: Callable[[], bool]) -> int:
    """Solve, and stop once ``stop`` says so."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(LOOK):
            if stop():
                solver.stop_search()

    looking = threading.Thread(target=watch, daemon=True)
    looking.start()
    try:
        return int(solver.solve(model))
    finally:
        done.set()
        looking.join()
