"""The master LP: it mixes the block columns seen so far, and its duals are the next prices."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import Floats, Ints
from optimizer.solvers.highs import silent
from optimizer.solvers.prices.pricing import Answer
from optimizer.solvers.prices.problem import StageProblem

SIMPLEX_SECONDS = 1.0


class MasterStuck(RuntimeError):
    """No method solves the master LP; the best prices so far still prove their bound."""


@dataclass(frozen=True)
class BlockAnswers:
    """Columns of the master as they came: for each, its block, and what its sets took (see ``answers``)."""

    answer: int
    block: int


class Master:
    """maximise Σ value of block mixtures and amounts, over the joining rows, one mixture a block.

    Rows that cannot hold when nothing is taken get an artificial column at ``penalty`` a scaled unit,
    so that the LP always has a solution and its prices push towards a legal plan.
    """

    def __init__(self, problem: StageProblem, block_of_unit: Ints, cost: Floats, penalty: float) -> None:
        self.problem = problem
        self.cost = cost / problem.cost_scale
        self.blocks = int(block_of_unit.max(initial=-1)) + 1
        self.block_of_set = block_of_unit[problem.pricing.unit]
        self.block_of_unit = block_of_unit
        self.rows = problem.matrix.shape[0]
        self.answers: list[Answer] = []
        self.method = "simplex"
        self.owner: list[BlockAnswers] = []
        self.highs = silent()
        self.highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
        self._rows_and_amounts(penalty)

    def _rows_and_amounts(self, penalty: float) -> None:
        problem = self.problem
        low = np.append(problem.low, np.ones(self.blocks))
        high = np.append(problem.high, np.ones(self.blocks))
        self.highs.addRows(len(low), low, high, 0, np.zeros(len(low) + 1, np.int32), np.zeros(0, np.int32), np.zeros(0))
        amounts = problem.columns_by_row[problem.amounts]
        upper = problem.program.upper[problem.amounts].astype(np.float64)
        upper[upper >= 1e9] = highspy.kHighsInf
        self._add(-self.cost[problem.amounts], upper, sp.csr_array(amounts))
        self.amounts = len(problem.amounts)
        below, above = np.flatnonzero(problem.low > 0), np.flatnonzero(problem.high < 0)
        rows = np.concatenate([below, above])
        sign = np.concatenate([np.ones(len(below)), -np.ones(len(above))])
        entries = sp.csr_array((sign, (np.arange(len(rows)), rows)), shape=(len(rows), self.rows))
        self.artificial = slice(self.amounts, self.amounts + len(rows))
        self._add(np.full(len(rows), penalty), np.full(len(rows), highspy.kHighsInf), entries)
        self.first_block_column = self.amounts + len(rows)
        self._add(
            np.zeros(self.blocks),
            np.ones(self.blocks),
            self._with_convexity(sp.csr_array((self.blocks, self.rows)), np.arange(self.blocks)),
        )
        nothing = Answer(
            np.full(problem.pricing.sets, -1, np.int64), np.zeros(0, np.int64), np.zeros(problem.pricing.units)
        )
        self._remember(nothing, np.arange(self.blocks))

    def _add(self, cost: Floats, upper: Floats, entries: sp.csr_array) -> None:
        entries = sp.csr_array(entries)
        self.highs.addCols(
            len(cost),
            np.asarray(cost, dtype=np.float64),
            np.zeros(len(cost)),
            upper,
            entries.nnz,
            entries.indptr.astype(np.int32),
            entries.indices.astype(np.int32),
            np.asarray(entries.data, dtype=np.float64),
        )

    def _with_convexity(self, uses: sp.csr_array, blocks: Ints) -> sp.csr_array:
        ones = sp.csr_array((np.ones(len(blocks)), (np.arange(len(blocks)), blocks)), shape=(len(blocks), self.blocks))
        return sp.csr_array(sp.hstack([uses, ones], format="csr"))

    def _remember(self, answer: Answer, blocks: Ints) -> None:
        self.answers.append(answer)
        self.owner.extend(BlockAnswers(len(self.answers) - 1, int(b)) for b in blocks)

    def take(self, answer: Answer, only: Ints | None = None) -> None:
        """One more column for each block (or for blocks ``only``): what its sets take in ``answer``."""
        problem = self.problem
        taken = answer.option >= 0
        column = np.append(answer.option[taken], problem.pricing.whole_column[answer.whole])
        block = np.append(self.block_of_set[taken], self.block_of_unit[self._group_of(answer)])
        gather = sp.csr_array((np.ones(len(column)), (block, np.arange(len(column)))), shape=(self.blocks, len(column)))
        uses = sp.csr_array(gather @ problem.columns_by_row[column])
        value: Floats = np.bincount(block, weights=self.cost[column], minlength=self.blocks).astype(np.float64)
        blocks = np.arange(self.blocks) if only is None else only
        self._add(-value[blocks], np.ones(len(blocks)), self._with_convexity(sp.csr_array(uses[blocks]), blocks))
        self._remember(answer, blocks)

    def _group_of(self, answer: Answer) -> Ints:
        if not len(answer.whole):
            return np.zeros(0, dtype=np.int64)
        return self.problem.pricing.whole_group[answer.whole]

    def limit(self, rows: Ints, low: Floats, high: Floats) -> None:
        """Other (scaled) limits of some joining rows; the columns seen so far stay good under any limits."""
        self.highs.changeRowsBounds(len(rows), rows.astype(np.int32), low, high)  # type: ignore[attr-defined]

    def solve(self) -> tuple[float, Floats, Floats]:
        """Value (in cost units), prices of the joining rows, worth already granted to each block."""
        for method in (self.method, "ipm", "simplex", "ipm"):
            self.highs.setOptionValue("solver", method)
            self.highs.setOptionValue(
                "time_limit", self.highs.getRunTime() + (SIMPLEX_SECONDS if method == "simplex" else 60.0)
            )
            if method == "ipm":
                self.highs.clearSolver()
            self.highs.run()
            status = self.highs.getModelStatus()
            if status == highspy.HighsModelStatus.kOptimal:
                break
            self.method = "ipm"
        else:
            raise MasterStuck(f"the master LP ended as {self.highs.modelStatusToString(status)}")
        solution = self.highs.getSolution()
        dual = -np.asarray(solution.row_dual) * self.problem.cost_scale
        value = -self.highs.getInfo().objective_function_value * self.problem.cost_scale
        return value, dual[: self.rows], dual[self.rows :]

    def shortfall(self) -> float:
        """How much the artificial columns still carry: 0 when the mixture is legal."""
        return float(np.sum(np.asarray(self.highs.getSolution().col_value)[self.artificial]))

    def mixture(self) -> tuple[Floats, list[tuple[BlockAnswers, float]]]:
        """Amounts, and the block columns with weight."""
        value = np.asarray(self.highs.getSolution().col_value)
        carried = value[self.first_block_column :]
        used = np.flatnonzero(carried > 1e-9)
        return value[: self.amounts], [(self.owner[i], float(carried[i])) for i in used]

    def drop(self, keep_rounds: int) -> int:
        """Delete block columns that have not been worth anything for long (large reduced cost); how many went."""
        if len(self.answers) <= keep_rounds:
            return 0
        cost = np.asarray(self.highs.getSolution().col_dual)[self.first_block_column :]
        value = np.asarray(self.highs.getSolution().col_value)[self.first_block_column :]
        age = len(self.answers) - np.array([o.answer for o in self.owner])
        dead = (value <= 1e-12) & (age > keep_rounds) & (cost > np.median(cost[value <= 1e-12]))
        dead[: self.blocks] = False
        gone = np.flatnonzero(dead)
        if len(gone):
            self.highs.deleteCols(len(gone), (gone + self.first_block_column).astype(np.int32))
            self.owner = [o for o, d in zip(self.owner, dead, strict=True) if not d]
        return len(gone)
