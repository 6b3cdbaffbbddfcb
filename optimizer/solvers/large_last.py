"""Whole programs with amounts of a large range: small columns first, then the large ones beside them."""

from __future__ import annotations

import time
from collections.abc import Callable

import highspy
import numpy as np

from optimizer.program import Bools, Floats, Vector
from optimizer.solvers.direct import Found, restricted
from optimizer.solvers.highs import TOLERANCE, WholeProgram, passed, run
from optimizer.solvers.near_goal import around
from optimizer.solvers.whole_highs import LARGE, Settled, bound_of, by_highs, exact_with_bound, within

NEXT = 2
"""Rows between what does not fit and what gives way to it."""

PART = 0.4
"""Of the time, what the relaxation with large columns continuous gets."""


def large_last(
    program: WholeProgram,
    gap: float,
    seconds: float,
    start: Vector | None,
    stop: Callable[[], bool],
    tell: Callable[[float, float], None] | None,
) -> Settled | None:
    """A solution by two steps and a bound on the whole program; None where all columns are small or all are large.

    The program with its large columns left continuous bounds the whole one, and is much easier: what branches there are
    choices, not the last person or yuan of a sum. Its small columns then stay, and the large ones are made whole beside
    them. Where that costs less than one unit of the objective the bound proves it.
    """
    whole = np.ones(len(program.upper), dtype=bool) if program.continuous is None else ~program.continuous
    small = whole & (program.upper <= LARGE)
    if not small.any() or not (whole & ~small).any() or program.contradicted():
        return None
    began = time.perf_counter()
    highs = passed(program, program.low, program.high, small, presolve=True)
    highs.setOptionValue("mip_rel_gap", gap / 2)
    highs.setOptionValue("mip_abs_gap", min(gap, 1e-6))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start.astype(np.float64))
        highs.setSolution(solution)
    run(highs, PART * seconds, stop, tell)
    bound = bound_of(highs)
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Settled(None, bound)
    fixed = np.where(small, np.rint(np.asarray(highs.getSolution().col_value)), 0).astype(np.int64)
    rest = np.flatnonzero(~small)
    left = seconds - (time.perf_counter() - began)
    near = None if start is None else start[rest]
    found = by_highs(restricted(program, fixed, rest), gap, PART * left, near, stop, None)
    if found.x is None:
        return Settled(None, bound)
    done = fixed.astype(found.x.dtype)
    done[rest] = found.x
    return Settled(None if len(program.broken(done)) else done, bound)


def near_relaxation(
    program: WholeProgram,
    gap: float,
    seconds: float,
    start: Vector | None,
    stop: Callable[[], bool],
    counted: bool = False,
) -> Settled:
    """``start`` (it may break rows), or a better solution beside the LP relaxation's, whose value is the bound: the whole
    columns that come out whole there and that the objective does not count (or all: ``counted``) stay, the rest is solved
    (relaxation enforced neighbourhood search, Berthold 2014)."""
    whole = np.ones(len(program.upper), dtype=bool) if program.continuous is None else ~program.continuous
    highs = passed(program, program.low, program.high, np.zeros(len(whole), dtype=bool))
    run(highs, PART * seconds, stop)
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return Settled(start, np.inf)
    known = Settled(start, float(highs.getInfo().objective_function_value))
    legal = start is not None and not len(program.broken(start))
    if legal and within(program, known, gap):
        return known
    value = np.asarray(highs.getSolution().col_value)
    stays = whole & (program.upper <= LARGE) & (np.abs(value - np.rint(value)) <= TOLERANCE)
    if not counted:
        stays &= program.cost == 0
    done = _filled(program, value, stays, gap, seconds, stop, counted)
    if done is None and counted:  # as it is the rest does not fit: what stands next to it gives way
        done = _filled(program, value, stays & ~around(program, ~stays, NEXT), gap, seconds, stop, counted)
    if done is None:
        return known
    better = start is None or not legal or float(program.cost @ (done - start)) > 0
    return Settled(done, known.bound) if better else known


def _filled(
    program: WholeProgram,
    value: Floats,
    stays: Bools,
    gap: float,
    seconds: float,
    stop: Callable[[], bool],
    large: bool,
) -> Vector | None:
    """The columns that stay as they are, the rest solved beside them (``large``: small columns first); None where that finds
    nothing that holds every row."""
    done = np.where(stays, np.rint(value), 0).astype(np.int64)
    rest = np.flatnonzero(~stays)
    part = restricted(program, done, rest)
    found = large_last(part, gap, seconds, None, stop, None) if large else None
    if found is None or found.x is None:
        found = by_highs(part, gap, seconds, None, stop, None)
    if found.x is None:
        return None
    done = done.astype(found.x.dtype)
    done[rest] = found.x
    return None if len(program.broken(done)) else done


def highs_solver(
    program: WholeProgram,
    gap: float,
    seconds: float,
    start: Vector | None,
    stop: Callable[[], bool],
    tell: Callable[[float, float], None],
) -> Found:
    """``large_last`` where that is proven within the gap, else ``exact_with_bound`` from the better of its solution and
    ``start``."""
    began = time.perf_counter()
    first = large_last(program, gap, seconds, start, stop, tell)
    if first is not None and (within(program, first, gap) or stop()):
        return Found(first.x, _finite(first.bound))
    known = [x for x in (start, first.x if first is not None else None) if x is not None]
    near = max(known, key=lambda x: float(program.cost @ x), default=None)
    done = exact_with_bound(program, gap, seconds - (time.perf_counter() - began), near, stop, tell)
    found = [x for x in (first.x if first is not None else None, done.x) if x is not None]
    best = max(found, key=lambda x: float(program.cost @ x), default=None)
    return Found(best, _finite(min(done.bound, first.bound if first is not None else np.inf)))


def _finite(bound: float) -> float:
    return bound if np.isfinite(bound) else np.inf
