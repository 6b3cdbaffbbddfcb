"""Best options at given prices: the Lagrangian subproblem, one vectorised pass over all choice sets.

With price λ on each joining row, every choice set takes its best option (or none), except where an
all-or-nothing group gains by taking its whole-group column: then every set of the group takes its
best option of that column's level or earlier. Both cases are exact, so the sum over all sets is a
Lagrangian bound for any sign-correct λ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optimizer.program import Ints, Program

Values = npt.NDArray[np.float64] | npt.NDArray[np.int64]


@dataclass(frozen=True)
class Answer:
    """What the sets take at given prices: ``option`` of each set (column, −1 for none), the whole-group
    columns taken, and each unit's worth (a unit is a group, or a set outside all groups)."""

    option: Ints
    whole: Ints
    worth: Values


class Pricing:
    """The layout of a program's choice sets, made once; ``answer`` is one pass at given values.

    Works on float64 values (fast, while searching prices) and on int64 values (exact, for the
    certificate) with the same code.
    """

    def __init__(self, program: Program) -> None:
        self.set_start = program.set_start
        self.sets = len(program.set_start) - 1
        groups = program.groups
        level = groups.level if groups is not None else np.zeros(program.options, dtype=np.int64)
        self.levels, rank = np.unique(level, return_inverse=True) if len(level) else (np.zeros(1, np.int64), level)
        owner = program.set_of_option()
        flat = len(self.levels) == 1
        self.order = np.arange(len(owner), dtype=np.int64) if flat else np.lexsort((rank, owner))
        shut = program.upper[: len(owner)] <= 0  # options that nobody may take are no reply
        if shut.any():
            self.order = self.order[~shut[self.order]]
        code = owner if flat and not shut.any() else owner[self.order] * len(self.levels) + rank[self.order]
        self.first = np.flatnonzero(np.append(True, code[1:] != code[:-1])) if len(code) else np.zeros(0, np.int64)
        self.slot = code[self.first]
        self._groups(program)

    def _groups(self, program: Program) -> None:
        """Units: groups first, then one for each set outside all groups."""
        groups = program.groups
        if groups is None:
            self.unit = np.arange(self.sets, dtype=np.int64)
            self.whole_column = np.zeros(0, dtype=np.int64)
            self.group_count = 0
        else:
            self.group_count = groups.count
            alone = groups.group_of_set < 0
            self.unit = groups.group_of_set.copy()
            self.unit[alone] = self.group_count + np.arange(int(alone.sum()))
            self.whole_column = groups.column
            self.whole_group = groups.group
            self.whole_shut = program.upper[groups.column] <= 0
            self.whole_rank = np.searchsorted(self.levels, groups.at, side="right") - 1
        self.units = int(self.unit.max(initial=-1)) + 1

    def answer(self, option_value: Values, whole_value: Values) -> Answer:
        """Best reply to values of options (by column) and of whole-group columns (in ``groups`` order)."""
        least = _least(option_value)
        best = np.full(self.sets * len(self.levels), least, dtype=option_value.dtype)
        where = np.full(self.sets * len(self.levels), -1, dtype=np.int64)
        if len(self.first):
            sorted_value = option_value[self.order]
            top = np.maximum.reduceat(sorted_value, self.first)
            best[self.slot] = top
            width = np.diff(np.append(self.first, len(sorted_value)))
            hit = np.flatnonzero(sorted_value == np.repeat(top, width))
            segment = np.searchsorted(self.first, hit, side="right") - 1
            leading = np.append(True, segment[1:] != segment[:-1])
            where[self.slot[segment[leading]]] = self.order[hit[leading]]
        upto, place = _accumulate(best.reshape(self.sets, len(self.levels)), where.reshape(self.sets, len(self.levels)))
        free = upto[:, -1] > 0
        option = np.where(free, place[:, -1], -1)
        worth = _sum_by(self.unit, np.where(free, upto[:, -1], 0), self.units)
        whole = np.zeros(0, dtype=np.int64)
        if len(self.whole_column):
            whole = self._whole(upto, place, option, worth, whole_value)
        return Answer(option, whole, worth)

    def _whole(self, upto: Values, place: Ints, option: Ints, worth: Values, whole_value: Values) -> Ints:
        """Where a whole-group column is worth more than its sets apart, take it (changes option and worth)."""
        impossible = _least(upto) // 2 if upto.dtype.kind == "i" else -np.inf
        total = np.vstack(
            [_sum_by(self.unit, _floor_at(upto[:, j], impossible), self.units) for j in range(len(self.levels))]
        )
        gain = total[self.whole_rank, self.whole_group] + whole_value
        short = np.vstack(
            [_sum_by(self.unit, (place[:, j] < 0).astype(np.int64), self.units) for j in range(len(self.levels))]
        )
        gain = np.where(self.whole_shut | (short[self.whole_rank, self.whole_group] > 0), _least(upto), gain)
        order = np.lexsort((-gain, self.whole_group))
        group = self.whole_group[order]
        leading = order[np.append(True, group[1:] != group[:-1])]
        better = leading[gain[leading] > worth[self.whole_group[leading]]]
        worth[self.whole_group[better]] = gain[better]
        rank = np.full(self.units, -1, dtype=np.int64)
        rank[self.whole_group[better]] = self.whole_rank[better]
        moved = np.flatnonzero(rank[self.unit] >= 0)
        option[moved] = place[moved, rank[self.unit[moved]]]
        return better


def _least(values: Values) -> int | float:
    return (-(2**62)) if values.dtype.kind == "i" else -np.inf


def _floor_at(values: Values, impossible: int | float) -> Values:
    """Missing options count 0 in sums; sets without an option are ruled out apart."""
    return np.where(values <= impossible, 0, values)


def _accumulate(best: Any, where: Ints) -> tuple[Values, Ints]:
    """Running best over levels, with the option that attains it (the earliest level on ties)."""
    upto, place = best.copy(), where.copy()
    for j in range(1, best.shape[1]):
        worse = best[:, j] <= upto[:, j - 1]
        upto[worse, j] = upto[worse, j - 1]
        place[worse, j] = place[worse, j - 1]
    return upto, place


def _sum_by(unit: Ints, values: Values, count: int) -> Values:
    """Σ values by unit, exactly for integers."""
    if values.dtype.kind == "i":
        total = np.zeros(count, dtype=np.int64)
        np.add.at(total, unit, values)
        return total
    return np.bincount(unit, weights=values, minlength=count)
