"""Groups that count only whole (hamlets), while their members come one by one: which are cleared, and what one member's step
towards it is worth at prices."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from optimizer.program import Floats, Ints, Program


class Clearing:
    """``came``, ``placed``: members of each group that came, and that got a place. A group is *alive* as long as all
    who came have a place; it is cleared once all of its members have one, if it can be cleared at all."""

    def __init__(self, program: Program) -> None:
        groups = program.groups
        self.columns = np.zeros(0, dtype=np.int64) if groups is None else groups.column
        self.use = sp.csr_array(sp.csc_array(program.matrix)[:, self.columns].T)
        self.group_of_set = np.full(len(program.set_start) - 1, -1, dtype=np.int64)
        self.level = np.zeros(program.options, dtype=np.int64)
        if groups is not None:
            self.group_of_set, self.level = groups.group_of_set, groups.level
            self.group, self.at = groups.group, groups.at
            self.open = program.upper[groups.column] > 0
        many = int(self.group_of_set.max(initial=-1)) + 1
        self.size = np.bincount(self.group_of_set[self.group_of_set >= 0], minlength=many).astype(np.int64)
        self.came, self.placed = np.zeros(many, dtype=np.int64), np.zeros(many, dtype=np.int64)
        self.latest = np.zeros(many, dtype=np.int64)
        self.cleared: list[int] = []
        self.own = self._own(program)

    def _own(self, program: Program) -> Ints:
        """For each option the place among ``columns`` of its group's column of the option's own level; −1: none."""
        own = np.full(program.options, -1, dtype=np.int64)
        if not len(self.columns):
            return own
        group = self.group_of_set[program.set_of_option()]
        low, width = int(self.at.min()), int(self.at.max() - self.at.min()) + 1
        table = np.full((len(self.size) + 1) * width, -1, dtype=np.int64)
        table[self.group * width + self.at - low] = np.arange(len(self.columns))
        inside = (group >= 0) & (self.level >= low) & (self.level < low + width)
        own[inside] = table[group[inside] * width + self.level[inside] - low]
        return own

    def begin(self, option: Ints, cleared: Ints) -> None:
        """A plan to go on from: options of the sets that came already (−1: not yet, or nothing), and what it clears."""
        sets = (
            np.flatnonzero((option >= 0) & (self.group_of_set >= 0))
            if len(self.columns)
            else np.zeros(0, dtype=np.int64)
        )
        np.add.at(self.came, self.group_of_set[sets], 1)
        np.add.at(self.placed, self.group_of_set[sets], 1)
        np.maximum.at(self.latest, self.group_of_set[sets], self.level[option[sets]])
        self.cleared = [int(column) for column in cleared]

    @property
    def chance(self) -> float:
        """Which share of the groups whose members all came is cleared: what others may be expected to do."""
        done = int(((self.came == self.size) & (self.size > 0)).sum())
        return len(self.cleared) / done if done else 0.0

    def lead(self, household: int, options: slice, worth: Floats) -> Floats | float:
        """What each option is worth as a step towards clearing its group; ``worth``: of one whole group, by ``columns``."""
        group = int(self.group_of_set[household]) if len(self.columns) else -1
        if group < 0 or self.placed[group] < self.came[group] or not self.chance:
            return 0.0
        left = (self.size[group] - self.came[group]) / self.size[group]
        return np.append(worth, 0.0)[self.own[options]] * self.chance**left / self.size[group]

    def step(self, household: int, option: int) -> int:
        """Takes note of what a household got (−1: nothing). The place among ``columns`` of the column that clears its group
        with it; −1 where it does not."""
        group = int(self.group_of_set[household]) if len(self.columns) else -1
        if group < 0:
            return -1
        self.came[group] += 1
        if option >= 0:
            self.placed[group] += 1
            self.latest[group] = max(self.latest[group], self.level[option])
        if self.placed[group] < self.size[group]:
            return -1
        found = np.flatnonzero((self.group == group) & (self.at >= self.latest[group]) & self.open)
        return int(found[np.argmin(self.at[found])]) if len(found) else -1
