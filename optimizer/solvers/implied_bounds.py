"""Bounds of whole columns from the rows: what no legal plan can have is taken out before anything is solved.

By activities (Savelsbergh 1994): a row's limit less the least that its other columns add up to. By the relaxation, for a few
small columns: the most that a linear plan allows, rounded down (optimality-based bound tightening).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Program, is_auxiliary
from optimizer.solvers.highs import WholeProgram, passed

PASSES = 10
SAFE = 1e-12
"""What floats may lose of a sum, as a share of its absolute terms; a bound is never tighter than that allows."""
NEAR_WHOLE = 1e-6
SMALL = 1_000
"""Columns up to this are worth a linear program each."""
PATIENCE = 10
"""Linear programs without a gain after which a table is left."""


@dataclass(frozen=True)
class Ranges:
    """Least and most of each column; ``empty`` where some column has nothing left: there is no plan."""

    least: Ints
    most: Ints

    @property
    def empty(self) -> bool:
        """Whether a column has no value left."""
        return bool((self.least > self.most).any())


def implied(program: WholeProgram) -> Ranges:
    """What the rows leave to each whole column, row by row, until nothing changes. Columns that may be continuous keep
    their bounds."""
    entries = sp.csr_array(program.matrix).tocoo()
    row, column, value = entries.row, entries.col, entries.data.astype(np.float64)
    low = np.where(program.low <= -FREE // 2, -np.inf, program.low.astype(np.float64))
    high = np.where(program.high >= FREE // 2, np.inf, program.high.astype(np.float64))
    least, most = np.zeros(len(program.upper)), program.upper.astype(np.float64)
    for _ in range(PASSES):
        above, below = _one_pass(row, column, value, low, high, least, most)
        if program.continuous is not None:
            above[program.continuous], below[program.continuous] = most[program.continuous], 0.0
        if (above >= most).all() and (below <= least).all():
            break
        most, least = np.minimum(most, above), np.maximum(least, below)
        if (least > most).any():
            break
    return Ranges(least.astype(np.int64), np.minimum(program.upper, most.astype(np.int64)))


def _one_pass(
    row: Ints, column: Ints, value: Floats, low: Floats, high: Floats, least: Floats, most: Floats
) -> tuple[Floats, Floats]:
    """The most and least of each column that one look at every row allows."""
    down = np.where(value > 0, value * least[column], value * most[column])
    up = np.where(value > 0, value * most[column], value * least[column])
    rows = len(low)
    sums = (np.bincount(row, each, rows) for each in (down, up, np.abs(down) + np.abs(up)))
    bottom, top, size = (each.astype(np.float64) for each in sums)  # of nothing it counts in whole numbers
    size += np.where(np.isfinite(high), np.abs(high), 0) + np.where(np.isfinite(low), np.abs(low), 0)
    over = (high[row] - (bottom[row] - down)) / value
    under = (low[row] - (top[row] - up)) / value
    room = SAFE * size[row] / np.abs(value) + NEAR_WHOLE
    ceiling, floor = np.where(value > 0, over, under), np.where(value > 0, under, over)
    above, below = most.copy(), least.copy()
    np.minimum.at(above, column, np.where(np.isfinite(ceiling), np.floor(ceiling + room), np.inf))
    np.maximum.at(below, column, np.where(np.isfinite(floor), np.ceil(floor - room), 0.0))
    return above, np.maximum(below, 0.0)


def narrowed(program: WholeProgram) -> WholeProgram:
    """The program with the upper bounds that its rows imply. Where they leave nothing, as it was: the solver says so."""
    ranges = implied(program)
    return program if ranges.empty else replace(program, upper=np.maximum(ranges.most, 0))


def by_relaxation(
    program: WholeProgram, groups: Sequence[Ints], seconds: float, stop: Callable[[], bool]
) -> Ints:  # fmt: skip
    """Upper bounds of all columns, those in ``groups`` lowered to what the linear relaxation allows, one after the other; of
    a group no more once ``PATIENCE`` of its columns came out as they were."""
    began = time.perf_counter()
    upper = program.upper.copy()
    highs = passed(program, program.low, program.high, np.zeros(len(upper), dtype=bool))
    highs.changeColsCost(len(upper), np.arange(len(upper), dtype=np.int32), np.zeros(len(upper)))
    for columns in groups:
        vain = 0
        for column in columns.tolist():
            left = seconds - (time.perf_counter() - began)
            if left <= 0 or stop() or vain >= PATIENCE:
                break
            highs.changeColCost(column, 1.0)
            highs.setOptionValue("time_limit", highs.getRunTime() + left)
            highs.run()
            solved = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
            most = int(np.floor(highs.getInfo().objective_function_value + NEAR_WHOLE)) if solved else int(FREE)
            highs.changeColCost(column, 0.0)
            vain = 0 if most < upper[column] else vain + 1
            if 0 <= most < upper[column]:
                upper[column] = most
                highs.changeColBounds(column, 0.0, float(most))
    return upper


def worth_a_program(program: Program) -> list[Ints]:
    """Columns for ``by_relaxation``, table by table: switches and choices between 0 and 1 of a plan's own tables, and of the
    objectives' own tables small amounts that are never a loss."""
    loss = np.any([stage.sign * stage.value < 0 for stage in program.stages], axis=0)
    groups = []
    for name, (first, many) in program.tables.items():
        columns = np.arange(first, first + many)
        upper = program.upper[columns]
        if is_auxiliary(name):
            groups.append(columns[(upper > 0) & (upper <= SMALL) & ~loss[columns]])
        elif first >= program.options:
            groups.append(columns[upper == 1])
    return [g for g in groups if len(g)]
