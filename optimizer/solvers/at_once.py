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

from optimizer.program import Number, Program, Stage, Vector
from optimizer.solvers.direct import restricted, written_out
from optimizer.solvers.highs import WholeProgram, passed, run
from optimizer.solvers.separate import touched
from optimizer.solvers.whole_highs import by_highs

Kept = Sequence[tuple[Stage, Number]]
NEAR_WHOLE = 1e-6


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
    program: Program, kept: Kept, stages: Sequence[Stage], plan: Vector | None, seconds: float, stop: Callable[[], bool]
) -> Reached | None:
    """A plan that reaches the relaxation's bounds of all ``stages``; None where there is none, or none was found in time.

    ``plan``: the last one; what the stages do not touch stays as it is there, and it may reach the bounds itself.
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
    if plan is not None:
        same = beside(whole, program, plan, seconds - (time.perf_counter() - began), stop)
        if same is not None:
            return Reached(same, tuple(bounds))
    free = np.flatnonzero(touched(whole)) if plan is not None else np.arange(program.columns)
    fixed = np.zeros(program.columns, dtype=np.int64)
    if plan is not None:
        fixed = np.where(touched(whole), 0, plan)
    part = restricted(whole, fixed, free)
    found = None
    if not part.contradicted():
        found = by_highs(part, 1.0, seconds - (time.perf_counter() - began), None, stop, None).x
    if found is None:
        return None
    done = fixed.astype(found.dtype)
    done[free] = found
    return None if len(whole.broken(done)) else Reached(done, tuple(bounds))


def beside(
    whole: WholeProgram, program: Program, plan: Vector, seconds: float, stop: Callable[[], bool]
) -> Vector | None:
    """The plan with the best auxiliary amounts beside it, where it then holds every row: what a plan is worth in a stage
    that it was not made for."""
    free = np.flatnonzero(program.auxiliary())
    if not len(free):
        return None
    fixed = plan.copy()
    fixed[free] = 0
    part = restricted(whole, fixed, free)
    if part.contradicted():
        return None
    found = by_highs(part, 0.0, seconds, None, stop, None).x
    if found is None:
        return None
    fixed[free] = found
    return None if len(whole.broken(fixed)) else fixed
