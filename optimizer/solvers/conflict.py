"""Why there is no legal plan: a limit that the others keep out of reach, with the amount missing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.lagrangian import exact_bound, whole_prices
from optimizer.program import FREE, Ints, Program, Stage
from optimizer.solvers.base import Limits
from optimizer.solvers.branching import along, lp_prices
from optimizer.solvers.direct import written_out
from optimizer.solvers.prices.master import Master
from optimizer.solvers.prices.pricing import Pricing
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.search import blocks_of, compact, search
from optimizer.solvers.whole_highs import exact_with_bound
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
    The answer is an exact Lagrangian bound, so a conflict that is named is proven. Small programs whose rows only whole
    numbers keep apart, and those without choice sets, are proven by ``whole_conflict``. Ends with the limits' time.
    """
    by_row = sp.csr_array(program.matrix)
    wanting = np.flatnonzero((program.row_lower > 0) | (program.row_upper < 0))
    if not program.options:
        return whole_conflict(program, limits)
    pricing = Pricing(program)
    for row in wanting:
        if limits.over():
            return None
        sign = 1 if program.row_lower[row] > 0 else -1
        limit = int(program.row_lower[row] if sign > 0 else program.row_upper[row])
        value = np.zeros(program.columns, dtype=np.int64)
        part = slice(by_row.indptr[row], by_row.indptr[row + 1])
        value[by_row.indices[part]] = by_row.data[part]
        freed = _without(program, wanting, int(row))
        stage = Stage("conflict", "", Wording("", ""), sign, "1", value)
        problem = StageProblem(freed, stage, [], pricing)
        master = Master(problem, compact(blocks_of(problem, 60)), problem.cost.astype(np.float64), 1e3)
        prices = search(problem, master, problem.cost.astype(np.float64), None, 1e-4, 60, limits.over)
        whole, shift = whole_prices(freed, stage, [], prices.price / problem.scale)
        bound = exact_bound(freed, stage, [], whole, shift)
        if program.mixed:
            bound += sign  # it is rounded as if only whole values counted
        if sign * (bound - limit) < 0:
            unit = int(program.row_unit[row])
            return Conflict([int(row), *map(int, _holding(problem, prices.price))], limit * unit, bound * unit)
    return whole_conflict(program, limits) if program.columns <= WHOLE_AT_MOST else None


WHOLE_AT_MOST = 12_000
"""Columns of a program that is searched whole for its conflict."""


def whole_conflict(program: Program, limits: Limits) -> Conflict | None:
    """A smallest set of rows that no plan holds together (every one of them is needed), found by leaving rows out; None
    where that is not proven in time.

    Where all rows but one can hold, how near that one can come to its limit is the optimum of a whole program.
    """

    def by_search(rows: Ints) -> bool:
        """Whether these rows provably exclude each other; not proven counts as no."""
        part = _only(program, rows)
        found = exact_with_bound(
            written_out(part, [], np.zeros(program.columns)), 0.0, limits.allow(20.0), None, limits.over
        )
        return found.infeasible

    def by_ray(rows: Ints) -> bool:
        """The same where already the linear relaxation leaves nothing."""
        return excluded(_only(program, rows), limits) is not None

    if limits.over():
        return None
    rows, few = np.arange(program.matrix.shape[0]), excluded(program, limits)
    against = by_search if few is None else by_ray
    if few is not None and by_ray(few):
        rows = few
    elif not against(rows):
        return None
    step = max(1, len(rows) // 2)
    while step:
        first = 0
        while first < len(rows) and not limits.over():
            without = np.delete(rows, slice(first, first + step))
            if against(without):
                rows = without
            else:
                first += step
        step //= 2
    wanting = (program.row_lower[rows] > 0) | (program.row_upper[rows] < 0)
    return _nearest(program, rows, int(rows[np.argmax(wanting)]), limits)


def excluded(program: Program, limits: Limits) -> Ints | None:
    """Rows that already the linear relaxation cannot hold together, proven in whole numbers: with prices along HiGHS's ray
    the Lagrangian bound on "nothing" falls below 0. None where the relaxation has a solution, or that is not proven."""
    nothing = Stage("conflict", "", Wording("", ""), 1, "1", np.zeros(program.columns, dtype=np.int64))
    found = lp_prices(program, nothing, [], limits)
    if found is None or found[1] is not None:
        return None
    for price in along(np.zeros(len(found[0])), found[0]):
        try:
            prices, shift = whole_prices(program, nothing, [], price)
            if exact_bound(program, nothing, [], prices, shift) < 0:
                return np.flatnonzero(prices)
        except OverflowError:
            continue
    return None


def _nearest(program: Program, rows: Ints, row: int, limits: Limits) -> Conflict | None:
    """How near the others let ``row`` come to its limits, from below and from above."""
    found = []
    for sign, limit in ((1, int(program.row_lower[row])), (-1, int(program.row_upper[row]))):
        if abs(limit) >= FREE:
            continue
        part = _only(program, rows)
        at, beyond = int(np.flatnonzero(rows == row)[0]), limit if program.mixed else limit - sign
        part.row_lower[at], part.row_upper[at] = (-FREE, beyond) if sign > 0 else (beyond, FREE)
        value = sign * program.matrix[[row]].toarray().ravel().astype(np.float64)
        best = exact_with_bound(written_out(part, [], value), 0.0, limits.allow(20.0), None, limits.over)
        if best.x is not None and np.isfinite(best.bound):
            found.append((limit, sign * int(np.floor(best.bound + 1e-6))))
    if not found:
        return None
    limit, attainable = min(found, key=lambda pair: abs(pair[0] - pair[1]))
    unit = int(program.row_unit[row])
    return Conflict([row, *map(int, rows[rows != row])], limit * unit, attainable * unit)


def _only(program: Program, rows: Ints) -> Program:
    """The program with these rows alone."""
    return replace(
        program, matrix=sp.csr_array(program.matrix[rows]), row_lower=program.row_lower[rows],
        row_upper=program.row_upper[rows], row_scale=program.row_scale[rows], row_unit=program.row_unit[rows],
        rows=program.rows.iloc[rows],
    )  # fmt: skip


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
