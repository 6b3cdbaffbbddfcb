"""Plans by exchange: items shifted and chained between open bins, overloads paid for, at a falling temperature.

Every step draws some thousand moves at once: a shift (item j from bin a to b), or a chain (j from a to b, and item k from b to
c; a swap where c = a). Moves are kept by Metropolis' rule, and the best of them that touch different bins are all made. A
bin's overload costs its own toll (the price of its capacity) times a factor that rises while plans break capacities and
falls while they hold them, so that the search keeps crossing the border where the best plans lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.program import Bools, Floats, Ints
from optimizer.solvers.cores.shape import Bins

NEAR = 8
"""An item moves to its cheapest so many bins (at prices of items and tolls of bins)."""

DRAWN = (400, 4000)
"""Least and most moves of one step."""

HOT, COLD = 0.2, 0.02
"""Temperatures at start and end, in what a typical item's second choice costs more than its first."""

TOLL_STEP = 0.02
"""By how much the factor of the tolls changes in a step."""


@dataclass(frozen=True)
class Moves:
    """Moves drawn at once, one a row: item j from bin a to b, item k (the stand-in: none) from there to c."""

    j: Ints
    a: Ints
    b: Ints
    k: Ints
    c: Ints

    def at(self, chosen: Ints) -> Moves:
        """Some of them."""
        return Moves(self.j[chosen], self.a[chosen], self.b[chosen], self.k[chosen], self.c[chosen])


class Exchange:
    """A search over the bins ``opened`` at the items' prices; ``offer`` hears the option numbers of every better plan that holds.

    A stand-in item (number ``items``, weight and cost 0) in a stand-in bin (number ``bins``, endless) makes a shift a chain.
    """

    def __init__(self, bins: Bins, opened: Bools, price: Floats, seed: int, offer: Callable[[Ints], None]) -> None:
        self.bins, self.offer, self.random = bins, offer, np.random.default_rng(seed)
        self.items, self.count = bins.items, bins.bins
        shape = (bins.items + 1, bins.bins + 1)
        self.cost, self.weight, self.option = np.full(shape, np.inf), np.zeros(shape), np.full(shape, -1)
        use = opened[bins.bin] & (bins.weight <= bins.capacity[bins.bin])
        at = (bins.item[use], bins.bin[use])
        self.cost[at], self.weight[at], self.option[at] = bins.cost[use], bins.weight[use], np.flatnonzero(use)
        self.cost[-1] = 0.0
        self.capacity = np.append(bins.capacity.astype(np.float64), np.inf)
        self.toll = np.append(tolls(bins, price), 0.0)
        rank = (self.cost + self.toll * self.weight)[:-1, :-1]
        self.near = np.argsort(rank, axis=1, kind="stable")[:, :NEAR]
        self.choices = np.clip(np.isfinite(rank).sum(axis=1), 1, NEAR)
        first = np.sort(rank, axis=1)[:, :2]
        step = first[:, -1] - first[:, 0]
        self.unit = float(np.median(step[np.isfinite(step)])) if np.isfinite(step).any() else 1.0
        self.best = np.inf

    def run(self, part_done: Callable[[], float]) -> None:
        """Moves from every item's cheapest bin until ``part_done`` (which falls the temperature) reaches 1."""
        items = np.arange(self.items)
        place = np.append(self.near[:, 0], self.count)
        if not np.isfinite(self.cost[items, place[:-1]]).all():
            return
        load: Floats = np.zeros(self.count + 1)
        np.add.at(load, place, self.weight[np.arange(self.items + 1), place])
        factor, heat = 1.5, max(self.unit, 1e-3)
        while (done := part_done()) < 1.0:
            moves = self._drawn(place)
            change = self._change(moves, place, load, factor)
            key = change + HOT * heat * (COLD / HOT) ** done * np.log(self.random.random(len(change)))
            self._make(self._apart(moves, key), place, load)
            if (load <= self.capacity).all():
                self._hear(place[:-1])
                factor *= 1.0 - TOLL_STEP
            else:
                factor *= 1.0 + TOLL_STEP

    def _hear(self, place: Ints) -> None:
        items = np.arange(self.items)
        total = float(self.cost[items, place].sum())
        if total < self.best:
            self.best = total
            self.offer(self.option[items, place])

    def _drawn(self, place: Ints) -> Moves:
        """Random moves: a third of them shifts, of the others half swaps."""
        n, drawn = self.items, int(np.clip(4 * self.items, *DRAWN))
        order = np.argsort(place[:-1], kind="stable")
        inside = np.bincount(place[:-1], minlength=self.count + 1)
        first = np.cumsum(inside) - inside
        j, chance = self.random.integers(0, n, drawn), self.random.random((3, drawn))
        a, b = place[j], self.near[j, (chance[0] * self.choices[j]).astype(np.int64)]
        k = order[np.minimum(first[b] + (chance[1] * inside[b]).astype(np.int64), n - 1)]
        k = np.where((inside[b] == 0) | (np.arange(drawn) < drawn // 3), n, k)
        other = np.minimum(k, n - 1)
        further = self.near[other, (np.maximum(2 * chance[2] - 1, 0) * self.choices[other]).astype(np.int64)]
        c = np.where(k == n, self.count, np.where(chance[2] < 0.5, a, further))
        return Moves(j, a, b, k, c)

    def _change(self, moves: Moves, place: Ints, load: Floats, factor: float) -> Floats:
        """What every move changes in cost and in the tolls of overload (inf where it is none)."""
        j, a, b, k, c = moves.j, moves.a, moves.b, moves.k, moves.c
        cost, weight, toll, room = self.cost, self.weight, factor * self.toll, self.capacity
        over, back, real = np.maximum(load - room, 0.0), c == a, k < self.items
        change = cost[j, b] - cost[j, a] + np.where(real, cost[k, c] - cost[k, b], 0.0)
        there = weight[k, c]
        left = load[a] - weight[j, a] + np.where(back, there, 0.0)
        middle = load[b] + weight[j, b] - weight[k, b]
        change += toll[a] * (np.maximum(left - room[a], 0.0) - over[a])
        change += toll[b] * (np.maximum(middle - room[b], 0.0) - over[b])
        change += np.where(back, 0.0, toll[c] * (np.maximum(load[c] + there - room[c], 0.0) - over[c]))
        change[(a == b) | (c == b)] = np.inf
        return np.asarray(change)

    def _apart(self, moves: Moves, key: Floats) -> Moves:
        """Of the moves with a negative key the best ones, no two of which touch the same bin."""
        good = np.flatnonzero(key < 0)
        good = good[np.argsort(key[good])]
        moves, rank = moves.at(good), np.arange(len(good))
        first = np.full(self.count + 1, len(good))
        for touched in (moves.a, moves.b, moves.c):
            np.minimum.at(first, touched, rank)
        alone = (first[moves.a] == rank) & (first[moves.b] == rank)
        return moves.at(np.flatnonzero(alone & ((first[moves.c] == rank) | (moves.c == self.count))))

    def _make(self, moves: Moves, place: Ints, load: Floats) -> None:
        """Make moves that touch different bins."""
        j, a, b, k, c = moves.j, moves.a, moves.b, moves.k, moves.c
        load[a] -= self.weight[j, a]
        load[b] += self.weight[j, b] - self.weight[k, b]
        real = k < self.items
        load[c[real]] += self.weight[k, c][real]
        place[j] = b
        place[k[real]] = c[real]


def tolls(bins: Bins, price: Floats) -> Floats:
    """A price for each bin's capacity at the items' prices: the worth of a unit where the bin is just full (its critical
    item), at least a fiftieth of the dearest bin's."""
    worth = price[bins.item] - bins.cost
    ratio = worth / np.maximum(bins.weight, 1)
    order = np.lexsort((-ratio, bins.bin))
    size = np.bincount(bins.bin, minlength=bins.bins)
    first = np.cumsum(size) - size
    filled = np.cumsum(bins.weight[order])
    before = np.append(0, filled)[first]
    critical = np.searchsorted(filled, before + bins.capacity, side="right")
    full = critical < first + size
    toll = np.zeros(bins.bins)
    toll[full] = np.maximum(ratio[order][critical[full]], 0.0)
    return np.asarray(np.maximum(toll, max(0.02 * float(toll.max(initial=0.0)), 1e-6)))
