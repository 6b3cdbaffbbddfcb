"""Each choice set takes at most one option, and each row of a plan stands once."""

from __future__ import annotations

from typing import ClassVar

from optimizer.rules.base import Line, Rule, RuleData
from optimizer.wording import Wording


class OneOption(Rule):
    """At most one row of ``table`` for each choice set (SJ-05); keys of amount rows stand once."""

    kind: ClassVar[str] = "one_option"

    table: str

    def lines(self, data: RuleData) -> list[Line]:
        """One line: how many sets (keys) stand more than once."""
        table = data.tables[self.table]
        keys = [table.set_column] if table.set_column else list(table.keys)
        again = table.frame.loc[table.frame.duplicated(keys, keep=False).to_numpy(), keys].drop_duplicates()
        if again.empty:
            return [Line("", "<=", 0, 0, "met")]
        named = "; ".join(" ".join(map(str, row)) for row in again.head(5).itertuples(index=False))
        text = Wording(
            zh=f"{self.clause} {self.title.zh}：{len(again)} 个重复：{named}。",
            en=f"{self.clause} {self.title.en}: {len(again)} stand more than once: {named}.",
        )
        return [Line("", "<=", 0, len(again), "violated", text)]
