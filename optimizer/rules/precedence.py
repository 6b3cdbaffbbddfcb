"""Strict order between classes: nobody of a higher class waits while a lower class holds a place it could take."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.rules.base import Line, Rule, RuleData
from optimizer.rules.replacements import room_for
from optimizer.wording import Wording


class Precedence(Rule):
    """No justified envy (SJ-04): no household of a higher class (smaller ``rank``) is without a place while one of a
    lower class holds one of the same ``slot`` (mode, site, year) that the first could legally take in its stead, all
    clauses still holding. Pairs are counted exactly on the finished plan. Which of them remain is a property of
    how nearly the class stages were solved to optimality; ``most`` says how many a plan may leave.
    """

    kind: ClassVar[str] = "precedence"

    table: str
    rank: str
    slot: tuple[str, ...]

    def lines(self, data: RuleData) -> list[Line]:
        """One line: households of a higher class that could legally take a lower one's place."""
        taken = data.tables[self.table]
        if data.options is None or taken.set_column is None:
            return []
        options = data.options(self.table)
        placed = set(taken.frame[taken.set_column].astype(str))
        waiting = ~options.frame[taken.set_column].astype(str).isin(placed).to_numpy()
        lowest = int(taken.frame[self.rank].max()) if len(taken.frame) else 0
        waiting &= options.frame[self.rank].to_numpy() < lowest
        candidates = options.only(waiting)
        into, out = self._pairs(candidates.frame, taken.frame)
        if not len(into):
            return [Line("", "<=", 0, 0, "met")]
        verdict, _ = room_for(data, taken, candidates).legal(into, [out])
        envious = candidates.frame[taken.set_column].astype(str).to_numpy()[into[verdict]]
        count = len(set(envious))
        return [self._line(count, int(verdict.sum()), sorted(set(envious))[:5])]

    def _pairs(self, waiting: pd.DataFrame, taken: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
        """Positions (option, plan row) of the same slot where the option's household ranks higher."""
        left, right = (
            frame[[*self.slot, self.rank]].astype(dict.fromkeys([s for s in self.slot if s != "year"], str))
            for frame in (waiting, taken)
        )
        pairs = left.assign(_in=np.arange(len(left))).merge(
            right.assign(_out=np.arange(len(right))), on=list(self.slot), suffixes=("", "_held")
        )
        pairs = pairs.loc[pairs[self.rank] < pairs[f"{self.rank}_held"]]
        return pairs["_in"].to_numpy(), pairs["_out"].to_numpy()

    def _line(self, households: int, pairs: int, named: list[str]) -> Line:
        if not households:
            return Line("", "<=", 0, 0, "met")
        text = Wording(
            zh=f"{self.clause} {self.title.zh}：有 {households} 户优先类别更高的农户本可合法取代较低类别农户的位置（{pairs} 对），如 {'、'.join(named)}。",
            en=f"{self.clause} {self.title.en}: {households} households of a higher class could legally take a lower class's place"
            f" ({pairs} pairs), such as {', '.join(named)}.",
        )
        return Line("", "<=", 0, households, "violated", text)
