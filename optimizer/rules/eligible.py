"""Eligibility: rows of one sort must also pass a second filter."""

from __future__ import annotations

from typing import ClassVar

from optimizer.decisions import DecisionTable
from optimizer.policy.filters import Where
from optimizer.rules.base import Line, Mask, Rule, RuleData
from optimizer.wording import Wording


class Eligible(Rule):
    """Rows of ``table`` that pass ``where`` are admitted only if they pass ``require`` (SJ-05, SJ-14, SJ-16, SJ-17)."""

    kind: ClassVar[str] = "eligible"
    by_pieces: ClassVar[bool] = True

    table: str
    where: Where = Where({})
    require: Where

    def admit(self, table: DecisionTable, data: RuleData) -> Mask | None:
        """Rows outside ``where``, and those that pass ``require``."""
        if table.id != self.table:
            return None
        asked = self.where.mask(table.frame, data.parameters)
        return ~asked | self.require.mask(table.frame, data.parameters)

    def lines(self, data: RuleData) -> list[Line]:
        """One line: rows that break the rule, of which there may be none."""
        table = data.tables[self.table]
        asked = self.where.mask(table.frame, data.parameters)
        bad = asked & ~self.require.mask(table.frame, data.parameters)
        if not bad.any():
            return [Line("", "<=", 0, 0, "met")]
        rows = table.frame.loc[bad, list(table.keys)].head(5).astype(str)
        named = "; ".join(" ".join(v for v in row if v) for row in rows.itertuples(index=False))
        more = "" if bad.sum() <= 5 else " …"
        text = Wording(
            zh=f"{self.clause} {self.title.zh}：{int(bad.sum())} 行不符合条件：{named}{more}。",
            en=f"{self.clause} {self.title.en}: {int(bad.sum())} rows do not qualify: {named}{more}.",
        )
        return [Line("", "<=", 0, int(bad.sum()), "violated", text)]
