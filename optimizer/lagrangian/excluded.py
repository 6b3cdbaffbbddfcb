"""Options that no plan can take and still reach what an earlier stage did: reduced-cost fixing, in whole numbers."""

from __future__ import annotations

import numpy as np

from optimizer.lagrangian.bound import Kept, exact_total, sign_correct
from optimizer.lagrangian.replies import best_of_sets
from optimizer.program import Bools, Ints, Program, Stage


def excluded(program: Program, stage: Stage, kept: Kept, prices: Ints, shift: int, value: int) -> Bools:
    """Mask over the options: with any of these taken, ``prices`` prove that a legal plan reaches less than ``value`` of the
    stage (more, where it is minimised). None of them where the program has whole groups: there a set's best reply hangs on
    others'. Raises ``OverflowError`` as ``exact_total`` does."""
    none = np.zeros(program.options, dtype=bool)
    if program.groups is not None or not program.options:
        return none
    slack = exact_total(program, stage, kept, prices, shift) - ((stage.sign * value) << shift)
    if not 0 <= slack < 2**62:
        return none
    prices = sign_correct(program, kept, prices)
    rows, options = program.matrix.shape[0], program.options
    own = (stage.sign * stage.value[:options]) << shift
    own -= np.asarray(program.matrix[:, :options].T @ prices[:rows], dtype=np.int64)
    for price, (earlier, _) in zip(prices[rows:], kept, strict=True):
        own -= earlier.value[:options] * price
    best = np.maximum(best_of_sets(own, program.set_start), 0)
    return np.asarray(best[program.set_of_option()] - own > slack, dtype=bool)
