"""A record: totals that the report carries, without a limit."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from optimizer.policy.terms import Term
from optimizer.rules.base import Line, Rule, RuleData
from optimizer.rules.ledger import key_text, postings


class Record(Rule):
    """Σ terms for each key; ``periods`` puts years together (SJ-22: 2019–2022 and 2023–2025)."""

    kind: ClassVar[str] = "record"

    terms: tuple[Term, ...]
    per: tuple[str, ...] = ()
    periods: tuple[tuple[int, int], ...] = ()

    def lines(self, data: RuleData) -> list[Line]:
        """One line a key (and period)."""
        keys = [*self.per, *(["year"] if self.periods and "year" not in self.per else [])]
        posted = pd.concat([postings(t, keys, data) for t in self.terms], ignore_index=True)
        if self.periods:
            names = {y: f"{a}–{b}" for a, b in self.periods for y in range(a, b + 1)}
            posted["year"] = posted["year"].map(names).fillna("—")
        if not keys:
            return [Line("", "record", None, int(posted["amount"].sum()), "record")]
        sums = posted.groupby(keys, observed=True)["amount"].sum()
        return [Line(key_text(k), "record", None, int(v), "record") for k, v in sums.items()]
