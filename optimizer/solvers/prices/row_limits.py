"""The limits' side of the smoothed dual: what rows are worth at given prices, with barriers on the prices' signs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.program import FREE, Floats, Program
from optimizer.solvers.prices.smoothed import boxed


@dataclass(frozen=True)
class RowLimits:
    """``low`` ≤ use ≤ ``high`` (±inf where there is none), and the box of each row's price: 0 at the side where the row has no
    limit, and at the other ``most``, beyond which it would pay to break the row."""

    low: Floats
    high: Floats
    most: Floats

    @property
    def count(self) -> int:
        """How many rows."""
        return len(self.low)

    def sign_correct(self, price: Floats) -> Floats:
        """No upper limit, no positive price; no lower limit, no negative one."""
        clipped = np.where(np.isfinite(self.high), price, np.minimum(price, 0.0))
        return np.where(np.isfinite(self.low), clipped, np.maximum(clipped, 0.0))

    def box(self) -> tuple[Floats, Floats]:
        """The lowest and the highest price of each row."""
        return np.where(np.isfinite(self.low), -self.most, 0.0), np.where(np.isfinite(self.high), self.most, 0.0)

    def worth(self, price: Floats) -> float:
        """Σ price · limit, exactly as the bound counts it."""
        high = np.where(np.isfinite(self.high), self.high, 0.0)
        low = np.where(np.isfinite(self.low), self.low, 0.0)
        return float(np.maximum(price, 0.0) @ high + np.minimum(price, 0.0) @ low)

    def smoothed(self, price: Floats, barrier: float, size: float = 1.0) -> tuple[float, Floats, Floats]:
        """Value, use that the limits leave, and its derivative by the price; limits shrink with a sample's ``size``."""
        lowest, highest = self.box()
        above, below = highest - price, price - lowest
        value = -barrier * float(np.sum(np.log(above) + np.log(below)))
        left = barrier / above - barrier / below
        steep = barrier / above**2 + barrier / below**2
        ranged = np.isfinite(self.low) & np.isfinite(self.high) & (self.low < self.high)
        limit = np.where(np.isfinite(self.low), self.low, np.where(np.isfinite(self.high), self.high, 0.0)) * size
        value += float(price @ limit)
        left += limit
        wide = np.where(ranged, self.high - self.low, 1.0)[ranged] * size
        inside, gain, give = boxed(price[ranged], wide, barrier)
        left[ranged] += inside
        steep[ranged] += give
        return value + gain, left, steep


def limits_of(program: Program, most: Floats) -> RowLimits:
    """The program's row limits; ``most``: the highest price of each row."""
    low = np.where(program.row_lower > -FREE // 2, program.row_lower, -np.inf).astype(np.float64)
    high = np.where(program.row_upper < FREE // 2, program.row_upper, np.inf).astype(np.float64)
    return RowLimits(low, high, most)
