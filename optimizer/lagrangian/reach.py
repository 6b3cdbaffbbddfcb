"""What every column can be in plans that reach a value: reduced-cost fixing, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.lagrangian.bound import Kept, exact_total, sign_correct
from optimizer.lagrangian.replies import best_of_sets
from optimizer.program import Bools, Ints, Program, Stage


@dataclass(frozen=True)
class Reach:
    """``low`` ≤ x ≤ ``high`` in every plan that is good enough; ``counted``: options that, taken, cost something of the
    value at the prices from which this was drawn."""

    low: Ints
    high: Ints
    counted: Bools

    def both(self, other: Reach) -> Reach:
        """Plans that are good enough for both."""
        return Reach(np.maximum(self.low, other.low), np.minimum(self.high, other.high), other.counted)

    @property
    def fixed(self) -> Ints:
        """The columns that can have one value only, at it, the others at 0."""
        return np.where(self.low == self.high, self.high, 0)

    @property
    def free(self) -> Ints:
        """The other columns."""
        return np.flatnonzero(self.low < self.high)


def anywhere(program: Program) -> Reach:
    """Every column between 0 and its bound."""
    return Reach(np.zeros_like(program.upper), program.upper.copy(), np.ones(program.options, dtype=bool))


def reach_of(program: Program, stage: Stage, kept: Kept, prices: Ints, shift: int, value: int) -> Reach:
    """Where the columns can be in legal plans that keep the earlier stages and are worth ``value`` in this one, or better: at
    the prices the bound is so much better, and no column may cost more than that. Anywhere, where the program has whole groups
    (a set's best reply hangs on others'). Raises ``OverflowError`` as ``exact_total`` does."""
    found = anywhere(program)
    if program.groups is not None:
        return found
    slack = exact_total(program, stage, kept, prices, shift) - ((stage.sign * value) << shift)
    if not 0 <= slack < 2**62:
        return found
    prices, rows, options = sign_correct(program, kept, prices), program.matrix.shape[0], program.options
    worth = ((stage.sign * stage.value) << shift) - np.asarray(program.matrix.T @ prices[:rows], dtype=np.int64)
    for price, (earlier, _) in zip(prices[rows:], kept, strict=True):
        worth -= earlier.value * price
    best = np.maximum(best_of_sets(worth[:options], program.set_start), 0)
    loss = best[program.set_of_option()] - worth[:options]
    low, high = found.low, found.high
    high[:options][loss > slack] = 0
    each = worth[options:]
    steps = np.int64(slack) // np.maximum(np.abs(each), 1)
    up = program.upper[options:]
    high[options:] = np.where(each < 0, np.minimum(up, steps), up)
    low[options:] = np.where(each > 0, np.maximum(up - steps, 0), 0)
    return Reach(low, high, loss > 0)
