"""A value by case: the first case whose filter holds gives it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from optimizer.instance import Instance
from optimizer.measures.base import Ints, Measure, numbers
from optimizer.policy.filters import Where


class Case(BaseModel):
    """One case: ``value`` is a number, a parameter or a column."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: int | str
    where: Where = Where({})


class Cases(Measure):
    """The first case that holds, else ``otherwise``: fixed subsidies (SJ-08), classes (SJ-04)."""

    kind: ClassVar[str] = "cases"

    cases: tuple[Case, ...]
    otherwise: int | str = 0

    def compute(self, frame: pd.DataFrame, instance: Instance) -> Ints:
        """One int64 a row."""
        value = numbers(self.otherwise, frame, instance)
        for case in reversed(self.cases):
            holds = case.where.mask(frame, instance.parameters)
            value = np.where(holds, numbers(case.value, frame, instance), value)
        return value
