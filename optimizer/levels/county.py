"""One place's answer to its shares: what its best plan is worth with prices, and the amounts missing where it cannot keep to them.

Here the plan may still mix whole plans of its blocks of choice sets: column generation under the place's own rows and
its shares, whose columns stay good for every other division. Whole plans are in ``household_plans``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.levels.split import Place
from optimizer.program import FREE, Bools, Floats, Ints, Program, Stage
from optimizer.solvers.direct import written_out
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.prices.candidates import candidates
from optimizer.solvers.prices.master import Master
from optimizer.solvers.prices.pricing import Pricing
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.search import blocks_of, compact, search
from optimizer.wording import Wording

BLOCK = 60
ROUNDS = 60
ARTIFICIAL = 100.0
"""How many times dearer than a share it is to break a row of one's own."""
PRESENT = 1e-7
"""Less of a scaled unit than this is not missing but rounding."""


@dataclass(frozen=True)
class Answer:
    """A place's answer. ``value``: sign · what its plan ``x`` (in parts) is worth, less ``penalty`` for each scaled unit that is
    missing; ``bound``: no plan is worth more under these shares; ``price``: of one base unit of each of the place's rows;
    ``missing``: of each joining row in base units; ``own``: scaled units by which the place's own rows are broken."""

    value: float
    bound: float
    price: Floats
    x: Floats
    missing: Floats
    own: float

    @property
    def legal(self) -> bool:
        """Whether the place can keep to its shares."""
        return not self.missing.any()


class County:
    """A place with its prices so far. ``cost``: what the stage counts of its columns, to be maximised; ``penalty``: for one scaled
    unit missing of a joining row."""

    def __init__(self, place: Place, cost: Ints, penalty: float) -> None:
        self.place, self.cost, self.penalty = place, cost, penalty
        program = place.program
        self.use = sp.csr_array(sp.csr_array(program.matrix)[place.own :])
        self.columns = program.columns
        self.joining = place.own + np.arange(len(place.joining))
        self.scale = program.row_scale[place.own :]
        extended = _with_missing(program, self.joining)
        more = extended.columns - program.columns
        stage = Stage("place", "", Wording("", ""), 1, "1", np.append(cost, np.zeros(more, dtype=np.int64)))
        self._problem = StageProblem(extended, stage, [], Pricing(extended))
        self._cost = np.append(cost.astype(np.float64), np.full(more, -penalty))
        blocks = compact(blocks_of(self._problem, BLOCK))
        own = ARTIFICIAL * penalty / self._problem.cost_scale
        self._master = Master(self._problem, blocks, self._cost, own)
        self._price: Floats | None = None
        self._programs: dict[bool, WholeProgram] = {}

    def answer(self, low: Ints, high: Ints, gap: float, stop: Callable[[], bool]) -> Answer:
        """The answer to shares told as limits of the joining rows, to a relative ``gap``."""
        problem, rows, scale = self._problem, self.joining, self.scale
        problem.lower[rows], problem.upper[rows] = low, high
        problem.low[rows] = np.where(low > -FREE // 2, low / scale, -np.inf)
        problem.high[rows] = np.where(high < FREE // 2, high / scale, np.inf)
        self._master.limit(rows, problem.low[rows], problem.high[rows])
        found = search(problem, self._master, self._cost, self._price, gap, ROUNDS, stop)
        self._price = found.price
        x = np.zeros(problem.program.columns)
        x[: problem.program.options] = candidates(problem, self._master).option
        x[problem.amounts] = self._master.mixture()[0]
        missing = x[self.columns :].reshape(2, len(rows)).sum(axis=0)
        missing = np.where(missing > PRESENT, missing * scale, 0.0)
        return Answer(
            found.value, found.bound, found.price / problem.scale, x[: self.columns], missing, found.shortfall
        )

    def program(self, missing: bool) -> WholeProgram:
        """The whole program of the place as HiGHS takes it; with columns for what is ``missing`` at the end."""
        if missing not in self._programs:
            self._programs[missing] = self._written(missing)
        return self._programs[missing]

    def _written(self, missing: bool) -> WholeProgram:
        place = self.place.program
        if not missing:
            return written_out(place, [], self.cost.astype(np.float64))
        extended = _with_missing(place, self.joining)
        continuous: Bools = np.arange(extended.columns) >= self.columns
        written = written_out(extended, [], self._cost)
        return replace(written, continuous=continuous if continuous.any() else None)


def _with_missing(program: Program, joining: Ints) -> Program:
    """Two more amounts for each joining row: what is missing of its lower side, and what is used beyond its upper side."""
    count = len(joining)
    entries = np.tile(program.row_scale[joining].astype(np.int64), 2) * np.repeat([1, -1], count)
    where = (np.tile(joining, 2), np.arange(2 * count))
    missing = sp.csc_array((entries, where), shape=(program.matrix.shape[0], 2 * count), dtype=np.int64)
    return replace(
        program,
        matrix=sp.csc_array(sp.hstack([program.matrix, missing], format="csc")),
        upper=np.append(program.upper, np.full(2 * count, 10**12)),
        row_lower=program.row_lower.copy(), row_upper=program.row_upper.copy(),
    )  # fmt: skip
