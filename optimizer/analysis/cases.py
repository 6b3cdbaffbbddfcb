"""A bound by cases, taken up from the file: conditions and prices of each case among the program's columns and rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizer.lagrangian.bound import Kept
from optimizer.lagrangian.branches import Case, Condition, bound_by_cases
from optimizer.lagrangian.given import Given
from optimizer.lagrangian.record import CaseCertificate, price_vector
from optimizer.program import Program, Stage


def bound_of(
    program: Program, left: Given | None, stage: Stage, kept: Kept, stated: Sequence[CaseCertificate]
) -> int | None:
    """The bound that the cases prove on the stage's value, for the program that is ``left`` where choices are given; None
    where they leave something out, name a column or row that is not there, or cannot be recomputed."""
    cases = []
    for entry in stated:
        where = [_condition(program, left, *condition) for condition in entry.where]
        vector, unknown = price_vector(program, entry.prices)
        if unknown or None in where or len(entry.keeps) != len(kept) or len(entry.splits) != len(where):
            return None
        rest = np.array([*entry.keeps, *entry.splits], dtype=np.int64)
        cases.append(Case(tuple(c for c in where if c is not None), np.append(vector, rest), entry.shift))
    try:
        return bound_by_cases(left.program if left is not None else program, stage, kept, cases)
    except OverflowError:
        return None


def _condition(
    program: Program, left: Given | None, table: str, number: int, sense: str, limit: int
) -> Condition | None:
    """The condition on its column; None where there is no such column."""
    first, count = program.tables.get(table, (0, 0))
    if not 0 <= number < count or abs(limit) >= 2**61:
        return None
    column = first + number
    if left is not None:
        found = np.flatnonzero(left.columns == column)
        if not len(found):
            return None
        column = int(found[0])
    return (column, "<=", limit) if sense == "<=" else (column, ">=", limit)
