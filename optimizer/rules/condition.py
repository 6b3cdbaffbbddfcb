"""A reward or permission that depends on what the plan itself reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.decisions import DecisionTable
from optimizer.policy.filters import Number
from optimizer.policy.terms import Term
from optimizer.program import FREE, Builder, Ints
from optimizer.rules.base import Line, Mask, Rule, RuleData, judge
from optimizer.rules.effects import Effects, effects, joined
from optimizer.rules.ledger import key_text, limit_for, running, totals
from optimizer.rules.rows import Entries, add_rows, carried, entries_of, limit_of, number_rows
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording

FEW = 2
"""A claim has a row of its own where so many of its size are within what the claims can be together."""


class Condition(Rule):
    """``if`` Σ terms ≥ ``at_least`` for a key, then Σ ``claims`` may be above 0 for it; else it is 0.

    ``indicator`` is a 0/1 amount table keyed by ``per``: m. Rows, with constants from the rule's own data, which
    ``optimizer.tightening`` sharpens by what all rows say: Σ terms − (at_least − L)·m ≥ L, where L is the least that
    Σ terms can be; Σ claims − U·m ≤ 0, where U is the most that the claims can be together (``most``: what they are
    earned by); and claim − u·m ≤ 0 for each claim whose own bound u is small beside U. ``running``: the
    terms up to and including each year. ``exactly``: where the condition holds the claims are all of ``most``, no less
    (a fee is due exactly when, HH-12): then also Σ terms − (H − at_least + 1)·m ≤ at_least − 1, where H is the most that Σ terms can be, Σ claims ≤ Σ most ≤ Σ claims + U·(1 − m).
    Sources: SJ-09, SJ-15, SJ-19, HH-10, HH-12, HH-13, HH-14.
    """

    kind: ClassVar[str] = "if"

    per: tuple[str, ...]
    terms: tuple[Term, ...]
    at_least: Number | Term = 0
    running: bool = False
    exactly: bool = False
    indicator: str
    claims: tuple[Term, ...]
    most: tuple[Term, ...]

    def in_pieces(self, choice: str) -> bool:
        """Where nothing of the choice table is read, the rows stand beside its last piece, with the amounts."""
        return all(term.table != choice for term in (*self.terms, *self.claims, *self.most))

    @property
    def switch(self) -> str | None:
        """The table of the rule's 0/1 amounts."""
        return self.indicator

    def add(self, builder: Builder, data: RuleData) -> None:
        """Two rows a key that has a switch or claims, and one a claim; three more a key where the claims are due
        ``exactly``."""
        parts = _Parts.of(self, data, builder)
        keys, never = parts.keys, np.full(len(parts.keys), int(FREE), np.int64)
        none = np.zeros(len(keys), np.int64)
        target = limit_of(self.at_least, keys, data, 0)
        least, most = parts.extreme("terms", -1, data, builder), parts.extreme("most", 1, data, builder)
        switched, claimed = parts.switched, parts.having("claims")

        def rows(which: Mask, entries: tuple[list[Ints], list[Entries]], low: Ints, high: Ints) -> None:
            numbers, kept = only(which, *entries)
            add_rows(builder, (self.id, self.clause), keys.loc[which], numbers, kept, low[which], high[which])

        rows(switched, parts.rows(least - target, "terms"), least, never)
        rows(claimed, parts.rows(-most, "claims"), -never, none)
        each, at, entries = parts.each_claim(most, data, builder)
        low, high = np.full(len(each), -int(FREE), np.int64), np.zeros(len(each), np.int64)
        add_rows(builder, (self.id, self.clause), each, at, entries, low, high)
        if not self.exactly:
            return
        over = np.maximum(parts.extreme("terms", 1, data, builder) - target + 1, 0)
        rows(switched, parts.rows(-over, "terms"), -never, target - 1)
        rows(claimed | switched, parts.rows(none, "claims", "most"), -never, none)
        rows(switched, parts.rows(-most, "claims", "most"), -most, never)

    def lines(self, data: RuleData) -> list[Line]:
        """One line a key: the condition must hold exactly where something is claimed."""
        reached, claimed = self._reached(data), totals(self.claims, self.per, data)
        earned = totals(self.most, self.per, data) if self.exactly else claimed
        reached = reached.reindex(reached.index.union(claimed.index).union(earned.index), fill_value=0)
        limits = limit_for(self.at_least, reached, self.per, data)
        found = []
        for key, attained in reached.items():
            limit = int(limits[key]) if limits is not None else 0
            has, due = int(claimed.get(key, 0)), int(earned.get(key, 0))
            status = judge(">=", limit, int(attained), False) if has > 0 else "met"
            text = None
            if self.exactly and attained >= limit and has != due:
                status, text = "violated", self._short(key_text(key), has, due)
            asked = limit if has > 0 or self.exactly else min(limit, int(attained))  # nothing claimed: nothing is asked
            found.append(Line(key_text(key), ">=", asked, int(attained), status, text))
        return found

    def _reached(self, data: RuleData) -> pd.Series:  # type: ignore[type-arg]
        sums = totals(self.terms, self.per, data)
        return running(sums, self.per, *data.instance.policy.policy.money_years) if self.running else sums

    def _short(self, key: str, has: int, due: int) -> Wording:
        unit = display_unit(self.unit)
        has_text, due_text = show(has, unit), show(due, unit)
        return Wording(
            zh=f"{self.clause} {self.title.zh}（{key}）：条件已满足，应为 {due_text} {UNITS[unit].zh}，实际 {has_text} {UNITS[unit].zh}。",
            en=f"{self.clause} {self.title.en} ({key}): the condition holds, so that {due_text} {UNITS[unit].en} are due; the plan has {has_text} {UNITS[unit].en}.",
        )

    def footprint(self, table: DecisionTable, data: RuleData) -> Effects | None:
        """Where something is claimed the condition must stay; where claims are due ``exactly`` and none are made, it
        must stay away, and what is earned may not change."""
        reads = [*self.terms, *(self.most if self.exactly else ())]
        if all(term.table != table.id for term in reads):
            return None
        claimed = totals(self.claims, self.per, data)
        found = effects([(t, 1) for t in self.terms], self.per, table, data, self.running)
        claims = {key_text(k) for k, v in claimed.items() if v > 0}
        lines = data.lines_of(self)
        parts = [found.beside([line for line in lines if line.key in claims], None, None)]
        if self.exactly:
            due = {key_text(k) for k, v in totals(self.most, self.per, data).items() if v > 0} - claims
            away = {line.key: (line.limit or 0) - 1 - line.attained for line in lines if line.key in due}
            parts.append(found.within({}, away, " <"))
            earned = effects([(t, 1) for t in self.most], self.per, table, data, False)
            none = dict.fromkeys(earned.key, 0)
            parts.append(earned.within(none, none, " ="))
        return joined(parts)


@dataclass(frozen=True)
class _Parts:
    """The entries of a condition by role, the keys of its rows, and each entry's row."""

    switch: tuple[Entries, Ints]
    role: dict[str, list[tuple[Entries, Ints]]]
    keys: pd.DataFrame

    @classmethod
    def of(cls, rule: Condition, data: RuleData, builder: Builder) -> _Parts:
        switch = entries_of(Term(table=rule.indicator), rule.per, data, builder.offset)
        terms = {"terms": rule.terms, "claims": rule.claims, "most": rule.most}
        role = {name: [entries_of(t, rule.per, data, builder.offset) for t in some] for name, some in terms.items()}
        if rule.running:
            role["terms"] = [carried(e, data) for e in role["terms"]]
        keys, numbers = number_rows([switch, *(e for some in role.values() for e in some)], rule.per)
        rows = iter(numbers[1:])
        placed = {name: [(e, next(rows)) for e in some] for name, some in role.items()}
        return cls((switch, numbers[0]), placed, keys)

    @property
    def switched(self) -> Mask:
        """Keys that have a switch."""
        has = np.zeros(len(self.keys), dtype=bool)
        has[self.switch[1]] = True
        return has

    def having(self, role: str) -> Mask:
        """Keys that have entries of a role."""
        has = np.zeros(len(self.keys), dtype=bool)
        for _, number in self.role[role]:
            has[number] = True
        return has

    def each_claim(
        self, most: Ints, data: RuleData, builder: Builder
    ) -> tuple[pd.DataFrame, list[Ints], list[Entries]]:
        """A row a claim, claim − u·m ≤ 0, where u is well below what the key's claims can be together: its key, row numbers
        and entries. With one row for all claims a small part of m would let one of them be taken whole."""
        switch, at = self.switch
        column = np.full(len(self.keys), -1, dtype=np.int64)
        column[at] = switch.column
        upper = np.zeros(builder.columns, dtype=np.int64)
        for name, table in data.tables.items():
            upper[builder.offset[name] : builder.offset[name] + len(table.frame)] = table.upper
        number = np.concatenate([np.zeros(0, np.int64), *(n for _, n in self.role["claims"])])
        claim = np.concatenate([np.zeros(0, np.int64), *(e.column for e, _ in self.role["claims"])])
        value = np.concatenate([np.zeros(0, np.int64), *(e.value for e, _ in self.role["claims"])])
        small = (value > 0) & (claim >= 0) & (column[number] >= 0)
        small &= value.astype(np.float64) * upper[claim] * FEW <= most[number]
        number, claim, value = number[small], claim[small], value[small]
        place = np.arange(len(number))
        entries = [Entries(claim, value, {}), Entries(column[number], -value * upper[claim], {})]
        return self.keys.iloc[number].reset_index(drop=True), [place, place], entries

    def rows(self, on: Ints, plus: str, minus: str | None = None) -> tuple[list[Ints], list[Entries]]:
        """Row numbers and entries of: Σ plus − Σ minus + on · switch."""
        switch, at = self.switch
        parts = [*self.role[plus]]
        if minus is not None:
            parts += [(Entries(e.column, -e.value, e.keys), n) for e, n in self.role[minus]]
        entries = [Entries(switch.column, on[at], switch.keys), *(e for e, _ in parts)]
        return [at, *(n for _, n in parts)], entries

    def extreme(self, name: str, sign: int, data: RuleData, builder: Builder) -> Ints:
        """For each key the least (−1) or most (1) that the entries of a role can be together."""
        total = np.zeros(len(self.keys), np.int64)
        for entries, number in self.role[name]:
            total = total + _extreme(entries, number, len(self.keys), data, builder, sign)
        return total


def only(which: Mask, numbers: list[Ints], entries: list[Entries]) -> tuple[list[Ints], list[Entries]]:
    """Row numbers and entries of the rows ``which`` alone, numbered anew."""
    place = np.cumsum(which) - 1
    kept = [which[number] for number in numbers]
    return (
        [place[number[keep]] for number, keep in zip(numbers, kept, strict=True)],
        [e.repeated(np.flatnonzero(keep)) for e, keep in zip(entries, kept, strict=True)],
    )


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
