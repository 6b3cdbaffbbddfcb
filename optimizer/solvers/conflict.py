"""Why there is no legal plan: a limit that the others keep out of reach, with the amount missing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Program, Stage
from optimizer.solvers.base import Limits
from optimizer.solvers.prices.certificate import exact_bound, whole_prices
from optimizer.solvers.prices.master import Master
from optimizer.solvers.prices.pricing import Pricing
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.search import blocks_of, compact, search
from optimizer.wording import Wording


@dataclass(frozen=True)
class Conflict:
    """``rows[0]`` asks for ``limit``; the other rows, those with a price, keep it at ``attainable``."""

    rows: list[int]
    limit: int
    attainable: int


def find_conflict(program: Program, limits: Limits) -> Conflict | None:
    """The first limit that provably cannot be reached under all the others, or None.

    For every limit that is broken when nothing is taken: how far can it be moved under the other rows?
    The answer is an exact Lagrangian bound, so a conflict that is named is proven.
    """
    pricing = Pricing(program)
    by_row = sp.csr_array(program.matrix)
    wanting = np.flatnonzero((program.row_lower > 0) | (program.row_upper < 0))
    for row in wanting:
        sign = 1 if program.row_lower[row] > 0 else -1
        limit = int(program.row_lower[row] if sign > 0 else program.row_upper[row])
        value = np.zeros(program.columns, dtype=np.int64)
        part = slice(by_row.indptr[row], by_row.indptr[row + 1])
        value[by_row.indices[part]] = by_row.data[part]
        freed = _without(program, wanting, int(row))
        stage = Stage("conflict", "", Wording("", ""), sign, "1", value)
        problem = StageProblem(freed, stage, [], pricing)
        master = Master(problem, compact(blocks_of(problem, 60)), problem.cost.astype(np.float64), 1e3)
        prices = search(problem, master, problem.cost.astype(np.float64), None, 1e-4, 60, limits.stop)
        whole, shift = whole_prices(freed, pricing, stage, [], prices.price / problem.scale)
        bound = exact_bound(freed, pricing, stage, [], whole, shift)
        if sign * (bound - limit) < 0:
            unit = int(program.row_unit[row])
            return Conflict([int(row), *map(int, _holding(problem, prices.price))], limit * unit, bound * unit)
    return None


def _without(program: Program, wanting: np.ndarray, row: int) -> Program:  # type: ignore[type-arg]
    """The program without the limit in question and the others that nothing taken would break."""
    lower, upper = program.row_lower.copy(), program.row_upper.copy()
    lower[wanting] = np.minimum(lower[wanting], 0)
    upper[wanting] = np.maximum(upper[wanting], 0)
    lower[row], upper[row] = -FREE, FREE
    return replace(program, row_lower=lower, row_upper=upper)


def _holding(problem: StageProblem, price: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """Rows that hold the value down, the dearest first (price × limit)."""
    limit = np.where(
        price > 0,
        np.where(np.isfinite(problem.high), problem.high, 0),
        np.where(np.isfinite(problem.low), problem.low, 0),
    )
    worth = np.abs(price * limit) + 1e-9 * np.abs(price)
    used = np.flatnonzero(np.abs(price) > 1e-9 * np.abs(price).max(initial=0))
    return used[np.argsort(-worth[used])][:200]
