"""A sum of terms as the goal of a stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from optimizer.objectives.base import Objective
from optimizer.policy.terms import Term
from optimizer.program import Ints
from optimizer.rules import RuleData
from optimizer.rules.ledger import totals
from optimizer.rules.rows import add_at, entries_of


class Sum(Objective):
    """Maximise or minimise Σ terms over what is taken."""

    kind: ClassVar[str] = "sum"
    by_pieces: ClassVar[bool] = True

    terms: tuple[Term, ...]

    def values(self, data: RuleData, offset: Mapping[str, int], columns: int) -> list[Ints]:
        """Dense values."""
        value = np.zeros(columns, dtype=np.int64)
        for term in self.terms:
            entries = entries_of(term, [], data, offset)
            add_at(value, entries.column, entries.value)
        return [value]

    def reached(self, data: RuleData) -> list[int]:
        """The sum on the plan's tables."""
        return [int(totals([t for t in self.terms if t.table in data.tables], [], data).iloc[0])]
