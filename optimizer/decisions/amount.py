"""An amount: a whole number for each combination of keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.codes import as_codes
from optimizer.decisions.base import Decision, DecisionTable
from optimizer.decisions.joins import join
from optimizer.instance import Instance
from optimizer.measures import Measure, compute_measures
from optimizer.policy.filters import Number, Where, resolve

UNBOUNDED = 10**15


class Amount(Decision):
    """One whole number, 0 … ``at_most``, for each row of ``source`` (and each year, and each of ``one_of``).

    ``key``: the key columns of ``source``; ``carry``: columns of it to keep beside them. ``across``:
    key column → table: the rows once more for each key of that table. ``years`` is "plan" (years of
    decisions), "money" (years of money) or none. ``at_most``: a number, a parameter or
    a column of ``source``. ``step``: base units in one whole step (a fund given in whole 万元 has
    a step of 1,000,000 fen). ``quantity`` is the column that a plan carries, in ``unit``.
    """

    kind: ClassVar[str] = "amount"

    source: str
    key: tuple[str, ...]
    where: Where = Where({})
    carry: tuple[str, ...] = ()
    across: dict[str, str] = {}
    years: str | None = None
    one_of: dict[str, tuple[str, ...]] = {}
    at_most: Number | None = None
    step: int = 1
    quantity: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """What identifies a row in a plan."""
        year = ("year",) if self.years and "year" not in self.key else ()
        return (*self.key, *self.across, *year, *self.one_of)

    def options(self, instance: Instance, measures: Sequence[Measure]) -> DecisionTable:
        """All combinations with their bounds."""
        source = instance.tables[self.source]
        source = source.loc[self.where.mask(source, instance.parameters)]
        frame = source[list(self.key)].copy()
        if isinstance(self.at_most, str) and self.at_most in source.columns:
            frame["_upper"] = source[self.at_most].astype(np.int64)
        else:
            frame["_upper"] = UNBOUNDED if self.at_most is None else resolve(self.at_most, instance.parameters)
        if self.years and "year" not in self.key:
            header = instance.policy.policy
            first, last = header.years if self.years == "plan" else header.money_years
            frame = frame.merge(pd.DataFrame({"year": np.arange(first, last + 1, dtype=np.int64)}), how="cross")
        for name, table in self.across.items():
            column = instance.policy.table_named(table).key[0]
            frame = frame.merge(instance.tables[table][[column]].rename(columns={column: name}), how="cross")
        for name, values in self.one_of.items():
            frame = frame.merge(pd.DataFrame({name: list(values)}), how="cross")
        upper = frame.pop("_upper").to_numpy(dtype=np.int64) // self.step
        done = self.complete(frame.reset_index(drop=True), instance, measures)
        return DecisionTable(self.id, done, upper, self.keys, None, self.quantity, self.unit)

    def complete(self, taken: pd.DataFrame, instance: Instance, measures: Sequence[Measure]) -> pd.DataFrame:
        """Attributes and measures of rows; ``step`` is a column, so that quantity × step is exact."""
        frame = taken.copy(deep=False)
        if self.carry:
            source = instance.tables[self.source][[*self.key, *self.carry]]
            codes = dict.fromkeys([key for key in self.key if key != "year"], object)  # years stay numbers
            frame = frame.astype(codes).merge(source.astype(codes), on=list(self.key), how="left")
            frame[list(self.carry)] = frame[list(self.carry)].fillna(0).astype(np.int64)
        for key in self.keys:
            if key != "year":
                frame[key] = as_codes(frame[key])
        frame["_step"] = np.int64(self.step)
        return compute_measures(join(frame, self.attribute, instance), measures, instance)
