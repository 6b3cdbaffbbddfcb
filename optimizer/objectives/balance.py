"""What a running account holds at the end, as the goal of a stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from optimizer.objectives.base import Objective
from optimizer.policy.terms import Term
from optimizer.program import Ints
from optimizer.rules import RuleData, rules_of
from optimizer.rules.ledger import totals
from optimizer.rules.rows import add_at, entries_of
from optimizer.rules.total import Total


class Balance(Objective):
    """Maximise or minimise the closing balance of a running total (``rule``), all keys together: what it holds at the
    end of the money years, the amounts given by input tables included."""

    kind: ClassVar[str] = "balance"
    by_pieces: ClassVar[bool] = True

    rule: str

    def _terms(self, data: RuleData) -> list[Term]:
        for rule in rules_of(data.instance.policy):
            if isinstance(rule, Total) and rule.id == self.rule:
                return list(rule.terms)
        raise KeyError(self.rule)

    def values(self, data: RuleData, offset: Mapping[str, int], columns: int) -> list[Ints]:
        """Dense values; what falls after the last money year counts too (``instalments`` rules it out)."""
        value = np.zeros(columns, dtype=np.int64)
        for term in self._terms(data):
            entries = entries_of(term, [], data, offset)
            add_at(value, entries.column, entries.value)
        return [value]

    def bases(self, data: RuleData) -> list[int]:
        """What the input tables alone put in."""
        given = [t for t in self._terms(data) if t.table not in data.tables]
        return [int(totals(given, [], data).iloc[0]) if given else 0]

    def reached(self, data: RuleData) -> list[int]:
        """The closing balance of a finished plan."""
        return [int(totals(self._terms(data), [], data).iloc[0])]
