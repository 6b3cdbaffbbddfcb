"""The bound that prices prove, recomputed in whole numbers: no solver, no floating point in the result.

Prices are whole multiples of 2^−shift for one base unit of their row. For any sign-correct prices p the sum of every
set's best reply to ``cost − pA``, the amounts' best replies and Σ p·limit is at least the value of every legal plan
(Lagrangian weak duality), exactly. A price with a sign that its row does not allow counts as 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from optimizer.lagrangian.replies import Replies, best_of_sets, stretches
from optimizer.program import FREE, Floats, Ints, Program, Stage

ROOM = 2.0**61
"""Prices are kept so finely that sums over one unit (a set or a group) stay below this."""

MOST = 2.0**62
"""Sums over one unit may not come above this: half of what int64 holds, so that rounding of the estimate cannot hide
an overflow."""

ENTRIES = 4_000_000
"""Matrix entries looked at in one go."""

Kept = Sequence[tuple[Stage, int]]
"""Earlier stages with the value (without its ``base``) that a plan must keep."""


def whole_prices(program: Program, stage: Stage, kept: Kept, price: Floats) -> tuple[Ints, int]:
    """Prices for one base unit of each row (and kept stage) as whole multiples of 2^−shift, and the largest shift that
    is safe."""
    shift = max(0, int(np.floor(np.log2(ROOM / heaviest(program, stage, kept, price)))))
    shift = min(shift, 60)
    return np.rint(price * 2.0**shift).astype(np.int64), shift


def exact_bound(program: Program, stage: Stage, kept: Kept, prices: Ints, shift: int) -> int:
    """The bound on the stage's value (without its ``base``): an upper one when it is maximised, a lower one when minimised.

    ``prices``: one a program row, then one a kept stage. Raises ``OverflowError`` where the numbers
    would not fit, never a wrong bound.
    """
    return from_total(program, stage, exact_total(program, stage, kept, prices, shift), shift)


def from_total(program: Program, stage: Stage, total: int, shift: int) -> int:
    """The bound that a total proves: a whole number, and a multiple of what all values of the stage are multiples of (whole
    万元, parcels of whole tens of m²), because every plan's value is one."""
    unit = 1 if program.mixed else max(1, int(np.gcd.reduce(np.abs(stage.value))))
    return stage.sign * ((total >> shift) // unit * unit)


def exact_total(program: Program, stage: Stage, kept: Kept, prices: Ints, shift: int) -> int:
    """No legal plan has more than this many multiples of 2^−shift of ``sign · value``: one pass over the program."""
    if not 0 <= shift <= 62:
        raise OverflowError(f"prices cannot be multiples of 2^-{shift}")
    prices = sign_correct(program, kept, prices)
    if heaviest(program, stage, kept, prices / 2.0**shift) * 2.0**shift > MOST:
        raise OverflowError("prices are too large to be recomputed exactly")
    rows = program.matrix.shape[0]
    reduced = np.asarray(program.matrix.T @ prices[:rows], dtype=np.int64)
    np.negative(reduced, out=reduced)
    replies = Replies(program)
    for first, last in stretches(program):
        part = slice(int(program.set_start[first]), int(program.set_start[last]))
        _complete(reduced, part, stage, kept, prices[rows:], shift)
        replies.take(first, last, reduced[part])
    _complete(reduced, slice(program.options, program.columns), stage, kept, prices[rows:], shift)
    whole = program.groups.column if program.groups is not None else np.zeros(0, dtype=np.int64)
    total = replies.total(reduced[whole])
    gain = np.maximum(reduced[program.options :], 0)
    gain[whole - program.options] = 0
    total += dot(gain, program.upper[program.options :])
    limits = np.where(prices[:rows] > 0, program.row_upper, program.row_lower)
    return total + dot(prices[:rows], limits) + sum(int(p) * v for p, (_, v) in zip(prices[rows:], kept, strict=True))


def _complete(reduced: Ints, part: slice, stage: Stage, kept: Kept, kept_prices: Ints, shift: int) -> None:
    """Adds cost and kept stages to −pA, in place, for some of the columns."""
    reduced[part] += (stage.sign * stage.value[part]) << shift
    for price, (earlier, _) in zip(kept_prices, kept, strict=True):
        if price:
            reduced[part] -= earlier.value[part] * price


def dot(left: Ints, right: Ints) -> int:
    """Σ left · right as a Python int."""
    used = np.flatnonzero(left)
    return sum(a * b for a, b in zip(left[used].tolist(), right[used].tolist(), strict=True))


def sign_correct(program: Program, kept: Kept, prices: Ints) -> Ints:
    """The prices with those of the wrong sign taken as 0: a row without upper limit has no positive price, one without
    lower limit no negative one."""
    low = np.append(program.row_lower, [v if s.sign > 0 else -int(FREE) for s, v in kept]).astype(np.int64)
    high = np.append(program.row_upper, [int(FREE) if s.sign > 0 else v for s, v in kept]).astype(np.int64)
    clipped = np.where(high >= FREE, np.minimum(prices, 0), prices)
    return np.where(low <= -FREE, np.maximum(clipped, 0), clipped).astype(np.int64)


def heaviest(program: Program, stage: Stage, kept: Kept, price: Floats) -> float:
    """The largest sum of absolute reduced values that one unit (a set, or a group with all its sets) could need."""
    weight = _weights(program, stage, kept, np.abs(price))
    amounts = float(weight[program.options :].max(initial=0))
    if len(program.set_start) < 2:
        return max(1.0, amounts)
    by_set = np.maximum(best_of_sets(weight[: program.options], program.set_start), 0)
    if program.groups is None:
        return max(1.0, float(by_set.max(initial=0)) + amounts)
    group = program.groups.group_of_set
    inside = group >= 0
    by_group = np.bincount(group[inside], weights=by_set[inside])
    return max(1.0, max(float(by_group.max(initial=0)), float(by_set[~inside].max(initial=0))) + amounts)


def _weights(program: Program, stage: Stage, kept: Kept, price: Floats) -> Floats:
    """|cost| + Σ |price · entry| of each column, in floating point, some columns at a time."""
    matrix, rows = sp.csc_array(program.matrix), program.matrix.shape[0]
    weight = np.abs(stage.value).astype(np.float64)
    for number, (earlier, _) in enumerate(kept):
        if price[rows + number]:
            weight += np.abs(earlier.value) * float(price[rows + number])
    first = 0
    while first < program.columns:
        last = int(np.searchsorted(matrix.indptr, matrix.indptr[first] + ENTRIES, side="right")) - 1
        last = min(max(last, first + 1), program.columns)
        entries = slice(int(matrix.indptr[first]), int(matrix.indptr[last]))
        edges = matrix.indptr[first : last + 1] - matrix.indptr[first]
        size = np.abs(matrix.data[entries]).astype(np.float64)
        part = sp.csr_array((size, matrix.indices[entries], edges), shape=(last - first, rows))
        weight[first:last] += part @ price[:rows]
        first = last
    return weight
