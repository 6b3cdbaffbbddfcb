"""Which bins to open: at least cost, with room for everything, or exactly so many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.program import Floats
from optimizer.solvers.cores.knapsacks import Knapsacks
from optimizer.solvers.cores.shape import Bins

LARGEST_TABLE = 2_000_000
"""Cells of the table over spare capacity; where it would be larger, "room for everything" is left out (a valid bound)."""


@dataclass(frozen=True)
class Opened:
    """The least total term, the open bins (bool), and the least total with each bin open and with each closed."""

    total: float
    open: np.ndarray  # type: ignore[type-arg]
    with_bin: Floats
    without: Floats


class Opening:
    """min Σ term over the open bins, where Σ capacity of them ≥ all the items' least weights.

    Turned round, it is a knapsack: of the free bins, close those worth most (Σ term) within the spare capacity.
    """

    def __init__(self, bins: Bins) -> None:
        self.bins = bins
        self.free = np.flatnonzero(bins.state < 0)
        self.sure = np.flatnonzero(bins.state == 1)
        self.closing: Knapsacks | None = None
        self.wanted = None if bins.count is None else bins.count - len(self.sure)
        if self.wanted is None and len(self.free):
            self.closing = self._closing()

    def _closing(self) -> Knapsacks | None:
        bins = self.bins
        least = np.full(bins.items, np.iinfo(np.int64).max)
        np.minimum.at(least, bins.item, bins.weight)
        spare = int(bins.capacity[self.free].sum() + bins.capacity[self.sure].sum() - least.sum())
        unit = max(1, int(np.gcd.reduce(bins.capacity[self.free])))
        zero = np.zeros(len(self.free), np.int64)
        one = Bins(
            len(self.free), np.arange(len(self.free)), zero, bins.capacity[self.free] // unit, zero, zero,
            np.array([max(spare, 0) // unit]), np.zeros(1, np.int64), np.full(1, -1), np.ones(1, np.int64), None,
        )  # fmt: skip
        knapsacks = Knapsacks(one)
        return knapsacks if knapsacks.cells <= LARGEST_TABLE and spare >= 0 else None

    def best(self, term: Floats) -> tuple[float, np.ndarray]:  # type: ignore[type-arg]
        """The least total and the open bins."""
        opened = self.bins.state == 1
        free = term[self.free]
        if self.wanted is not None:
            opened[self.free[np.argsort(free, kind="stable")[: max(self.wanted, 0)]]] = True
        elif self.closing is not None:
            _, closed = self.closing.best(free)
            opened[self.free[~closed]] = True
        else:
            opened[self.free] = free < 0
        return float(term[opened].sum()), opened

    def forced(self, term: Floats) -> Opened:
        """As ``best``, with every bin tried open and closed (inf where it cannot be)."""
        total, opened = self.best(term)
        with_bin = np.full(len(term), np.inf)
        without = np.full(len(term), np.inf)
        with_bin[self.sure] = total
        free = term[self.free]
        if self.wanted is not None:
            with_bin[self.free], without[self.free] = self._counted(free, total - float(term[self.sure].sum()))
            with_bin[self.free] += float(term[self.sure].sum())
            without[self.free] += float(term[self.sure].sum())
        elif self.closing is not None:
            everything = float(term[self.sure].sum() + free.sum())
            _, put, out = self.closing.forced(free)
            without[self.free] = np.where(put > -1e299, everything - put, np.inf)
            with_bin[self.free] = everything - out
        else:
            with_bin[self.free] = total + np.maximum(free, 0.0)
            without[self.free] = total - np.minimum(free, 0.0)
        return Opened(total, opened, with_bin, without)

    def _counted(self, free: Floats, total: float) -> tuple[Floats, Floats]:
        """With exactly ``wanted`` of the free bins: a bin in for the dearest chosen, or out for the cheapest not chosen."""
        wanted = max(self.wanted or 0, 0)
        order = np.argsort(free, kind="stable")
        chosen = np.zeros(len(free), dtype=bool)
        chosen[order[:wanted]] = True
        dearest = free[order[wanted - 1]] if wanted else -np.inf
        next_one = free[order[wanted]] if wanted < len(free) else np.inf
        return np.where(chosen, total, total - dearest + free), np.where(chosen, total - free + next_one, total)
