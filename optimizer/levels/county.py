"""One place's answer to its shares: what its best plan is worth with prices, or the amounts missing with the rows that bind.

Here the plan may still take parts of options: the answer costs a warm LP, and its prices hold for every other division
too (the value is concave in the shares). Whole plans are in ``household_plans``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.levels.split import Place
from optimizer.program import FREE, Bools, Floats, Ints
from optimizer.solvers.direct import written_out
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.linear import WarmLinear

SECONDS = 120.0


@dataclass(frozen=True)
class Answer:
    """A place's answer. ``legal``: whether it can keep to its shares. ``value``: sign · what the stage is worth, or minus the
    scaled sum of the amounts missing. ``price``: of one base unit of each of the place's rows. ``x``: its plan, in parts.
    ``missing``: of each joining row, 0 where legal."""

    legal: bool
    value: float
    price: Floats
    x: Floats
    missing: Floats


class County:
    """A place with its linear program. ``cost``: what the stage counts of its columns, to be maximised."""

    def __init__(self, place: Place, cost: Ints) -> None:
        self.place, self.cost = place, cost
        program = place.program
        self.use = sp.csr_array(sp.csr_array(program.matrix)[place.own :])
        self.columns = program.columns
        self.joining = place.own + np.arange(len(place.joining))
        self.scale = program.row_scale[place.own :]
        self.written = self._written(written_out(program, [], cost.astype(np.float64)))
        self._linear = WarmLinear(self.written)

    def _written(self, written: WholeProgram) -> WholeProgram:
        """With two more columns for each joining row, shut at first: what is missing of its lower side, what is used beyond
        its upper side."""
        count = len(self.joining)
        entries = np.tile(self.scale.astype(np.int64), 2) * np.repeat([1, -1], count)
        where = (np.tile(self.joining, 2), np.arange(2 * count))
        missing = sp.csr_array((entries, where), shape=(written.matrix.shape[0], 2 * count), dtype=np.int64)
        return replace(
            written,
            matrix=sp.csr_array(sp.hstack([written.matrix, missing], format="csr")),
            upper=np.append(written.upper, np.zeros(2 * count, dtype=np.int64)),
            cost=np.append(written.cost, np.zeros(2 * count)),
        )

    def elastic(self, penalty: float | None) -> WholeProgram:
        """The whole program; with a ``penalty`` for each scaled unit missing, it may be missing."""
        if penalty is None:
            return self.written
        count = 2 * len(self.joining)
        upper, cost = self.written.upper.copy(), self.written.cost.copy()
        upper[self.columns :], cost[self.columns :] = FREE // 4, -penalty
        continuous: Bools = np.append(np.zeros(self.columns, dtype=bool), np.ones(count, dtype=bool))
        return replace(self.written, upper=upper, cost=cost, continuous=continuous if count else None)

    def answer(self, low: Ints, high: Ints, stop: Callable[[], bool]) -> Answer | None:
        """The answer to shares told as limits of the joining rows; None where the place's own rows exclude each other (or
        the time is up)."""
        self._linear.limit(self.joining, low, high)
        found = self._linear.solve(SECONDS, stop)
        if found is not None:
            return Answer(
                True, found.value, found.dual[: len(self.place.rows)], found.x[: self.columns], np.zeros(len(low))
            )
        mine, more = np.arange(self.columns), self.columns + np.arange(2 * len(low))
        self._linear.cost(mine, np.zeros(self.columns))
        self._linear.cost(more, np.full(len(more), -1.0))
        self._linear.most(more, np.full(len(more), np.inf))
        found = self._linear.solve(SECONDS, stop)
        self._linear.cost(mine, self.cost.astype(np.float64))
        self._linear.cost(more, np.zeros(len(more)))
        self._linear.most(more, np.zeros(len(more)))
        if found is None:
            return None
        amount = found.x[self.columns :].reshape(2, len(low)).sum(axis=0) * self.scale
        return Answer(False, found.value, found.dual[: len(self.place.rows)], found.x[: self.columns], amount)
