"""One after the other: a later rank is served only where everybody of the ranks before it is served."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from optimizer.policy.terms import Term
from optimizer.program import FREE, Bools, Builder, Ints
from optimizer.rules.base import Line, Rule, RuleData, Status
from optimizer.rules.ledger import key_text, totals
from optimizer.rules.ledger import running as balances
from optimizer.rules.rows import Entries, add_rows, carried, entries_of, number_rows
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording


class InTurn(Rule):
    """For each key ``per``: what is ``served`` of a rank (column ``rank``, first to last in ``order``) may be above 0 only where each item of
    every earlier rank has all that it ``wants``.

    ``item``: the columns that tell wishes of one rank apart. ``wants`` sums input tables; what is served stays within it by
    another rule. ``running``: wishes and what is served add up over the years up to each; a later rank is
    what the year itself serves. ``done``: a 0/1 amount table keyed by ``per`` and ``rank`` (all ranks but the last): m; where there
    is none, those who wait for wishes of that rank are never served. Rows for each item i, tighter than one row for the rank: served_i − wants_i·m_r ≥ 0 for i of rank r, and
    served_i − wants_i·m_r ≤ 0 for i of the ranks after r. Source: TY-08 (those long in town first, then new arrivals).
    """

    kind: ClassVar[str] = "in_turn"

    served: tuple[Term, ...]
    wants: tuple[Term, ...]
    per: tuple[str, ...] = Field(min_length=1)
    item: tuple[str, ...]
    rank: str
    order: tuple[str, ...] = Field(min_length=2)
    done: str
    running: bool = False

    @model_validator(mode="after")
    def _running_needs_years(self) -> InTurn:
        if self.running and "year" not in self.per:
            raise ValueError("running needs 'year' in per")
        return self

    @property
    def _keys(self) -> tuple[str, ...]:
        return (*self.per, self.rank, *self.item)

    def add(self, builder: Builder, data: RuleData) -> None:
        """Two kinds of rows for each rank but the last."""
        own = [entries_of(t, self._keys, data, builder.offset) for t in self.served]
        wants = [entries_of(t, self._keys, data, builder.offset) for t in self.wants]
        summed = [carried(e, data) for e in own] if self.running else own
        wants = [carried(e, data) for e in wants] if self.running else wants
        keys, numbers = number_rows([*own, *summed, *wants], self._keys)
        most = np.zeros(len(keys), dtype=np.int64)
        for entries, row in zip(wants, numbers[len(own) + len(summed) :], strict=True):
            np.add.at(most, row, entries.value)
        place = {name: turn for turn, name in enumerate(self.order)}
        rank = np.array([place[name] for name in keys[self.rank]], dtype=np.int64)
        switch = entries_of(Term(table=self.done), (*self.per, self.rank), data, builder.offset)
        column = dict(zip(_tuples(switch.keys, (*self.per, self.rank)), switch.column, strict=True))
        owner = _tuples(keys, self.per)
        for turn, name in enumerate(self.order[:-1]):
            gate = np.array([column.get((*key, name), -1) for key in owner], dtype=np.int64)
            asked = {key for key, r, m in zip(owner, rank, most, strict=True) if r == turn and m > 0}
            shut = np.array([key in asked for key in owner], dtype=bool)
            mine, later = (rank == turn) & (gate >= 0), (rank > turn) & ((gate >= 0) | shut)
            self._gated(builder, keys, most, gate, mine, summed, numbers[len(own) :], ">=")
            self._gated(builder, keys, most, gate, later, own, numbers, "<=")

    def _gated(
        self,
        builder: Builder,
        keys: pd.DataFrame,
        most: Ints,
        gate: Ints,
        found: Bools,
        side: list[Entries],
        numbers: list[Ints],
        sense: Literal["<=", ">="],
    ) -> None:
        """Σ side − most · gate on one side of 0, for the keys ``found``; without a gate (−1) it is 0."""
        rows = np.flatnonzero(found)
        at = np.flatnonzero(gate[rows] >= 0)
        parts, where = [Entries(gate[rows[at]], -most[rows[at]], {})], [at]
        row_of = np.full(len(keys), -1, dtype=np.int64)
        row_of[rows] = np.arange(len(rows))
        for entries, row in zip(side, numbers, strict=False):
            inside = np.flatnonzero(row_of[row] >= 0)
            parts.append(entries.repeated(inside))
            where.append(row_of[row[inside]])
        free, zero = np.full(len(rows), int(FREE), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
        low, high = (zero, free) if sense == ">=" else (-free, zero)
        add_rows(builder, (self.id, self.clause), keys.iloc[rows], where, parts, low, high)

    def lines(self, data: RuleData) -> list[Line]:
        """One line a key and rank but the last: what the rank still lacks while a later one is served."""
        served, wants = totals(self.served, self._keys, data), totals(self.wants, self._keys, data)
        now = served
        if self.running:
            first, last = data.instance.policy.policy.money_years
            served, wants = (balances(s, self._keys, first, last) for s in (served, wants))
        frame = pd.concat({"has": served, "wants": wants, "now": now}, axis=1).fillna(0).astype("int64")
        frame = frame.rename_axis(list(self._keys)).reset_index()
        found = []
        for key, group in frame.groupby(list(self.per), sort=True, observed=True):
            for number, name in enumerate(self.order[:-1]):
                mine = group.loc[group[self.rank] == name]
                lacks = int((mine["wants"] - mine["has"]).clip(lower=0).sum())
                later = int(group.loc[group[self.rank].isin(self.order[number + 1 :]), "now"].sum())
                found.append(self._line(f"{key_text(key)} / {name}", lacks, later, int(mine["wants"].sum())))
        return found

    def _line(self, key: str, lacks: int, later: int, wants: int) -> Line:
        """Where a later rank is served the rank must have all; otherwise nothing is asked."""
        unit = UNITS[display_unit(self.unit)]
        missing, after = show(lacks, unit.id), show(later, unit.id)
        text = Wording(
            zh=f"{self.clause} {self.title.zh}（{key}）：前一顺位尚缺 {missing} {unit.zh}，后面顺位当年已安排 {after} {unit.zh}。",
            en=f"{self.clause} {self.title.en} ({key}): {missing} {unit.en} are still lacking while later ranks have {after} this year.",
        )
        status: Status = "violated" if later and lacks else "binding" if later else "met"
        return Line(key, ">=", wants if later else 0, wants - lacks, status, text)


def _tuples(keys: object, per: tuple[str, ...]) -> list[tuple[object, ...]]:
    frame = pd.DataFrame(keys)  # type: ignore[call-overload]
    return list(frame[list(per)].astype(object).itertuples(index=False, name=None))
