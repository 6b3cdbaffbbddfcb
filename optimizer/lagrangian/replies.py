"""What choice sets and all-or-nothing groups are worth at their best reply, summed exactly, a stretch of sets at a time.

Every set takes its best option where that is worth more than nothing. A group may do better by taking one of its
whole-group columns: then each of its sets takes its best option of that column's level or earlier, worth something or
not. A group may lie in several stretches, so that its sums are kept until all sets were seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from optimizer.program import Ints, Program, WholeGroups

Number = TypeVar("Number", np.int64, np.float64)

STRETCH = 1_000_000
"""Options looked at in one go: the int64 arrays beside the program stay below some 100 MB at any size."""

NOTHING = np.iinfo(np.int64).min
"""Stands for "no such option"; real values are far above it."""


class Replies:
    """Adds up best replies; ``take`` every stretch of sets once, then ask for the ``total``."""

    def __init__(self, program: Program) -> None:
        self.start, self.groups = program.set_start, program.groups
        self.sum = 0
        if self.groups is not None:
            self.levels = np.unique(self.groups.at)
            self.apart = np.zeros(self.groups.count, dtype=np.int64)
            self.together = np.zeros((len(self.levels), self.groups.count), dtype=np.int64)
            self.short = np.zeros((len(self.levels), self.groups.count), dtype=bool)

    def take(self, first: int, last: int, value: Ints) -> None:
        """The sets first … last − 1, with the value of each of their options."""
        start = self.start[first : last + 1] - self.start[first]
        worth = np.maximum(best_of_sets(value, start), 0)
        if self.groups is None:
            self.sum += exact_sum(worth)
            return
        group = self.groups.group_of_set[first:last]
        self.sum += exact_sum(worth[group < 0])
        inside = group >= 0
        np.add.at(self.apart, group[inside], worth[inside])
        level = self.groups.level[self.start[first] : self.start[last]]
        for number, at in enumerate(self.levels):
            best = best_of_sets(np.where(level <= at, value, NOTHING), start)[inside]
            none = best == NOTHING
            self.short[number, group[inside][none]] = True
            np.add.at(self.together[number], group[inside], np.where(none, 0, best))

    def total(self, whole_value: Ints) -> int:
        """The sum over all sets, given what each whole-group column (in the order of ``groups``) is worth itself."""
        return self.sum + (0 if self.groups is None else exact_sum(self._of_groups(self.groups, whole_value)))

    def _of_groups(self, groups: WholeGroups, whole_value: Ints) -> Ints:
        number = np.searchsorted(self.levels, groups.at)
        possible = ~self.short[number, groups.group]
        best = self.apart.copy()
        cleared = self.together[number, groups.group] + whole_value
        np.maximum.at(best, groups.group[possible], cleared[possible])
        return best


def stretches(program: Program) -> Iterator[tuple[int, int]]:
    """Sets first … last − 1 with about ``STRETCH`` options each."""
    sets = len(program.set_start) - 1
    first = 0
    while first < sets:
        last = int(np.searchsorted(program.set_start, program.set_start[first] + STRETCH, side="right")) - 1
        last = min(max(last, first + 1), sets)
        yield first, last
        first = last


def best_of_sets(value: npt.NDArray[Number], start: Ints) -> npt.NDArray[Number]:
    """The largest value of each set; ``NOTHING`` for a set without options."""
    best = np.full(len(start) - 1, NOTHING, dtype=value.dtype)
    filled = np.flatnonzero(np.diff(start) > 0)
    if len(filled):
        best[filled] = np.maximum.reduceat(value, start[filled])
    return best


def exact_sum(values: Ints) -> int:
    """Σ values as a Python int: halves of 32 bits are added apart, so that nothing can overflow."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
