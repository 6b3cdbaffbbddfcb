"""The bound that prices prove, recomputed in whole numbers: no solver, no floating point.

Prices become whole multiples of 2^−shift for one base unit of their row. For any sign-correct prices
p the sum of every unit's best reply to ``cost − pA``, the amounts' best replies and Σ p·limit is at
least the value of every legal plan (Lagrangian weak duality), exactly.
"""

from __future__ import annotations

import numpy as np

from optimizer.program import FREE, Floats, Ints, Program, Stage
from optimizer.solvers.prices.pricing import Pricing

ROOM = 2.0**61
"""Sums over one unit stay below this, so that int64 cannot overflow."""


def whole_prices(
    program: Program, pricing: Pricing, stage: Stage, kept: list[tuple[Stage, int]], price: Floats
) -> tuple[Ints, int]:
    """Prices for one base unit of each row as whole multiples of 2^−shift, and the largest shift that is safe."""
    shift = max(0, int(np.floor(np.log2(ROOM / _heaviest(program, pricing, stage, kept, price)))))
    shift = min(shift, 60)
    return np.rint(price * 2.0**shift).astype(np.int64), shift


def _heaviest(program: Program, pricing: Pricing, stage: Stage, kept: list[tuple[Stage, int]], price: Floats) -> float:
    """The largest sum of absolute reduced values that one unit could need."""
    rows = program.matrix.shape[0]
    size = program.matrix.data.astype(np.float64)
    entries = (np.abs(size, out=size), program.matrix.indices, program.matrix.indptr)
    absolute = type(program.matrix)(entries, program.matrix.shape)
    weight = absolute.T @ np.abs(price[:rows]) + np.abs(stage.value)
    for number, (earlier, _) in enumerate(kept):
        weight = weight + np.abs(earlier.value) * abs(float(price[rows + number]))
    amounts = float(weight[program.options :].max(initial=0))
    if not pricing.sets:
        return max(1.0, amounts)
    by_set = np.maximum.reduceat(weight[: program.options], program.set_start[:-1])
    by_unit = np.bincount(pricing.unit, weights=by_set)
    return max(1.0, float(by_unit.max(initial=0)) + amounts)


def exact_bound(
    program: Program, pricing: Pricing, stage: Stage, kept: list[tuple[Stage, int]], prices: Ints, shift: int
) -> int:
    """The bound on the stage's value: an upper one when it is maximised, a lower one when minimised.

    ``prices``: one a program row, then one a kept stage. Raises ``OverflowError`` where the numbers
    would not fit, never a wrong bound.
    """
    rows = program.matrix.shape[0]
    prices = _sign_correct(program, kept, prices)
    cost = stage.sign * stage.value
    if _heaviest(program, pricing, stage, kept, prices / 2.0**shift) * 2.0**shift > 2 * ROOM:
        raise OverflowError("prices are too large to be recomputed exactly")
    reduced = (cost << shift) - np.asarray(program.matrix.T @ prices[:rows], dtype=np.int64)
    for number, (earlier, _) in enumerate(kept):
        reduced = reduced - earlier.value * prices[rows + number]
    total = sum(int(w) for w in pricing.answer(reduced[: program.options], reduced[pricing.whole_column]).worth)
    amount = np.ones(program.columns, dtype=bool)
    amount[: program.options] = False
    amount[pricing.whole_column] = False
    for column in np.flatnonzero(amount & (reduced > 0) & (program.upper > 0)):
        total += int(reduced[column]) * int(program.upper[column])
    for row in np.flatnonzero(prices[:rows]):
        limit = program.row_upper[row] if prices[row] > 0 else program.row_lower[row]
        total += int(prices[row]) * int(limit)
    for number, (_, value) in enumerate(kept):
        total += int(prices[rows + number]) * value
    return stage.sign * (total >> shift)


def _sign_correct(program: Program, kept: list[tuple[Stage, int]], prices: Ints) -> Ints:
    low = np.append(program.row_lower, [v if s.sign > 0 else -int(FREE) for s, v in kept]).astype(np.int64)
    high = np.append(program.row_upper, [int(FREE) if s.sign > 0 else v for s, v in kept]).astype(np.int64)
    clipped = np.where(high >= FREE, np.minimum(prices, 0), prices)
    return np.where(low <= -FREE, np.maximum(clipped, 0), clipped).astype(np.int64)
