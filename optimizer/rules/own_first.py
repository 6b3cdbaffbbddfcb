"""A first place before a last resort: nobody is in one while a legal place of the other sort stays free."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from optimizer.policy.filters import Where
from optimizer.rules.base import Line, Rule, RuleData
from optimizer.rules.replacements import room_for
from optimizer.wording import Wording


class OwnFirst(Rule):
    """No household holds a row of ``last`` (a large estate) while one of its own options of ``first`` (a site of its own
    town) of the same year could legally be taken instead, all clauses still holding. Source: SJ-13 二(一)3(3)."""

    kind: ClassVar[str] = "own_first"

    table: str
    first: Where
    last: Where

    def lines(self, data: RuleData) -> list[Line]:
        """One line: households in the last resort that have a legal first place."""
        taken = data.tables[self.table]
        if data.options is None or taken.set_column is None:
            return []
        held = taken.frame.loc[self.last.mask(taken.frame, data.parameters)]
        names = held[taken.set_column].astype(str)
        options = data.options(self.table)
        mine = options.frame[taken.set_column].astype(str).isin(set(names)).to_numpy()
        candidates = options.only(mine & self.first.mask(options.frame, data.parameters))
        row_of = dict(zip(names, held.index, strict=True))
        out = candidates.frame[taken.set_column].astype(str).map(row_of).to_numpy(dtype=np.int64)
        same_year = candidates.frame["year"].to_numpy() == taken.frame["year"].to_numpy()[out]
        into = np.flatnonzero(same_year)
        if not len(into):
            return [Line("", "<=", 0, 0, "met")]
        verdict, _ = room_for(data, taken, candidates).legal(into, [out[into]], stays=True)
        free = sorted(set(candidates.frame[taken.set_column].astype(str).to_numpy()[into[verdict]]))
        if not free:
            return [Line("", "<=", 0, 0, "met")]
        text = Wording(
            zh=f"{self.clause} {self.title.zh}：有 {len(free)} 户安置在大居，而本镇仍有可用房源，如 {'、'.join(free[:5])}。",
            en=f"{self.clause} {self.title.en}: {len(free)} households are in a last resort while a legal place of their own town"
            f" is free, such as {', '.join(free[:5])}.",
        )
        return [Line("", "<=", 0, len(free), "violated", text)]
