"""A stage of a small program by the prices of its linear relaxation: a plan near it, and what could still be better.

Exact reduced costs tell where every column can be in a better plan. The nearer the plan is to the bound the less is left, so that a
good plan comes first: the options anew beside the plan's own homesteads, sites and switches, which is a small program. Then what is
left of the whole is asked for more; where only the options that cost something must be whole, and even that has no solution, the
plan is proven.
"""

from __future__ import annotations

import time
from dataclasses import replace

import highspy
import numpy as np

from optimizer.lagrangian import exact_bound, whole_prices
from optimizer.lagrangian.reach import Reach, reach_of
from optimizer.program import Floats, Ints, Stage
from optimizer.solvers.base import StageOutcome, StageTeller
from optimizer.solvers.branching import lp_prices
from optimizer.solvers.direct import restricted, written_out
from optimizer.solvers.highs import TOLERANCE, WholeProgram, passed, run
from optimizer.solvers.large_last import highs_solver
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.whole_highs import LARGE, by_highs
from optimizer.wording import Wording

RELAXED = Wording("线性松弛的价格，HiGHS 证明", "prices of the linear relaxation, proven by HiGHS")

TRIES = 6
"""How often a better plan is looked for in what is left."""


def by_relaxation(
    problem: StageProblem, plan: Ints, tell: StageTeller, settings: Settings, reach: Reach
) -> tuple[Ints, StageOutcome | None]:
    """The stage from ``plan`` (which holds every row): the best plan found, and the outcome, which may be short of its gap.
    ``reach``: where plans can be that keep the earlier stages."""
    program, stage, kept, limits = problem.program, problem.stage, problem.kept, tell.limits
    prices, shift = np.zeros(program.matrix.shape[0] + len(kept), dtype=np.int64), 0
    proven = exact_bound(program, stage, kept, prices, shift)
    if not reached(stage, plan, proven, limits.gap):
        found = lp_prices(program, stage, kept, limits)
        if found is None or found[1] is None:
            return plan, None
        prices, shift = whole_prices(program, stage, kept, found[0])
        proven = exact_bound(program, stage, kept, prices, shift)
    tell(int(stage.value @ plan), proven)
    bound: int | None = proven
    if not reached(stage, plan, proven, limits.gap):
        search = _Search(problem, tell, prices, shift, reach)
        plan = search.beside(plan, limits.allow(settings.beside_seconds))
        tell(int(stage.value @ plan), proven)
        if not reached(stage, plan, proven, limits.gap):
            plan, bound = search.better(plan, limits.allow(settings.closing_seconds))
    bound = proven if bound is None else bound
    seconds = time.perf_counter() - tell.began
    return plan, StageOutcome(stage, int(stage.value @ plan), bound, seconds, RELAXED, prices, shift, proven)


def reached(stage: Stage, plan: Ints | None, bound: int, gap: float) -> bool:
    """Whether the plan is proven to be within the gap."""
    if plan is None:
        return False
    value = int(stage.value @ plan)
    return abs(bound - value) <= gap * max(1, abs(value + stage.base))


class _Search:
    """Plans of one stage, at the prices of its relaxation."""

    def __init__(self, problem: StageProblem, tell: StageTeller, prices: Ints, shift: int, reach: Reach) -> None:
        self.problem, self.tell, self.stop = problem, tell, tell.limits.over
        self.prices, self.shift, self.known = prices, shift, reach
        self.program, self.stage, self.kept = problem.program, problem.stage, problem.kept
        self.unit = max(
            1, int(np.gcd.reduce(np.abs(problem.stage.value)))
        )  # all values of the stage are multiples of it

    def _reach(self, value: int) -> Reach:
        """Where plans can be that are worth ``value``."""
        return self.known.both(reach_of(self.program, self.stage, self.kept, self.prices, self.shift, value))

    def beside(self, plan: Ints, seconds: float) -> Ints:
        """The best plan with the small amounts as they are: options and large amounts (land, money) anew."""
        reach = self._reach(int(self.stage.value @ plan))
        amounts = np.arange(self.program.columns) >= self.program.options
        free = reach.free[~((self.program.upper <= LARGE) & amounts)[reach.free]]
        fixed = plan.copy()
        fixed[free] = 0
        whole = written_out(self.program, self.kept, self.problem.cost.astype(np.float64))
        part = replace(restricted(whole, fixed, free), upper=reach.high[free])
        found = highs_solver(part, self.tell.limits.gap / 2, seconds, plan[free], self.stop, self.tell.hear)
        return self._better_of(plan, fixed, free, found.x)

    def better(self, plan: Ints, seconds: float) -> tuple[Ints, int | None]:
        """Better plans, until there provably is none: then the bound is the last one's value."""
        began = time.perf_counter()
        for _ in range(TRIES):
            value = int(self.stage.value @ plan)
            more = value + self.stage.sign * self.unit
            reach = self._reach(more)
            whole = written_out(self.program, [*self.kept, (self.stage, more)], self.problem.cost.astype(np.float64))
            part = replace(restricted(whole, reach.fixed, reach.free), upper=reach.high[reach.free])
            left = seconds - (time.perf_counter() - began)
            if part.contradicted() or (reach.low > reach.high).any():
                return plan, value
            if left <= 0 or self.stop():
                return plan, None
            near, none = self._relaxed(part, reach, left)
            if none:
                return plan, value
            after = self._better_of(plan, reach.fixed, reach.free, self._whole(part, near, left / 2))
            if after is plan:
                return plan, None
            plan = after
        return plan, None

    def _relaxed(self, part: WholeProgram, reach: Reach, seconds: float) -> tuple[Floats | None, bool]:
        """A solution where the counted options alone are whole; or that even so there is none."""
        free = reach.free
        options = int((free < self.program.options).sum())
        whole = np.zeros(len(free), dtype=bool)
        whole[:options] = reach.counted[free[:options]]
        highs = passed(part, part.low, part.high, whole, presolve=True)
        for heuristic in ("rens", "rins", "root_reduced_cost"):
            highs.setOptionValue(f"mip_heuristic_run_{heuristic}", False)
        highs.setOptionValue("mip_heuristic_effort", 0.0)
        highs.setOptionValue("mip_allow_restart", False)
        highs.setOptionValue("mip_abs_gap", 0.9 * self.unit)
        raised = np.flatnonzero(reach.low[free] > 0)
        highs.changeColsBounds(
            len(raised), raised.astype(np.int32), reach.low[free][raised].astype(np.float64),
            reach.high[free][raised].astype(np.float64),
        )  # fmt: skip
        run(highs, seconds, self.stop)
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None, True
        feasible = highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return (np.asarray(highs.getSolution().col_value) if feasible else None), False

    def _whole(self, part: WholeProgram, near: Floats | None, seconds: float) -> Ints | None:
        """A whole solution: what is whole in ``near`` stays as it is, the rest is solved; else anywhere."""
        if near is not None:
            stays = (part.upper <= LARGE) & (np.abs(near - np.rint(near)) <= TOLERANCE)
            done = np.where(stays, np.rint(near), 0).astype(np.int64)
            rest = np.flatnonzero(~stays)
            some = restricted(part, done, rest)
            found = highs_solver(some, 1.0, seconds, None, self.stop, self.tell.hear).x
            if found is not None:
                done[rest] = found
                return done
        return by_highs(part, self.tell.limits.gap / 2, seconds, None, self.stop, self.tell.hear).x

    def _better_of(self, plan: Ints, fixed: Ints, free: Ints, found: Ints | None) -> Ints:
        """``found`` over the columns ``free``, beside ``fixed``, where that is a better plan."""
        if found is None:
            return plan
        x = fixed.copy()
        x[free] = found
        return x if self.stage.sign * int(self.stage.value @ (x - plan)) > 0 and not self.program.faults(x) else plan
