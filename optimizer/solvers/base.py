"""What a solver of a whole program is given and gives back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from optimizer.program import Ints, Stage
from optimizer.progress import Progress
from optimizer.wording import Wording


@dataclass(frozen=True)
class Limits:
    """When to stop: relative ``gap`` of each stage, ``seconds`` in all (None: no limit), a ``stop`` asked
    for from outside. ``seed`` makes random choices repeatable."""

    gap: float = 1e-3
    seconds: float | None = None
    seed: int = 1
    stop: Callable[[], bool] = lambda: False
    report: Callable[[Progress], None] = lambda event: None
    began: float = field(default_factory=time.perf_counter)

    def left(self) -> float:
        """Seconds left."""
        return 1e9 if self.seconds is None else self.seconds - (time.perf_counter() - self.began)

    def over(self) -> bool:
        """Whether to stop now."""
        return self.left() <= 0 or self.stop()


@dataclass(frozen=True)
class StageOutcome:
    """One stage as a solver leaves it: exact value and bound, exact prices (whole multiples of 2^−shift,
    one a program row and one a kept stage; None from solvers without prices)."""

    stage: Stage
    value: int
    bound: int
    seconds: float
    engine: Wording
    prices: Ints | None = None
    shift: int = 0

    @property
    def gap(self) -> float:
        """Relative distance from value to bound."""
        return abs(self.bound - self.value) / max(1, abs(self.value + self.stage.base))


@dataclass(frozen=True)
class Outcome:
    """A whole plan ``x`` (one whole number a column), its stages, and whether a stop cut it short."""

    x: Ints
    stages: tuple[StageOutcome, ...]
    stopped: bool
