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
        place, spot = np.zeros(len(frame), dtype=np.int64), np.zeros(len(table), dtype=np.int64)
        for key, column in self.keys.items():
            values = pd.Index(table[key].astype(object).unique())
            at = _positions(frame[column], values)
            both = np.where((at < 0) | (place < 0), -1, place * len(values) + at)
            # Numbered afresh after each key: the number of combinations may be beyond any table, those in use are not.
            used, spot = np.unique(
                spot * len(values) + values.get_indexer(table[key].astype(object)), return_inverse=True
            )
            place = _numbered(both, used)
        found = np.zeros(int(spot.max(initial=0)) + 2, dtype=np.int64)
        found[spot] = table[self.column].to_numpy(dtype=np.int64)
        return np.where(self.where.mask(frame, instance.parameters), found[place], 0)


def _numbered(values: Ints, used: Ints) -> Ints:
    """Where each value stands in ``used`` (sorted), −1 where it does not."""
    if not len(used):
        return np.full(len(values), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(used, values), len(used) - 1)
    return np.where(used[at] == values, at, -1)


def _positions(column: pd.Series[Any], values: pd.Index[Any]) -> Ints:
    """Where each value of the column stands in ``values``, −1 where it does not; each code is looked up once."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(values.get_indexer(column), dtype=np.int64)
    of_code = np.append(values.get_indexer(column.cat.categories.astype(object)), -1)
    return np.asarray(of_code[column.cat.codes.to_numpy()], dtype=np.int64)
