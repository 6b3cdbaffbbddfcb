"""Amounts are whole steps within their bounds."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from optimizer.rules.base import Line, Rule, RuleData


class WholeNumbers(Rule):
    """Every quantity of every amount table is a whole number of steps from 0 to its bound, at a known key that
    stands once (X-02, SJ-12). The bounds are the decision's own, read again from the input."""

    kind: ClassVar[str] = "whole_numbers"

    def lines(self, data: RuleData) -> list[Line]:
        """One line an amount table: how many rows are out of bounds, broken, unknown or doubled."""
        found = []
        for name, table in data.tables.items():
            if table.quantity is None or data.options is None:
                continue
            known = data.options(name)
            keys = list(table.keys)
            bounds = known.frame[keys].astype(str).assign(_upper=known.upper * known.frame["_step"].to_numpy())
            rows = table.frame[keys].astype(str).merge(bounds, on=keys, how="left")
            quantity = table.frame[table.quantity].to_numpy(dtype=np.int64)
            upper = rows["_upper"].fillna(-1).to_numpy(dtype=np.int64)
            bad = (quantity < 0) | (quantity > upper) | (quantity % table.frame["_step"].to_numpy() != 0)
            bad |= rows.duplicated(keys, keep=False).to_numpy()
            found.append(Line(name, "<=", 0, int(bad.sum()), "violated" if bad.any() else "met"))
        return found
