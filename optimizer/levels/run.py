"""One run by levels: its engine, and what a plan says of it afterwards."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import pandas as pd

from optimizer.build import Model
from optimizer.levels.engine import LevelsEngine
from optimizer.levels.tables import compared, levels_of
from optimizer.plan import Levels
from optimizer.program import Floats
from optimizer.solvers.base import Limits, Outcome
from optimizer.solvers.engines import Engine


@dataclass
class LevelsRun:
    """``joint``: the engine for the whole program; with ``compare`` it also solves it, beside the levels."""

    model: Model
    joint: Engine
    lottery: Floats
    limits: Limits
    compare: bool
    engine: LevelsEngine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = LevelsEngine(self.joint)

    def levels(self, outcome: Outcome | None) -> Levels | None:
        """The rounds, with the comparison where it is asked for and there is time; None where there were no rounds."""
        record, program = self.engine.record, self.model.program
        if not record.rounds:
            return None
        beside = pd.DataFrame()
        if self.compare and outcome is not None and not self.limits.over():
            again = replace(self.limits, began=time.perf_counter(), report=lambda event: None)
            beside = compared(record, program, outcome, self.joint.solve(program, again, self.lottery))
        return levels_of(record, program, self.model.rules, beside)
