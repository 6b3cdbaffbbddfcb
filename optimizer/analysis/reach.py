"""Limits that nothing could ever reach, whatever is chosen: seen without solving anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Program

HUGE = 2.0**52
"""Sums above this are not exact in floats, and count as without end."""


@dataclass(frozen=True)
class OutOfReach:
    """A row asks for ``limit`` at least (``sense`` 1) or at most (−1); all that could ever count adds up to ``reach``."""

    row: int
    sense: int
    limit: int
    reach: int


def out_of_reach(program: Program) -> list[OutOfReach]:
    """Rows that no choice of one option a set, and no amounts within their bounds, could satisfy even alone; in order of rows,
    numbers in base units. Whole groups are not looked at: they only take away. Only rows that nothing taken would break are
    looked at: the others hold with nothing."""
    lower = np.flatnonzero((program.row_lower > 0) & (program.row_lower < FREE // 2))
    upper = np.flatnonzero((program.row_upper < 0) & (program.row_upper > -FREE // 2))
    found = []
    for sense, rows, limits in ((1, lower, program.row_lower), (-1, upper, program.row_upper)):
        reach = sense * _furthest(program, rows, sense)
        for n in np.flatnonzero(sense * (limits[rows] - reach) > 0):
            row, unit = int(rows[n]), int(program.row_unit[rows[n]])
            found.append(OutOfReach(row, sense, int(limits[row]) * unit, int(reach[n]) * unit))
    return sorted(found, key=lambda f: f.row)


def _furthest(program: Program, rows: Ints, sign: int) -> Floats:
    """The most that sign · row could be: of each set its best option, of each amount all of it."""
    place = np.full(program.matrix.shape[0], -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    matrix = sp.csc_array(program.matrix)
    at = np.flatnonzero(place[matrix.indices] >= 0)
    row, column = place[matrix.indices[at]], np.searchsorted(matrix.indptr, at, side="right") - 1
    value = sign * matrix.data[at].astype(np.float64)
    gains = (value > 0) & (program.upper[column] > 0)
    row, column, value = row[gains], column[gains], value[gains]
    total = np.zeros(len(rows))
    option = column < program.options
    np.add.at(total, row[~option], value[~option] * program.upper[column[~option]].astype(np.float64))
    if option.any():
        sets = program.set_of_option()[column[option]]
        key = row[option] * max(len(program.sets), 1) + sets
        order = np.argsort(key, kind="stable")
        first = np.flatnonzero(np.append(True, np.diff(key[order]) != 0))
        np.add.at(total, row[option][order][first], np.maximum.reduceat(value[option][order], first))
    return np.where(total > HUGE, np.inf, total)
