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
    numbers in base units. Whole groups are not looked at: they only take away."""
    lower = np.flatnonzero(program.row_lower > -FREE // 2)
    upper = np.flatnonzero(program.row_upper < FREE // 2)
    by_row = sp.csr_array(program.matrix)
    most = _furthest(program, by_row, lower, 1)
    least = -_furthest(program, by_row, upper, -1)
    found = []
    for sense, rows, limits, reach in ((1, lower, program.row_lower, most), (-1, upper, program.row_upper, least)):
        beyond = np.flatnonzero(sense * (limits[rows] - reach) > 0)
        for n in beyond:
            row, unit = int(rows[n]), int(program.row_unit[rows[n]])
            found.append(OutOfReach(row, sense, int(limits[row]) * unit, int(reach[n]) * unit))
    return sorted(found, key=lambda f: f.row)


def _furthest(program: Program, by_row: sp.csr_array, rows: Ints, sign: int) -> Floats:
    """The most that sign · row could be: of each set its best option, of each amount all of it."""
    part = sp.coo_array(sign * by_row[rows])
    gains = (part.data > 0) & (program.upper[part.col] > 0)
    row, column, value = part.row[gains], part.col[gains], part.data[gains].astype(np.float64)
    total = np.zeros(len(rows))
    option = column < program.options
    amounts = value[~option] * program.upper[column[~option]].astype(np.float64)
    np.add.at(total, row[~option], amounts)
    if option.any():
        sets = program.set_of_option()[column[option]]
        key = row[option].astype(np.int64) * max(len(program.sets), 1) + sets
        order = np.argsort(key, kind="stable")
        first = np.flatnonzero(np.append(True, np.diff(key[order]) != 0))
        best = np.maximum.reduceat(value[option][order], first)
        np.add.at(total, row[option][order][first], best)
    return np.where(total > HUGE, np.inf, total)
