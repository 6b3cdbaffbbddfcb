"""What solvers that run side by side share: the best plan, the best bound, who found them, and when to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from optimizer.program import Ints


class Race:
    """minimise a cost in whole multiples of ``whole``; plans and bounds arrive from any thread.

    ``legal(x)`` audits a plan exactly and ``cost(x)`` prices it; a plan that breaks a row is not taken.
    """

    def __init__(self, legal: Callable[[Ints], bool], cost: Callable[[Ints], int], whole: int) -> None:
        self.legal, self.cost, self.whole = legal, cost, whole
        self.plan: Ints | None = None
        self.value: int | None = None
        self.bound: int | None = None
        self.finder, self.prover = "", ""
        self.lock = threading.Lock()

    def offer(self, x: Ints, who: str) -> bool:
        """A plan; whether it is the best so far."""
        value = self.cost(x)
        with self.lock:
            if self.value is not None and value >= self.value:
                return False
        if not self.legal(x):
            return False
        with self.lock:
            if self.value is not None and value >= self.value:
                return False
            self.plan, self.value, self.finder = x.copy(), value, who
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

    @property
    def closed(self) -> bool:
        """Whether the best plan is proven."""
        return self.value is not None and self.bound is not None and self.bound >= self.value
