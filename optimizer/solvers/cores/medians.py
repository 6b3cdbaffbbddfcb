"""Which bins to open where exactly so many are wanted: interchange (Teitz and Bart), every swap valued at once.

Capacities are left out here: they are the exchange's and the neighbourhoods' to keep. What is open is weighed by every
item's cheapest open bin.
"""

from __future__ import annotations

import numpy as np

from optimizer.program import Bools, Floats
from optimizer.solvers.cores.shape import Bins


def medians(bins: Bins, start: Bools) -> Bools:
    """The open bins after swaps of an open one for a closed one, from ``start``, until none is for the better."""
    cost = np.full((bins.items, bins.bins), float(np.abs(bins.cost).max(initial=0)) * 4.0 + 1.0)
    cost[bins.item, bins.bin] = bins.cost
    opened = start.copy()
    for _ in range(20 * bins.bins):
        here, away = np.flatnonzero(opened & (bins.state != 1)), np.flatnonzero(~opened & (bins.state != 0))
        if not len(here) or not len(away) or opened.sum() < 2:
            break
        change = swaps(cost, opened, here, away) + bins.opening[away][:, None] - bins.opening[here][None, :]
        best = np.unravel_index(int(change.argmin()), change.shape)
        if change[best] >= -1e-9:
            break
        opened[away[best[0]]], opened[here[best[1]]] = True, False
    return opened


def swaps(cost: Floats, opened: Bools, here: np.ndarray, away: np.ndarray) -> Floats:  # type: ignore[type-arg]
    """What opening each of ``away`` (rows) and closing each of ``here`` (columns) changes in the items' cheapest costs."""
    inside = np.flatnonzero(opened)
    order = np.argsort(cost[:, inside], axis=1, kind="stable")
    nearest = inside[order[:, 0]]
    items = np.arange(len(cost))
    first, second = cost[items, nearest], cost[items, inside[order[:, 1]]]
    gain = np.minimum(cost[:, away] - first[:, None], 0.0)
    lost = np.minimum(cost[:, away], second[:, None]) - first[:, None] - gain
    member = (nearest[:, None] == here[None, :]).astype(np.float64)
    return np.asarray(gain.sum(axis=0)[:, None] + lost.T @ member)
