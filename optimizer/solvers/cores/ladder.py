"""Cores of growing reach: all plans of cost up to a target, the target growing until it meets the best plan.

A core that is proven empty lifts the bound above its target; a plan found lowers the target to come. So both sides close
in on the optimum, always on the smallest core that the bound allows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Ints, Program, scale_of
from optimizer.solvers.base import Limits
from optimizer.solvers.cores.fixing import cutoff_for, narrowed
from optimizer.solvers.cores.lagrangian import Reach
from optimizer.solvers.cores.pair import Core, solve_core
from optimizer.solvers.cores.race import Race
from optimizer.solvers.cores.shape import Bins
from optimizer.solvers.direct import restricted
from optimizer.solvers.highs import WholeProgram

ALL = int(FREE) // 4
"""A target that no plan exceeds: the core is the whole program."""

FIRST = 2.5
"""Options an item in the first core."""

QUICK, QUICK_EACH = 800, 8
"""A first core has at most so many options, or so many an item."""

GROWTH = 1.6
"""How much larger a core may be than one that brought no decision."""

SMALLER = 0.8
"""A better plan starts its core anew where that leaves at most this part of the options."""


@dataclass
class Ladder:
    """The program (and its ``written`` form), its shape, what is known of its options, and the race."""

    program: Program
    written: WholeProgram
    bins: Bins
    reach: Reach
    race: Race
    limits: Limits
    steps: int = 0
    fixed: int = 0
    hopeless: bool = False

    def try_all(self, share: float) -> None:
        """Cores of everything below the best plan (the whole program where there is none), in a share of the time; a
        better plan that leaves a clearly smaller core starts it anew."""
        race, ended = self.race, time.perf_counter() + self._slice(share)
        decided = True
        while decided and not (race.closed or self.hopeless or self.limits.over()) and time.perf_counter() < ended:
            target = ALL if race.value is None else race.value - race.whole
            if len(narrowed(self.bins, self.reach, target).item) > max(QUICK, QUICK_EACH * self.bins.items):
                return  # better prices come first
            decided = self._step(target, ended - time.perf_counter())

    def climb(self) -> None:
        """Solve cores until the race is closed, the time over, or the whole program proven empty (``hopeless``)."""
        each, share = FIRST, 0.2
        while not self.race.closed and not self.limits.over() and not self.hopeless:
            target = self._target(each)
            last = self.race.value is not None and target >= self.race.value - self.race.whole
            decided = self._step(target, self.limits.left() if last else self._slice(share))
            each *= GROWTH if self._target(each) >= target else 1.0
            if not decided:
                share *= 1.5

    def _slice(self, share: float) -> float:
        whole = 30.0 if self.limits.seconds is None else self.limits.seconds
        return min(max(1.0, share * whole), self.limits.left())

    def _target(self, each: float) -> int:
        """The largest cost that the next core holds: as many options as may be, never above the best plan."""
        race = self.race
        size = cutoff_for(self.bins, self.reach, int(each * self.bins.items))
        lowest = race.bound if race.bound is not None else int(np.ceil(self.reach.bound))
        wanted = lowest if not np.isfinite(size) or size < lowest else int(size // race.whole) * race.whole
        if not np.isfinite(size):
            wanted = ALL
        return wanted if race.value is None else min(wanted, race.value - race.whole)

    def _step(self, target: int, seconds: float) -> bool:
        """One core; whether it brought a decision (a proof, or a better plan)."""
        race, self.steps = self.race, self.steps + 1
        small = narrowed(self.bins, self.reach, target)
        self.fixed = len(self.bins.item) - len(small.item)
        before = race.value
        if len(np.unique(small.item)) < self.bins.items:
            self.hopeless = target >= ALL
            race.prove(target + race.whole, "prices")
            return True
        core, fixed = self._core(small, target, seconds)

        def smaller() -> bool:
            """Whether a plan found meanwhile makes the core clearly smaller."""
            if race.value is None or race.value == heard[0]:
                return race.closed
            heard[0] = race.value
            again = narrowed(self.bins, self.reach, race.value - race.whole)
            return race.closed or len(again.item) <= SMALLER * len(small.item)

        heard = [race.value]
        solve_core(core, self.limits.over, smaller)
        if core.empty:
            self.hopeless = target >= ALL
            race.prove(target + race.whole, core.empty)
        elif np.isfinite(core.bound):
            given = int(self.written.cost @ fixed)
            race.prove(min(-(core.bound + given), float(target + race.whole)), core.prover)
        return bool(core.empty) or core.done or race.value != before

    def _core(self, small: Bins, target: int, seconds: float) -> tuple[Core, Ints]:
        fixed = np.zeros(self.program.columns, np.int64)
        opens = small.open_column >= 0
        fixed[small.open_column[opens & (small.state == 1)]] = 1
        free = np.sort(np.concatenate([small.column, small.open_column[opens & (small.state < 0)]]))
        part = restricted(self.written, fixed, free)
        limited = with_cutoff(part, target + int(self.written.cost @ fixed))
        last = self.race.value is not None and target >= self.race.value - self.race.whole

        def offer(x: Ints, who: str) -> None:
            plan = fixed.copy()
            plan[free] = x
            self.race.offer(plan, who)

        core = Core(limited if last else part, offer, self.race.whole, self.limits.seed, seconds, limited=limited)
        return core, fixed


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
