"""Equal cases, equal shares: what a class gets is divided among its members in proportion, within one whole unit."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from optimizer.policy.terms import Term
from optimizer.program import Builder, Ints
from optimizer.rules.base import Line, Rule, RuleData, judge
from optimizer.rules.ledger import key_text, totals
from optimizer.rules.ledger import running as balances
from optimizer.rules.rows import Entries, add_rows, carried, entries_of, number_rows
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording


class EqualShares(Rule):
    """In every class ``per`` each ``member`` gets its share of what the class gets, within one unit.

    x_i: Σ ``part`` of member i; w_i: Σ ``weight`` (input tables only); X and W their sums over the class. The share is
    w_i·X / W, and |x_i − w_i·X / W| < 1 reads in whole numbers |W·x_i − w_i·X| ≤ W − 1. Where W is 0, X must be 0.
    ``running``: sums up to and including each year. Sources: TY-09 (locals and outsiders settle alike), X-03; the
    bound of one unit is the quota rule of apportionment (Balinski and Young 1982).
    """

    kind: ClassVar[str] = "equal_shares"

    part: tuple[Term, ...]
    weight: tuple[Term, ...]
    per: tuple[str, ...] = Field(min_length=1)
    member: str
    running: bool = False

    @model_validator(mode="after")
    def _running_needs_years(self) -> EqualShares:
        if self.running and "year" not in self.per:
            raise ValueError("running needs 'year' in per")
        return self

    @property
    def _keys(self) -> tuple[str, ...]:
        return (*self.per, self.member)

    def add(self, builder: Builder, data: RuleData) -> None:
        """Two limits on one row a class and member."""
        parts = [entries_of(t, self._keys, data, builder.offset) for t in self.part]
        weights = [entries_of(t, self._keys, data, builder.offset) for t in self.weight]
        if self.running:
            parts, weights = ([carried(e, data) for e in side] for side in (parts, weights))
        keys, numbers = number_rows([*parts, *weights], self._keys)
        weight = np.zeros(len(keys), dtype=np.int64)
        for entries, number in zip(weights, numbers[len(parts) :], strict=True):
            np.add.at(weight, number, entries.value)
        class_of = keys.groupby(list(self.per), sort=False, observed=True).ngroup().to_numpy(dtype=np.int64)
        total = np.zeros(class_of.max(initial=-1) + 1, dtype=np.int64)
        np.add.at(total, class_of, weight)
        whole = total[class_of]
        rows, values = [], []
        for entries, number in zip(parts, numbers, strict=False):
            rows.append(number)
            values.append(Entries(entries.column, entries.value * np.maximum(whole, 1)[number], entries.keys))
            for row, at in _beside(class_of, number):
                rows.append(row)
                values.append(Entries(entries.column[at], entries.value[at] * -weight[row], {}))
        low = -np.maximum(whole - 1, 0)
        add_rows(builder, (self.id, self.clause), keys, rows, values, low, -low)

    def lines(self, data: RuleData) -> list[Line]:
        """One line a class and member."""
        part, weight = totals(self.part, self._keys, data), totals(self.weight, self._keys, data)
        if self.running:
            first, last = data.instance.policy.policy.money_years
            part, weight = (balances(s, self._keys, first, last) for s in (part, weight))
        both = pd.concat({"x": part, "w": weight}, axis=1).fillna(0).astype("int64")
        levels = list(self.per)
        both["X"] = both.groupby(level=levels, observed=True)["x"].transform("sum")
        both["W"] = both.groupby(level=levels, observed=True)["w"].transform("sum")
        rows = both.itertuples(name=None)
        return [self._line(key_text(key), int(x), int(w), int(xs), int(ws)) for key, x, w, xs, ws in rows]

    def _line(self, key: str, has: int, weight: int, given: int, whole: int) -> Line:
        """What is less than one unit from the share is its floor or its ceiling: the nearer of the two limits."""
        least, most = weight * given // max(whole, 1), -(-weight * given // max(whole, 1))
        sense, limit = (">=", least) if has * whole <= weight * given else ("<=", most)
        if not whole:
            sense, limit = "=", 0
        unit = UNITS[display_unit(self.unit)]
        share = f"{weight * given / whole:,.2f}" if whole else "0"
        text = Wording(
            zh=f"{self.clause} {self.title.zh}（{key}）：同类共 {show(given, unit.id)} {unit.zh}，按比例应得 {share} {unit.zh}，"
            f"实得 {show(has, unit.id)}，相差应不足 1。",
            en=f"{self.clause} {self.title.en} ({key}): of the class's {show(given, unit.id)} {unit.en} its share is {share}; "
            f"it gets {show(has, unit.id)}, which must be less than 1 away.",
        )
        return Line(key, sense, limit, has, judge(sense, limit, has, self.stretch), text)  # type: ignore[arg-type]


def _beside(class_of: Ints, number: Ints) -> list[tuple[Ints, Ints]]:
    """Pairs (row, entry): every row of the class that an entry's own row belongs to, one array for each place in the class."""
    order = np.argsort(class_of, kind="stable")
    start = np.searchsorted(class_of[order], np.arange(class_of.max(initial=-1) + 2))
    size = np.diff(start)
    found = []
    for place in range(int(size.max(initial=0))):
        at = np.flatnonzero(size[class_of[number]] > place)
        found.append((order[start[class_of[number[at]]] + place], at))
    return found
