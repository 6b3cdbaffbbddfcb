"""Cases for a certificate: a small program split until the duals of each case's LP prove the bound that is wanted."""

from __future__ import annotations

import time
from collections.abc import Sequence

import highspy
import numpy as np

from optimizer.lagrangian.bound import Kept, exact_bound, whole_prices
from optimizer.lagrangian.branches import Case, Condition, with_conditions
from optimizer.program import Floats, Program, Stage
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import written_out
from optimizer.solvers.highs import passed, run

SECONDS = 20.0
"""The most that one LP may take."""

GRACE = 2.0
"""Seconds that an LP may take after the run's own time."""

CASES = 400
HOPELESS = 50
"""A split that looks as if it would take this many times ``CASES`` is given up."""
EARLY = 40
"""Cases after which that is judged: of a case after d conditions one takes it that it is 2⁻ᵈ of all."""
FIRST_LOOK = 16
"""Linear programs after which a split that has closed no case at all is given up."""
DEPTH = 60
FRACTION = 1e-6


def lp_prices(program: Program, stage: Stage, kept: Kept, limits: Limits) -> tuple[Floats, Floats | None] | None:
    """The dual solution of the stage's LP: one price for one base unit of each row and kept stage, and the LP's solution;
    where the LP has no solution, a ray of prices that proves it, and None. None where HiGHS ends with neither."""
    whole = written_out(program, list(kept), (stage.sign * stage.value).astype(np.float64))
    highs = passed(whole, whole.low, whole.high, np.zeros(program.columns, dtype=bool))
    run(highs, max(GRACE, limits.allow(SECONDS)), limits.stop)
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        dual, x = np.asarray(highs.getSolution().row_dual), np.asarray(highs.getSolution().col_value)
    elif status == highspy.HighsModelStatus.kInfeasible:
        _, found, ray = highs.getDualRay()  # type: ignore[attr-defined]
        if not found:
            return None
        dual, x = np.asarray(ray), None
    else:
        return None
    dual = dual / whole.scale
    return np.append(dual[: program.matrix.shape[0]], dual[len(dual) - len(kept) :]), x


def split_into_cases(
    program: Program, stage: Stage, kept: Kept, target: int, limits: Limits, seconds: float = SECONDS
) -> list[Case]:  # fmt: skip
    """Cases that together prove the bound ``target``; none where that takes too many, or more than ``seconds``."""
    began, looked = time.perf_counter(), 0
    none = np.zeros(program.matrix.shape[0] + len(kept))
    todo: list[tuple[tuple[Condition, ...], Floats]] = [((), none)]
    done: list[Case] = []
    share = 0.0
    while todo:
        over = time.perf_counter() - began > seconds or limits.over()
        if len(done) + len(todo) > CASES or over or (looked >= FIRST_LOOK and not done):
            return []
        looked += 1
        where, before = todo.pop()
        these = with_conditions(program, kept, where)
        found = lp_prices(program, stage, these, limits)
        if found is None:
            return []
        price, x = found
        case = _closed(program, stage, these, where, [price] if x is not None else along(before, price), target)
        if case is not None:
            done.append(case)
            share += 0.5 ** len(where)
            if len(done) >= EARLY and len(done) > share * HOPELESS * CASES:
                return []
            continue
        column = None if x is None or len(where) >= DEPTH else _split(program, x)
        if column is None or x is None:
            return []
        at = int(np.floor(x[column]))
        price = np.append(price, 0.0)
        todo += [((*where, (column, "<=", at)), price), ((*where, (column, ">=", at + 1)), price)]
    return done


def _closed(
    program: Program, stage: Stage, kept: Kept, where: tuple[Condition, ...], tries: Sequence[Floats], target: int
) -> Case | None:  # fmt: skip
    """The case, where one of the prices proves the target."""
    for price in tries:
        try:
            prices, shift = whole_prices(program, stage, kept, price)
            if stage.sign * (exact_bound(program, stage, kept, prices, shift) - target) <= 0:
                return Case(where, prices, shift)
        except OverflowError:
            continue
    return None


def along(price: Floats, ray: Floats) -> list[Floats]:
    """From the prices of the case before, along the ray on which the bound falls without end; both signs are tried."""
    size = max(float(np.abs(ray).max(initial=0.0)), 1e-300)
    return [price + sign * ray / size * 10.0**k for sign in (-1.0, 1.0) for k in (2, 4, 6, 8, 10, 12, 14)]


def _split(program: Program, x: Floats) -> int | None:
    """The column farthest from a whole number: options and small amounts first, then large ones."""
    off = np.abs(x - np.rint(x))
    for among in (program.upper <= 10, program.upper > 10):
        here = np.where(among, off, 0.0)
        if len(here) and here.max() > FRACTION:
            return int(np.argmax(here))
    return None
