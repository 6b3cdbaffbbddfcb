"""Closest to a formula: the least sum of absolute differences."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from optimizer.decisions import DecisionTable
from optimizer.instance import Instance
from optimizer.objectives.auxiliary import auxiliary_table, index_keys, laid_on
from optimizer.objectives.base import Objective
from optimizer.policy.terms import Term
from optimizer.program import Builder, Ints
from optimizer.rules import RuleData
from optimizer.rules.ledger import totals
from optimizer.rules.rows import Entries, add_rows

MOST = 10**12
"""Bound of a difference, in steps of the key."""


class Distance(Objective):
    """Minimise Σ_j |Σ ``terms`` of key j − Σ ``target`` of key j| (TY-03: amounts nearest to what the formula gives).

    ``target`` sums input tables only and names the keys ``per`` that are compared; what the terms hold at other keys does not count.
    A part of the aim that is itself decided goes into ``terms`` with a negative factor. Differences are
    over_j − under_j, whole steps of the greatest common divisor of everything that the key adds up.
    """

    kind: ClassVar[str] = "distance"

    sense: Literal["min"] = "min"
    terms: tuple[Term, ...]
    target: tuple[Term, ...]
    per: tuple[str, ...] = Field(min_length=1)

    def auxiliary(self, instance: Instance) -> list[DecisionTable]:
        """How far each key is above and below its aim."""
        keys = self._targets(instance).index.to_frame(index=False).set_axis(list(self.per), axis=1)
        return [auxiliary_table(self._own(side).table, keys, self.per, MOST) for side in ("over", "under")]

    def add(self, builder: Builder, data: RuleData) -> None:
        """Σ terms − step · over + step · under = target."""
        target = self._targets(data.instance)
        keys = target.index.to_frame(index=False).set_axis(list(self.per), axis=1)
        place = {key: row for row, key in enumerate(index_keys(target.index))}
        parts, rows = laid_on(place, self.terms, self.per, data, builder.offset)
        step = self._steps(data, builder.offset)
        sides, where = laid_on(place, [self._own("over"), self._own("under")], self.per, data, builder.offset)
        for side, row, sign in zip(sides, where, (-1, 1), strict=True):
            parts.append(Entries(side.column, sign * step[row], side.keys))
            rows.append(row)
        aim = target.to_numpy(dtype=np.int64)
        add_rows(builder, self.label, keys, rows, parts, aim, aim)

    def values(self, data: RuleData, offset: Mapping[str, int], columns: int) -> list[Ints]:
        """Both differences, in base units."""
        place = {key: row for row, key in enumerate(index_keys(self._targets(data.instance).index))}
        step = self._steps(data, offset)
        value = np.zeros(columns, dtype=np.int64)
        sides, where = laid_on(place, [self._own("over"), self._own("under")], self.per, data, offset)
        for side, row in zip(sides, where, strict=True):
            value[side.column] = step[row]
        return [value]

    def reached(self, data: RuleData) -> list[int]:
        """The sum of differences on the plan's tables."""
        target = self._targets(data.instance)
        given = totals(self.terms, self.per, data).reindex(target.index, fill_value=0)
        return [int((given - target).abs().sum())]

    def _steps(self, data: RuleData, offset: Mapping[str, int]) -> Ints:
        """The greatest common divisor of what each key adds up."""
        target = self._targets(data.instance)
        place = {key: row for row, key in enumerate(index_keys(target.index))}
        step = np.abs(target.to_numpy(dtype=np.int64))
        for part, row in zip(*laid_on(place, self.terms, self.per, data, offset), strict=True):
            for at, value in zip(row, part.value, strict=True):
                step[at] = gcd(int(step[at]), int(value))
        return np.maximum(step, 1)

    def _targets(self, instance: Instance) -> pd.Series:  # type: ignore[type-arg]
        return totals(self.target, self.per, RuleData(instance, {}))

    def _own(self, side: str) -> Term:
        return Term(table=f"{self.label[0]}/{side}")
