"""Where a stage is small enough to be handed to HiGHS whole: to prove it, or to settle its amounts."""

from __future__ import annotations

import time

import numpy as np

from optimizer.program import Ints, Program, Stage
from optimizer.solvers.base import StageOutcome, StageTeller
from optimizer.solvers.direct import proven_bound, restricted, written_out
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.settings import PRICES, Settings
from optimizer.solvers.whole_highs import exact_with_bound
from optimizer.wording import Wording

CLOSED = Wording("价格导向法起步，HiGHS 整体证明", "prices, then HiGHS on the whole program")


def closed(
    problem: StageProblem, plan: Ints | None, bound: int, tell: StageTeller, settings: Settings
) -> tuple[Ints | None, int, Wording]:
    """The whole stage to HiGHS, from the plan at hand: in small programs single households weigh so much that prices
    alone leave a wide gap, and branching closes it. Plan, the better of both bounds, and who proved it."""
    stage, limits = problem.stage, tell.limits
    whole = written_out(problem.program, problem.kept, problem.cost.astype(np.float64))
    seconds = limits.allow(min(settings.closing_seconds, limits.left() / 2))
    x, found = exact_with_bound(whole, limits.gap / 2, seconds, plan, limits.over, tell.hear)
    if x is not None and (plan is None or stage.sign * int(stage.value @ (x - plan)) > 0):
        plan = x
    if plan is None or not np.isfinite(found):
        return plan, bound, PRICES
    other = proven_bound(problem.program, stage, int(stage.value @ plan), found)
    return (plan, bound, PRICES) if stage.sign * (other - bound) >= 0 else (plan, other, CLOSED)


def settle_amounts(
    program: Program, kept: list[tuple[Stage, int]], plan: Ints, tell: StageTeller
) -> tuple[Ints, StageOutcome]:
    """The stage over amounts and whole-group columns alone, the options staying as they are: small, solved outright."""
    stage, limits = tell.stage, tell.limits
    whole = written_out(program, kept, (stage.sign * stage.value).astype(np.float64))
    free = np.arange(program.options, program.columns)
    free = free[program.upper[free] > 0]
    fixed = plan.copy()
    fixed[free] = 0
    part = restricted(whole, fixed, free)
    x, found = exact_with_bound(part, limits.gap / 10, limits.allow(60.0), plan[free], limits.stop)
    done = plan
    if x is not None:
        done = fixed.astype(x.dtype)
        done[free] = x
    value = int(stage.value @ done)
    bound = proven_bound(program, stage, value, found + stage.sign * int(stage.value @ fixed))
    engine = Wording("安置既定，金额由 HiGHS 整体求解", "amounts given the moves, by HiGHS")
    return done, StageOutcome(stage, value, bound, time.perf_counter() - tell.began, engine)
