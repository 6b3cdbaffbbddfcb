"""A reward or permission that depends on what the plan itself reaches."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.decisions import DecisionTable
from optimizer.policy.filters import Number
from optimizer.policy.terms import Term
from optimizer.program import FREE, Builder, Ints
from optimizer.rules.base import Line, Rule, RuleData, judge
from optimizer.rules.ledger import effects, key_text, limit_for, totals, with_room
from optimizer.rules.rows import Entries, add_rows, entries_of, limit_of, number_rows


class Condition(Rule):
    """``if`` Σ terms ≥ ``at_least`` for a key, then Σ ``claims`` may be above 0 for it; else it is 0.

    ``indicator`` is a 0/1 amount table keyed by ``per``: m. Rows, with the tightest constants that the
    data give: Σ terms − (at_least − L)·m ≥ L, where L is the least that Σ terms can be, and
    Σ claims − U·m ≤ 0, where U is the most that the claims can be together (``most``: what they are
    earned by). Sources: SJ-09, SJ-15, SJ-19.
    """

    kind: ClassVar[str] = "if"

    per: tuple[str, ...]
    terms: tuple[Term, ...]
    at_least: Number | Term = 0
    indicator: str
    claims: tuple[Term, ...]
    most: tuple[Term, ...]

    def in_pieces(self, choice: str) -> bool:
        """Where nothing of the choice table is read, the rows stand beside its last piece, with the amounts."""
        return all(term.table != choice for term in (*self.terms, *self.claims, *self.most))

    def add(self, builder: Builder, data: RuleData) -> None:
        """Two rows a key."""
        if data.tables[self.indicator].frame.empty:
            return
        switch = entries_of(Term(table=self.indicator), self.per, data, builder.offset)
        reached = [entries_of(t, self.per, data, builder.offset) for t in self.terms]
        claims = [entries_of(t, self.per, data, builder.offset) for t in self.claims]
        earned = [entries_of(t, self.per, data, builder.offset) for t in self.most]
        keys, numbers = number_rows([switch, *reached, *claims, *earned], self.per)
        split = 1 + len(reached)
        least = sum(
            (_extreme(e, n, len(keys), data, builder, -1) for e, n in zip(reached, numbers[1:split], strict=True)),
            np.zeros(len(keys), np.int64),
        )
        most = sum(
            (
                _extreme(e, n, len(keys), data, builder, 1)
                for e, n in zip(earned, numbers[split + len(claims) :], strict=True)
            ),
            np.zeros(len(keys), np.int64),
        )
        target = limit_of(self.at_least, keys, data, 0)
        rule = (self.id, self.clause)
        on = Entries(switch.column, -(target - least)[numbers[0]], switch.keys)
        never = np.full(len(keys), int(FREE), np.int64)
        add_rows(builder, rule, keys, [numbers[0], *numbers[1:split]], [on, *reached], least, never)
        on = Entries(switch.column, -most[numbers[0]], switch.keys)
        rows = [numbers[0], *numbers[split : split + len(claims)]]
        add_rows(builder, rule, keys, rows, [on, *claims], -never, np.zeros(len(keys), np.int64))

    def lines(self, data: RuleData) -> list[Line]:
        """One line a key: the condition must hold exactly where something is claimed."""
        reached = totals(self.terms, self.per, data)
        claimed = totals(self.claims, self.per, data)
        reached = reached.reindex(reached.index.union(claimed.index), fill_value=0)
        limits = limit_for(self.at_least, reached, self.per, data)
        found = []
        for key, attained in reached.items():
            limit = int(limits[key]) if limits is not None else 0
            has_claim = int(claimed.get(key, 0)) > 0
            status = judge(">=", limit, int(attained), False) if has_claim else "met"
            found.append(Line(key_text(key), ">=", limit, int(attained), status))
        return found

    def footprint(self, table: DecisionTable, data: RuleData) -> pd.DataFrame | None:
        """Only where something is claimed must the condition stay."""
        if all(term.table != table.id for term in self.terms):
            return None
        claimed = totals(self.claims, self.per, data)
        found = effects([(t, 1) for t in self.terms], self.per, table, data, False)
        wanted = {key_text(k) for k, v in claimed.items() if v > 0}
        lines = [line for line in self.lines(data) if line.key in wanted]
        return with_room(found, lines, None, None)


def _extreme(entries: Entries, number: Ints, count: int, data: RuleData, builder: Builder, sign: int) -> Ints:
    """For each key, the least (−1) or most (1) that the entries can sum to, one option a choice set."""
    total = np.zeros(count, dtype=np.int64)
    for name, table in data.tables.items():
        start = builder.offset[name]
        inside = (entries.column >= start) & (entries.column < start + len(table.frame))
        row, value, local = number[inside], entries.value[inside], entries.column[inside] - start
        if table.set_column is None:
            np.add.at(total, row, sign * np.maximum(sign * value, 0) * table.upper[local])
            continue
        sets = table.frame[table.set_column].cat.codes.to_numpy()[local].astype(np.int64)
        code = row * (sets.max(initial=0) + 1) + sets
        order = np.argsort(code, kind="stable")
        code, value, row = code[order], sign * value[order], row[order]
        first = np.flatnonzero(np.append(True, code[1:] != code[:-1])) if len(code) else np.zeros(0, np.int64)
        if len(first):
            best = np.maximum(np.maximum.reduceat(value, first), 0)
            np.add.at(total, row[first], sign * best)
    constant = entries.column < 0
    np.add.at(total, number[constant], entries.value[constant])
    return total
