"""Whole-number and mixed programs by HiGHS, with exact checking of what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import highspy
import numpy as np

from optimizer.program import Bools, Floats, Ints, Vector
from optimizer.solvers.direct import restricted
from optimizer.solvers.exact import solve_exactly
from optimizer.solvers.highs import WholeProgram, passed, run

LARGE = 10_000
"""A column that can be larger than this may be left continuous in a first solve."""


def solve_whole(
    program: WholeProgram,
    *,
    goal: float | None,
    seconds: float,
    start: Vector | None,
    stop: Callable[[], bool],
    seed: int = 0,
    nodes: int | None = None,
) -> Vector | None:
    """The best solution found in ``seconds`` (or ``nodes``: a limit that does not depend on the machine) that holds
    every row (see ``WholeProgram.broken``), or None.

    Whole columns with a large range (areas, money) are left continuous at first; with the small ones fixed at
    what comes out, a second small solve makes them whole. A solution that breaks a row by less than
    the solver's tolerance is sent back with that row tightened, at most three times.
    """
    whole = np.ones(len(program.upper), dtype=bool) if program.continuous is None else ~program.continuous
    small = whole & (program.upper <= LARGE)
    if small.any() and (whole & ~small).any():
        x = _solve(program, goal, seconds, start, small, stop, seed, nodes)
        if x is None:
            return None
        fixed = np.where(small, np.rint(x), 0).astype(np.int64)
        rest = np.flatnonzero(~small)
        left = restricted(program, fixed, rest)
        amounts = _exact(left, None, 5.0, None, stop, seed)
        if amounts is not None:
            done = fixed.astype(amounts.dtype)
            done[rest] = amounts
            if not len(program.broken(done)):
                return done
    return _exact(program, goal, seconds, start, stop, seed, nodes)


def _exact(
    program: WholeProgram,
    goal: float | None,
    seconds: float,
    start: Vector | None,
    stop: Callable[[], bool],
    seed: int,
    nodes: int | None = None,
) -> Vector | None:
    low, high = program.low.copy(), program.high.copy()
    for _ in range(4):
        found = _solve(replace(program, low=low, high=high), goal, seconds, start, None, stop, seed, nodes)
        if found is None:
            return None
        x = settled(program, found)
        under, over = program.oversteps(x)
        if not (under > 0).any() and not (over > 0).any():
            return x
        low, high = low + under, high - over
    return None


FINE = 1e-9
"""Feasibility tolerance where continuous columns are settled."""


def settled(program: WholeProgram, values: Floats) -> Vector:
    """A solver's values as a plan: whole columns rounded; the continuous ones, which fitted the values before rounding
    and within the solver's tolerance only, are solved once more as a small LP where that has a solution."""
    x = program.rounded(values)
    if program.continuous is None:
        return x
    free = np.flatnonzero(program.continuous)
    fixed = np.where(program.continuous, 0, x).astype(np.int64)
    highs = passed(part := restricted(program, fixed, free), part.low, part.high)
    highs.setOptionValue("primal_feasibility_tolerance", FINE)
    highs.setOptionValue("dual_feasibility_tolerance", FINE)
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        x[free] = np.clip(np.asarray(highs.getSolution().col_value), 0.0, program.upper[free])
    return x


def _solve(
    program: WholeProgram,
    goal: float | None,
    seconds: float,
    start: Vector | None,
    whole: Bools | None,
    stop: Callable[[], bool],
    seed: int,
    nodes: int | None,
) -> Floats | None:
    """One HiGHS run; the values as they come, or None."""
    highs = passed(program, program.low, program.high, whole)
    highs.setOptionValue("random_seed", seed)
    if nodes is not None:
        highs.setOptionValue("mip_max_nodes", nodes)
        highs.setOptionValue("mip_rel_gap", 0.0)  # relative to a value with its offset: too coarse for a part of a plan
        for heuristic in ("rens", "root_reduced_cost"):  # cost more than they find in programs this small
            highs.setOptionValue(f"mip_heuristic_run_{heuristic}", False)
    if goal is not None:
        highs.setOptionValue("objective_target", float(goal))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start.astype(np.float64))
        highs.setSolution(solution)
    run(highs, seconds, stop)
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    return np.asarray(highs.getSolution().col_value)


FEW_COLUMNS = 1_000
FIRST_SHARE = 0.25
"""Programs of few columns HiGHS has in seconds, or it loses itself in sums of money: its first run gets this share of the time."""


def exact_with_bound(
    program: WholeProgram,
    gap: float,
    seconds: float,
    start: Vector | None,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[float, float], None] | None = None,
) -> Settled:
    """The whole program to a relative gap: a solution that holds every row (or None), a bound, and whether it is proven
    that there is none.

    HiGHS first. Where its answer is not to be trusted (it breaks a row, misses the gap before the time is up, or says that
    there is none), small whole programs are decided by CP-SAT in whole numbers, and others by HiGHS once more, at a finer
    tolerance, without presolve and without ``start``: with both, HiGHS 1.16 can return a solution that is not worth what
    it says.
    """
    if program.contradicted():
        return Settled(None, np.inf, True)
    began = time.perf_counter()
    share = FIRST_SHARE if len(program.upper) <= FEW_COLUMNS else 1.0
    first = by_highs(program, gap, share * seconds, start, stop, tell)
    left = seconds - (time.perf_counter() - began)
    if stop() or left <= 0 or within(program, first, gap):
        return replace(first, infeasible=False)
    exact = solve_exactly(
        program, gap, left / 2 if share < 1 else left, first.x if first.x is not None else start, stop
    )
    if exact is not None and (exact.infeasible or (exact.x is not None and first.x is None)):
        return Settled(exact.x, exact.bound + program.offset, exact.infeasible)
    if exact is not None and exact.x is not None and first.x is not None:
        better = max((first.x, exact.x), key=lambda x: float(program.cost @ x))
        return Settled(better, min(first.bound, exact.bound + program.offset))
    second = by_highs(program, gap, seconds - (time.perf_counter() - began), None, stop, tell, fine=True)
    if second.x is None and first.x is None:
        return replace(second, infeasible=first.infeasible and second.infeasible)
    found = [s.x for s in (first, second) if s.x is not None]
    return Settled(max(found, key=lambda x: float(program.cost @ x)), min(first.bound, second.bound))


def within(program: WholeProgram, found: Settled, gap: float) -> bool:
    """Whether the solution is within the gap of its own bound, but for rounding (whole values have nothing between them)."""
    if found.x is None:
        return False
    value = float(program.cost @ found.x) + program.offset
    unit = step_of(program)
    return found.bound - value <= gap * max(1.0, abs(value)) + (unit - 1e-6 if unit else 1e-9 * max(1.0, abs(value)))


def step_of(program: WholeProgram) -> int:
    """What every value of cost·x is a multiple of (0: it may be any number)."""
    if program.continuous is not None or not np.array_equal(np.rint(program.cost), program.cost):
        return 0
    return max(1, int(np.gcd.reduce(np.abs(program.cost).astype(np.int64), initial=0)))


@dataclass(frozen=True)
class Settled:
    """A solution that holds every row (or None), a bound on cost·x + offset (inf: none), and whether there is provably none."""

    x: Vector | None
    bound: float
    infeasible: bool = False


def by_highs(
    program: WholeProgram,
    gap: float,
    seconds: float,
    start: Vector | None,
    stop: Callable[[], bool],
    tell: Callable[[float, float], None] | None,
    fine: bool = False,
) -> Settled:
    """HiGHS, and where its solution breaks a row once more without presolve, then with that row tightened; ``infeasible`` is
    its first word."""
    low, high = program.low.copy(), program.high.copy()
    bound = np.inf
    for attempt in range(4):
        highs = passed(program, low, high, presolve=not fine and not attempt)
        highs.setOptionValue("mip_rel_gap", gap)
        highs.setOptionValue("mip_abs_gap", max(min(gap, 1e-6), 0.9 * (step_of(program) - 1)))
        if fine:
            highs.setOptionValue("primal_feasibility_tolerance", FINE)
            highs.setOptionValue("mip_feasibility_tolerance", FINE)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = list(start.astype(np.float64))
            highs.setSolution(solution)
        run(highs, seconds, stop, tell)
        info, status = highs.getInfo(), highs.getModelStatus()
        if not attempt:
            bound = bound_of(highs)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Settled(None, bound, not attempt and status == highspy.HighsModelStatus.kInfeasible)
        x = settled(program, np.asarray(highs.getSolution().col_value))
        under, over = program.oversteps(x)
        if not (under > 0).any() and not (over > 0).any():
            return Settled(x, bound)
        if fine or attempt:  # with presolve rows are held too coarsely to say how much is missing
            low, high = low + under, high - over
    return Settled(None, bound)


def bound_of(highs: highspy.Highs) -> float:
    """The proven bound of a maximisation; an LP's optimum is its own."""
    info = highs.getInfo()
    if np.isfinite(info.mip_dual_bound) and info.mip_node_count >= 0:
        return float(info.mip_dual_bound)
    optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(info.objective_function_value) if optimal else np.inf


def least_violation(program: WholeProgram, seconds: float, stop: Callable[[], bool]) -> Ints:
    """Rows that a solution with the least total violation (in scaled units) breaks; large columns stay continuous."""
    rows, columns = program.matrix.shape
    highs = passed(program, program.low, program.high, program.upper <= LARGE)
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
    run(highs, seconds, stop)
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return np.zeros(0, dtype=np.int64)
    slack = np.asarray(highs.getSolution().col_value)[columns:].reshape(rows, 2).sum(axis=1)
    return np.flatnonzero(slack > 1e-7)
