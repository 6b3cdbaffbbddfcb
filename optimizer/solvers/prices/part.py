"""One part (a county) of a nested search: its own master and prices, at given prices of the linking rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.program import Floats, Program, Stage
from optimizer.solvers.prices.part_master import PartMaster
from optimizer.solvers.prices.partition import Partition
from optimizer.solvers.prices.pricing import Pricing
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.search import ask, blocks_of, compact
from optimizer.solvers.prices.settings import Settings


@dataclass(frozen=True)
class Reply:
    """What a part answers at prices of the linking rows: the bound on its worth there, and a mixture of its plans with
    value and use of the linking rows. ``shortfall``: how much its own rows lack of legality."""

    bound: float
    value: float
    use: Floats
    shortfall: float


class Part:
    """The part's options and amounts over its own rows.

    ``use``, ``link``: use of the linking rows by each of its columns, in whole row units and scaled. ``price``: the best prices of its own rows
    at the last asked prices of the linking rows.
    """

    def __init__(
        self, program: Program, stage: Stage, cost: Floats, split: Partition, number: int, by_column: sp.csr_array,
        settings: Settings,
    ) -> None:  # fmt: skip
        self.columns, self.rows, self.sets = split.columns[number], split.rows[number], split.sets[number]
        self.settings = settings
        size = np.diff(program.set_start)[self.sets]
        own = sp.csr_array(by_column[self.columns]).tocsc()
        matrix = sp.csr_array(
            sp.csr_array(by_column[self.columns]).tocsc()[:, self.rows]
        ).T  # by columns: no second copy
        stage = replace(stage, value=stage.value[self.columns])
        part = Program(
            matrix, program.row_lower[self.rows], program.row_upper[self.rows], program.row_scale[self.rows],
            program.row_unit[self.rows], program.rows.iloc[self.rows], program.upper[self.columns],
            np.append(0, np.cumsum(size)).astype(np.int64), (), {}, None, (stage,),
        )  # fmt: skip
        self.problem = StageProblem(part, stage, [], Pricing(part))
        self.worth = cost[self.columns]
        self.use = sp.csr_array(own[:, split.linking])
        self.link = sp.csr_array(self.use.astype(np.float64) @ sp.diags_array(1.0 / program.row_scale[split.linking]))
        blocks = compact(blocks_of(self.problem, settings.part_block_size))
        self.master = PartMaster(self.problem, self.worth, self.link, blocks, settings.penalty)
        self.price = np.zeros(len(self.rows))
        self.linking_price = np.zeros(len(split.linking))
        self.best: tuple[Floats, Floats] = (self.price, self.linking_price)

    def reply(self, linking_price: Floats, gap: float, rounds: int) -> Reply:
        """Column generation at these prices of the linking rows, from the columns and prices of the last time."""
        problem, master = self.problem, self.master
        cost = self.worth - self.link @ linking_price
        self.linking_price = linking_price
        asked, bound, best = self.price, np.inf, self.price
        for number in range(rounds):
            if len(master.answers) > 1 and number == 0:
                _, dual = master.solve(linking_price)
                asked = problem.sign_correct(0.5 * best + 0.5 * dual)
            answer, proven = ask(problem, asked, cost)
            if proven < bound:
                bound, best = proven, asked
            master.take(answer.option)
            value, dual = master.solve(linking_price)
            if bound - value <= gap * max(1.0, abs(bound)):
                break
            weight = 0.5 if number < 3 else 0.3
            asked = problem.sign_correct(weight * best + (1 - weight) * dual)
        self.price = best
        worth, use, lacks = master.mixture()
        if len(master.answers) > self.settings.part_columns:
            master.drop(self.settings.part_columns // 2)
        return Reply(bound, worth, use, lacks)

    def remember(self) -> None:
        """These are the best prices so far."""
        self.best = (self.price, self.linking_price)

    def recall(self) -> None:
        """Back to the best prices."""
        self.price, self.linking_price = self.best

    def reduced(self) -> Floats:
        """What each column is worth at the best prices of its own and the linking rows."""
        price, linking_price = self.best
        return self.problem.reduced(price, self.worth - self.link @ linking_price)
