"""Which rows belong to one part (a county) alone, and which join parts.

Most rows of a nation are a county's own; only a few (money and tasks of provinces, kept stages) link counties. So the second
derivatives of the dual are small blocks with a thin border, and whole plans can be made county by county.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.program import Ints, Program

MANY = -1
NONE = -2
COLUMNS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Partition:
    """``columns[p]`` and ``rows[p]``: part p's own columns (options set by set, then amounts) and rows;
    ``sets[p]``: its choice sets. ``linking``: rows that join parts. ``outer``: amounts that belong to none."""

    sets: tuple[Ints, ...]
    columns: tuple[Ints, ...]
    rows: tuple[Ints, ...]
    linking: Ints
    outer: Ints


def partition(program: Program, part_of_set: Ints, by_column: sp.csr_array) -> Partition:
    """The partition by the parts of the choice sets; ``by_column`` is the program's matrix by columns.

    An amount goes with the part of its rows; where its rows belong to several parts it stays outside, and these rows
    link.
    """
    options = program.options
    owner = part_of_set[program.set_of_option()]
    entry_part = np.append(owner, np.full(program.columns - options, NONE))
    row_part, amount_part = _common_of_rows(by_column, entry_part), entry_part[options:]
    linking = row_part == MANY
    amounts = sp.csr_array(by_column[options:])
    changed = len(amount_part) > 0
    while changed:
        found = _common(np.where(linking, NONE, row_part)[amounts.indices], amounts.indptr)
        linking |= np.isin(np.arange(len(row_part)), sp.csr_array(amounts[found == MANY]).indices)
        found[found == MANY] = NONE
        again = _common_of_rows(by_column, np.append(owner, found))
        linking |= again == MANY
        changed = not (np.array_equal(again, row_part) and np.array_equal(found, amount_part))
        row_part, amount_part = again, found
    row_part = np.where(linking, MANY, row_part)
    parts = int(part_of_set.max(initial=-1)) + 1
    outer = options + np.flatnonzero(amount_part < 0)
    own = [
        _grouped(part_of_set, parts),
        _grouped(owner, parts),
        _grouped(row_part, parts),
        _grouped(amount_part, parts),
    ]
    columns = tuple(np.append(o, options + a) for o, a in zip(own[1], own[3], strict=True))
    return Partition(tuple(own[0]), columns, tuple(own[2]), np.flatnonzero(row_part < 0), outer)


def _common_of_rows(by_column: sp.csr_array, values: Ints) -> Ints:
    """The one value of the columns of each row, as ``_common`` has it; a stretch of columns at a time."""
    rows = by_column.shape[1]
    low, high = np.full(rows, np.iinfo(np.int64).max), np.full(rows, np.iinfo(np.int64).min)
    for start in range(0, len(values), COLUMNS_AT_ONCE):
        edges = by_column.indptr[start : start + COLUMNS_AT_ONCE + 1]
        row = by_column.indices[edges[0] : edges[-1]]
        value = np.repeat(values[start : start + COLUMNS_AT_ONCE], np.diff(edges))
        if (value == NONE).any():
            row, value = row[value != NONE], value[value != NONE]
        np.minimum.at(low, row, value)
        np.maximum.at(high, row, value)
    return np.where(low > high, NONE, np.where(low == high, low, MANY))


def _common(values: Ints, start: Ints) -> Ints:
    """The one value of each segment; ``MANY`` for several different ones, ``NONE`` where all are ``NONE``."""
    looked = values != NONE
    low = np.where(looked, values, np.iinfo(np.int64).max)
    high = np.where(looked, values, np.iinfo(np.int64).min)
    found = np.full(len(start) - 1, NONE)
    filled = np.flatnonzero(np.diff(start) > 0)
    if len(filled):
        least, most = np.minimum.reduceat(low, start[filled]), np.maximum.reduceat(high, start[filled])
        some = least <= most
        found[filled[some]] = np.where(least == most, least, MANY)[some]
    return found


def _grouped(part: Ints, parts: int) -> list[Ints]:
    """The positions of each part, in order."""
    order = np.argsort(part, kind="stable")
    edges = np.searchsorted(part[order], np.arange(parts + 1))
    return [order[edges[p] : edges[p + 1]] for p in range(parts)]
