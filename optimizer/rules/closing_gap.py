"""The gap between a rate that the plan decides and a given one shrinks from year to year."""

from __future__ import annotations

from itertools import pairwise
from math import gcd
from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.policy.filters import Number, resolve
from optimizer.policy.terms import Term
from optimizer.program import FREE, Builder
from optimizer.rules.base import Line, Rule, RuleData, judge
from optimizer.rules.ledger import totals
from optimizer.rules.rows import Entries, add_rows, entries_of
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording

WHOLE = 10_000
"""Basis points in the whole."""


class ClosingGap(Rule):
    """For each year after the first of ``whole``: the gap ``reference`` − part / whole is smaller than the year before by
    at least ``by`` basis points.

    The part of a year is Σ ``level`` of the year + Σ ``flow`` of all years up to it; ``whole`` and ``reference`` (basis points)
    are input tables with a row a year. In whole numbers, for years p before y and d = reference_y − reference_p + ``by``:
    10000 · (whole_p · part_y − whole_y · part_p) ≥ d · whole_p · whole_y. Source: TY-01 (the registered rate of
    urbanisation catches up with that of residents).
    """

    kind: ClassVar[str] = "closing_gap"

    level: tuple[Term, ...] = ()
    flow: tuple[Term, ...]
    whole: Term
    reference: Term
    by: Number = 1

    def add(self, builder: Builder, data: RuleData) -> None:
        """One row a year."""
        whole, reference = (self._given(t, data) for t in (self.whole, self.reference))
        years = sorted(whole)
        if len(years) < 2:
            return
        common = gcd(*whole.values())
        level = [entries_of(t, ["year"], data, builder.offset) for t in self.level]
        flow = [entries_of(t, ["year"], data, builder.offset) for t in self.flow]
        rows, parts = [], []
        low = np.zeros(len(years) - 1, dtype=np.int64)
        for row, (before, now) in enumerate(pairwise(years)):
            step = reference[now] - reference[before] + resolve(self.by, data.parameters)
            low[row] = step * (whole[before] // common) * whole[now]
            for entries, running in [*((e, False) for e in level), *((e, True) for e in flow)]:
                year = entries.keys["year"]
                here = (year <= now) if running else (year == now)
                there = (year <= before) if running else (year == before)
                factor = here * (whole[before] // common) - there * (whole[now] // common)
                at = np.flatnonzero(factor)
                rows.append(np.full(len(at), row, dtype=np.int64))
                parts.append(Entries(entries.column[at], WHOLE * entries.value[at] * factor[at], {}))
        keys = pd.DataFrame({"year": np.array(years[1:], dtype=np.int64)})
        add_rows(builder, (self.id, self.clause), keys, rows, parts, low, np.full(len(keys), int(FREE)))

    def _given(self, term: Term, data: RuleData) -> dict[int, int]:
        entries = entries_of(term, ["year"], data, {})
        found: dict[int, int] = {}
        for year, value in zip(entries.keys["year"].tolist(), entries.value.tolist(), strict=True):
            found[year] = found.get(year, 0) + value
        return found

    def lines(self, data: RuleData) -> list[Line]:
        """One line a year: ``limit`` is the least part that the year needs after what the year before has."""
        whole, reference = (totals([t], ["year"], data) for t in (self.whole, self.reference))
        flow = totals(self.flow, ["year"], data)
        years = whole.index.sort_values()
        part = pd.Series([int(flow.loc[flow.index <= year].sum()) for year in years], index=years, dtype="int64")
        if self.level:
            part = part + totals(self.level, ["year"], data).reindex(years, fill_value=0)
        found = []
        for before, now in pairwise(int(y) for y in years):
            base, size = int(whole[before]), int(whole[now])
            step = int(reference[now]) - int(reference[before]) + resolve(self.by, data.parameters)
            least = -(-(step * base * size + WHOLE * size * int(part[before])) // (WHOLE * base))
            shares = [WHOLE * int(part[y]) / int(whole[y]) for y in (before, now)]
            gaps = [int(reference[y]) - share for y, share in zip((before, now), shares, strict=True)]
            found.append(self._line(now, least, int(part[now]), gaps))
        return found

    def _line(self, year: int, least: int, has: int, gaps: list[float]) -> Line:
        status = judge(">=", least, has, self.stretch)
        unit = UNITS[display_unit(self.unit)]
        text = Wording(
            zh=f"{self.clause} {self.title.zh}（{year}）：差距应比上年缩小，上年 {gaps[0] / 100:.3f} 个百分点，当年 {gaps[1] / 100:.3f} "
            f"个百分点；当年应不少于 {show(least, unit.id)} {unit.zh}，实际 {show(has, unit.id)} {unit.zh}。",
            en=f"{self.clause} {self.title.en} ({year}): the gap is to shrink; it was {gaps[0] / 100:.3f} and is {gaps[1] / 100:.3f} "
            f"percentage points; at least {show(least, unit.id)} {unit.en} are needed, the plan has {show(has, unit.id)}.",
        )
        return Line(str(year), ">=", least, has, status, text)
