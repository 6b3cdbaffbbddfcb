"""Rows collected into a program of the solver; what the four public problems have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from optimizer.assembly import Assembly
from optimizer.program import FREE, Builder, Ints, Program, RowBlock, Stage
from optimizer.wording import Wording


class Rows:
    """Collects blocks of rows over ``columns`` columns."""

    def __init__(self, columns: int) -> None:
        self.builder = Builder({"x": 0}, columns)

    def add(self, rule: str, row: Ints, column: Ints, value: Ints, low: Ints, high: Ints) -> None:
        """A block of rows with the entries (row, column, value); ``low`` and ``high`` are one a row."""
        shape = (len(low), self.builder.columns)
        matrix = sp.csr_array((value, (row, column)), shape=shape, dtype=np.int64)
        self.builder.add(RowBlock(rule, rule, [str(k) for k in range(len(low))], low, high, matrix))

    def program(self, set_of_option: Ints, sets: int, stage: Stage, upper: Ints) -> Program:
        """The program: the first columns are options, ordered by their choice set."""
        assembly = Assembly()
        assembly.take(self.builder)
        joined = assembly.joined()
        start = np.append(0, np.cumsum(np.bincount(set_of_option, minlength=sets))).astype(np.int64)
        return Program(
            matrix=joined.matrix, row_lower=joined.lower, row_upper=joined.upper, row_scale=joined.scale,
            row_unit=joined.unit, rows=joined.rows, upper=upper, set_start=start, sets=tuple(map(str, range(sets))), tables={"x": (0, self.builder.columns)},
            groups=None, stages=(stage,),
        )  # fmt: skip


def each_once(rows: Rows, set_of_option: Ints, sets: int) -> None:
    """Every choice set takes one of its options (at most one is the program's own rule)."""
    ones = np.ones(len(set_of_option), np.int64)
    low, high = np.ones(sets, np.int64), np.full(sets, FREE)
    rows.add("each once", set_of_option, np.arange(len(set_of_option)), ones, low, high)


def minimise(*cost: Ints) -> Stage:
    """The one stage of these problems: least total cost, column by column."""
    parts: Sequence[Ints] = cost
    value = np.concatenate(parts).astype(np.int64)
    return Stage("cost", "cost", Wording("总费用", "total cost"), -1, "1", value)
