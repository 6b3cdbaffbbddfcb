"""Rows that a 0/1 amount switches on and off, with constants as tight as all rows of the program together allow.

A rule that writes such a row knows its own columns and their bounds: U in Σ claims ≤ U·m is what all claims come to at their
bounds. Other rows say much less (a market takes so much in all, a site has so many households), and U may be what they leave: no legal plan is lost, and
the linear relaxation no longer gets a claim for a small part of m. (Coefficient tightening: Savelsbergh, Preprocessing and
probing techniques for mixed integer programming problems, 1994.) Computed without a solver and the same everywhere, so that a
certificate is checked against the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Bools, Floats, Ints, Program, powers_of_ten

AT_MOST = 200_000
"""Options of a program whose rows are looked at; in larger ones it costs more than it gives."""

EXACT = 2.0**52
"""Sums of whole numbers whose absolute terms stay below this are exact in floating point; others count as unlimited."""

ROUNDS = 2
"""How often bounds are drawn from rows and used in rows again."""

SPLITS = 80
"""How many rows at most are used together to say what a sum can be."""


def tightened(program: Program, switches: Mapping[str, str]) -> Program:
    """The program with tighter constants in the rows of rules that have a switch (rule id → its table of 0/1 amounts)."""
    spans = {rule: program.tables[table] for rule, table in switches.items() if table in program.tables}
    rows = np.flatnonzero(program.rows["rule"].isin([rule for rule, (_, count) in spans.items() if count]).to_numpy())
    if not len(rows) or program.options > AT_MOST or program.mixed:
        return program
    known = _Known.of(program, rows)
    matrix = sp.csr_array(program.matrix)
    low, high = program.row_lower.copy(), program.row_upper.copy()
    changed = []
    for row in rows:
        first, count = spans[str(program.rows["rule"].iat[row])]
        entries = np.arange(matrix.indptr[row], matrix.indptr[row + 1])
        at = entries[(matrix.indices[entries] >= first) & (matrix.indices[entries] < first + count)]
        if len(at) != 1 or program.upper[matrix.indices[at[0]]] != 1 or (low[row] > -FREE) == (high[row] < FREE):
            continue
        sign = 1 if high[row] < FREE else -1
        limit, on = int(high[row] if sign > 0 else -low[row]), sign * int(matrix.data[at[0]])
        most = known.most(int(row), sign, int(matrix.indices[at[0]]))
        if most is None:
            continue
        if on < 0 and limit < most < limit - on:  # the row binds while the switch is off
            matrix.data[at[0]] = sign * (limit - most)
        elif on > 0 and limit - on < most < limit:  # … while it is on
            matrix.data[at[0]] = sign * (on - (limit - most))
            if sign > 0:
                high[row] = most
            else:
                low[row] = -most
        else:
            continue
        changed.append(row)
    scale = program.row_scale.copy()
    largest = np.array([np.abs(matrix.data[matrix.indptr[r] : matrix.indptr[r + 1]]).max() for r in changed], np.int64)
    scale[np.array(changed, dtype=np.int64)] = powers_of_ten(largest)
    return replace(program, matrix=sp.csc_array(matrix), row_lower=low, row_upper=high, row_scale=scale)


@dataclass
class _Known:
    """What rows say of the amounts: Σ p·x ≤ ``room`` for the positive entries p of each row of ``packed`` (one a side of a row of
    the program), and the bounds that follow. ``sides``: all entries of the amounts; ``options``: the most that the options of the
    side can come to."""

    packed: sp.csr_array
    by_column: sp.csc_array
    room: Floats
    upper: Floats
    sides: sp.csr_array
    options: Floats
    place: dict[tuple[int, int], int]
    first: int

    @classmethod
    def of(cls, program: Program, switched: Ints) -> _Known:
        """All rows with a limit, each side by itself; what the ``switched`` ones say hangs on a switch, and is not used."""
        matrix = sp.csr_array(program.matrix)
        up, down = np.flatnonzero(program.row_upper < FREE), np.flatnonzero(program.row_lower > -FREE)
        least, most = _options(matrix[:, : program.options], program)
        amounts = matrix[:, program.options :].astype(np.float64)
        sides = sp.csr_array(sp.vstack([amounts[up], -amounts[down]], format="csr"))
        limit = np.concatenate([program.row_upper[up], -program.row_lower[down]]).astype(np.float64)
        rest = np.concatenate([least[up], -most[down]])  # the least that the options take of each limit
        place = {(int(r), s): i for i, (r, s) in enumerate([*((r, 1) for r in up), *((r, -1) for r in down)])}
        packed = sp.csr_array(sides.maximum(0))
        packed.eliminate_zeros()
        by_column = sp.csc_array(packed)
        upper = program.upper[program.options :].astype(np.float64)
        options = np.concatenate([most[up], -least[down]])
        given = (sides < 0).sum(axis=1) > 0  # amounts give to these rows what others take
        other = ~np.isin(np.concatenate([up, down]), switched)
        room = np.where(other & ~given, np.maximum(limit - rest, 0), np.inf)
        found = cls(packed, by_column, room, upper, sides, options, place, program.options)
        for _ in range(ROUNDS):
            found._draw(limit - rest, other)
        return found

    def _draw(self, limit: Floats, used: Bools) -> None:
        """What negative entries can add to each limit, then what each of the ``used`` limits says of each amount."""
        negative = sp.csr_array((-self.sides).maximum(0))
        negative.eliminate_zeros()
        added = negative @ self.upper
        for side in np.flatnonzero(used & (np.diff(negative.indptr) > 1)):
            added[side] = min(added[side], self._together(_dense(negative, int(side))))
        size = np.abs(limit) + added
        self.room = np.where(used & (size < EXACT), np.maximum(limit + added, 0), np.inf)
        counts = np.diff(self.packed.indptr)
        each = np.floor(np.repeat(self.room, counts) / self.packed.data)
        np.minimum.at(self.upper, self.packed.indices, each)

    def most(self, row: int, sign: int, switch: int) -> int | None:
        """The most that a side can come to without its switch (None: not known)."""
        side = self.place[row, sign]
        value = _dense(self.sides, side)
        value[switch - self.first] = 0
        found = self._together(np.maximum(value, 0)) + self.options[side]
        return int(found) if abs(found) < EXACT else None

    def _together(self, value: Floats) -> float:
        """No values of the amounts make Σ value·x larger: each amount counted at its bound, or with others in one row's room."""
        columns = np.flatnonzero(value)
        alone = value[columns] * self.upper[columns]
        start, end = self.by_column.indptr[columns], self.by_column.indptr[columns + 1]
        column = np.repeat(np.arange(len(columns)), end - start)
        entry = np.arange(len(column)) + np.repeat(start - (np.cumsum(end - start) - (end - start)), end - start)
        row = self.by_column.indices[entry]
        order = np.argsort(row, kind="stable")
        order = order[np.isfinite(self.room[row[order]])]
        row, column, entry = row[order], column[order], entry[order]
        if not len(row):
            return float(alone.sum())
        first = np.flatnonzero(np.diff(row, prepend=-1))
        rate, room = value[columns][column] / self.by_column.data[entry], self.room[row[first]]
        number = np.cumsum(np.diff(row, prepend=-1) != 0) - 1
        left, total = np.ones(len(columns), dtype=bool), 0.0
        for _ in range(SPLITS):
            here = left[column]
            capped = np.ceil(np.maximum.reduceat(np.where(here, rate, 0.0), first) * room)
            gain = np.add.reduceat(np.where(here, alone[column], 0.0), first) - capped
            best = int(np.argmax(gain))
            if not gain[best] > 0:
                break
            total += float(capped[best])
            left[column[number == best]] = False
        return total + float(alone[left].sum())


def _dense(matrix: sp.csr_array, row: int) -> Floats:
    values = np.zeros(matrix.shape[1])
    part = slice(matrix.indptr[row], matrix.indptr[row + 1])
    values[matrix.indices[part]] = matrix.data[part]
    return values


def _options(matrix: sp.csr_array, program: Program) -> tuple[Floats, Floats]:
    """The least and the most that the options can come to in each row, one a choice set."""
    sets = program.set_of_option()
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    code = row * max(len(program.set_start), 1) + sets[matrix.indices]
    order = np.argsort(code, kind="stable")
    value, rows = matrix.data[order], row[order]
    first = np.flatnonzero(np.diff(code[order], prepend=-1)) if len(code) else np.zeros(0, np.int64)
    least, most = np.zeros(matrix.shape[0]), np.zeros(matrix.shape[0])
    if len(first):
        np.add.at(least, rows[first], np.minimum(np.minimum.reduceat(value, first), 0))
        np.add.at(most, rows[first], np.maximum(np.maximum.reduceat(value, first), 0))
    return least, most
