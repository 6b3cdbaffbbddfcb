"""A bound by cases: splits of single columns (at most k, or more), until prices prove every case.

A case is the program with its conditions as kept stages, so that its bound is the Lagrangian bound and nothing else;
the cases of a tree of splits leave no plan out, so that the worst of their bounds bounds every legal plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.lagrangian.bound import Kept, exact_bound
from optimizer.program import Ints, Program, Stage
from optimizer.wording import Wording

Condition = tuple[int, Literal["<=", ">="], int]
"""A column, and what it is at most or at least."""


@dataclass(frozen=True)
class Case:
    """Conditions from the root of the tree down, and the prices that prove this case: one a row, one a kept stage, one a
    condition, in multiples of 2^−shift."""

    where: tuple[Condition, ...]
    prices: Ints
    shift: int


def with_conditions(program: Program, kept: Kept, where: Sequence[Condition]) -> list[tuple[Stage, int]]:
    """The kept stages with each condition as one more."""
    return [*kept, *((_column(program, column, 1 if sense == ">=" else -1), k) for column, sense, k in where)]


def _column(program: Program, column: int, sign: int) -> Stage:
    value = np.zeros(program.columns, dtype=np.int64)
    value[column] = 1
    return Stage("case", "", Wording("", ""), sign, "1", value)


def bound_by_cases(program: Program, stage: Stage, kept: Kept, cases: Sequence[Case]) -> int | None:
    """The worst of the cases' bounds; None where the cases leave something out. Raises ``OverflowError``."""
    if not leave_nothing_out([case.where for case in cases]):
        return None
    bounds = [
        exact_bound(program, stage, with_conditions(program, kept, case.where), case.prices, case.shift)
        for case in cases
    ]
    return stage.sign * max(stage.sign * b for b in bounds)


def leave_nothing_out(cases: Sequence[tuple[Condition, ...]]) -> bool:
    """Whether the cases are the leaves of a tree of splits: at each node "x at most k" on one side, "x at least k + 1" on
    the other."""
    todo = [list(cases)]
    while todo:
        here = todo.pop()
        if any(not where for where in here):
            continue
        if not here:
            return False
        column, sense, k = here[0][0]
        at = k if sense == "<=" else k - 1
        sides = {(column, "<=", at): [w[1:] for w in here if w[0] == (column, "<=", at)]}
        sides[column, ">=", at + 1] = [w[1:] for w in here if w[0] == (column, ">=", at + 1)]
        if sum(map(len, sides.values())) != len(here):
            return False
        todo += sides.values()
    return True
