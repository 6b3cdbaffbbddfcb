"""Rows that rules gave for the pieces of a choice table, put together to one matrix by columns.

Each piece brings its own columns and, of every rule, the rows that it touches. A row of the program is known by its
rule and key; its entries come from all pieces, its limits from any (they must agree). The entries are copied once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from optimizer.program import (
    FREE,
    Builder,
    Floats,
    Ints,
    RowBlock,
    common_divisors,
    largest_entries,
    powers_of_ten,
)

SMALL = 2**31 - 1


class Growing:
    """One array that pieces are put behind one another into. It grows where it stands (the system moves the pages of a large
    array, not its contents), so that the pieces and the whole are never in memory together."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self.array = np.empty(0, dtype=dtype)

    def take(self, piece: npt.NDArray[Any]) -> None:
        """Put a piece at the end."""
        start = len(self.array)
        self.array.resize(start + len(piece), refcheck=False)
        self.array[start:] = piece


@dataclass(frozen=True)
class Joined:
    """The rows of a program: ``matrix`` in row units, limits in row units, row units, scales, provenance."""

    matrix: sp.csc_array
    lower: Ints
    upper: Ints
    unit: Ints
    scale: Floats
    rows: pd.DataFrame


@dataclass
class Assembly:
    """Collects the builders of all pieces, in order."""

    blocks: list[list[RowBlock]] = field(default_factory=list)
    units: list[Ints] = field(default_factory=list)
    largest: list[Ints] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    data: Growing = field(default_factory=lambda: Growing(np.int64))
    row: Growing = field(default_factory=lambda: Growing(np.int32))
    count: Growing = field(default_factory=lambda: Growing(np.int32))

    def take(self, builder: Builder) -> None:
        """The rows of one piece; those without entries stay, so that a limit is never lost."""
        none = sp.csr_array((0, builder.columns), dtype=np.int64)
        matrix = sp.csr_array(sp.vstack([none, *(b.matrix for b in builder.blocks)], format="csr"))
        matrix.eliminate_zeros()
        self.units.append(np.where(np.diff(matrix.indptr) > 0, common_divisors(matrix), 0))
        self.largest.append(largest_entries(matrix))
        by_column = sp.csc_array(matrix)
        self.entries.append(by_column.nnz)
        self.data.take(by_column.data)
        self.row.take(by_column.indices)
        self.count.take(np.diff(by_column.indptr))
        self.blocks.append(
            [RowBlock(b.rule, b.clause, b.keys, b.lower, b.upper, none, b.levels) for b in builder.blocks]
        )

    def joined(self, base_units: bool = False) -> Joined:
        """All pieces together; the assembly gives up its entries. ``base_units``: rows as the rules gave them, not divided
        by what their entries have in common, so that their limits are the clauses' own."""
        places: list[list[Ints]] = [[] for _ in self.blocks]
        keys, low, high, first = [], [], [], 0
        for same in zip(*self.blocks, strict=True):
            numbers, names = _numbered(same)
            for piece, number in enumerate(numbers):
                places[piece].append(first + number)
            low.append(_agreed(same, numbers, [b.lower for b in same], len(names)))
            high.append(_agreed(same, numbers, [b.upper for b in same], len(names)))
            keys.append(pd.DataFrame({"rule": same[0].rule, "clause": same[0].clause, "key": names}))
            first += len(names)
        where = [np.concatenate([*p, np.zeros(0, np.int64)]).astype(np.int64) for p in places]
        unit, largest = np.zeros(first, dtype=np.int64), np.zeros(first, dtype=np.int64)
        for rows, own, size in zip(where, self.units, self.largest, strict=True):
            np.gcd.at(unit, rows, own)
            np.maximum.at(largest, rows, size)
        unit = np.ones_like(unit) if base_units else np.maximum(unit, 1)
        lower, upper = (np.concatenate([*each, np.zeros(0, np.int64)]).astype(np.int64) for each in (low, high))
        lower = np.where(lower > -FREE // 2, -(-lower // unit), lower)
        upper = np.where(upper < FREE // 2, upper // unit, upper)
        rows_ = pd.concat(keys, ignore_index=True) if keys else pd.DataFrame({"rule": [], "clause": [], "key": []})
        return Joined(self._matrix(where, unit), lower, upper, unit, powers_of_ten(largest // unit), rows_)

    def _matrix(self, where: list[Ints], unit: Ints) -> sp.csc_array:
        """The entries with their rows renumbered and in row units, in place."""
        data, row, count = self.data.array, self.row.array, self.count.array
        self.data, self.row, self.count = Growing(np.int64), Growing(np.int32), Growing(np.int32)
        start = 0
        for rows, entries in zip(where, self.entries, strict=True):
            part = slice(start, start + entries)
            row[part] = rows[row[part]]
            if (unit[rows] > 1).any():
                np.floor_divide(data[part], unit[row[part]], out=data[part])
            start += entries
        edges = np.zeros(len(count) + 1, dtype=np.int32 if len(data) <= SMALL else np.int64)
        np.cumsum(count, out=edges[1:])
        index = row if edges.dtype == row.dtype else row.astype(np.int64)
        matrix = sp.csc_array((data, index, edges), shape=(len(unit), len(count)))
        if any((np.diff(rows) < 0).any() for rows in where):
            matrix.sort_indices()
        return matrix


def _numbered(same: tuple[RowBlock, ...]) -> tuple[list[Ints], list[str]]:
    """The row of each piece's rows of one rule among all its rows, sorted by key; and their names."""
    if len({(b.rule, b.clause) for b in same}) > 1:
        raise ValueError(f"rules add other blocks of rows for other pieces: {[b.rule for b in same]}")
    if len(same) == 1:
        return [np.arange(len(same[0].keys))], same[0].keys
    levels = [pd.DataFrame({"key": b.keys}) if b.levels is None else b.levels for b in same]
    if not levels[0].shape[1]:
        return [np.zeros(len(b.keys), dtype=np.int64) for b in same], same[0].keys
    names = [key for b in same for key in b.keys]
    together = pd.concat(levels, ignore_index=True)
    by = list(together.columns)
    distinct = together.drop_duplicates().sort_values(by, kind="stable")
    number = together.merge(distinct.assign(_number=np.arange(len(distinct))), on=by, how="left")["_number"].to_numpy()
    edges = np.cumsum([len(b.keys) for b in same])[:-1]
    return np.split(number.astype(np.int64), edges), [names[row] for row in distinct.index]


def _agreed(same: tuple[RowBlock, ...], numbers: list[Ints], limits: list[Ints], count: int) -> Ints:
    """One limit a row; pieces that differ about it would make the program depend on how it was cut."""
    limit = np.zeros(count, dtype=np.int64)
    for number, own in zip(numbers, limits, strict=True):
        limit[number] = own
    for number, own in zip(numbers, limits, strict=True):
        if not np.array_equal(limit[number], own):
            raise ValueError(f"rule '{same[0].rule}' gives one row several limits in several pieces")
    return limit
