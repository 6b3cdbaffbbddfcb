"""A column of the home types, over the homes of a mix: its total, or its largest."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from optimizer.instance import Instance
from optimizer.measures.base import Ints, Measure
from optimizer.policy.filters import Where


class Homes(Measure):
    """Sum or maximum of ``column`` of table ``types`` over the slot columns (home_1 … home_3)."""

    kind: ClassVar[str] = "homes"

    types: str
    column: str
    slots: tuple[str, ...]
    take: Literal["sum", "max"] = "sum"
    where: Where = Where({})

    def compute(self, frame: pd.DataFrame, instance: Instance) -> Ints:
        """One int64 a row; an unknown or empty home counts 0."""
        table = instance.tables[self.types]
        key = instance.policy.table_named(self.types).key[0]
        known = pd.Index(table[key].astype(object))
        padded = np.append(table[self.column].to_numpy(dtype=np.int64), 0)
        parts = []
        for slot in self.slots:
            codes = frame[slot].astype("category")
            value = padded[known.get_indexer(codes.cat.categories.astype(object))]
            parts.append(np.append(value, 0)[codes.cat.codes.to_numpy()])
        stacked = np.vstack(parts)
        taken = stacked.sum(axis=0) if self.take == "sum" else stacked.max(axis=0)
        return np.where(self.where.mask(frame, instance.parameters), taken, 0).astype(np.int64)
