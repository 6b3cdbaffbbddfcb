"""Whether a program has any plan at all: the first one found, or a proof that there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.lagrangian import exact_bound, whole_prices
from optimizer.program import FREE, Ints, Program, Stage, Vector
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import written_out
from optimizer.solvers.exact import solve_exactly
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.linear import maximum
from optimizer.solvers.prices.lexicographic import solve_stages
from optimizer.solvers.prices.master import Master
from optimizer.solvers.prices.pricing import Pricing
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.search import blocks_of, compact, search
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.whole_highs import Settled, exact_with_bound
from optimizer.wording import Wording

WHOLE_AT_MOST = 12_000
"""Columns of a program that is decided whole; larger ones by prices."""

EACH_SECONDS = 20.0
"""What one answer may take at most."""

NOTHING = Stage("any", "", Wording("任一合法方案", "any legal plan"), 1, "1", np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class Verdict:
    """A plan that holds every row exactly, or whether it is proven that there is none; neither where time ran out."""

    x: Vector | None
    impossible: bool


def any_plan(program: Program, limits: Limits) -> Verdict:
    """A plan without any goal, or the proof that there is none."""
    if program.columns <= WHOLE_AT_MOST or not program.options or program.mixed:
        found = decided(written_out(program, [], np.zeros(program.columns)), limits)
        return Verdict(found.x, found.infeasible)
    if priced_proof(program, limits) is not None:
        return Verdict(None, True)
    stage = replace(NOTHING, value=np.zeros(program.columns, dtype=np.int64))
    quiet = replace(limits, gap=1.0, report=lambda event: None)
    outcome = solve_stages(replace(program, stages=(stage,)), quiet, np.zeros(len(program.sets)), Settings())
    held = outcome is not None and not program.faults(outcome.x)
    return Verdict(outcome.x if outcome is not None and held else None, False)


def decided(whole: WholeProgram, limits: Limits) -> Settled:
    """The best solution with a bound, or the proof that there is none: whole numbers first, which decide small programs
    with few large sums soonest, then as ``exact_with_bound`` does."""
    first = None
    if len(whole.upper) <= FEW_COLUMNS:
        first = solve_exactly(whole, 0.0, limits.allow(FIRST_SECONDS), None, limits.over)
    if first is not None and (first.infeasible or (first.x is not None and first.bound <= float(whole.cost @ first.x))):
        return Settled(first.x, first.bound, first.infeasible)
    begin = None if first is None else first.x
    found = exact_with_bound(whole, 0.0, limits.allow(EACH_SECONDS), begin, limits.over)
    if first is None or first.x is None:
        return found
    best = max([x for x in (first.x, found.x) if x is not None], key=lambda x: float(whole.cost @ x))
    return Settled(best, min(first.bound, found.bound))


FEW_COLUMNS = 3_000
FIRST_SECONDS = 4.0
"""Programs of few columns are given to CP-SAT first, for a short time."""


def where_to_look(program: Program, limits: Limits) -> tuple[Ints, Ints] | None:
    """Rows, and columns by their bound, that seem to exclude each other; None where the relaxed program shows nothing."""
    if program.columns <= WHOLE_AT_MOST or not program.options or program.mixed:
        return linear_proof(program)
    return priced_proof(program, limits)


def priced_proof(program: Program, limits: Limits) -> tuple[Ints, Ints] | None:
    """Where prices prove, exactly, that no plan holds the rows: the rows with a price and the columns whose bound counts."""
    stage = replace(NOTHING, value=np.zeros(program.columns, dtype=np.int64))
    problem = StageProblem(program, stage, [], Pricing(program))
    master = Master(problem, compact(blocks_of(problem, 60)), problem.cost.astype(np.float64), 1e3)
    found = search(problem, master, problem.cost.astype(np.float64), None, 1e-4, 60, limits.over)
    prices, shift = whole_prices(program, stage, [], found.price / problem.scale)
    if exact_bound(program, stage, [], prices, shift) >= 0:
        return None
    reduced = -(sp.csc_array(program.matrix).astype(np.float64).T @ (prices / 2.0**shift))
    return np.flatnonzero(prices), np.flatnonzero(reduced > 1e-9 * max(1.0, float(np.abs(reduced).max(initial=0))))


SMALL = 1e-7
"""Violation and prices below this are rounding, in scaled rows."""


def linear_proof(program: Program) -> tuple[Ints, Ints] | None:
    """Where the program has no plan even with parts of things: rows, and columns by their bound, that show it (found by
    the least violation of all rows, in floats: a hint where to look, no proof). None where there is one, or it is not known.
    Rows beyond the program's own (choices, groups) are left out of the answer."""
    whole = written_out(program, [], np.zeros(program.columns))
    rows, columns = whole.matrix.shape
    scaled = sp.csr_array(sp.diags_array(1.0 / whole.scale) @ whole.matrix.astype(np.float64))
    each = sp.eye_array(rows, format="csr")
    best = maximum(
        np.concatenate([np.zeros(columns), np.full(2 * rows, -1.0)]),
        sp.csr_array(sp.hstack([scaled, each, -each], format="csr")),
        *_limits(whole),
        np.zeros(columns + 2 * rows),
        np.append(np.where(whole.upper >= 10**12, np.inf, whole.upper.astype(float)), np.full(2 * rows, np.inf)),
    )
    if best is None or best.value > -SMALL:
        return None
    used = np.flatnonzero(np.abs(best.dual[: program.matrix.shape[0]]) > SMALL)
    reduced = -(scaled.T @ best.dual)
    return used, np.flatnonzero(reduced > SMALL)


def _limits(whole: WholeProgram) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    low = np.where(whole.low <= -FREE // 2, -np.inf, whole.low / whole.scale)
    return low, np.where(whole.high >= FREE // 2, np.inf, whole.high / whole.scale)
