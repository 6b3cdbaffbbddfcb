"""HiGHS as a backend: whole-number programs with exact checking of what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints

TOLERANCE = 1e-9
"""Feasibility tolerance on scaled rows: below one base unit for every row scale up to 10^8."""


@dataclass(frozen=True)
class WholeProgram:
    """maximise cost·x + offset, low ≤ A x ≤ high, 0 ≤ x ≤ upper, x whole; exact int64 with row scales."""

    matrix: sp.csr_array
    low: Ints
    high: Ints
    scale: Floats
    upper: Ints
    cost: Floats
    offset: float = 0.0

    def broken(self, x: Ints) -> Ints:
        """Rows that ``x`` breaks, exactly."""
        activity = self.matrix @ x
        return np.flatnonzero((activity < self.low) | (activity > self.high))


LARGE = 10_000
"""A column that can be larger than this may be left continuous in a first solve."""


def passed(program: WholeProgram, low: Ints, high: Ints, whole: np.ndarray | None = None) -> highspy.Highs:  # type: ignore[type-arg]
    """The program handed to HiGHS in scaled floating point."""
    scaled = sp.csc_array(sp.diags_array(1.0 / program.scale) @ program.matrix.astype(np.float64))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.matrix.shape[1], program.matrix.shape[0]
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.offset_ = program.offset
    lp.col_cost_ = np.asarray(program.cost, dtype=np.float64)
    lp.col_lower_ = np.zeros(lp.num_col_)
    lp.col_upper_ = np.where(program.upper >= 10**12, highspy.kHighsInf, program.upper.astype(np.float64))
    lp.row_lower_ = np.where(low <= -FREE // 2, -highspy.kHighsInf, low / program.scale)
    lp.row_upper_ = np.where(high >= FREE // 2, highspy.kHighsInf, high / program.scale)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = scaled.indptr
    lp.a_matrix_.index_ = scaled.indices
    lp.a_matrix_.value_ = scaled.data
    kinds = np.array([highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger])
    wanted = np.ones(lp.num_col_, dtype=np.int64) if whole is None else whole.astype(np.int64)
    lp.integrality_ = list(kinds[wanted])
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("primal_feasibility_tolerance", TOLERANCE)
    highs.setOptionValue("mip_feasibility_tolerance", TOLERANCE)
    highs.passModel(lp)
    return highs


def solve_whole(
    program: WholeProgram,
    *,
    goal: float | None,
    seconds: float,
    start: Ints | None,
    stop: Callable[[], bool],
    seed: int = 0,
) -> Ints | None:
    """The best whole solution found in ``seconds`` that holds every row exactly, or None.

    Columns with a large range (areas, money) are left continuous at first; with all others fixed at
    what comes out, a second small solve makes them whole. A solution that breaks a row by less than
    the solver's tolerance is sent back with that row tightened, at most three times.
    """
    small = program.upper <= LARGE
    if small.any() and not small.all():
        x = _solve(program, goal, seconds, start, small, seed)
        if x is None:
            return None
        rest = np.flatnonzero(~small)
        fixed = np.where(small, np.rint(x), 0).astype(np.int64)
        given = program.matrix @ fixed
        part = sp.csr_array(sp.csc_array(program.matrix)[:, rest])
        left = WholeProgram(
            part,
            np.where(program.low > -FREE // 2, program.low - given, program.low),
            np.where(program.high < FREE // 2, program.high - given, program.high),
            program.scale,
            program.upper[rest],
            program.cost[rest],
        )
        amounts = _exact(left, None, 5.0, None, seed)
        if amounts is not None:
            fixed[rest] = amounts
            return fixed
    return _exact(program, goal, seconds, start, seed)


def _exact(program: WholeProgram, goal: float | None, seconds: float, start: Ints | None, seed: int) -> Ints | None:
    low, high = program.low.copy(), program.high.copy()
    for _ in range(4):
        found = _solve(replace(program, low=low, high=high), goal, seconds, start, None, seed)
        if found is None:
            return None
        x = np.rint(found).astype(np.int64)
        if not len(program.broken(x)):
            return x
        activity = program.matrix @ x
        over = np.maximum(activity - program.high, 0)
        under = np.maximum(program.low - activity, 0)
        high = np.where(over > 0, high - over, high)
        low = np.where(under > 0, low + under, low)
    return None


def _solve(
    program: WholeProgram,
    goal: float | None,
    seconds: float,
    start: Ints | None,
    whole: np.ndarray | None,  # type: ignore[type-arg]
    seed: int,
) -> Floats | None:
    """One HiGHS run; the values as they come, or None."""
    highs = passed(program, program.low, program.high, whole)
    highs.setOptionValue("time_limit", float(seconds))
    highs.setOptionValue("random_seed", seed)
    if goal is not None:
        highs.setOptionValue("objective_target", float(goal))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start.astype(np.float64))
        highs.setSolution(solution)
    highs.run()
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    return np.asarray(highs.getSolution().col_value)


def exact_with_bound(
    program: WholeProgram, gap: float, seconds: float, start: Ints | None
) -> tuple[Ints | None, float]:
    """The whole program to a relative gap: a solution that holds every row exactly (or None) and HiGHS's bound."""
    low, high = program.low.copy(), program.high.copy()
    bound = np.inf
    for _ in range(4):
        highs = passed(program, low, high)
        highs.setOptionValue("time_limit", float(seconds))
        highs.setOptionValue("mip_rel_gap", gap)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = list(start.astype(np.float64))
            highs.setSolution(solution)
        highs.run()
        info = highs.getInfo()
        if np.array_equal(low, program.low) and np.array_equal(high, program.high):
            bound = float(info.mip_dual_bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, bound
        x = np.rint(np.asarray(highs.getSolution().col_value)).astype(np.int64)
        if not len(program.broken(x)):
            return x, bound
        activity = program.matrix @ x
        high = np.where(activity > program.high, high - (activity - program.high), high)
        low = np.where(activity < program.low, low + (program.low - activity), low)
    return None, bound


def least_violation(program: WholeProgram, seconds: float) -> Ints:
    """Rows that a solution with the least total violation (in scaled units) breaks; large columns stay continuous."""
    rows, columns = program.matrix.shape
    highs = passed(program, program.low, program.high, program.upper <= LARGE)
    highs.setOptionValue("time_limit", float(seconds))
    each = np.repeat(np.arange(rows), 2).astype(np.int32)
    count = 2 * rows
    highs.addCols(
        count,
        np.full(count, -1.0),
        np.zeros(count),
        np.full(count, highspy.kHighsInf),
        count,
        np.arange(count + 1, dtype=np.int32),
        each,
        np.tile([1.0, -1.0], rows),
    )
    highs.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.zeros(columns))
    highs.run()
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return np.zeros(0, dtype=np.int64)
    slack = np.asarray(highs.getSolution().col_value)[columns:].reshape(rows, 2).sum(axis=1)
    return np.flatnonzero(slack > 1e-7)
