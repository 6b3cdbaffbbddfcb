"""All stages of one objective at once: bounds from linear programs, then one plan that reaches every one of them.

The stages of a worst-off-first objective differ little: what a plan for one of them is worth in the next decides whether each
needs a search of its own. Their linear relaxations, solved in order with each bound kept as if it were reached, take
hundredths of a second. Where a single plan reaches all these bounds, every stage is proven.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from optimizer.program import Bools, Number, Program, Stage, Vector
from optimizer.solvers.direct import restricted, written_out
from optimizer.solvers.exact import solve_exactly
from optimizer.solvers.highs import WholeProgram, passed, run
from optimizer.solvers.implied_bounds import narrowed
from optimizer.solvers.separate import touched
from optimizer.solvers.whole_highs import by_highs

Kept = Sequence[tuple[Stage, Number]]
NEAR_WHOLE = 1e-6
QUICK = 1.5
"""Seconds that CP-SAT may take before HiGHS."""
FEW = 700
"""Up to this many columns CP-SAT, which counts in whole numbers, is asked before HiGHS."""


@dataclass(frozen=True)
class Reached:
    """A legal plan, and for each stage the bound that it reaches (what it is worth, without its ``base``)."""

    x: Vector
    bounds: tuple[int, ...]


def relaxed_bound(program: Program, kept: Kept, stage: Stage, seconds: float, stop: Callable[[], bool]) -> int | None:
    """No plan that keeps what is kept is worth more in ``stage``: the linear relaxation's optimum, rounded to the multiples
    that whole columns can reach. None where it has none in time, or columns that the stage counts may be continuous."""
    if program.continuous is not None and stage.value[program.continuous].any():
        return None
    whole = written_out(program, kept, (stage.sign * stage.value).astype(np.float64))
    highs = passed(whole, whole.low, whole.high, np.zeros(program.columns, dtype=bool))
    run(highs, seconds, stop)
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    best = float(highs.getInfo().objective_function_value)
    step = max(1, int(np.gcd.reduce(stage.value)))
    return stage.sign * int(np.floor(best / step + NEAR_WHOLE)) * step


def reach_all(
    program: Program,
    kept: Kept,
    stages: Sequence[Stage],
    plan: Vector | None,
    among: Sequence[Bools],
    seconds: float,
    stop: Callable[[], bool],
) -> Reached | None:
    """A plan that reaches the relaxation's bounds of all ``stages``; None where there is none, or none was found in time.

    ``among``: which columns may move away from ``plan`` (all, where there is no plan), tried in order; what the stages do
    not touch stays.
    """
    began = time.perf_counter()
    wanted, bounds = list(kept), []
    for stage in stages:
        bound = relaxed_bound(program, wanted, stage, seconds - (time.perf_counter() - began), stop)
        if bound is None:
            return None
        bounds.append(bound)
        wanted.append((stage, bound))
    cost = np.sum([stage.sign * stage.value for stage in stages], axis=0).astype(np.float64)
    whole = written_out(program, wanted, cost)
    moving = touched(whole) if plan is not None else np.ones(program.columns, dtype=bool)
    masks = list({(mask & moving).tobytes(): mask & moving for mask in among}.values())
    for number, mask in enumerate(masks):
        left = (seconds - (time.perf_counter() - began)) / (len(masks) - number)
        found = around(whole, plan, mask, left, stop, 1.0) if left > 0 and not stop() else None
        if found is not None:
            return Reached(found, tuple(bounds))
    return None


def around(
    whole: WholeProgram, plan: Vector | None, free: Bools, seconds: float, stop: Callable[[], bool], gap: float
) -> Vector | None:
    """The best plan that differs from ``plan`` in the columns ``free`` only, within the relative gap; None where none was
    found that holds every row."""
    columns = np.flatnonzero(free)
    done = np.zeros(len(free), dtype=np.int64) if plan is None else np.where(free, 0, plan)
    part = restricted(whole, done, columns)
    if not len(columns) or part.contradicted():
        return None
    part = narrowed(part)
    began = time.perf_counter()
    exact = solve_exactly(part, gap, min(QUICK, seconds / 2), None, stop) if len(columns) <= FEW else None
    if exact is not None and exact.infeasible:
        return None
    found = None if exact is None else exact.x
    if found is None:
        found = by_highs(part, gap, seconds - (time.perf_counter() - began), None, stop, None).x
    if found is None:
        return None
    done = done.astype(np.result_type(done, found))
    done[columns] = found
    return None if len(whole.broken(done)) else done
