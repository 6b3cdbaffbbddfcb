"""A share: one part of a whole, between two percentages, without dividing."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import field_validator, model_validator

from optimizer.decisions import DecisionTable
from optimizer.policy.filters import Number, resolve
from optimizer.policy.terms import Term
from optimizer.program import FREE, Builder
from optimizer.rules.base import Line, Rule, RuleData
from optimizer.rules.effects import Effects, effects, joined
from optimizer.rules.ledger import key_text, running, totals
from optimizer.rules.rows import Entries, add_rows, carried, entries_of, number_rows
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording

WHOLE = 10_000
"""Basis points in the whole."""


class Share(Rule):
    """``at_least`` ≤ Σ part / Σ whole ≤ ``at_most`` (basis points or parameters) for each key.

    In whole numbers: 10000·part − at_least·whole ≥ 0. ``running``: both sums up to and including each year of the
    policy's money years. Sources: SJ-02 (about 75 % into town), SJ-20, HH-08 (presold at most half of what is declared).
    """

    kind: ClassVar[str] = "share"
    per_row: ClassVar[int] = WHOLE
    by_pieces: ClassVar[bool] = True

    part: tuple[Term, ...]
    whole: tuple[Term, ...]
    per: tuple[str, ...] = ()
    at_least: Number | None = None
    at_most: Number | None = None
    running: bool = False

    @field_validator("at_least", "at_most", mode="before")
    @classmethod
    def _fraction(cls, value: object) -> object:
        """0.72 is 7,200 basis points, exactly."""
        if isinstance(value, float):
            points = Decimal(str(value)) * WHOLE
            if points != int(points) or not 0 <= points <= WHOLE:
                raise ValueError("a share is a fraction from 0 to 1 with at most four digits")
            return int(points)
        return value

    @model_validator(mode="after")
    def _years(self) -> Share:
        if self.running and "year" not in self.per:
            raise ValueError("a running share needs 'year' in per")
        return self

    def add(self, builder: Builder, data: RuleData) -> None:
        """One row a key and limit."""
        part = [entries_of(term, self.per, data, builder.offset) for term in self.part]
        whole = [entries_of(term, self.per, data, builder.offset) for term in self.whole]
        if self.running:
            part, whole = [carried(p, data) for p in part], [carried(w, data) for w in whole]
        for limit, lower, upper in ((self.at_least, 0, int(FREE)), (self.at_most, -int(FREE), 0)):
            if limit is None:
                continue
            points = resolve(limit, data.parameters)
            parts = [
                *(Entries(p.column, p.value * WHOLE, p.keys) for p in part),
                *(Entries(w.column, w.value * -points, w.keys) for w in whole),
            ]
            keys, numbers = number_rows(parts, self.per)
            low, high = np.full(len(keys), lower, np.int64), np.full(len(keys), upper, np.int64)
            add_rows(builder, (self.id, self.clause), keys, numbers, parts, low, high)

    def lines(self, data: RuleData) -> list[Line]:
        """One line a key and limit; numbers are the part's own units: the least (most) that the share asks for."""
        part, whole = self._sums(data)
        found = []
        for sense, limit in ((">=", self.at_least), ("<=", self.at_most)):
            if limit is None:
                continue
            points = resolve(limit, data.parameters)
            for key, has, total in zip(whole.index, part.to_numpy(), whole.to_numpy(), strict=True):
                found.append(self._line(key_text(key), sense, points, int(has), int(total)))
        return found

    def footprint(self, table: DecisionTable, data: RuleData) -> Effects | None:
        """Rows in units of basis points × amount, as ``lines`` compares them."""
        if all(term.table != table.id for term in (*self.part, *self.whole)):
            return None
        part, whole = self._sums(data)
        parts = []
        for sense, limit in ((">=", self.at_least), ("<=", self.at_most)):
            if limit is None:
                continue
            points, sign = resolve(limit, data.parameters), 1 if sense == ">=" else -1
            slack = sign * (WHOLE * part - points * whole)
            terms = [(t, sign * WHOLE) for t in self.part] + [(t, -sign * points) for t in self.whole]
            found = effects(terms, self.per, table, data, self.running)
            room = dict.fromkeys(found.key, 0) | {key_text(k): int(v) for k, v in slack.items()}
            parts.append(found.within(room, {}, f" {sense}"))
        return joined(parts)

    def _sums(self, data: RuleData) -> tuple[pd.Series, pd.Series]:  # type: ignore[type-arg]
        """Part and whole for every key that either has."""
        part, whole = totals(self.part, self.per, data), totals(self.whole, self.per, data)
        if self.running:
            first, last = data.instance.policy.policy.money_years
            part, whole = (running(sums, self.per, first, last) for sums in (part, whole))
        keys = whole.index.union(part.index)
        return part.reindex(keys, fill_value=0), whole.reindex(keys, fill_value=0)

    def _line(self, key: str, sense: str, points: int, has: int, total: int) -> Line:
        bound = -(-points * total // WHOLE) if sense == ">=" else points * total // WHOLE
        slack = WHOLE * has - points * total if sense == ">=" else points * total - WHOLE * has
        status = "violated" if slack < 0 else "binding" if slack < WHOLE else "met"
        percent = f"{100 * has / total:.2f} %" if total else "—"
        word_zh, word_en = ("不低于", "at least") if sense == ">=" else ("不高于", "at most")
        limit = f"{points / 100:g} %"
        at = f"（{key}）" if key else ""
        unit = display_unit(self.unit)
        part, whole = show(has, unit), show(total, unit)
        text = Wording(
            zh=f"{self.clause} {self.title.zh}{at}：占比应{word_zh} {limit}，实际 {part} / {whole} {UNITS[unit].zh} = {percent}。",
            en=f"{self.clause} {self.title.en} {key}: the share is to be {word_en} {limit}; "
            f"the plan has {part} / {whole} {UNITS[unit].en} = {percent}.",
        )
        return Line(key, sense, bound, has, status, text)  # type: ignore[arg-type]
