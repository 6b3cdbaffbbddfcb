"""Cores of growing reach: all plans of cost up to a target, the target growing until it meets the best plan.

CP-SAT climbs: a core that is proven empty lifts the bound above its target; a plan found lowers the target to come. HiGHS
meanwhile works on everything better than the best plan, from the start of the race, and begins anew only where much less
than it has is left of that.
"""

from __future__ import annotations

import time

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Ints, Program, scale_of
from optimizer.solvers.base import Limits
from optimizer.solvers.cores.fixing import cutoff_for, narrowed
from optimizer.solvers.cores.lagrangian import Reach
from optimizer.solvers.cores.neighbourhoods import Neighbourhoods
from optimizer.solvers.cores.race import ALL, Part, Race, part_of
from optimizer.solvers.cores.racers import HighsRacer, Racer, SatRacer
from optimizer.solvers.cores.shape import Bins
from optimizer.solvers.highs import WholeProgram

FIRST = 2.5
"""Options an item in the first core."""

QUICK, QUICK_EACH = 800, 8
"""A first core has at most so many options, or so many an item."""

GROWTH = 1.6
"""How much larger a core may be than one that brought no decision."""

ANEW = 0.5
"""HiGHS begins anew where at most this part of the options that it works on is left."""

SMALLER = 0.8
"""CP-SAT begins its last core anew where a better plan leaves at most this part of the options."""


class Ladder:
    """The cores of a course; ``reach``: what is known of every option. ``steps`` cores so far, ``fixed`` options in the last."""

    def __init__(
        self,
        program: Program,
        written: WholeProgram,
        bins: Bins,
        race: Race,
        limits: Limits,
        racers: list[Racer],
        reach: Reach,
    ) -> None:
        self.program, self.written, self.bins, self.race = program, written, bins, race
        self.limits, self.racers, self.reach = limits, racers, reach
        self.steps, self.fixed, self.on_highs = 0, 0, len(bins.item)
        self.around = Neighbourhoods(program, written, bins, race, limits.seed)

    @property
    def done(self) -> bool:
        """Whether to stop."""
        return self.race.ended or self.limits.over()

    def try_last(self, share: float) -> None:
        """CP-SAT on everything below the best plan, in a share of the time, where that is little."""
        ended = time.perf_counter() + self._slice(share)
        decided = True
        while decided and not self.done and time.perf_counter() < ended:
            small = narrowed(self.bins, self.reach, self._last())
            if len(small.item) > max(QUICK, QUICK_EACH * self.bins.items):
                return
            decided = self._step(self._last(), ended - time.perf_counter())

    def climb(self) -> None:
        """Solve cores until the race is closed or the time over."""
        each, share = FIRST, 0.2
        while not self.done:
            target = self._target(each)
            last = target >= self._last()
            decided = self._step(target, self.limits.left() if last else self._slice(share))
            each *= GROWTH if self._target(each) >= target else 1.0
            if not decided:
                share *= 1.5
                self.look_around(share)

    def look_around(self, share: float) -> None:
        """Neighbourhoods of the best plan, in a share of the time."""
        self.around.improve(self.reach.within, self._slice(share), lambda: self.done)
        self.refocus()

    def refocus(self) -> None:
        """HiGHS anew on what is left below the best plan, where that is much less than what it works on."""
        small = narrowed(self.bins, self.reach, self._last())
        if self.done or len(small.item) > ANEW * self.on_highs or self._none_left(small, self._last()):
            return
        self.racers[0].stop()
        self.on_highs = len(small.item)
        self.racers[0] = HighsRacer(self.race, self._part(small, self._last()), self.limits.left(), self.limits.seed)

    def _last(self) -> int:
        """The cost that every plan better than the best one keeps."""
        return ALL if self.race.value is None else self.race.value - self.race.whole

    def _slice(self, share: float) -> float:
        whole = 30.0 if self.limits.seconds is None else self.limits.seconds
        return min(max(1.0, share * whole), self.limits.left())

    def _target(self, each: float) -> int:
        """The largest cost that the next core holds: as many options as may be, never above the best plan."""
        race = self.race
        size = cutoff_for(self.bins, self.reach, int(each * self.bins.items))
        lowest = race.bound if race.bound is not None else int(np.ceil(self.reach.bound))
        wanted = lowest if not np.isfinite(size) or size < lowest else int(size // race.whole) * race.whole
        return min(wanted if np.isfinite(size) else ALL, self._last())

    def _none_left(self, small: Bins, target: int) -> bool:
        """Whether an item has no option left in a core; then no plan is within its target."""
        if len(np.unique(small.item)) == self.bins.items:
            return False
        part_of(self.written, np.zeros(self.program.columns, np.int64), most=target).empty(self.race, "prices")
        return True

    def _step(self, target: int, seconds: float) -> bool:
        """One core by CP-SAT; whether it brought a decision (a proof, or a better plan)."""
        race, self.steps = self.race, self.steps + 1
        small = narrowed(self.bins, self.reach, target)
        self.fixed = len(self.bins.item) - len(small.item)
        before = heard = race.value
        if self._none_left(small, target):
            return True
        self.refocus()
        sat = SatRacer(race, self._part(small, target), seconds, self.limits.seed)
        try:
            while sat.is_alive() and not self.done:
                race.news.wait(0.1)
                race.news.clear()
                if race.value != heard and not race.ended:
                    heard = race.value
                    self.refocus()
                    again = narrowed(self.bins, self.reach, min(target, self._last()))
                    if len(again.item) <= SMALLER * len(small.item):
                        break
        finally:
            sat.stop()
        return sat.decided or race.value != before

    def _part(self, small: Bins, target: int) -> Part:
        """The core as a part of the program, with its limit on the cost."""
        fixed = np.zeros(self.program.columns, np.int64)
        opens = small.open_column >= 0
        fixed[small.open_column[opens & (small.state == 1)]] = 1
        free = np.sort(np.concatenate([small.column, small.open_column[opens & (small.state < 0)]]))
        part = part_of(self.written, fixed, free, target)
        return Part(with_cutoff(part.program, target + part.given), part.fixed, part.free, target, part.given)


def with_cutoff(program: WholeProgram, most: int) -> WholeProgram:
    """The (maximised) program with the row "minimised cost ≤ most"."""
    if most >= ALL // 2:
        return program
    row = sp.csr_array(-np.rint(program.cost).astype(np.int64).reshape(1, -1))
    return WholeProgram(
        sp.csr_array(sp.vstack([program.matrix, row], format="csr")),
        np.append(program.low, -FREE),
        np.append(program.high, most),
        np.append(program.scale, scale_of(row)),
        program.upper,
        program.cost,
    )


def columns_of(bins: Bins, options: Ints, opened: np.ndarray, columns: int) -> Ints:  # type: ignore[type-arg]
    """A plan of a program of so many columns: the options taken and the bins opened."""
    x = np.zeros(columns, np.int64)
    x[bins.column[options]] = 1
    x[bins.open_column[opened & (bins.open_column >= 0)]] = 1
    return x
