"""Equal cases: among households with the same options, the lower lottery number has the better result."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from optimizer.lottery import draw, equal_cases
from optimizer.rules.base import Line, Rule, RuleData, singled_out
from optimizer.wording import Wording


class EqualTreatment(Rule):
    """X-03: results inside an equal case follow the seeded public lottery; one line with the pairs out of order."""

    kind: ClassVar[str] = "equal_treatment"

    table: str

    def lines(self, data: RuleData) -> list[Line]:
        """One line: households that stand behind an equal case with a higher number."""
        taken = data.tables[self.table]
        if data.options is None or taken.set_column is None:
            return []
        options = data.options(self.table)
        frame = options.frame
        case = equal_cases(frame, taken.set_column, singled_out(data.others, options, data))
        keys = [k for k in taken.keys if k != taken.set_column]
        place = frame[[taken.set_column, *keys]].astype(str)
        place["position"] = place.groupby(taken.set_column).cumcount()
        held = taken.frame[[taken.set_column, *keys]].astype(str).merge(place, how="left")
        result = held.drop_duplicates(taken.set_column).set_index(taken.set_column)["position"]
        table = case.rename("case").to_frame()
        table["result"] = result.reindex(table.index).fillna(10**9).to_numpy(dtype=np.int64)
        table["number"] = draw(list(table.index), data.seed)
        table = table.sort_values(["case", "number"], kind="stable")
        same = table["case"].to_numpy()[1:] == table["case"].to_numpy()[:-1]
        worse = same & (table["result"].to_numpy()[1:] < table["result"].to_numpy()[:-1])
        count = int(worse.sum())
        if not count:
            return [Line("", "<=", 0, 0, "met")]
        named = [str(n) for n in table.index[1:][worse][:5]]
        text = Wording(
            zh=f"{self.clause} {self.title.zh}：有 {count} 户与同等条件农户的结果不符合抽签次序，如 {'、'.join(named)}。",
            en=f"{self.clause} {self.title.en}: {count} households stand against the lottery's order, such as {', '.join(named)}.",
        )
        return [Line("", "<=", 0, count, "violated", text)]
