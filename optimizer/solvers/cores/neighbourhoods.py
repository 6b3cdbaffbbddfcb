"""Better plans near the best one: a few bins that share items are freed, CP-SAT packs their items anew, the rest stays.

Bins are drawn by how many items have an option within reach in both; a plan's items move between the drawn bins, which
may also open and close. How many options are freed follows the answers: more after a quick one, fewer after none.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from optimizer.program import Floats, Ints, Program
from optimizer.solvers.cores.race import Race, part_of
from optimizer.solvers.cores.racers import SatRacer
from optimizer.solvers.cores.shape import Bins
from optimizer.solvers.highs import WholeProgram

OPTIONS = 250.0
"""Options freed at first."""

PATIENCE = 1.5
"""Seconds for one neighbourhood."""

QUICK = 0.3
"""An answer within so many seconds asks for a larger one."""


class Neighbourhoods:
    """Improves the race's best plan."""

    def __init__(self, program: Program, written: WholeProgram, bins: Bins, race: Race, seed: int) -> None:
        self.program, self.written, self.bins, self.race = program, written, bins, race
        self.random, self.seed, self.options = np.random.default_rng(seed), seed, OPTIONS

    def improve(self, within: Floats, seconds: float, stop: Callable[[], bool]) -> None:
        """Neighbourhood after neighbourhood for some ``seconds``; ``within``: the least cost of a plan with each option."""
        ended = time.perf_counter() + seconds
        while (left := ended - time.perf_counter()) > 0.05 and not stop():
            with self.race.lock:
                plan, value = self.race.plan, self.race.value
            if plan is None or value is None:
                return
            self._pack(plan, within < value, min(PATIENCE, left), stop)

    def _pack(self, plan: Ints, useful: np.ndarray, seconds: float, stop: Callable[[], bool]) -> None:  # type: ignore[type-arg]
        """One neighbourhood."""
        bins, free = self.bins, self._free(plan, useful)
        fixed = plan.copy()
        fixed[free] = 0
        began = time.perf_counter()
        sat = SatRacer(self.race, part_of(self.written, fixed, free, None), seconds, self.seed)
        try:
            while sat.is_alive() and not stop():
                sat.join(0.01)
        finally:
            sat.stop()
        took = time.perf_counter() - began
        if not sat.decided:
            self.options = max(40.0, self.options * 0.8)
        elif took < QUICK:
            self.options = min(self.options * 1.15, float(len(bins.item)))

    def _free(self, plan: Ints, useful: np.ndarray) -> Ints:  # type: ignore[type-arg]
        """The columns of a neighbourhood: options of the drawn bins' items among these bins, and the bins' own."""
        bins = self.bins
        taken = plan[bins.column] == 1
        place = np.zeros(bins.items, np.int64)
        place[bins.item[taken]] = bins.bin[taken]
        option = np.flatnonzero((useful | taken) & (bins.state[bins.bin] != 0))
        drawn = np.zeros(bins.bins, dtype=bool)
        near = np.zeros(bins.bins)
        ahead = int(self.random.integers(bins.bins))
        chosen = option[:0]
        while ahead >= 0:
            drawn[ahead] = True
            chosen = option[drawn[place[bins.item[option]]] & drawn[bins.bin[option]]]
            if drawn.all() or len(chosen) > self.options:
                break
            # items of the new bin with options elsewhere, and items elsewhere with options in it
            near += np.bincount(bins.bin[option[place[bins.item[option]] == ahead]], minlength=bins.bins)
            near += np.bincount(place[bins.item[option[bins.bin[option] == ahead]]], minlength=bins.bins)
            weight = np.where(drawn, 0.0, near)
            total = weight.sum()
            ahead = int(self.random.choice(bins.bins, p=weight / total)) if total else -1
        opens = bins.open_column[drawn & (bins.open_column >= 0) & (bins.state < 0)]
        return np.sort(np.concatenate([bins.column[chosen], opens]))
