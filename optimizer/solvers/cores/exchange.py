"""Plans by exchange: items shifted and swapped between open bins, overloads paid for, recent moves forbidden (tabu search).

All shifts (items × bins) and the swaps of some items with all others are valued at once; the best move is made, also where
it is for the worse. The price of an overload rises while plans break capacities and falls while they hold them, so that
the search keeps crossing the border where the best plans lie (strategic oscillation).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.program import Floats, Ints
from optimizer.solvers.cores.shape import Bins

ROWS = 120
"""Items whose swaps are valued in one move."""


class Exchange:
    """A search over the bins ``opened``; ``offer`` hears the option numbers of every better plan that holds."""

    def __init__(self, bins: Bins, opened: np.ndarray, seed: int, offer: Callable[[Ints], None]) -> None:  # type: ignore[type-arg]
        self.bins, self.offer, self.random = bins, offer, np.random.default_rng(seed)
        shape = (bins.items, bins.bins)
        self.cost, self.weight, self.option = np.full(shape, np.inf), np.zeros(shape), np.full(shape, -1)
        use = opened[bins.bin]
        at = (bins.item[use], bins.bin[use])
        self.cost[at], self.weight[at], self.option[at] = bins.cost[use], bins.weight[use], np.flatnonzero(use)
        self.capacity = bins.capacity.astype(np.float64)
        self.best = np.inf

    def run(self, start: Ints, seconds: Callable[[], float]) -> None:
        """Moves from ``start`` (each item's bin) until no ``seconds`` are left."""
        items = np.arange(self.bins.items)
        place = np.where(np.isfinite(self.cost[items, start]), start, self.cost.argmin(axis=1))
        if not np.isfinite(self.cost[items, place]).all():
            return
        load: Floats = np.bincount(place, weights=self.weight[items, place], minlength=self.bins.bins).astype(
            np.float64
        )
        forbidden = np.zeros(self.cost.shape, dtype=np.int64)
        toll = float(self.cost[items, place].mean() / max(1.0, self.weight[items, place].mean()))
        step, inside, outside = 0, 0, 0
        while seconds() > 0:
            step += 1
            moved = self._move(place, load, toll, forbidden > step)
            if moved is None:
                toll *= 0.9
                continue
            for j, b in moved:
                forbidden[j, place[j]] = step + int(self.random.integers(5, 15))
                load[place[j]] -= self.weight[j, place[j]]
                load[b] += self.weight[j, b]
                place[j] = b
            if (load <= self.capacity).all():
                inside, outside = inside + 1, 0
                self._hear(place)
            else:
                inside, outside = 0, outside + 1
            toll *= 0.85 if inside >= 5 else 1.2 if outside >= 5 else 1.0

    def _hear(self, place: Ints) -> None:
        items = np.arange(self.bins.items)
        total = float(self.cost[items, place].sum())
        if total < self.best:
            self.best = total
            self.offer(self.option[items, place])

    def _move(self, place: Ints, load: Floats, toll: float, tabu: np.ndarray) -> list[tuple[int, int]] | None:  # type: ignore[type-arg]
        """The best shift or swap."""
        items = np.arange(self.bins.items)
        own, weight = self.cost[items, place], self.weight[items, place]
        over = np.maximum(load - self.capacity, 0.0)
        relief = np.maximum(load[place] - weight - self.capacity[place], 0.0) - over[place]
        shift = (
            self.cost
            - own[:, None]
            + toll * (np.maximum(load + self.weight - self.capacity, 0.0) - over + relief[:, None])
        )
        shift[items, place] = np.inf
        shift[tabu] = np.inf
        j, b = np.unravel_index(int(shift.argmin()), shift.shape)
        rows = items if len(items) <= ROWS else self.random.choice(items, ROWS, replace=False)
        swap = self._swaps(place, load, toll, tabu, rows, over)
        r, k = np.unravel_index(int(swap.argmin()), swap.shape)
        least = min(shift[j, b], swap[r, k])
        if not np.isfinite(least):
            return None
        if shift[j, b] <= swap[r, k]:
            return [(int(j), int(b))]
        first = int(rows[r])
        return [(first, int(place[k])), (int(k), int(place[first]))]

    def _swaps(
        self, place: Ints, load: Floats, toll: float, tabu: np.ndarray, rows: Ints, over: Floats
    ) -> Floats:  # type: ignore[type-arg]  # fmt: skip
        """The worth of exchanging the bins of each of ``rows`` with each item."""
        items = np.arange(self.bins.items)
        here, there = place[rows], place
        out, back = self.cost[rows][:, there], self.cost[:, here].T
        change = out + back - self.cost[rows, here][:, None] - self.cost[items, there]
        first = (load[here] - self.weight[rows, here])[:, None] + self.weight[:, here].T
        second = (load[there] - self.weight[items, there])[None, :] + self.weight[rows][:, there]
        change += toll * (np.maximum(first - self.capacity[here][:, None], 0.0) - over[here][:, None])
        change += toll * (np.maximum(second - self.capacity[there], 0.0) - over[there])
        change[here[:, None] == there] = np.inf
        change[tabu[rows][:, there] | tabu[:, here].T] = np.inf
        return np.asarray(change)
