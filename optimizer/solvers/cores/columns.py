"""The master of the column generation: fillings of bins as columns, items and bins as rows (Dantzig-Wolfe)."""

from __future__ import annotations

import highspy
import numpy as np

from optimizer.program import Floats
from optimizer.solvers.cores.lagrangian import Lagrangian, Reply
from optimizer.solvers.highs import silent


class Columns:
    """minimise Σ cost of fillings: every item once (dear stand-ins keep it feasible), every open bin one filling.

    Rows: items (= 1); bins (certainly open: = 1; others: ≤ 1, or ≤ the weight of the opened sets that hold them where
    sets of bins are columns too); last, the count of open bins or the sum of the sets' weights.
    """

    def __init__(self, problem: Lagrangian) -> None:
        self.problem, bins = problem, problem.bins
        self.sets = problem.opening.closing is not None
        self.counted = bins.count is not None
        self.highs, self.seen = silent(), set[tuple[int, bytes]]()
        self.highs.setOptionValue("presolve", "off")
        sure, free = bins.state == 1, bins.state < 0
        low = np.concatenate([np.ones(bins.items), np.where(sure, 1.0, -highspy.kHighsInf if self.sets else 0.0)])
        high = np.concatenate([np.ones(bins.items), np.where(sure | (free & (not self.sets)), 1.0, 0.0)])
        last = float(bins.count) if bins.count is not None else 1.0
        extra = self.counted or self.sets
        none = np.zeros(0)
        for k in range(len(low)):
            self.highs.addRow(low[k], high[k], 0, none.astype(np.int32), none)
        if extra:
            self.highs.addRow(last, last, 0, none.astype(np.int32), none)
        self.last = len(low)
        dear = 2.0 * float(np.abs(bins.cost).max(initial=1) + np.abs(bins.opening).max(initial=0)) + 1.0
        for row in [*range(bins.items), *(bins.items + np.flatnonzero(sure)), *([self.last] if extra else [])]:
            many = 1.0 if row < bins.items else float(bins.items)
            self._add(dear * many, np.array([row]), np.ones(1))
        # a bin may also be open and empty, at its opening cost
        nothing = np.zeros(len(bins.cost), dtype=bool)
        self.take(Reply(0.0, nothing, np.zeros(bins.bins), np.zeros(bins.bins, dtype=bool), none))

    def _add(self, cost: float, rows: np.ndarray, value: Floats) -> None:  # type: ignore[type-arg]
        self.highs.addCol(cost, 0.0, highspy.kHighsInf, len(rows), rows.astype(np.int32), value)

    def take(self, reply: Reply) -> int:
        """Add the reply's fillings (and its set of open bins) where they are new; how many were."""
        bins, added = self.problem.bins, 0
        chosen = np.flatnonzero(reply.filling)
        chosen = chosen[np.argsort(bins.bin[chosen], kind="stable")]
        parts = np.split(chosen, np.searchsorted(bins.bin[chosen], np.arange(1, bins.bins)))
        for b, part in enumerate(parts):
            key = (b, part.tobytes())
            if bins.state[b] == 0 or key in self.seen:
                continue
            self.seen.add(key)
            rows = np.concatenate([bins.item[part], [bins.items + b], [self.last] if self.counted else []])
            opening = 0 if self.sets and bins.state[b] < 0 else bins.opening[b]
            self._add(float(opening + bins.cost[part].sum()), rows, np.ones(len(rows)))
            added += 1
        if self.sets and len(reply.taken):
            opened = np.flatnonzero(reply.open & (bins.state < 0))
            key = (-1, opened.tobytes())
            if key not in self.seen:
                self.seen.add(key)
                value = np.append(np.full(len(opened), -1.0), 1.0)
                self._add(float(bins.opening[opened].sum()), np.append(bins.items + opened, self.last), value)
                added += 1
        return added

    def solve(self, seconds: float) -> tuple[float, Floats] | None:
        """The master's value and its prices of the items; None where the seconds do not suffice."""
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(0.05, seconds))
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        dual = np.asarray(self.highs.getSolution().row_dual)[: self.problem.bins.items]
        return float(self.highs.getInfo().objective_function_value), dual
