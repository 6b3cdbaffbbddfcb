"""All bins' 0/1 knapsacks at once: one dynamic program over capacity, vectorised over the bins.

With a worth for every option, bin b's best filling is max Σ worth·x over Σ weight·x ≤ capacity[b]. The tables run over
the options of positive worth (k = 0, 1, …; bins side by side) and over every capacity c:
    F[k+1, b, c] = max(F[k, b, c], worth[b, k] + F[k, b, c − weight[b, k]]).
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from optimizer.program import Floats, Ints
from optimizer.solvers.cores.shape import Bins

NEVER = -1e300

LARGEST_FORCED = 60_000_000
"""Cells of the forward and backward tables (a gigabyte holds twice as many); beyond, the last table alone serves."""


class Knapsacks:
    """The options of ``bins`` laid out bin by bin in padded arrays (bins × most options of a bin)."""

    def __init__(self, bins: Bins) -> None:
        self.bins = bins
        order = np.lexsort((np.arange(len(bins.bin)), bins.bin))
        sizes = np.bincount(bins.bin, minlength=bins.bins)
        width = max(1, int(sizes.max(initial=0)))
        self.option = np.full((bins.bins, width), -1)
        place = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        self.option[bins.bin[order], place] = order
        self.there = self.option >= 0
        self.weight: Ints = (
            np.where(self.there, bins.weight[self.option], 0) if len(order) else np.zeros_like(self.option)
        )
        self.rows = np.arange(bins.bins)
        # a bin that can hold all its options at once needs no table; its capacity may count as their weight
        self.capacity = np.minimum(bins.capacity, self.weight.sum(axis=1))
        self.most = int(self.capacity.max(initial=0))

    @property
    def cells(self) -> int:
        """Size of one full set of tables."""
        return int(self.option.shape[1]) * self.bins.bins * (self.most + 1)

    @property
    def layer(self) -> int:
        """Size of one step's table, all bins together."""
        return self.bins.bins * (self.most + 1)

    def _sorted(self, worth: Floats) -> tuple[Floats, Ints, Ints]:
        """Worth, weight and place of every bin's options of positive worth, best first; as wide as the fullest bin."""
        laid = np.where(self.there, worth[self.option], NEVER)
        laid = np.where(self.weight > self.capacity[:, None], NEVER, laid)
        width = max(1, int((laid > 0).sum(axis=1).max(initial=0)))
        place = np.argsort(-laid, axis=1, kind="stable")[:, :width]
        value = np.take_along_axis(laid, place, axis=1)
        weight = np.take_along_axis(self.weight, place, axis=1)
        return np.where(value > 0, value, NEVER), np.where(value > 0, weight, 0), place

    def _step(self, table: Floats, value: Floats, weight: Ints, out: Floats) -> None:
        """One option more for every bin: ``out`` = max(table, value + table shifted by weight).

        Tables are bins × (most + 1 + most + 1); the left half is NEVER, so that a shift reads "does not fit"."""
        half = self.most + 1
        flat = sliding_window_view(table.reshape(-1), half)
        shifted = flat[self.rows * 2 * half + half - weight] + value[:, None]
        np.maximum(table[:, half:], shifted, out=out[:, half:])

    def _empty(self, count: int) -> Floats:
        half = self.most + 1
        tables = np.zeros((count, self.bins.bins, 2 * half))
        tables[:, :, :half] = NEVER
        return tables

    def best(self, worth: Floats) -> tuple[Floats, np.ndarray]:  # type: ignore[type-arg]
        """Every bin's best filling: its value, and which options are in it (bool, one an option)."""
        value, weight, place = self._sorted(worth)
        width, half = value.shape[1], self.most + 1
        table = self._empty(1)[0]
        now, windows = table[:, half:], sliding_window_view(table.reshape(-1), half)
        taken = np.empty((width, self.bins.bins, half), dtype=bool)
        start = self.rows * 2 * half + half
        for k in range(width):
            shifted = windows[start - weight[:, k]]
            shifted += value[:, k, None]
            np.greater(shifted, now, out=taken[k])
            np.maximum(shifted, now, out=now)
        left = self.capacity.copy()
        total = now[self.rows, left]
        chosen = np.zeros(len(worth), dtype=bool)
        for k in range(width - 1, -1, -1):
            used = taken[k][self.rows, left]
            chosen[self.option[self.rows[used], place[used, k]]] = True
            left = np.where(used, left - weight[:, k], left)
        return total, chosen

    def _forced_coarsely(self, worth: Floats, value: Floats, weight: Ints) -> tuple[Floats, Floats, Floats]:
        """As ``forced`` from the last table alone: never below it. An option in may be counted twice; one out, not missed."""
        table = self._empty(1)[0]
        for k in range(value.shape[1]):
            self._step(table, value[:, k], weight[:, k], table)
        best = table[:, self.most + 1 :]
        total = best[self.rows, self.capacity]
        beside = np.maximum(self.capacity[:, None] - self.weight, 0)
        fits = self.there & (self.weight <= self.capacity[:, None])
        inside = np.where(fits, worth[self.option] + best[self.rows[:, None], beside], NEVER)
        outside = np.where(self.there, total[:, None], NEVER)
        put, out = np.full(len(worth), NEVER), np.full(len(worth), NEVER)
        put[self.option[self.there]], out[self.option[self.there]] = inside[self.there], outside[self.there]
        return total, put, out

    def forced(self, worth: Floats) -> tuple[Floats, Floats, Floats]:
        """Every bin's best value; and for every option its bin's best value with the option in, and with it out."""
        value, weight, place = self._sorted(worth)
        width, half = value.shape[1], self.most + 1
        if 4 * (width + 1) * self.layer > LARGEST_FORCED:
            return self._forced_coarsely(worth, value, weight)
        front, back = self._empty(width + 1), self._empty(width + 1)
        for k in range(width):
            self._step(front[k], value[:, k], weight[:, k], front[k + 1])
            last = width - 1 - k
            self._step(back[k], value[:, last], weight[:, last], back[k + 1])
        full = front[width]
        total = full[self.rows, half + self.capacity]
        # in, for an option outside the tables: its worth and the best that fits beside it
        beside = np.maximum(self.capacity[:, None] - self.weight, 0)
        fits = self.there & (self.weight <= self.capacity[:, None])
        inside = np.where(fits, worth[self.option] + full[self.rows[:, None], half + beside], NEVER)
        outside = np.where(self.there, total[:, None], NEVER)
        at = np.arange(half)
        for k in range(width):
            # F[k, c] and G[k+1, capacity − c] share the capacity between the options before and behind k
            mirror = self.capacity[:, None] - at[None, :]
            before, behind = front[k][:, half:], back[width - 1 - k]
            rest = np.take_along_axis(behind, half + np.maximum(mirror, -half), axis=1)
            without = (before + rest).max(axis=1)
            less = mirror - weight[:, k][:, None]
            rest = np.take_along_axis(behind, half + np.maximum(less, -half), axis=1)
            within = (before + rest).max(axis=1) + value[:, k]
            real = value[:, k] > 0
            outside[self.rows[real], place[real, k]] = without[real]
            inside[self.rows[real], place[real, k]] = within[real]
        option, there = self.option[self.there], self.there
        put, out = np.full(len(worth), NEVER), np.full(len(worth), NEVER)
        put[option], out[option] = inside[there], outside[there]
        return total, put, out
