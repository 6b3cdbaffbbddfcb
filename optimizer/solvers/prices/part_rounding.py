"""One part's whole plan: what the mixture has decided, then better ones from its core."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.program import FREE, Floats, Ints, Program
from optimizer.solvers.prices.core_problem import PartLimits, core_of
from optimizer.solvers.prices.layout import Layout, Part
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.prices.smoothed import SmoothReply


@dataclass(frozen=True)
class Allotment:
    """What a part may use of its local rows, the rows' prices, and which rows are its own to use up (its own, and linking rows
    that no part after it uses)."""

    limits: PartLimits
    price: Floats
    own: np.ndarray  # type: ignore[type-arg]


class PartRounding:
    """``x``: the part's plan over its columns, ``use`` of its local rows, ``loss`` in value against the part's bound at the
    prices (unused limits of its own rows count as lost), ``legal`` where it keeps its limits."""

    def __init__(
        self, program: Program, part: Part, reply: SmoothReply, allotment: Allotment, settings: Settings
    ) -> None:
        self.program, self.part, self.settings = program, part, settings
        self.limits, self.price = allotment.limits, allotment.price
        self.linked = np.where(allotment.own, 0.0, self.price)
        reduced = self._reduced()
        best, answer = part.layout.best(reduced)
        gain = np.maximum(reduced[part.layout.options :], 0.0) @ part.layout.most
        limit = np.where(self.price > 0, self.limits.high, self.limits.low)
        unused = np.where(np.abs(limit) < FREE // 2, limit * (self.price - self.linked), 0.0)
        self.bound = float(best.sum() + gain + unused.sum())
        replies = np.zeros(len(part.columns), dtype=np.int64)
        replies[answer[answer >= 0]] = 1
        steered = self.linked * (1.0 - settings.lean)  # so that what others left is rather used than passed on
        last = bool(allotment.own[part.own :].any())
        count = settings.core_sets * (settings.last_core if last else 1)
        for wider, few in settings.cores:  # where prices are still coarse, a small core cannot keep every limit
            self.nearest, self.few = _by_regret(part.layout, reduced, best, answer, wider * count), few
            self.core = core_of(part, program, steered, reduced, self.nearest, replies, few, self.limits)
            if self.core is not None:
                break
        self.x = np.zeros(len(part.columns), dtype=np.int64)
        self.x[reply.option[reply.share > settings.decided]] = 1
        self._weigh()
        self.legal = self._keeps_limits()
        if not self.legal:  # an unfinished search's mixture: nobody placed is often legal, and a start
            self.x[:] = 0
            self._weigh()
            self.legal = self._keeps_limits()

    def _keeps_limits(self) -> bool:
        return bool(((self.use >= self.limits.low) & (self.use <= self.limits.high)).all())

    def _weigh(self) -> None:
        self.use = self._used(self.x)
        self.loss = self.bound - float(self.part.layout.worth @ self.x - self.linked @ self.use)

    def improve(self, sizes: Sequence[int], loss: float, seed: int, stop: Callable[[], bool]) -> None:
        """Better plans from the core with ever more sets open, until the part loses at most ``loss``; wider openings only
        while it loses more than that by a growing factor, since other parts can make up for it."""
        for number, open_sets in enumerate(sizes):
            enough = loss * self.settings.patience**number
            if self.core is None or stop() or (self.legal and self.loss <= enough):
                break
            x = self.core.solve(open_sets, self.settings.few, self.core.best - loss, self.settings.nodes, seed, stop)
            before, lost, legal = self.x, self.loss, self.legal
            if x is not None:
                self.x, self.legal = x, True
                self._weigh()
                if legal and self.loss > lost:
                    self.x = before
                    self._weigh()

    def refill(self, limits: PartLimits, open_sets: int, gain: float, seed: int, stop: Callable[[], bool]) -> None:
        """Take a plan worth more, also where it uses more of the linking rows, within ``limits``; done once it is worth
        ``gain`` more."""
        settings, worth = self.settings, self.part.layout.worth
        free = np.zeros(len(self.part.rows))
        core = core_of(self.part, self.program, free, self._reduced(), self.nearest, self.x, self.few, limits)
        if core is None:
            return
        x = core.solve(open_sets, settings.few, float(worth @ self.x) + gain, settings.nodes, seed, stop)
        if x is not None and (not self.legal or worth @ (x - self.x) > 0):
            self.x, self.legal = x, True
            self._weigh()

    def _reduced(self) -> Floats:
        """What each column is worth at the prices of all rows."""
        return np.asarray(self.part.layout.worth - self.part.layout.use @ self.price)

    def _used(self, x: Ints) -> Ints:
        """Exact use of the local rows (entries and sums are whole and below 2^53)."""
        taken = np.flatnonzero(x)
        return np.rint(self.part.layout.use[taken].T @ x[taken].astype(np.float64)).astype(np.int64)


def _by_regret(layout: Layout, reduced: Floats, best: Floats, answer: Ints, count: int) -> Ints:
    """The ``count`` sets whose best choice is the least ahead of the next best."""
    if not layout.options:
        return np.zeros(0, dtype=np.int64)
    taken = answer[answer >= 0]
    others = reduced[: layout.options].copy()
    others[taken] = -np.inf
    second = np.maximum.reduceat(others, layout.start[:-1])
    regret = np.where(answer >= 0, best - np.maximum(second, 0.0), -second)
    return np.argsort(regret, kind="stable")[:count]
