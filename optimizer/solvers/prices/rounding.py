"""From prices to a whole plan: part after part within what is left of the linking rows.

At the best prices the distance from plan to bound is a sum over parts (what their sets lose against their best reply, what
their own unused limits are worth) and the linking rows. So each part's core is solved apart. A part may use of a linking row
what its mixture uses and an equal share of what all before it have left unused: what one part cannot use passes on to the
others, and the last part that uses a row has all that is left of it. Parts that can take up more easily come last. Parts go in waves, side by side, so small that little is
left over. Node limits, not seconds, decide: the plan does not depend on the machine's speed or number of cores.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Ints, Program
from optimizer.solvers.base import Limits
from optimizer.solvers.prices.core_problem import PartLimits, left_of
from optimizer.solvers.prices.layout import Part
from optimizer.solvers.prices.part_rounding import Allotment, PartRounding
from optimizer.solvers.prices.price_path import PathEnd
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.prices.side_by_side import Workers


class Rounding:
    """Whole plans of all parts, and the plan that they make together."""

    def __init__(
        self,
        program: Program,
        parts: Sequence[Part],
        end: PathEnd,
        limits: Limits,
        settings: Settings,
        workers: Workers,
    ) -> None:
        self.program, self.parts, self.end = program, parts, end
        self.limits, self.settings, self.workers = limits, settings, workers
        rows = program.matrix.shape[0]
        self.used = np.zeros(rows, dtype=np.int64)
        self.mixed, self.users = np.zeros(rows), np.zeros(rows, dtype=np.int64)
        for part, reply in zip(parts, end.replies, strict=True):
            self.mixed[part.rows] += reply.use
            self.users[part.rows] += 1
        self.plans: dict[int, PartRounding] = {}
        give = [_give(part, block, end) for part, block in zip(parts, end.blocks, strict=True)]
        self.order = sorted(range(len(parts)), key=lambda p: (give[p], p))

    def solve(self, goal: float) -> Ints:
        """A whole plan whose distance to the bound is at most ``goal`` (in value), or the best found; it may break rows
        where a part has no legal plan."""
        waiting = list(self.order)
        left = self.settings.part_ambition * goal
        while waiting:
            wave = self._wave(waiting)
            loss = max(left / len(waiting), 0.2 * goal / len(self.parts))
            allotted = [self._allotment(p) for p in wave]
            plans = self.workers.each(partial(self._rounded, wave, allotted, loss), range(len(wave)))
            for p, plan in zip(wave, plans, strict=True):
                self._settle(p, plan)
                left -= plan.loss
            waiting = [p for p in waiting if p not in self.plans]
        self._use_what_is_left(goal)
        x = np.zeros(self.program.columns, dtype=np.int64)
        for plan in self.plans.values():
            x[plan.part.columns] = plan.x
        return x

    def distance(self) -> float:
        """How far the plan is from the bound, in value."""
        return self.end.bound - sum(float(plan.part.layout.worth @ plan.x) for plan in self.plans.values())

    def _wave(self, waiting: Sequence[int]) -> list[int]:
        """The next parts, in order: of the parts that still share a row at most half, and ``wave`` in all."""
        inside = np.zeros(len(self.users), dtype=np.int64)
        wave: list[int] = []
        for p in waiting:
            rows = self.parts[p].rows[self.parts[p].own :]
            if (inside[rows] < np.maximum(1, self.users[rows] // 2)).all():
                wave.append(p)
                inside[rows] += 1
            if len(wave) == self.settings.wave:
                break
        return wave

    def _allotment(self, number: int) -> Allotment:
        """The part's own limits; of the linking rows what its mixture uses and its share of what is left beyond the mixtures
        of all parts to come."""
        part, reply = self.parts[number], self.end.replies[number]
        rows = part.rows
        low, high = self.program.row_lower[rows].copy(), self.program.row_upper[rows].copy()
        last = self.users[rows] == 1
        spare = self.mixed[rows] + self.used[rows]
        above = reply.use + (high - spare) / self.users[rows]
        below = reply.use + (low - spare) / self.users[rows]
        equal = low == high  # whole numbers on both sides of the share; the last part makes them meet
        whole_high = np.where(equal, np.ceil(above), np.floor(above))
        whole_low = np.where(equal, np.floor(below), np.ceil(below))
        for limit, whole in ((high, whole_high), (low, whole_low)):
            real = np.abs(limit) < FREE // 2
            share, rest = np.flatnonzero(real & ~last), np.flatnonzero(real & last)
            limit[share] = whole[share].astype(np.int64)
            limit[rest] -= self.used[rows[rest]]
        return Allotment(PartLimits(low, high), self.end.price[rows], last)

    def _rounded(self, wave: Sequence[int], allotted: Sequence[Allotment], loss: float, place: int) -> PartRounding:
        number = wave[place]
        plan = PartRounding(self.program, self.parts[number], self.end.replies[number], allotted[place], self.settings)
        plan.improve(self.settings.open_sets, loss, self.limits.seed, self.limits.over)
        return plan

    def _settle(self, number: int, plan: PartRounding) -> None:
        rows = plan.part.rows
        self.plans[number] = plan
        self.used[rows] += plan.use
        self.mixed[rows] -= self.end.replies[number].use
        self.users[rows] -= 1

    def _use_what_is_left(self, goal: float) -> None:
        """Parts in turn may use all that the others leave of the linking rows, those that lose most first."""
        settings, program, used = self.settings, self.program, self.used
        tries, idle = np.zeros(len(self.parts), dtype=np.int64), 0
        for _ in range(settings.refills):
            distance = self.distance()
            legal = ((used >= program.row_lower) & (used <= program.row_upper)).all()
            if (
                (legal and distance <= goal / settings.plan_ambition)
                or idle == settings.idle_refills
                or self.limits.over()
            ):
                break
            loss = [self.plans[p].loss * 0.4**tried for p, tried in enumerate(tries)]
            number = int(np.argmax(loss))
            plan, size = self.plans[number], settings.refill_sizes[tries[number] % len(settings.refill_sizes)]
            rows, before = plan.part.rows, plan.use
            low = left_of(program.row_lower[rows], used[rows] - before)
            high = left_of(program.row_upper[rows], used[rows] - before)
            plan.refill(PartLimits(low, high), size, distance - 0.9 * goal, self.limits.seed, self.limits.over)
            used[rows] += plan.use - before
            tries[number] += 1
            idle = 0 if distance - self.distance() > 0.05 * goal else idle + 1


def _give(part: Part, second: sp.coo_array, end: PathEnd) -> float:
    """How well a part can take up a little more of the linking rows: its use's answer to their prices while its own prices
    adjust (the Schur complement of its second derivatives), for the row where it is the least. Those that can go last."""
    block = second.toarray()
    own, linking = np.arange(part.own), np.arange(part.own, len(part.rows))
    inner = block[np.ix_(own, own)] + np.diag(end.steep[part.rows[: part.own]])
    across = block[np.ix_(own, linking)]
    scale = 1.0 / np.sqrt(np.maximum(np.diag(inner), 1e-300))
    scaled = inner * np.outer(scale, scale) + 1e-9 * np.eye(part.own)
    pinned = (across * scale[:, None]).T @ np.linalg.solve(scaled, across * scale[:, None]) if part.own else 0.0
    price = end.price[part.rows[part.own :]]
    worth = np.diag(block[np.ix_(linking, linking)] - pinned) * price**2
    return float(worth[np.abs(price) > 0].min(initial=np.inf))
