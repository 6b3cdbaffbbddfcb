"""What a solver of a whole program is given and gives back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from optimizer.lagrangian.branches import Case
from optimizer.program import Ints, Number, Program, Stage, Vector
from optimizer.progress import Progress
from optimizer.wording import Wording


@dataclass(frozen=True)
class Limits:
    """When to stop: relative ``gap`` of each stage, ``seconds`` in all (None: no limit), a ``stop`` asked
    for from outside. ``seed`` makes random choices repeatable. ``start``: a plan to begin with (one number a column), where it is
    legal; solvers that cannot use it may ignore it."""

    gap: float = 1e-3
    seconds: float | None = None
    seed: int = 1
    stop: Callable[[], bool] = lambda: False
    report: Callable[[Progress], None] = lambda event: None
    began: float = field(default_factory=time.perf_counter)
    start: Vector | None = None

    def started(self, program: Program) -> Ints | None:
        """The start for a program (or for its options alone), where it breaks nothing of it."""
        if self.start is None or program.mixed or len(self.start) < program.columns:
            return None
        x = self.start[: program.columns].astype(np.int64)
        return None if program.faults(x) else x

    def left(self) -> float:
        """Seconds left."""
        return 1e9 if self.seconds is None else self.seconds - (time.perf_counter() - self.began)

    def over(self) -> bool:
        """Whether to stop now."""
        return self.left() <= 0 or self.stop()

    def allow(self, seconds: float) -> float:
        """``seconds``, or what is left of them."""
        return max(0.1, min(seconds, self.left()))


@dataclass(frozen=True)
class StageOutcome:
    """One stage as a solver leaves it: value and bound (exact ints; floats where continuous columns have value), exact prices
    (whole multiples of 2^−shift, one a program row and one a kept stage; None from solvers without prices), the bound that they
    alone prove, and the seconds until they stood. ``cases``: where given, they prove ``bound`` together."""

    stage: Stage
    value: Number
    bound: Number
    seconds: float
    engine: Wording
    prices: Ints | None = None
    shift: int = 0
    price_bound: int | None = None
    price_seconds: float | None = None
    cases: tuple[Case, ...] = ()

    @property
    def gap(self) -> float:
        """Relative distance from value to bound."""
        return abs(self.bound - self.value) / max(1, abs(self.value + self.stage.base))


@dataclass(frozen=True)
class StageTeller:
    """Tells how one stage goes: stage ``number`` of ``count``, begun at ``began``."""

    limits: Limits
    stage: Stage
    number: int
    count: int
    began: float = field(default_factory=time.perf_counter)

    def __call__(self, value: Number | None, bound: Number | None, done: bool = False) -> None:
        """Report the best value and the proven bound so far (without the stage's base); ``done`` ends the stage."""
        base = self.stage.base
        known = value is not None and bound is not None
        self.limits.report(
            Progress(
                stage=self.number + 1,
                stages=self.count,
                title=self.stage.title,
                sense="max" if self.stage.sign > 0 else "min",
                incumbent=None if value is None else value + base,
                bound=None if bound is None else bound + base,
                gap=abs((bound or 0) - (value or 0)) / max(1, abs((value or 0) + base)) if known else None,
                unit=self.stage.unit,
                seconds=time.perf_counter() - self.began,
                done=done,
            )
        )

    def hear(self, value: float, bound: float) -> None:
        """The same from a solver that maximises sign · value in floating point; what is not finite is not known."""
        sign = self.stage.sign
        known = [sign * int(v) if np.isfinite(v) and abs(v) < 1e15 else None for v in (value, bound)]
        self(known[0], known[1])


@dataclass(frozen=True)
class Outcome:
    """A whole plan ``x`` (one number a column, see ``Vector``), its stages, whether a stop cut it short, and why the solver that found it was the one to run."""

    x: Vector
    stages: tuple[StageOutcome, ...]
    stopped: bool
    reason: Wording = field(default_factory=lambda: Wording("", ""))
