"""One rate must not be above another."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Builder, RowBlock
from optimizer.rules.base import Line, Rule, RuleData, judge


class RateOrder(Rule):
    """Parameter ``lower`` ≤ parameter ``upper`` (SJ-17: a non-farm household's rate is at most a farm household's)."""

    kind: ClassVar[str] = "rate_order"
    by_pieces: ClassVar[bool] = True

    lower: str
    upper: str

    def add(self, builder: Builder, data: RuleData) -> None:
        """A row without entries: it makes the program infeasible when the rates are the wrong way round."""
        slack = data.parameters[self.upper] - data.parameters[self.lower]
        none = sp.csr_array((1, builder.columns), dtype=np.int64)
        low, high = np.array([-FREE]), np.array([slack], dtype=np.int64)
        builder.add(RowBlock(self.id, self.clause, [""], low, high, none))

    def lines(self, data: RuleData) -> list[Line]:
        """One line: the lower rate against the upper."""
        has, limit = data.parameters[self.lower], data.parameters[self.upper]
        return [Line("", "<=", limit, has, judge("<=", limit, has, self.stretch))]
