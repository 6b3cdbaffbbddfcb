"""A program as two levels: one program a place, and the upper level with the rows that join places.

A place (a county) owns its choice sets, the amounts that only it has to do with, and the rows over these alone. A joining
row's limit is divided: each side of it (upper, lower) becomes for each place a share, ``sign · use ≤ share``, so that a
budget's share is what the place may spend and a task's share is minus what it has to do. Amounts that belong to no place,
and rows over these alone, stay with the upper level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.errors import OptimizerError
from optimizer.program import FREE, Floats, Ints, Program, Stage, WholeGroups, group_rows
from optimizer.solvers.prices.by_parts import with_kept
from optimizer.solvers.prices.partition import Partition, partition
from optimizer.wording import Wording

NO_LIMIT = 1e15
"""A place that could use more than this of a row counts as one that could use any amount."""


@dataclass(frozen=True)
class Place:
    """One place. ``columns``: the whole program's, options first. ``program``: over these columns; its rows are the
    ``own`` first rows of ``rows``, then the joining rows that the place has a part in, without limits."""

    number: int
    columns: Ints
    rows: Ints
    own: int
    program: Program

    @property
    def joining(self) -> Ints:
        """The whole program's joining rows that this place has a part in."""
        return self.rows[self.own :]


@dataclass(frozen=True)
class Sides:
    """All shares, one an entry: of ``place`` in the side ``sign`` (1: upper limit, −1: lower) of ``row``, which is the
    place's joining row number ``at``. ``least``, ``most``: between them lies every ``sign · use`` (±inf: no limit known);
    ``need``: what the place would typically use, by which a first division goes."""

    place: Ints
    row: Ints
    sign: Ints
    at: Ints
    least: Floats
    most: Floats
    need: Floats


@dataclass(frozen=True)
class Split:
    """``program``: the whole one, kept values of earlier stages as its last rows. ``joining``: rows of the upper level;
    ``outer``: its columns."""

    program: Program
    places: tuple[Place, ...]
    joining: Ints
    outer: Ints
    sides: Sides

    def outer_use(self) -> sp.csr_array:
        """The joining rows over the upper level's own amounts."""
        return sp.csr_array(sp.csr_array(sp.csc_array(self.program.matrix)[:, self.outer])[self.joining])

    def limit(self, row: Ints, sign: Ints) -> Ints:
        """``sign · limit`` of each side."""
        upper, lower = self.program.row_upper[row], self.program.row_lower[row]
        return np.where(sign > 0, upper, -lower).astype(np.int64)

    def whole(self, parts: list[Ints], outer: Ints) -> Ints:
        """The places' plans and the upper level's amounts as one plan."""
        x = np.zeros(self.program.columns, dtype=np.int64)
        for place, part in zip(self.places, parts, strict=True):
            x[place.columns] = part
        x[self.outer] = outer
        return x


def split_program(program: Program, kept: list[tuple[Stage, int]]) -> Split:
    """The two levels of a program whose choice sets have places.

    Raises ``OptimizerError`` where it has none, where amounts are continuous, or where a group of choice sets lies in
    several places.
    """
    places = program.part_of_set
    if places is None or program.mixed:
        raise _unsuitable(
            "选择组没有所属的地方，或数量不是整数", "choice sets have no places, or amounts are not whole"
        )
    whole = _with_kept_rows(program, kept)
    groups, _, _ = group_rows(program)
    rows = whole.matrix.shape[0]
    extended = sp.csr_array(sp.vstack([sp.csc_array(whole.matrix), sp.csc_array(groups)], format="csc").T)
    found = partition(whole, places, extended)
    across = found.linking[found.linking >= rows] - rows
    if (np.diff(groups.indptr)[across] > 0).any():
        raise _unsuitable("有的整组跨越几个地方", "a group of choice sets lies in several places")
    filled = np.diff(sp.csr_array(whole.matrix).indptr) > 0  # a row without entries is only a statement about the input
    joining = found.linking[found.linking < rows]
    joining = joining[filled[joining]]
    made = tuple(_place(whole, found, p, joining) for p in range(len(found.sets)))
    return Split(whole, made, joining, found.outer, _sides(whole, made))


def _unsuitable(zh: str, en: str) -> OptimizerError:
    error = OptimizerError(
        Wording(f"不能上下级分开求解：{zh}。", f"This cannot be solved level by level: {en}."),
        Wording("Maybe（也许）不加 --levels 求解。", "Maybe solve without --levels."),
    )
    error.exit_code = 2  # type: ignore[misc]
    return error


def _with_kept_rows(program: Program, kept: list[tuple[Stage, int]]) -> Program:
    names = pd.DataFrame(
        {"rule": [""] * len(kept), "clause": [s.clause for s, _ in kept], "key": [s.id for s, _ in kept]}
    )
    rows = pd.concat([program.rows, names], ignore_index=True) if kept else program.rows
    return replace(with_kept(program, kept), rows=rows)


def _place(program: Program, found: Partition, number: int, joining: Ints) -> Place:
    columns, sets = found.columns[number], found.sets[number]
    own = found.rows[number][found.rows[number] < program.matrix.shape[0]]
    block = sp.csr_array(sp.csc_array(program.matrix)[:, columns])
    touched = joining[np.diff(block.indptr)[joining] > 0]
    rows = np.append(own, touched).astype(np.int64)
    low, high = program.row_lower[rows].copy(), program.row_upper[rows].copy()
    low[len(own) :], high[len(own) :] = -FREE, FREE
    size = np.diff(program.set_start)[sets]
    part = replace(
        program, matrix=sp.csc_array(block[rows]), row_lower=low, row_upper=high, row_scale=program.row_scale[rows],
        row_unit=program.row_unit[rows], rows=program.rows.iloc[rows].reset_index(drop=True),
        upper=program.upper[columns], set_start=np.append(0, np.cumsum(size)).astype(np.int64),
        sets=pd.Index(program.sets)[sets], tables={}, groups=_groups_of(program, columns, sets), stages=(),
        part_of_set=None, continuous=None,
    )  # fmt: skip
    return Place(number, columns, rows, len(own), part)


def _groups_of(program: Program, columns: Ints, sets: Ints) -> WholeGroups | None:
    """The all-or-nothing groups of a place, renumbered."""
    groups = program.groups
    if groups is None:
        return None
    local = np.full(program.columns, -1, dtype=np.int64)
    local[columns] = np.arange(len(columns))
    mine = np.flatnonzero(local[groups.column] >= 0)
    names = np.unique(groups.group_of_set[sets])
    names = names[names >= 0]
    if not len(mine):
        return None
    of_set = np.where(groups.group_of_set[sets] < 0, -1, np.searchsorted(names, groups.group_of_set[sets]))
    level = groups.level[columns[columns < program.options]]
    return WholeGroups(
        of_set.astype(np.int64), level, local[groups.column[mine]],
        np.searchsorted(names, groups.group[mine]).astype(np.int64), groups.at[mine],
    )  # fmt: skip


def _sides(program: Program, places: tuple[Place, ...]) -> Sides:
    parts: list[tuple[Ints, ...] | tuple[Floats, ...]] = []
    for place in places:
        low, high, need = _reach(place)
        for sign in (1, -1):
            limited = program.row_upper < FREE // 2 if sign > 0 else program.row_lower > -FREE // 2
            at = np.flatnonzero(limited[place.joining])
            ones = np.ones(len(at), dtype=np.int64)
            least, most = (low, high) if sign > 0 else (-high, -low)
            parts.append((place.number * ones, place.joining[at], sign * ones, at, least[at], most[at], need[at]))  # type: ignore[arg-type]
    joined = [np.concatenate([p[i] for p in parts]) for i in range(7)]
    return Sides(*joined)


def _reach(place: Place) -> tuple[Floats, Floats, Floats]:
    """The least and the most that a place can use of each of its joining rows, and what is typical: every choice set at the
    mean of its options' uses that are positive."""
    program = place.program
    rows = sp.csr_array(program.matrix)[place.own :]
    low, high, need = (np.zeros(rows.shape[0]) for _ in range(3))
    owner = program.set_of_option()
    sets, size = len(program.set_start) - 1, np.maximum(np.diff(program.set_start), 1)
    for number in range(rows.shape[0]):
        part = slice(rows.indptr[number], rows.indptr[number + 1])
        column, value = rows.indices[part], rows.data[part].astype(np.float64)
        value = np.where(program.upper[column] > 0, value, 0.0)
        option = column < program.options
        top, bottom = np.zeros(sets), np.zeros(sets)
        np.maximum.at(top, owner[column[option]], value[option])
        np.minimum.at(bottom, owner[column[option]], value[option])
        amounts = value[~option] * program.upper[column[~option]]
        high[number] = top.sum() + np.maximum(amounts, 0).sum()
        low[number] = bottom.sum() + np.minimum(amounts, 0).sum()
        need[number] = (np.maximum(value[option], 0) / size[owner[column[option]]]).sum()
    return np.where(low < -NO_LIMIT, -np.inf, low), np.where(high > NO_LIMIT, np.inf, high), need
