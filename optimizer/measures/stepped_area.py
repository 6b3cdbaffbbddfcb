"""Floor area a household is entitled to: a base up to some persons, then a step for each more."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.instance import Instance
from optimizer.measures.base import Ints, Measure, numbers
from optimizer.policy.filters import Where


class SteppedArea(Measure):
    """``base`` + ``step`` × max(0, ``of`` − ``persons``), SJ-11 二(一)3(1): 180 m² for at most four
    persons and 20 m² for each further one."""

    kind: ClassVar[str] = "stepped_area"

    of: str
    base: int | str
    persons: int | str
    step: int | str
    where: Where = Where({})

    def compute(self, frame: pd.DataFrame, instance: Instance) -> Ints:
        """One int64 a row, dm²."""
        more = np.maximum(numbers(self.of, frame, instance) - numbers(self.persons, frame, instance), 0)
        area = numbers(self.base, frame, instance) + numbers(self.step, frame, instance) * more
        return np.where(self.where.mask(frame, instance.parameters), area, 0)
