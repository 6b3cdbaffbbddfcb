"""From nested prices to a whole plan: each part for itself within its allotment, then the linking rows together.

At the best prices the distance from plan to bound is a sum over parts (what their sets lose against their best reply, what
their own unused limits are worth) and the linking rows. So each part's whole program is solved apart, side by side,
over the sets whose choice is nearest to a tie, until its own loss is small; what the linking rows then leave unused,
parts may use one after the other. Node limits, not seconds: the plan does not depend
on the machine's speed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Program
from optimizer.solvers.base import Limits
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.prices.narrowed import narrowed
from optimizer.solvers.prices.nested import Linking, NestedPrices, side_by_side
from optimizer.solvers.prices.part import Part
from optimizer.solvers.prices.partition import Partition
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.whole_highs import solve_whole

SECONDS = 30.0
"""A part's program that takes longer than this is given up."""

NO_PLAN = np.zeros(0, dtype=np.int64)


@dataclass
class PartPlan:
    """A part's whole plan (over its columns; empty before there is one), its use of the linking rows in whole row units, its loss in value, and the sets
    in the order of how near they are to a tie."""

    x: Ints
    use: Ints
    loss: float
    nearest: Ints


class WholeParts:
    """Whole plans of all parts, and the plan that they make together."""

    def __init__(
        self, program: Program, split: Partition, parts: list[Part], prices: NestedPrices, linking: Linking,
        limits: Limits, settings: Settings,
    ) -> None:  # fmt: skip
        self.program, self.split, self.parts, self.prices = program, split, parts, prices
        self.limits, self.settings = limits, settings
        self.scale = program.row_scale[split.linking]
        self.low, self.high = program.row_lower[split.linking], program.row_upper[split.linking]
        self.outer_use = linking.whole_use
        self.amounts = np.floor(prices.amounts + 1e-9).astype(np.int64)
        self.plans = [PartPlan(NO_PLAN, np.zeros(len(self.low), np.int64), np.inf, NO_PLAN) for _ in parts]

    def solve(self, goal: float) -> Ints | None:
        """The whole plan once its distance to the bound is at most ``goal`` (in value), or the best found."""
        each = goal * 0.6 / len(self.parts)
        for effort in range(self.settings.part_passes):
            behind = [p for p, plan in enumerate(self.plans) if plan.loss > each]
            if not behind or self.limits.over():
                break
            found = side_by_side(partial(self._improved, effort=effort, goal=each), behind)
            for p, plan in zip(behind, found, strict=True):
                self.plans[p] = plan
            if sum(p.loss for p in self.plans) <= 0.6 * goal:
                break
        if any(not len(p.x) for p in self.plans):
            return None
        tries = np.zeros(len(self.parts), dtype=np.int64)
        for _ in range(self.settings.linking_steps):
            if self.distance() <= goal or self.limits.over():
                break
            number = int(np.argmax([plan.loss * 0.4**tried for plan, tried in zip(self.plans, tries, strict=True)]))
            self.plans[number] = self._with_slack(number, 1 + int(tries[number]), goal)
            tries[number] += 1
        return self.assembled()

    def distance(self) -> float:
        """How far the plan is from the bound, in value."""
        value = sum(float(part.worth @ plan.x) for part, plan in zip(self.parts, self.plans, strict=True))
        return self.prices.bound - value

    def used(self) -> Ints:
        """Use of the linking rows by all parts and the outer amounts."""
        total = np.sum([p.use for p in self.plans], axis=0).astype(np.int64)
        return np.asarray(total + self.outer_use.T @ self.amounts, dtype=np.int64)

    def assembled(self) -> Ints:
        """The plan over the program's columns."""
        x = np.zeros(self.program.columns, dtype=np.int64)
        for part, plan in zip(self.parts, self.plans, strict=True):
            x[part.columns] = plan.x
        x[self.split.outer] = self.amounts
        return x

    def _improved(self, number: int, effort: int, goal: float) -> PartPlan:
        """A part's plan from a wider opening than before, within its allotment of the linking rows that have a price."""
        part, before = self.parts[number], self.plans[number]
        reduced = part.reduced()
        nearest, best = _by_regret(part, reduced)
        bound = part.problem.bound(part.best[0], reduced, part.problem.answer(reduced))
        low, high = self._allotted(number)
        cost = part.worth - part.link @ part.best[1]
        x = self._best_around(number, reduced, nearest, best, cost, (low, high), bound - goal, effort)
        if x is None:
            return replace(before, nearest=nearest)
        loss = bound - float(cost @ x)
        if loss >= before.loss:
            return replace(before, nearest=nearest)
        return PartPlan(x, np.asarray(self.parts[number].use.T @ x, dtype=np.int64), loss, nearest)

    def _allotted(self, number: int) -> tuple[Ints, Ints]:
        """Limits on a part's use of the linking rows: its share in the mixture, and an equal share of what the mixture leaves."""
        use = self.prices.allotment.sum(axis=0) * self.scale + self.outer_use.T @ self.amounts
        share, parts = self.prices.allotment[number] * self.scale, len(self.parts)
        over = np.where(self.high < FREE, np.floor(share + (self.high - use) / parts), FREE)
        under = np.where(self.low > -FREE, np.ceil(share + (self.low - use) / parts), -FREE)
        return under.astype(np.int64), over.astype(np.int64)

    def _with_slack(self, number: int, effort: int, goal: float) -> PartPlan:
        """A part's plan that may use all that the others leave of the linking rows, as good as can be in value."""
        part, before = self.parts[number], self.plans[number]
        used = self.used()
        high = np.where(self.high < FREE, self.high - used + before.use, FREE)
        low = np.where(self.low > -FREE, self.low - used + before.use, -FREE)
        aim = float(part.worth @ before.x) + self.distance() - 0.9 * goal
        x = self._best_around(
            number, part.reduced(), before.nearest, before.x, part.worth, (low, high), aim, effort
        )  # fmt: skip
        if x is None:
            return before
        gain = float(part.worth @ x - part.worth @ before.x)
        use = np.asarray(self.parts[number].use.T @ x, dtype=np.int64)
        paid = float(self.prices.linking_price @ ((use - before.use) / self.scale))
        return PartPlan(x, use, before.loss - gain + paid, before.nearest) if gain > 0 else before

    def _best_around(
        self, number: int, reduced: Floats, nearest: Ints, plan: Ints, cost: Floats, linking: tuple[Ints, Ints],
        aim: float, effort: int,
    ) -> Ints | None:  # fmt: skip
        """A part's best plan by ``cost`` with most sets as in ``plan``: a wide opening, narrowed by its LP."""
        settings = self.settings
        wide, free, fixed, sets = _opened_program(
            self.parts[number], reduced, nearest[: settings.part_wide * 2**effort], plan,
            settings.part_few, linking, self.scale,
        )  # fmt: skip
        wide = replace(wide, cost=cost[free], offset=float(cost @ fixed))
        small = narrowed(wide, sets, settings.part_open * 2**effort)
        if small is None:
            return None
        program, kept, decided = small
        found = solve_whole(
            program, goal=aim, seconds=SECONDS, start=None, stop=self.limits.over, seed=self.limits.seed,
            nodes=settings.part_nodes,
        )  # fmt: skip
        if found is None:
            return None
        x = fixed.copy()
        decided[kept] = found
        x[free] = decided
        return x


def _by_regret(part: Part, reduced: Floats) -> tuple[Ints, Ints]:
    """Sets by how little their best choice is ahead of the next best, and the plan that takes every best choice."""
    program = part.problem.program
    start, options = program.set_start, program.options
    owner = program.set_of_option()
    value = reduced[:options]
    answer = part.problem.answer(reduced).option
    taken = answer[answer >= 0]
    others = value.copy()
    others[taken] = -np.inf
    second = np.maximum.reduceat(np.append(others, -np.inf), start[:-1])
    best = np.zeros(len(start) - 1)
    best[owner[taken]] = value[taken]
    regret = np.where(answer >= 0, best - np.maximum(second, 0.0), -second)
    x = np.zeros(program.columns, dtype=np.int64)
    x[taken] = 1
    return np.argsort(regret, kind="stable"), x


def _opened_program(
    part: Part, reduced: Floats, sets: Ints, plan: Ints, few: int,
    linking: tuple[Ints, Ints], scale: Floats,
) -> tuple[WholeProgram, Ints, Ints, Ints]:  # fmt: skip
    """The program over the ``few`` best options of ``sets``, what they hold, and the amounts; the rest as in ``plan``. With it
    its columns, what the others are fixed at, and the set of each column (−1: an amount)."""
    program, problem = part.problem.program, part.problem
    start, width = program.set_start[sets], np.diff(program.set_start)[sets]
    mine = np.repeat(start - np.append(0, np.cumsum(width)[:-1]), width) + np.arange(int(width.sum()))
    place = np.repeat(np.arange(len(sets)), width)
    order = np.lexsort((-reduced[mine], place))
    rank = np.empty(len(mine), dtype=np.int64)
    rank[order] = np.arange(len(mine)) - np.append(0, np.cumsum(width)[:-1])[place[order]]
    fixed = plan.copy()
    keep = (rank < few) | (fixed[mine] > 0)
    options, place = mine[keep], place[keep]
    free = np.append(options, problem.amounts)
    fixed[mine] = 0
    fixed[problem.amounts] = 0
    choice = sp.csr_array(
        (np.ones(len(options), dtype=np.int64), (place, np.arange(len(options)))), shape=(len(sets), len(free))
    )
    given = part.use.T @ fixed
    rows = [sp.csr_array(problem.by_column[free].T), sp.csr_array(part.use[free].T), choice]
    low = [_left(program.row_lower, program.matrix @ fixed), _left(linking[0], given), np.full(len(sets), -FREE)]
    high = [_left(program.row_upper, program.matrix @ fixed), _left(linking[1], given), np.ones(len(sets), np.int64)]
    opened = WholeProgram(
        sp.csr_array(sp.vstack(rows, format="csr")).astype(np.int64), np.concatenate(low), np.concatenate(high),
        np.concatenate([program.row_scale, scale, np.ones(len(sets))]), program.upper[free], part.worth[free],
    )  # fmt: skip
    return opened, free, fixed, np.append(place, np.full(len(problem.amounts), -1))


def _left(limit: Ints, given: Ints) -> Ints:
    """What is left of a limit, where there is one."""
    return np.where(np.abs(limit) < FREE // 2, limit - given, limit).astype(np.int64)
