"""The choices first, without the amounts; the amounts given the choices.

Where no choice stage counts amounts, rows that an amount takes part in (money by source, milestones) can be left out while
the choices are made: what is left is a relaxation, so its bounds hold for the whole program (these rows' prices are 0), and its plan is as good
for the whole wherever amounts can be found beside it. That is looked at afterwards, exactly; where there are none, the whole program is
solved with all its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.program import Ints, Program
from optimizer.solvers.base import StageOutcome


@dataclass(frozen=True)
class ChoicesAlone:
    """``program``: the options with the rows ``rows`` of the whole, and the stages over them."""

    program: Program
    rows: Ints

    def whole_outcome(self, whole: Program, found: StageOutcome, number: int) -> StageOutcome:
        """A stage's outcome in terms of the whole program: rows left out have the price 0."""
        stage = whole.stages[number]
        if found.prices is None:
            return replace(found, stage=stage)
        count = len(self.rows)
        prices = np.zeros(whole.matrix.shape[0], dtype=np.int64)
        prices[self.rows] = found.prices[:count]
        return replace(found, stage=stage, prices=np.append(prices, found.prices[count:]))


def choices_alone(program: Program) -> ChoicesAlone | None:
    """The relaxation; None where there are no amounts or some choice stage counts them."""
    options = program.options
    choice = [s for s in program.stages if not s.given_choices]
    first = len(choice)
    ordered = all(s.given_choices for s in program.stages[first:])
    if options == program.columns or not ordered or any(s.value[options:].any() for s in choice):
        return None
    with_amounts = np.zeros(program.matrix.shape[0], dtype=bool)
    with_amounts[program.matrix[:, options:].indices] = True
    own = program.matrix[:, :options]
    touched = np.zeros(len(with_amounts), dtype=bool)
    touched[own.indices[own.data != 0]] = True
    rows = np.flatnonzero(touched & ~with_amounts)
    part = sp.csc_array(own[rows])
    spans = {name: span for name, span in program.tables.items() if span[0] + span[1] <= options}
    stages = tuple(replace(s, value=s.value[:options]) for s in choice)
    small = replace(
        program, matrix=part, row_lower=program.row_lower[rows], row_upper=program.row_upper[rows],
        row_scale=program.row_scale[rows], row_unit=program.row_unit[rows],
        rows=program.rows.iloc[rows].reset_index(drop=True), upper=program.upper[:options], tables=spans, stages=stages,
        continuous=None,
    )  # fmt: skip
    return ChoicesAlone(small, rows)
