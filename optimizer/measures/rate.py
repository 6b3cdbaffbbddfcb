"""An amount at a rate: quantity × rate, the rate being for one of ``per``."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.instance import Instance
from optimizer.measures.base import Ints, Measure, numbers
from optimizer.policy.filters import Where
from optimizer.units import UNITS


class Rate(Measure):
    """``of`` × ``rate`` where the filter holds, else 0, rounded half up to a whole base unit.

    ``per`` is the unit that the rate is for: a rate of fen per m² on an area in dm² divides by 100;
    per mu it divides by 200000/3. Sources: SJ-17, SJ-18 (yuan a mu, yuan a m²), SJ-03 costs.
    """

    kind: ClassVar[str] = "rate"

    of: int | str
    rate: int | str
    per: str = "1"
    where: Where = Where({})

    def compute(self, frame: pd.DataFrame, instance: Instance) -> Ints:
        """One int64 a row."""
        size = UNITS[self.per].size
        product = numbers(self.of, frame, instance) * numbers(self.rate, frame, instance) * size.denominator
        rounded = (2 * product + size.numerator) // (2 * size.numerator)
        return np.where(self.where.mask(frame, instance.parameters), rounded, 0)
