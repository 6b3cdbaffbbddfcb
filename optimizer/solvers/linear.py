"""Small linear programs in floats, for those who need their duals: one call, one answer."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import Floats
from optimizer.solvers.highs import COLUMNWISE, MAXIMISE, silent


@dataclass(frozen=True)
class Optimum:
    """An optimal solution of a maximisation. ``dual``: one price a row, positive
    where an upper limit holds the value down, negative where a lower one does."""

    value: float
    x: Floats
    dual: Floats


def maximum(
    cost: Floats, matrix: sp.csr_array, low: Floats, high: Floats, least: Floats, most: Floats
) -> Optimum | None:
    """max cost·x, low ≤ A x ≤ high, least ≤ x ≤ most, all in floats (±inf: no limit); None where there is no optimum."""
    by_column = sp.csc_array(matrix)
    rows, columns = by_column.shape
    highs = silent()
    highs.passModel(
        columns, rows, by_column.nnz, COLUMNWISE, MAXIMISE, 0.0, cost, least, most, low, high,
        by_column.indptr.astype(np.int32), by_column.indices.astype(np.int32), by_column.data.astype(np.float64),
        np.zeros(columns, dtype=np.int32),
    )  # fmt: skip
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found = highs.getSolution()
    value = float(highs.getInfo().objective_function_value)
    return Optimum(value, np.asarray(found.col_value), np.asarray(found.row_dual))
