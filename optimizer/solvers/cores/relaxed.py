"""The continuous relaxation of items in bins: prices to start from, found by sifting.

First rough prices of the capacities (a short subgradient search; every item simply takes its cheapest option at them), then
linear programs over the options that are cheap at the prices, taking in more until no option left out is cheaper.
"""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np

from optimizer.program import Floats, Ints
from optimizer.solvers.cores.shape import Bins
from optimizer.solvers.highs import silent

EACH = 3
"""Options of every item in the first linear program."""


def relaxed_prices(bins: Bins, left: Callable[[], float]) -> Floats:
    """Prices of the items, as good as the seconds ``left`` allow; meant for bins that are certainly open."""
    table = np.full((bins.items, bins.bins), np.inf)
    weight = np.zeros((bins.items, bins.bins))
    number = np.full((bins.items, bins.bins), -1)
    table[bins.item, bins.bin], weight[bins.item, bins.bin] = bins.cost, bins.weight
    number[bins.item, bins.bin] = np.arange(len(bins.item))
    capacity = np.maximum(bins.capacity, 1).astype(np.float64)
    load = weight / capacity
    toll = _rough_tolls(table, load, left)
    price, inside = (table + toll * load).min(axis=1), np.zeros(len(bins.item), dtype=bool)
    highs = _empty_master(bins, 2.0 * float(np.abs(bins.cost).max(initial=1)) + 1.0)
    while left() > 0:
        reduced = table + toll * load - price[:, None]
        added = _cheapest(reduced, number, inside, 0.0 if inside.any() else np.inf)
        if not len(added):
            break
        _extend(highs, bins, added, capacity)
        inside[added] = True
        highs.setOptionValue("time_limit", highs.getRunTime() + max(0.05, left()))
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        dual = np.asarray(highs.getSolution().row_dual)
        price, toll = dual[: bins.items], -dual[bins.items :]
    return np.asarray(np.minimum(price, (table + toll * load).min(axis=1)))


def _rough_tolls(table: Floats, load: Floats, left: Callable[[], float]) -> Floats:
    """Prices of whole capacities by subgradient steps."""
    toll, best_toll, best, reach = np.zeros(load.shape[1]), np.zeros(load.shape[1]), -np.inf, 0.1
    items = np.arange(len(table))
    stalled = 0
    for _ in range(200):
        at = (table + toll * load).argmin(axis=1)
        bound = float((table[items, at] + toll[at] * load[items, at]).sum() - toll.sum())
        stalled += 1
        if bound > best:
            best, best_toll, stalled = bound, toll, 0
        if stalled >= 8:
            reach, stalled = reach * 0.6, 0
        over = np.bincount(at, weights=load[items, at], minlength=len(toll)) - 1.0
        length = float((over**2).sum())
        if length == 0.0 or left() <= 0:
            break
        toll = np.maximum(toll + (best + reach * max(1.0, abs(best)) - bound) / length * over, 0.0)
    return best_toll


def _cheapest(reduced: Floats, number: Ints, inside: np.ndarray, most: float) -> Ints:  # type: ignore[type-arg]
    """Of every item the (at most ``EACH``) options with the least reduced cost below ``most`` that are not in yet."""
    there = number >= 0
    taken = np.where(there, inside[np.maximum(number, 0)], True)
    reduced = np.where(taken, np.inf, reduced)
    each = min(EACH, reduced.shape[1])
    place = np.argpartition(reduced, each - 1, axis=1)[:, :each]
    value = np.take_along_axis(reduced, place, axis=1)
    picked = np.take_along_axis(number, place, axis=1)
    return np.asarray(picked[(value < most - 1e-7) & np.isfinite(value)])


def _empty_master(bins: Bins, dear: float) -> highspy.Highs:
    """Items = 1 with dear stand-ins, capacities ≤ 1 (each in units of itself)."""
    highs = silent()
    highs.setOptionValue("presolve", "off")
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = bins.items, bins.items + bins.bins
    lp.col_cost_, lp.col_lower_ = np.full(bins.items, dear), np.zeros(bins.items)
    lp.col_upper_ = np.full(bins.items, highspy.kHighsInf)
    lp.row_lower_ = np.concatenate([np.ones(bins.items), np.full(bins.bins, -highspy.kHighsInf)])
    lp.row_upper_ = np.ones(bins.items + bins.bins)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = np.arange(bins.items + 1), np.arange(bins.items)
    lp.a_matrix_.value_ = np.ones(bins.items)
    highs.passModel(lp)
    return highs


def _extend(highs: highspy.Highs, bins: Bins, added: Ints, capacity: Floats) -> None:
    """The options ``added`` as columns."""
    count = len(added)
    rows = np.column_stack([bins.item[added], bins.items + bins.bin[added]]).astype(np.int32).reshape(-1)
    values = np.column_stack([np.ones(count), bins.weight[added] / capacity[bins.bin[added]]]).reshape(-1)
    start = (2 * np.arange(count)).astype(np.int32)
    nothing, endless = np.zeros(count), np.full(count, highspy.kHighsInf)
    highs.addCols(count, bins.cost[added].astype(np.float64), nothing, endless, 2 * count, start, rows, values)
