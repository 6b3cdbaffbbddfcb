"""The worst-off first: lexicographic max-min of coverages, exactly, by ordered outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, field_validator

from optimizer.decisions import DecisionTable
from optimizer.instance import Instance
from optimizer.objectives.auxiliary import auxiliary_table, index_keys, keys_of, laid_on
from optimizer.objectives.base import Goal, Objective
from optimizer.policy.terms import Term
from optimizer.program import FREE, Builder, Ints
from optimizer.rules import RuleData
from optimizer.rules.ledger import totals
from optimizer.rules.rows import Entries, add_rows, entries_of
from optimizer.wording import Wording

FULL = 10_000
"""Full coverage, basis points."""


class Leximin(Objective):
    """First the least coverage is made as large as can be, then the second least, and so on (X-04).

    Coverage of key j in whole steps, ``steps`` of them in full coverage: y_j = min(steps, ⌊steps · Σ served / Σ need⌋); what goes
    beyond the need covers nothing more. ``need`` sums input tables only; keys without any need have no coverage. ``served``
    may not fall below 0. Stage k maximises θ_k, the sum of the k smallest y (in basis points), as k·t_k − Σ_j d_kj with
    d_kj ≥ t_k − y_j, d_kj ≥ 0 (Ogryczak and Śliwiński 2003): all stages kept in order reach the leximin optimum, also where
    keys tie. The sum of all keys is Σ_j y_j and needs neither. ``stages``: the first so many (None: one for each key).
    """

    kind: ClassVar[str] = "leximin"

    sense: Literal["max"] = "max"
    unit: str = "bp"
    served: tuple[Term, ...]
    need: tuple[Term, ...]
    per: tuple[str, ...] = Field(min_length=1)
    stages: int | None = Field(default=None, ge=1)
    steps: int = FULL

    @field_validator("steps")
    @classmethod
    def _whole_basis_points(cls, steps: int) -> int:
        if steps < 1 or FULL % steps:
            raise ValueError("steps must divide 10000")
        return steps

    def goals(self, instance: Instance) -> list[Goal]:
        """``<id>-1`` … : the sum of the 1, 2, … smallest coverages."""
        title = self.title
        sums = [
            Wording(f"{title.zh}：最低 {k} 个之和", f"{title.en}: sum of the {k} smallest")
            for k in range(2, self._depth(instance) + 1)
        ]
        first = Wording(f"{title.zh}：最低者", f"{title.en}: the smallest")
        return [Goal(f"{self.id}-{k}", words) for k, words in enumerate([first, *sums][: self._depth(instance)], 1)]

    def auxiliary(self, instance: Instance) -> list[DecisionTable]:
        """The coverages, each stage's threshold, and what each coverage falls short of it."""
        keys = self._needs(instance).index.to_frame(index=False).set_axis(list(self.per), axis=1)
        depth = pd.DataFrame({"stage": np.arange(1, self._partial(instance) + 1, dtype=np.int64)})
        return [
            auxiliary_table(self._own("coverage").table, keys, self.per, self.steps),
            auxiliary_table(self._own("threshold").table, depth, ["stage"], self.steps),
            auxiliary_table(self._own("short").table, depth.merge(keys, how="cross"), ["stage", *self.per], self.steps),
        ]

    def add(self, builder: Builder, data: RuleData) -> None:
        """need_j · y_j ≤ 10000 · served_j, and t_k − y_j − d_kj ≤ 0."""
        need = self._needs(data.instance)
        keys = need.index.to_frame(index=False).set_axis(list(self.per), axis=1)
        place = {key: row for row, key in enumerate(index_keys(need.index))}
        (coverage,), (row,) = laid_on(place, [self._own("coverage")], self.per, data, builder.offset)
        parts, rows = laid_on(place, self.served, self.per, data, builder.offset)
        asked = Entries(coverage.column, need.to_numpy(dtype=np.int64)[row], coverage.keys)
        given = [Entries(p.column, -self.steps * p.value, p.keys) for p in parts]
        self._at_most_zero(builder, keys, [row, *rows], [asked, *given])
        short = entries_of(self._own("short"), ("stage", *self.per), data, builder.offset)
        threshold = entries_of(self._own("threshold"), ("stage",), data, builder.offset)
        column = dict(zip(keys_of(coverage.keys, self.per), coverage.column, strict=True))
        level = dict(zip(keys_of(threshold.keys, ["stage"]), threshold.column, strict=True))
        pairs = keys_of(short.keys, ["stage", *self.per])
        one, each = np.ones(len(pairs), dtype=np.int64), np.arange(len(pairs))
        above = Entries(np.array([level[key[:1]] for key in pairs], dtype=np.int64), one, {})
        below = Entries(np.array([column[key[1:]] for key in pairs], dtype=np.int64), -one, {})
        names = pd.DataFrame(pairs, columns=["stage", *self.per])
        less = Entries(short.column, -one, short.keys)
        self._at_most_zero(builder, names, [each, each, each], [above, below, less])

    def _at_most_zero(
        self, builder: Builder, keys: pd.DataFrame, rows: Sequence[Ints], parts: Sequence[Entries]
    ) -> None:
        low, zero = np.full(len(keys), -int(FREE), dtype=np.int64), np.zeros(len(keys), dtype=np.int64)
        add_rows(builder, self.label, keys, rows, parts, low, zero)

    def values(self, data: RuleData, offset: Mapping[str, int], columns: int) -> list[Ints]:
        """k · t_k − Σ_j d_kj, in basis points; of all keys Σ_j y_j."""
        threshold = entries_of(self._own("threshold"), ("stage",), data, offset)
        short = entries_of(self._own("short"), ("stage",), data, offset)
        found = []
        for k in range(1, self._partial(data.instance) + 1):
            value = np.zeros(columns, dtype=np.int64)
            value[threshold.column[threshold.keys["stage"] == k]] = k * (FULL // self.steps)
            value[short.column[short.keys["stage"] == k]] = -(FULL // self.steps)
            found.append(value)
        if len(found) < self._depth(data.instance):
            every = np.zeros(columns, dtype=np.int64)
            every[entries_of(self._own("coverage"), (), data, offset).column] = FULL // self.steps
            found.append(every)
        return found

    def reached(self, data: RuleData) -> list[int]:
        """Sums of the smallest coverages of a finished plan."""
        need = self._needs(data.instance)
        served = totals(self.served, self.per, data).reindex(need.index, fill_value=0)
        coverage = (self.steps * served // need).clip(upper=self.steps).sort_values() * (FULL // self.steps)
        return [int(v) for v in coverage.cumsum().iloc[: self._depth(data.instance)]]

    def _needs(self, instance: Instance) -> pd.Series:  # type: ignore[type-arg]
        """What each key needs, where it needs anything."""
        need = totals(self.need, self.per, RuleData(instance, {}))
        return need.loc[need > 0]

    def _depth(self, instance: Instance) -> int:
        count = len(self._needs(instance))
        return count if self.stages is None else min(self.stages, count)

    def _partial(self, instance: Instance) -> int:
        """How many stages sum the smallest of more keys."""
        return min(self._depth(instance), len(self._needs(instance)) - 1)

    def _own(self, name: str) -> Term:
        return Term(table=f"{self.label[0]}/{name}")
