"""What solvers that run side by side share: the best plan, the best bound, who found them, and when to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.program import FREE, Ints
from optimizer.solvers.direct import restricted
from optimizer.solvers.highs import WholeProgram

ALL = int(FREE) // 4
"""A cost that no plan exceeds: the part is the whole program."""


class Race:
    """minimise a cost in whole multiples of ``whole``; plans and bounds arrive from any thread.

    ``legal(x)`` audits a plan exactly and ``cost(x)`` prices it; a plan that breaks a row is not taken. ``news`` is set
    whenever something changes; ``barren``: who proved that there is no plan at all; ``failure``: what a racer died of.
    """

    def __init__(self, legal: Callable[[Ints], bool], cost: Callable[[Ints], int], whole: int) -> None:
        self.legal, self.cost, self.whole = legal, cost, whole
        self.plan: Ints | None = None
        self.value: int | None = None
        self.bound: int | None = None
        self.finder, self.prover, self.barren = "", "", ""
        self.failure: BaseException | None = None
        self.lock, self.news = threading.Lock(), threading.Event()

    def offer(self, x: Ints, who: str) -> bool:
        """A plan; whether it is the best so far."""
        value = self.cost(x)
        if (self.value is not None and value >= self.value) or not self.legal(x):
            return False
        with self.lock:
            if self.value is not None and value >= self.value:
                return False
            self.plan, self.value, self.finder = x.copy(), value, who
        self.news.set()
        return True

    def prove(self, bound: float, who: str) -> None:
        """No plan costs less than ``bound`` (rounded up to what a plan can cost)."""
        if not np.isfinite(bound) or abs(bound) > 2.0**60:
            return
        least = int(np.ceil(bound / self.whole - 1e-6)) * self.whole
        with self.lock:
            if self.value is not None:
                least = min(least, self.value)
            if self.bound is None or least > self.bound:
                self.bound, self.prover = least, who
                self.news.set()

    def fail(self, failure: BaseException) -> None:
        """A racer ended by an error: the race ends, and who waits for it raises the error again."""
        self.failure = failure
        self.news.set()

    @property
    def closed(self) -> bool:
        """Whether the best plan is proven."""
        return self.value is not None and self.bound is not None and self.bound >= self.value

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        return self.closed or bool(self.barren) or self.failure is not None


@dataclass(frozen=True)
class Part:
    """The columns ``free`` of a program, the others staying at ``fixed``: all plans of cost ≤ ``most`` are in it (None: who
    knows; then nothing is proven by it).

    ``program`` is over the free columns, maximised as every ``WholeProgram``; ``given``: what the fixed columns are worth.
    """

    program: WholeProgram
    fixed: Ints
    free: Ints
    most: int | None
    given: int

    def plan(self, x: Ints) -> Ints:
        """A solution of the part as a plan of the whole program."""
        plan = self.fixed.copy()
        plan[self.free] = x
        return plan

    def solution(self, plan: Ints) -> Ints | None:
        """A plan of the whole program as a solution of the part; None where it is not in it or breaks its limit on cost."""
        x = np.asarray(plan[self.free])
        return x if np.array_equal(self.plan(x), plan) and not len(self.program.broken(x)) else None

    def empty(self, race: Race, who: str) -> None:
        """Nothing is in the part."""
        if self.most is None:
            return
        if self.most >= ALL:
            race.barren = who
            race.news.set()
        else:
            race.prove(self.most + race.whole, who)

    def proven(self, bound: float, race: Race, who: str) -> None:
        """A bound on the part's (maximised) cost: it holds for every plan up to ``most``."""
        if self.most is not None and np.isfinite(bound):
            race.prove(min(-(bound + self.given), float(self.most + race.whole)), who)


def part_of(program: WholeProgram, fixed: Ints, free: Ints | None = None, most: int | None = ALL) -> Part:
    """The part of ``program`` over the columns ``free`` (None: all of it), which holds all plans of cost ≤ ``most``
    (None: nothing known)."""
    if free is None:
        return Part(program, fixed, np.arange(len(fixed)), most, 0)
    return Part(
        restricted(program, fixed, free), fixed, free, most, int(np.rint(program.cost).astype(np.int64) @ fixed)
    )
