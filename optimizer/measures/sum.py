"""Sums and differences of other measures."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.instance import Instance
from optimizer.measures.base import Ints, Measure, numbers
from optimizer.policy.filters import Where


class Sum(Measure):
    """Σ ``plus`` − Σ ``minus`` (numbers, parameters, columns) where the filter holds, else 0, and never
    below ``at_least`` where that is given (an excess is a difference that is at least 0)."""

    kind: ClassVar[str] = "sum"

    plus: tuple[int | str, ...]
    minus: tuple[int | str, ...] = ()
    at_least: int | None = None
    where: Where = Where({})

    def compute(self, frame: pd.DataFrame, instance: Instance) -> Ints:
        """One int64 a row."""
        total = np.zeros(len(frame), dtype=np.int64)
        for part in self.plus:
            total += numbers(part, frame, instance)
        for part in self.minus:
            total -= numbers(part, frame, instance)
        if self.at_least is not None:
            total = np.maximum(total, self.at_least)
        return np.where(self.where.mask(frame, instance.parameters), total, 0)
