"""A number of an input table that has several keys."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd

from optimizer.instance import Instance
from optimizer.measures.base import Ints, Measure
from optimizer.policy.filters import Where


class Lookup(Measure):
    """``column`` of the row of ``table`` whose keys equal the row's; 0 where there is none or the filter does not hold.

    ``keys``: key column of ``table`` → column of the row. ``fixed``: key column → the value that it must have.
    Sources: GX-10 (subsidy a person by county and poverty level), GX-14 (contribution by class and level).
    """

    kind: ClassVar[str] = "lookup"

    table: str
    column: str
    keys: dict[str, str]
    fixed: dict[str, int | str] = {}
    where: Where = Where({})

    def compute(self, frame: pd.DataFrame, instance: Instance) -> Ints:
        """One int64 a row."""
        table = instance.tables[self.table]
        for key, value in self.fixed.items():
            table = table.loc[(table[key] == value).to_numpy()]
        place, size = np.zeros(len(frame), dtype=np.int64), 1
        spot, known = np.zeros(len(table), dtype=np.int64), np.ones(len(frame), dtype=bool)
        for key, column in self.keys.items():
            values = pd.Index(table[key].astype(object).unique())
            at = _positions(frame[column], values)
            known &= at >= 0
            place, spot = place * len(values) + at, spot * len(values) + values.get_indexer(table[key].astype(object))
            size *= max(1, len(values))
        amounts = table[self.column].to_numpy(dtype=np.int64)
        looked = np.where(known, _found(np.where(known, place, 0), spot, amounts, size), 0)
        return np.where(self.where.mask(frame, instance.parameters), looked, 0)


def _positions(column: pd.Series[Any], values: pd.Index[Any]) -> Ints:
    """Where each value of the column stands in ``values``, −1 where it does not; each code is looked up once."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(values.get_indexer(column), dtype=np.int64)
    of_code = np.append(values.get_indexer(column.cat.categories.astype(object)), -1)
    return np.asarray(of_code[column.cat.codes.to_numpy()], dtype=np.int64)


WIDE = 8
"""Up to so many times as many cells as rows a table of all of them is made."""


def _found(place: Ints, spot: Ints, values: Ints, size: int) -> Ints:
    """The value at each place, where ``values`` stand at ``spot``; 0 where none does. Of several at one spot the last."""
    if size <= WIDE * (len(place) + len(spot)):
        table = np.zeros(size, dtype=np.int64)
        table[spot] = values
        return np.asarray(table[place], dtype=np.int64)
    order = np.argsort(spot, kind="stable")
    at = np.searchsorted(spot[order], place, side="right") - 1
    there = at >= 0
    there[there] = spot[order][at[there]] == place[there]
    found = np.zeros(len(place), dtype=np.int64)
    found[there] = values[order][at[there]]
    return found
