"""A stage of a small program by the prices of its linear relaxation: a plan near it, and what could still be better.

Exact reduced costs rule out every option that no better plan takes. The nearer the plan is to the bound, the fewer are left, so
that a good plan comes first: the options anew beside the plan's own homesteads, sites and switches, which is a small program. What is then left of
the whole, with a row that asks for more, is mostly empty, and that proves the plan.
"""

from __future__ import annotations

import time

import highspy
import numpy as np

from optimizer.lagrangian import exact_bound, whole_prices
from optimizer.lagrangian.excluded import excluded
from optimizer.program import Bools, Ints, Stage
from optimizer.solvers.base import StageOutcome, StageTeller
from optimizer.solvers.branching import lp_prices
from optimizer.solvers.direct import restricted, written_out
from optimizer.solvers.highs import WholeProgram, passed, run
from optimizer.solvers.large_last import highs_solver
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.whole_highs import LARGE, by_highs
from optimizer.wording import Wording

RELAXED = Wording("线性松弛的价格，HiGHS 证明", "prices of the linear relaxation, proven by HiGHS")

TRIES = 5
"""How often a better plan is looked for in what is left."""


def by_relaxation(
    problem: StageProblem, plan: Ints, tell: StageTeller, settings: Settings, out: Bools
) -> tuple[Ints, StageOutcome | None]:
    """The stage from ``plan`` (which holds every row), without the options ``out``: the best plan found, and the outcome where
    it is closed to its gap."""
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
        search = _Search(problem, tell, prices, shift, out)
        plan = search.beside(plan, limits.allow(settings.beside_seconds))
        tell(int(stage.value @ plan), proven)
        if not reached(stage, plan, proven, limits.gap):
            plan, bound = search.better(plan, limits.allow(settings.closing_seconds))
    if bound is None or not reached(stage, plan, bound, limits.gap):
        return plan, None
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

    def __init__(self, problem: StageProblem, tell: StageTeller, prices: Ints, shift: int, out: Bools) -> None:
        self.problem, self.tell = problem, tell
        self.prices, self.shift, self.out = prices, shift, out
        self.program, self.stage, self.kept = problem.program, problem.stage, problem.kept

    def beside(self, plan: Ints, seconds: float) -> Ints:
        """The best plan with the small amounts as they are: options and large amounts (land, money) anew."""
        free = self._free(int(self.stage.value @ plan))
        small = (self.program.upper <= LARGE) & (np.arange(self.program.columns) >= self.program.options)
        free = free[~small[free]]
        fixed = plan.copy()
        fixed[free] = 0
        whole = written_out(self.program, self.kept, self.problem.cost.astype(np.float64))
        part, limits = restricted(whole, fixed, free), self.tell.limits
        found = highs_solver(part, limits.gap / 2, seconds, plan[free], limits.over, self.tell.hear)
        return self._better_of(plan, fixed, free, found.x)

    def better(self, plan: Ints, seconds: float) -> tuple[Ints, int | None]:
        """Better plans, until there provably is none: then the bound is the last one's value."""
        began = time.perf_counter()
        for _ in range(TRIES):
            value = int(self.stage.value @ plan)
            more = value + self.stage.sign * self._unit()
            free = self._free(more)
            whole = written_out(self.program, [*self.kept, (self.stage, more)], self.problem.cost.astype(np.float64))
            part = restricted(whole, np.zeros(self.program.columns, dtype=np.int64), free)
            left = seconds - (time.perf_counter() - began)
            if left <= 0 or self.tell.limits.over():
                return plan, None
            found, none = self._any(part, left)
            if none:
                return plan, value
            after = self._better_of(plan, np.zeros_like(plan), free, found)
            if after is plan:
                return plan, None
            plan = after
        return plan, None

    def _unit(self) -> int:
        """What all values of the stage are multiples of."""
        return max(1, int(np.gcd.reduce(np.abs(self.stage.value))))

    def _free(self, value: int) -> Ints:
        """The columns of plans that reach ``value``."""
        program = self.program
        gone = self.out | excluded(program, self.stage, self.kept, self.prices, self.shift, value)
        return np.append(np.flatnonzero(~gone), np.arange(program.options, program.columns))

    def _any(self, part: WholeProgram, seconds: float) -> tuple[Ints | None, bool]:
        """The best of what is left, its large amounts made whole in a second step; or that there is nothing, by two runs."""
        if part.contradicted():
            return None, True
        small = part.upper <= LARGE
        for presolve in (True, False):
            highs = passed(part, part.low, part.high, small, presolve=presolve)
            highs.setOptionValue("mip_abs_gap", 0.9 * self._unit())
            run(highs, seconds / 2, self.tell.limits.over)
            if highs.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
                break
        else:
            return None, True
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, False
        fixed = np.where(small, np.rint(np.asarray(highs.getSolution().col_value)), 0).astype(np.int64)
        rest = np.flatnonzero(~small)
        done = by_highs(restricted(part, fixed, rest), 1.0, seconds / 4, None, self.tell.limits.over, None).x
        if done is None:
            return by_highs(part, self.tell.limits.gap / 2, seconds / 4, None, self.tell.limits.over, None).x, False
        fixed[rest] = done
        return fixed, False

    def _better_of(self, plan: Ints, fixed: Ints, free: Ints, found: Ints | None) -> Ints:
        """``found`` over the columns ``free``, beside ``fixed``, where that is a better plan."""
        if found is None:
            return plan
        x = fixed.copy()
        x[free] = found
        return x if self.stage.sign * int(self.stage.value @ (x - plan)) > 0 and not self.program.faults(x) else plan
