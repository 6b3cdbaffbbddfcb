"""Where a stage is small enough to be handed to HiGHS whole: to prove it, or to settle its amounts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from optimizer.lagrangian.reach import Reach, anywhere
from optimizer.program import Ints, Program, Stage, Vector
from optimizer.solvers.base import StageOutcome, StageTeller
from optimizer.solvers.direct import proven_bound, restricted, written_out
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.large_last import highs_solver, near_relaxation
from optimizer.solvers.near_goal import near_goal
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.settings import PRICES, Settings
from optimizer.solvers.switches import by_switches
from optimizer.solvers.whole_highs import FEW_COLUMNS, Settled, exact_with_bound, within
from optimizer.wording import Wording

CLOSED = Wording("价格导向法起步，HiGHS 整体证明", "prices, then HiGHS on the whole program")


def closed(
    problem: StageProblem, plan: Ints | None, bound: int, tell: StageTeller, settings: Settings, reach: Reach
) -> tuple[Ints | None, int, Wording]:
    """The whole stage to HiGHS, from the plan at hand and within ``reach``: in small programs single households weigh so much
    that prices alone leave a wide gap, and branching closes it. Plan, the better of both bounds, and who proved it."""
    stage, limits, program = problem.stage, tell.limits, problem.program
    whole = written_out(program, problem.kept, problem.cost.astype(np.float64))
    part = replace(restricted(whole, reach.fixed, reach.free), upper=reach.high[reach.free])
    seconds = limits.allow(min(settings.closing_seconds, limits.left() / 2))
    start = None if plan is None else plan[reach.free]
    done = highs_solver(part, limits.gap / 2, seconds, start, limits.over, tell.hear)
    if done.x is not None:
        x = reach.fixed.copy()
        x[reach.free] = done.x
        if plan is None or stage.sign * int(stage.value @ (x - plan)) > 0:
            plan = x
    if plan is None or not np.isfinite(done.bound):
        return plan, bound, PRICES
    given = stage.sign * int(stage.value @ reach.fixed)
    other = proven_bound(program, stage, int(stage.value @ plan), done.bound + given)
    return (plan, bound, PRICES) if stage.sign * (other - bound) >= 0 else (plan, other, CLOSED)


NEAR_SECONDS = 30.0
"""What a search beside the relaxation gets, where there are many amounts."""

SOON_SECONDS = 2.0
"""What HiGHS gets to settle them before their switches are looked at one by one: often it needs no more."""


def _soon(part: WholeProgram, gap: float, seconds: float, start: Vector | None, stop: Callable[[], bool]) -> Settled:
    """What HiGHS finds of the whole in a short time, beside the relaxation."""
    began = time.perf_counter()
    beside = near_relaxation(part, gap, seconds, start, stop)
    left = max(0.1, seconds - (time.perf_counter() - began))
    found = highs_solver(part, gap, left, beside.x, stop, lambda value, bound: None)
    return Settled(found.x, min(found.bound, beside.bound))


def _amounts(part: WholeProgram, start: Ints, tell: StageTeller) -> Settled:
    """Few amounts outright; of many HiGHS finds good ones late, so that it starts beside the relaxation, where whole columns
    are settled that have nothing to do with the conditions that it must branch on. Often that is as good as the relaxation. A goal that
    touches few of them may not need the others at all; where HiGHS is not soon done, only some of the switches may matter."""
    limits, gap = tell.limits, tell.limits.gap / 10
    if len(part.upper) <= FEW_COLUMNS:
        return exact_with_bound(part, gap, limits.allow(60.0), start, limits.stop)
    bound = np.inf
    if not len(part.broken(start)):
        for near, seconds in ((near_goal, NEAR_SECONDS), (_soon, SOON_SECONDS), (by_switches, NEAR_SECONDS)):
            found = near(part, gap, limits.allow(seconds), start, limits.over)
            if found is None or found.x is None:
                continue
            start, bound = found.x, min(bound, found.bound)
            if within(part, Settled(start, bound), limits.gap):
                return Settled(start, bound)
    beside = near_relaxation(part, gap, limits.allow(NEAR_SECONDS), start, limits.stop)
    if beside.x is not None and not len(part.broken(beside.x)) and within(part, beside, gap):
        return beside
    last = highs_solver(part, limits.gap / 2, limits.allow(60.0), beside.x, limits.stop, tell.hear)
    return Settled(last.x, min(last.bound, bound))


def settle_amounts(
    program: Program,
    kept: list[tuple[Stage, int]],
    plan: Ints,
    tell: StageTeller,
    bounds: Sequence[int] = (),
    reach: Reach | None = None,
) -> tuple[Ints, StageOutcome]:
    """The stage over amounts and whole-group columns alone, the options staying as they are: small, solved outright.
    ``bounds``: what no plan with these choices beats in the kept stages, where that is known of all of them; ``reach``:
    where plans can be that keep them."""
    stage = tell.stage
    whole = written_out(program, kept, (stage.sign * stage.value).astype(np.float64), bounds)
    reach = reach or anywhere(program)
    free = reach.free[reach.free >= program.options]
    fixed = np.where(np.arange(program.columns) < program.options, plan, reach.fixed)
    part = replace(restricted(whole, fixed, free), upper=reach.high[free])
    found = _amounts(part, plan[free], tell)
    done = plan
    if found.x is not None:
        done = fixed.astype(found.x.dtype)
        done[free] = found.x
    value = int(stage.value @ done)
    bound = proven_bound(program, stage, value, found.bound + stage.sign * int(stage.value @ fixed))
    engine = Wording("安置既定，金额由 HiGHS 整体求解", "amounts given the moves, by HiGHS")
    return done, StageOutcome(stage, value, bound, time.perf_counter() - tell.began, engine)
