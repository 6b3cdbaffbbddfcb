"""Percentages that could be moved: rows in which the number stands beside what is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.analysis.variant import with_numbers
from optimizer.build import Model, build
from optimizer.policy.filters import resolve
from optimizer.program import FREE, Ints, Program
from optimizer.rules import Rule
from optimizer.rules.share import WHOLE, Share


@dataclass(frozen=True)
class ShareLever:
    """A share's ``field``, now ``now`` basis points, moved one way: its ``rows`` of the program and what one basis point
    less adds to them (``matrix``) and to their limits (``low``, ``high``)."""

    rule: str
    clause: str
    field: str
    now: int
    direction: int
    rows: Ints
    matrix: sp.csr_array
    low: Ints
    high: Ints
    unit: str = "bp"
    step: int = 1
    given: bool = False
    cell: None = None

    @property
    def most(self) -> int:
        """Steps at most."""
        return WHOLE - self.now if self.direction > 0 else self.now

    @property
    def group(self) -> tuple[str, str, int]:
        """As ``Lever.group``."""
        return (self.rule, self.field, self.direction)

    def moved(self, steps: int) -> int:
        """The number after so many steps."""
        return self.now + self.direction * steps

    def needed(self, program: Program, rows: Ints, x: Ints) -> int:
        """The fewest steps with which the plan ``x`` keeps the share's rows (they stand at ``rows`` of the program); it keeps
        them with ``most``."""
        each = (self.matrix @ x.astype(np.int64)) - np.where(self.direction < 0, self.low, self.high)
        has = sp.csr_array(sp.csr_array(program.matrix)[rows]) @ x.astype(np.int64)
        short = program.row_lower[rows] - has if self.direction < 0 else has - program.row_upper[rows]
        wanting = short > 0
        return int((-(-short[wanting] // np.maximum(each[wanting], 1))).max(initial=0))

    def applied(self, program: Program, rows: Ints, steps: int) -> Program:
        """The program with the share moved; ``rows``: where its rows stand in that program."""
        factor = -self.direction * steps
        spread = sp.csr_array(
            (np.ones(len(rows), np.int64), (rows, np.arange(len(rows)))), shape=(program.matrix.shape[0], len(rows))
        )
        low, high = program.row_lower.copy(), program.row_upper.copy()
        low[rows] += np.where(low[rows] > -FREE, factor * self.low, 0)
        high[rows] += np.where(high[rows] < FREE, factor * self.high, 0)
        matrix = sp.csc_array(program.matrix + factor * (spread @ self.matrix))
        return replace(program, matrix=matrix, row_lower=low, row_upper=high)


def share_levers(model: Model, rules: Sequence[Rule]) -> list[ShareLever]:
    """The percentages of these rules; the task is built once more with each of them one basis point higher."""
    shares = [r for r in rules if isinstance(r, Share)]
    if not shares:
        return []
    now = {
        f"{r.id}.{f}": resolve(getattr(r, f), model.instance.parameters)
        for r in shares
        for f in ("at_least", "at_most")
        if getattr(r, f) is not None
    }
    other = build(with_numbers(model.instance, {k: v + 1 for k, v in now.items()}), all_options=True).program
    program = model.program
    before, after = sp.csr_array(program.matrix), sp.csr_array(other.matrix)
    found = []
    for rule in shares:
        mine = (program.rows["rule"] == rule.id).to_numpy()
        for field, way, held in (("at_least", -1, program.row_lower > -FREE), ("at_most", 1, program.row_upper < FREE)):
            rows = np.flatnonzero(mine & held)
            if f"{rule.id}.{field}" not in now or not len(rows):
                continue
            found.append(
                ShareLever(
                    rule.id, rule.clause, field, now[f"{rule.id}.{field}"], way, rows,
                    sp.csr_array(before[rows] - after[rows]), program.row_lower[rows] - other.row_lower[rows],
                    program.row_upper[rows] - other.row_upper[rows],
                )
            )  # fmt: skip
    return found
