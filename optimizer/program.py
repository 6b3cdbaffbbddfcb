"""The solver-neutral program: columns and rows, choice sets, provenance.

Everything is int64 in base units, so that a plan's value, a row's activity and a certificate can be
recomputed exactly; only amounts that are declared continuous, and rows that use them, are in floats.
Backends scale rows to floats by ``row_scale`` on their way into a solver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from optimizer.wording import Wording

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Vector = npt.NDArray[Any]
"""A plan: one number a column, int64 where no column is continuous, else float64. Limits: the same."""
Number = Any
"""What a stage reaches: an exact int, or a float where it counts continuous columns."""

FREE = np.int64(2**62)
"""A row limit that is not there: ``row_lower = −FREE`` or ``row_upper = FREE``."""

ROW_TOLERANCE = 1e-6
"""A row with continuous columns holds when it is broken by at most this share of its scale."""

ROUNDING = 1e-12
"""What floats may lose of a sum, as a share of the sum of absolute terms."""


@dataclass(frozen=True)
class Stage:
    """One objective stage: maximise (``sign`` = 1) or minimise (−1) ``value · x``; ``base`` is a constant beside it.
    ``given_choices``: over the amounts alone, with the choices of the earlier stages. ``objective``: the policy's objective
    whose stages stand together ("": one by itself)."""

    id: str
    clause: str
    title: Wording
    sign: int
    unit: str
    value: Ints
    base: int = 0
    given_choices: bool = False
    objective: str = ""


@dataclass(frozen=True)
class WholeGroups:
    """All-or-nothing groups of choice sets (SJ-21: a hamlet is cleared only whole).

    ``group_of_set``: group of each choice set (−1: none). ``level``: each option's level (its year).
    ``column``, ``group``, ``at``: column j may be taken only if every set of its group takes an
    option with level ≤ ``at``; of one group at most one such column is taken.
    """

    group_of_set: Ints
    level: Ints
    column: Ints
    group: Ints
    at: Ints

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.group_of_set.max(initial=-1)) + 1


@dataclass(frozen=True)
class Program:
    """maximise / minimise stages in order, subject to ``row_lower ≤ A x ≤ row_upper``, 0 ≤ x ≤ upper, x whole but for
    ``continuous`` columns.

    ``matrix`` is held by columns, once: the entries of one option lie together, so that a solver takes a place's columns
    without a copy; who needs rows makes ``sp.csr_array(matrix)``, which costs as much memory again.

    Columns 0 … set_start[-1] are options of choice sets (set s owns set_start[s] … set_start[s+1];
    at most one is taken); the others are amounts. ``tables``: decision id → (first column, count).
    ``sets``: the sets' names, in order. ``rows``: rule, clause, key, of each row of ``matrix``; ``row_unit``: how many base units one unit of the row is (the
    greatest common divisor of its entries, so that prices can be kept finely in whole numbers). ``groups`` stand beside the rows: a
    backend without choice sets writes them out with ``group_rows``. ``part_of_set``: the place (county, town) of each
    choice set, 0 … parts − 1, for solvers that work place by place; None where the policy has none. ``places``: their names.
    ``place_of_amount``: the place of each column after the options (−1: none or several), where no option is there to have one.
    ``continuous``: mask over all columns; amounts only, never options or whole-group columns. None: all are whole.
    """

    matrix: sp.csc_array
    row_lower: Ints
    row_upper: Ints
    row_scale: Floats
    row_unit: Ints
    rows: pd.DataFrame
    upper: Ints
    set_start: Ints
    sets: Sequence[str] | pd.Index[Any]
    tables: Mapping[str, tuple[int, int]]
    groups: WholeGroups | None
    stages: tuple[Stage, ...]
    part_of_set: Ints | None = None
    continuous: Bools | None = None
    places: tuple[str, ...] = ()
    place_of_amount: Ints | None = None

    @property
    def options(self) -> int:
        """How many columns are options of choice sets."""
        return int(self.set_start[-1])

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return int(self.matrix.shape[1])

    @property
    def mixed(self) -> bool:
        """Whether some column is continuous."""
        return self.continuous is not None and bool(self.continuous.any())

    def auxiliary(self) -> Bools:
        """Mask of the columns that are objectives' own."""
        mask = np.zeros(self.columns, dtype=bool)
        for name, (first, many) in self.tables.items():
            mask[first : first + many] = is_auxiliary(name)
        return mask

    def set_of_option(self) -> Ints:
        """The choice set of every option column."""
        return np.repeat(np.arange(len(self.set_start) - 1), np.diff(self.set_start))

    def reached(self, stage: Stage, x: Vector) -> Number:
        """What ``stage`` is worth at ``x``: exact and an int where it counts whole columns only."""
        if self.continuous is None or not stage.value[self.continuous].any():
            return int(stage.value @ np.rint(x).astype(np.int64))
        return float(stage.value @ x)

    def faults(self, x: Vector) -> list[int]:
        """Rows that ``x`` breaks (see ``oversteps``); −1 for a bound or a whole column that is not whole, −2 for a choice
        set, −3 for a group."""
        under, over = oversteps(self.matrix, self.row_lower, self.row_upper, self.row_scale, x, self.continuous)
        broken = [int(r) for r in np.flatnonzero((under > 0) | (over > 0))]
        split = (x != np.rint(x)) & (True if self.continuous is None else ~self.continuous)
        if ((x < 0) | (x > self.upper) | split).any():
            broken.append(-1)
        if (
            len(self.set_start) > 1
            and np.add.reduceat(np.append(x[: self.options], 0), self.set_start[:-1])[np.diff(self.set_start) > 0].max(
                initial=0
            )
            > 1
        ):
            broken.append(-2)
        if self.groups is not None and self._broken_groups(x, self.groups):
            broken.append(-3)
        return broken

    def _broken_groups(self, x: Vector, groups: WholeGroups) -> bool:
        rows, lower, upper = group_rows(self)
        activity = rows @ x
        return bool(((activity < lower) | (activity > upper)).any())


def is_auxiliary(table: str) -> bool:
    """Whether a table of the program is an objective's own: no part of a plan."""
    return table.startswith("objective/")


def oversteps(
    matrix: sp.csr_array, low: Vector, high: Vector, scale: Floats, x: Vector, continuous: Bools | None
) -> tuple[Vector, Vector]:
    """By how much ``x`` is under each row's lower and over its upper limit (0 where it holds): exact in rows of whole
    columns; in rows with continuous columns what is within ``ROW_TOLERANCE`` of the row's scale counts as held."""
    if continuous is None:
        activity = matrix @ x
        return np.maximum(low - activity, 0), np.maximum(activity - high, 0)
    exact = matrix @ np.where(continuous, 0, np.rint(x)).astype(np.int64)
    mixed = (abs(matrix) @ continuous.astype(np.int64)) > 0
    floating = matrix.astype(np.float64) @ x
    room = ROW_TOLERANCE * scale + ROUNDING * (abs(matrix).astype(np.float64) @ np.abs(x))
    under = np.where(mixed, np.where(floating < low - room, low - floating, 0.0), np.maximum(low - exact, 0))
    over = np.where(mixed, np.where(floating > high + room, floating - high, 0.0), np.maximum(exact - high, 0))
    return under, over


def group_rows(program: Program) -> tuple[sp.csr_array, Ints, Ints]:
    """The whole-group conditions as ordinary rows, for backends without choice sets.

    For each group g and level t with a column: size(g) · Σ_{columns of g with at ≤ t} x − Σ_{options of g
    with level ≤ t} x ≤ 0, and Σ columns of g ≤ 1.
    """
    groups = program.groups
    if groups is None:
        empty = sp.csr_array((0, program.columns), dtype=np.int64)
        return empty, np.zeros(0, np.int64), np.zeros(0, np.int64)
    levels = np.unique(groups.at)
    size = np.bincount(groups.group_of_set[groups.group_of_set >= 0], minlength=groups.count)
    option_group = groups.group_of_set[program.set_of_option()]
    inside = np.flatnonzero(option_group >= 0)
    parts: list[tuple[Ints, Ints, Ints]] = []
    for number, level in enumerate(levels):
        options = inside[groups.level[inside] <= level]
        takes = np.flatnonzero(groups.at <= level)
        parts.append((option_group[options] * len(levels) + number, options, np.full(len(options), -1)))
        parts.append((groups.group[takes] * len(levels) + number, groups.column[takes], size[groups.group[takes]]))
    count = groups.count * len(levels)
    parts.append((count + groups.group, groups.column, np.ones(len(groups.column), np.int64)))
    row, column, value = (np.concatenate([p[i] for p in parts]) for i in range(3))
    matrix = sp.csr_array((value, (row, column)), shape=(count + groups.count, program.columns), dtype=np.int64)
    upper = np.append(np.zeros(count, np.int64), np.ones(groups.count, np.int64))
    return matrix, np.full(len(upper), -FREE), upper


@dataclass
class RowBlock:
    """Rows of one rule, before they are put together; ``matrix`` has a column for each of the builder's. ``levels``: the
    parts of each row's key as columns, by which rows of pieces are known again and sorted (None: by ``keys``)."""

    rule: str
    clause: str
    keys: list[str]
    lower: Ints
    upper: Ints
    matrix: sp.csr_array
    levels: pd.DataFrame | None = None


class Builder:
    """Collects rows and groups from rules; ``offset`` gives each decision table's first column. Where the choice table is
    made in pieces there is a builder for each piece, with that piece's columns."""

    def __init__(self, offset: Mapping[str, int], columns: int) -> None:
        self.offset = offset
        self.columns = columns
        self.blocks: list[RowBlock] = []
        self.groups: WholeGroups | None = None
        self.forbidden: list[Ints] = []

    def add(self, block: RowBlock) -> None:
        """Take the rows of one rule; rows without entries stay, so that a limit is never lost."""
        self.blocks.append(block)


def common_divisors(matrix: sp.csr_array) -> Ints:
    """The greatest common divisor of each row's entries (1 for an empty row)."""
    unit = np.ones(matrix.shape[0], dtype=np.int64)
    filled = np.flatnonzero(np.diff(matrix.indptr) > 0)
    if not matrix.nnz:
        return unit
    size = np.abs(matrix.data)
    least = np.minimum.reduceat(size, matrix.indptr[filled])
    for row in filled[least > 1]:  # a row with an entry of 1 needs no division
        unit[row] = np.gcd.reduce(size[matrix.indptr[row] : matrix.indptr[row + 1]])
    return unit


def largest_entries(matrix: sp.csr_array) -> Ints:
    """The largest absolute value in each row (0 for an empty row)."""
    largest = np.zeros(matrix.shape[0], dtype=np.int64)
    if matrix.nnz:
        filled = np.diff(matrix.indptr) > 0
        start = matrix.indptr[:-1][filled]
        largest[filled] = np.maximum(np.maximum.reduceat(matrix.data, start), -np.minimum.reduceat(matrix.data, start))
    return largest


def powers_of_ten(largest: Ints) -> Floats:
    """A power of ten for each row that brings its largest entry to about 1 … 10."""
    return np.asarray(10.0 ** np.floor(np.log10(np.maximum(largest, 1.0))), dtype=np.float64)


def scale_of(matrix: sp.csr_array) -> Floats:
    """``powers_of_ten`` for the rows of a matrix."""
    return powers_of_ten(largest_entries(sp.csr_array(matrix)))
