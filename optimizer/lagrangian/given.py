"""The program that is left when the choices are made: amounts and whole-group columns, the options staying as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.lagrangian.bound import Kept
from optimizer.program import FREE, Ints, Program, Stage, scale_of


@dataclass(frozen=True)
class Given:
    """``program``: over ``columns`` of the whole program, each group a choice set of the whole-group columns that the
    choices allow; ``taken`` is what the options are."""

    program: Program
    columns: Ints
    taken: Ints

    def stage(self, stage: Stage) -> tuple[Stage, int]:
        """A stage over the columns left, and what the choices put in."""
        return replace(stage, value=stage.value[self.columns]), int(stage.value[: len(self.taken)] @ self.taken)

    def problem(self, stage: Stage, kept: Kept) -> tuple[Stage, list[tuple[Stage, int]], int]:
        """Stage and kept stages over the columns left, and what the choices put into the stage."""
        mine, fixed = self.stage(stage)
        parts = [(self.stage(s), v) for s, v in kept]
        return mine, [(s, v - put) for (s, put), v in parts], fixed


def given(program: Program, taken: Ints) -> Given:
    """``taken``: 0 or 1 for each option. No legal plan with these choices is lost: a whole-group column stays where every
    set of its group takes an option of its level or earlier, and of one group at most one is taken."""
    whole, group = _possible(program, taken)
    amounts = np.ones(program.columns - program.options, dtype=bool)
    if program.groups is not None:
        amounts[program.groups.column - program.options] = False
    columns = np.append(whole, program.options + np.flatnonzero(amounts & (program.upper[program.options :] > 0)))
    x = np.zeros(program.columns, dtype=np.int64)
    x[: program.options] = taken
    used = program.matrix @ x
    matrix = sp.csc_array(program.matrix[:, columns])
    first = np.flatnonzero(np.append(True, np.diff(group) != 0)[: len(group)])
    left = replace(
        program, matrix=matrix, row_scale=scale_of(matrix), upper=program.upper[columns],
        row_lower=np.where(program.row_lower > -FREE // 2, program.row_lower - used, program.row_lower),
        row_upper=np.where(program.row_upper < FREE // 2, program.row_upper - used, program.row_upper),
        set_start=np.append(first, len(whole)).astype(np.int64), sets=tuple(f"group {g}" for g in group[first]),
        tables={}, groups=None, stages=(), part_of_set=None,
    )  # fmt: skip
    return Given(left, columns, taken)


def _possible(program: Program, taken: Ints) -> tuple[Ints, Ints]:
    """Whole-group columns that the choices allow, and their groups, sorted by group."""
    groups = program.groups
    if groups is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    latest = np.full(len(program.set_start) - 1, np.iinfo(np.int64).max)
    chosen = np.flatnonzero(taken)
    latest[np.searchsorted(program.set_start, chosen, side="right") - 1] = groups.level[chosen]
    inside = groups.group_of_set >= 0
    last = np.full(groups.count, np.iinfo(np.int64).min)
    np.maximum.at(last, groups.group_of_set[inside], latest[inside])
    possible = np.flatnonzero((last[groups.group] <= groups.at) & (program.upper[groups.column] > 0))
    order = possible[np.argsort(groups.group[possible], kind="stable")]
    return groups.column[order], groups.group[order]
