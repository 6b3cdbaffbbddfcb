"""Linear programs that are asked again and again with other limits, costs and bounds: HiGHS with its last basis kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Vector
from optimizer.solvers.highs import COLUMNWISE, MAXIMISE, WholeProgram, passed, run, silent

MANY_COLUMNS = 20_000
"""From so many columns on a first solve by an interior point method is quicker than by simplex."""


@dataclass(frozen=True)
class Optimum:
    """An optimal solution of a maximisation. ``dual``: one price a row, for one unit of the row as it was given: positive
    where an upper limit holds the value down, negative where a lower one does."""

    value: float
    x: Floats
    dual: Floats


class WarmLinear:
    """The relaxation of a whole program. ``matrix`` and first limits are the program's; what changes is told by
    ``limit``, ``cost`` and ``most``."""

    def __init__(self, program: WholeProgram) -> None:
        self._row_scale = program.scale
        self._highs = passed(program, program.low, program.high, np.zeros(len(program.upper), dtype=bool))
        self._highs.setOptionValue("presolve", "choose")
        self._highs.setOptionValue("threads", 1)
        self._first = len(program.upper) > MANY_COLUMNS

    def limit(self, rows: Ints, low: Vector, high: Vector) -> None:
        """Other limits for some rows."""
        scale = self._row_scale[rows]
        below = np.where(low <= -FREE // 2, -highspy.kHighsInf, low / scale)
        above = np.where(high >= FREE // 2, highspy.kHighsInf, high / scale)
        self._highs.changeRowsBounds(len(rows), rows.astype(np.int32), below, above)

    def cost(self, columns: Ints, cost: Floats) -> None:
        """Other costs (to be maximised) for some columns."""
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), np.asarray(cost, dtype=np.float64))

    def most(self, columns: Ints, upper: Floats) -> None:
        """Other upper bounds for some columns; from 10^12 on: none."""
        top = np.where(upper >= 1e12, highspy.kHighsInf, upper)
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), np.zeros(len(columns)), top)

    def solve(self, seconds: float, stop: Callable[[], bool]) -> Optimum | None:
        """The optimum, from the last basis; None where there is no solution or the time is up."""
        self._highs.setOptionValue("solver", "ipm" if self._first else "choose")
        run(self._highs, self._highs.getRunTime() + seconds, stop)
        self._first = False
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return _optimum(self._highs, self._row_scale)


def maximum(
    cost: Floats, matrix: sp.csr_array, low: Floats, high: Floats, least: Floats, most: Floats
) -> Optimum | None:
    """max cost·x, low ≤ A x ≤ high, least ≤ x ≤ most, all in floats (±inf: no limit); None where there is no optimum."""
    by_column = sp.csc_array(matrix)
    rows, columns = by_column.shape
    highs = silent()
    highs.setOptionValue("threads", 1)
    highs.passModel(
        columns, rows, by_column.nnz, COLUMNWISE, MAXIMISE, 0.0, cost, least, most, low, high,
        by_column.indptr.astype(np.int32), by_column.indices.astype(np.int32), by_column.data.astype(np.float64),
        np.zeros(columns, dtype=np.int32),
    )  # fmt: skip
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return _optimum(highs, np.ones(rows))


def _optimum(highs: highspy.Highs, scale: Floats) -> Optimum:
    found = highs.getSolution()
    value = float(highs.getInfo().objective_function_value)
    return Optimum(value, np.asarray(found.col_value), np.asarray(found.row_dual) / scale)
