"""The master LP of one part: light enough to be solved thousands of times, at ever other prices of the linking rows."""

from __future__ import annotations

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import Floats, Ints
from optimizer.solvers.highs import silent
from optimizer.solvers.prices.problem import StageProblem


class PartMaster:
    """maximise Σ (worth − linking price · use) of block mixtures and amounts, over the part's own rows.

    Columns in order: amounts, one artificial for each own row that nothing cannot hold, "nothing" for each block,
    then ``blocks`` columns for each answer taken. ``worth`` and ``use`` hold what a column is worth and uses of the
    linking rows, so that a change of their prices is one product.
    """

    def __init__(
        self, problem: StageProblem, worth: Floats, link: sp.csr_array, block_of_set: Ints, penalty: float
    ) -> None:
        self.problem, self.link = problem, link
        self.column_worth = worth
        self.block_of_set = block_of_set
        self.blocks = int(block_of_set.max(initial=-1)) + 1
        self.rows = problem.matrix.shape[0]
        self.linking = link.shape[1]
        self.penalty = penalty * problem.cost_scale
        self.answers: list[Ints] = []
        self.highs = silent()
        for option, value in (("threads", 1), ("dual_feasibility_tolerance", 1e-9), ("presolve", "off")):
            self.highs.setOptionValue(option, value)
        self._begin()

    def _begin(self) -> None:
        problem, blocks = self.problem, self.blocks
        low, high = np.append(problem.low, np.ones(blocks)), np.append(problem.high, np.ones(blocks))
        count = len(low)
        self.highs.addRows(count, low, high, 0, np.zeros(count + 1, np.int32), np.zeros(0, np.int32), np.zeros(0))
        below, above = np.flatnonzero(problem.low > 0), np.flatnonzero(problem.high < 0)
        short, many = len(below) + len(above), len(problem.amounts)
        sign = np.append(np.ones(len(below)), -np.ones(len(above)))
        artificial = sp.csr_array((sign, (np.arange(short), np.append(below, above))), shape=(short, self.rows))
        entries = sp.vstack([problem.columns_by_row[problem.amounts], artificial, sp.csr_array((blocks, self.rows))])
        ones = sp.csr_array((np.ones(blocks), (many + short + np.arange(blocks), np.arange(blocks))), shape=(many + short + blocks, blocks))  # fmt: skip
        most = problem.program.upper[problem.amounts].astype(np.float64)
        upper = np.concatenate([np.where(most >= 1e9, np.inf, most), np.full(short + blocks, np.inf)])
        self.artificial = slice(many, many + short)
        self.first = many + short
        self.worth = np.concatenate(
            [self.column_worth[problem.amounts], np.full(short, -self.penalty), np.zeros(blocks)]
        )
        amounts_use = self.link[problem.amounts].toarray()
        self.use = np.vstack([amounts_use, np.zeros((short + blocks, self.linking))])
        self.answers.append(np.full(self.problem.pricing.sets, -1, dtype=np.int64))
        self._add(upper, sp.csr_array(sp.hstack([entries, ones], format="csr")))

    def _add(self, upper: Floats, entries: sp.csr_array) -> None:
        count = len(upper)
        self.highs.addCols(
            count, np.zeros(count), np.zeros(count), upper, entries.nnz, entries.indptr.astype(np.int32),
            entries.indices.astype(np.int32), np.asarray(entries.data, dtype=np.float64),
        )  # fmt: skip

    def take(self, option: Ints) -> None:
        """One more column for each block: what its sets take."""
        taken = np.flatnonzero(option >= 0)
        column, block = option[taken], self.block_of_set[taken]
        own = _gathered(self.problem.columns_by_row, column, block, self.blocks)
        full = np.hstack([own, np.eye(self.blocks)])
        self.worth = np.append(self.worth, np.bincount(block, self.column_worth[column], self.blocks))
        self.use = np.vstack([self.use, _gathered(self.link, column, block, self.blocks)])
        self.answers.append(option)
        self._add(np.full(self.blocks, np.inf), sp.csr_array(full))

    def solve(self, linking_price: Floats) -> tuple[float, Floats]:
        """Value at these prices of the linking rows, and the prices of the own rows."""
        scale = self.problem.cost_scale
        cost = (self.use @ linking_price - self.worth) / scale
        self.highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.highs.clearSolver()
            self.highs.run()
        self.solution = np.asarray(self.highs.getSolution().col_value)
        dual = -np.asarray(self.highs.getSolution().row_dual) * scale
        return -self.highs.getInfo().objective_function_value * scale, dual[: self.rows]

    def mixture(self) -> tuple[float, Floats, float]:
        """Worth and use of the linking rows of the last solution, and how much it lacks of legality."""
        lacks = self.solution[self.artificial]
        worth = self.worth @ self.solution + self.penalty * lacks.sum()
        return float(worth), self.solution @ self.use, float(lacks.sum())

    def weights(self) -> Floats:
        """How much of each of the part's columns the last mixture takes."""
        problem = self.problem
        whole = np.zeros(problem.program.columns)
        whole[problem.amounts] = self.solution[: len(problem.amounts)]
        by_answer = self.solution[self.first :].reshape(-1, self.blocks)
        for option, weight in zip(self.answers, by_answer, strict=True):
            share = weight[self.block_of_set]
            used = np.flatnonzero((option >= 0) & (share > 1e-9))
            whole[option[used]] += share[used]
        return whole

    def drop(self, keep: int) -> None:
        """Only the columns of the ``keep`` answers that carry most weight or came last, and "nothing"."""
        weight = self.solution[self.first :].reshape(-1, self.blocks).sum(axis=1)
        age = np.arange(len(weight))
        order = np.lexsort((-age, weight <= 1e-9))
        kept = np.sort(np.append(order[order > 0][:keep], 0))
        gone = np.setdiff1d(age, kept)
        columns = (self.first + gone[:, None] * self.blocks + np.arange(self.blocks)).ravel()
        self.highs.deleteCols(len(columns), columns.astype(np.int32))
        self.worth, self.use = np.delete(self.worth, columns), np.delete(self.use, columns, axis=0)
        self.answers = [self.answers[i] for i in kept]


def _gathered(by_row: sp.csr_array, column: Ints, block: Ints, blocks: int) -> Floats:
    """Σ of the rows ``column`` by block, dense."""
    start, width = by_row.indptr[column], by_row.indptr[column + 1] - by_row.indptr[column]
    places = np.repeat(start - np.append(0, np.cumsum(width)[:-1]), width) + np.arange(int(width.sum()))
    cell = np.repeat(block, width) * by_row.shape[1] + by_row.indices[places]
    total = np.bincount(cell, by_row.data[places], blocks * by_row.shape[1])
    return np.asarray(total.reshape(blocks, by_row.shape[1]))
