"""What HiGHS programs without choice sets are spared: bounds narrowed once, stages at once, places one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

import numpy as np

from optimizer.program import Program, Stage, Vector
from optimizer.solvers.at_once import beside, reach_all
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import Kept, Leap, fair_share, written_out
from optimizer.solvers.place_by_place import solve_by_place
from optimizer.solvers.tightening import by_relaxation, narrowed, worth_a_program
from optimizer.wording import Wording

NARROWING = 0.1
"""Of all the time, what linear programs for narrower bounds may take; and seconds, where there is no limit of time."""
SECONDS = 10.0
ATTEMPTS = 2
"""So often the stages of one objective are tried at once."""

AT_ONCE = Wording("线性松弛定界，同一目标各阶段一次求得", "bounds by the relaxation, the objective's stages at once")
BY_PLACE = Wording("逐地区求解后合并（highs）", "place by place, then together (highs)")


@dataclass
class Shortcuts:
    """See ``optimizer.solvers.direct.Ahead``; one object a run. ``failed``: objectives whose stages were not reached at once,
    and how often."""

    failed: dict[str, int] = field(default_factory=dict)

    def ready(self, program: Program, limits: Limits) -> Program:
        """Upper bounds that the rows, and for small columns the linear relaxation, imply."""
        if program.options or not program.stages:
            return program
        whole = narrowed(written_out(program, [], np.zeros(program.columns)))
        program = replace(program, upper=whole.upper)
        seconds = NARROWING * limits.allow(SECONDS / NARROWING)
        return replace(program, upper=by_relaxation(whole, worth_a_program(program), seconds, limits.over))

    def stages(
        self, program: Program, kept: Kept, stages: Sequence[Stage], plan: Vector | None, limits: Limits
    ) -> Leap | None:
        """All stages of the next objective at once where it has several, else its one stage place by place. Half of the
        stage's time at most; a stage over some columns of the plan only is left to the solver."""
        first = stages[0]
        if program.options or first.given_choices:
            return None
        mine = list(takewhile(lambda s: s.objective == first.objective, stages)) if first.objective else [first]
        half = min(SECONDS, fair_share(limits, len(stages), len(mine)) / 2)
        if len(mine) < 2:
            found = solve_by_place(program, kept, first, half, limits.over)
            return None if found is None else Leap(found.x, (found.bound,), BY_PLACE, found.parts)
        if self.failed.get(first.objective, 0) >= ATTEMPTS:
            return None
        reached = reach_all(program, kept, mine, plan, half, limits.over)
        if reached is None:
            self.failed[first.objective] = self.failed.get(first.objective, 0) + 1
            return None
        return Leap(reached.x, reached.bounds, AT_ONCE)

    def start(self, program: Program, kept: Kept, stage: Stage, plan: Vector, limits: Limits) -> Vector:
        """The plan with the stage's own amounts made the most of."""
        if program.options or not stage.value[program.auxiliary()].any():
            return plan
        whole = written_out(program, kept, (stage.sign * stage.value).astype(np.float64))
        better = beside(whole, program, plan, limits.allow(SECONDS / 5), limits.over)
        if better is None or stage.sign * (program.reached(stage, better) - program.reached(stage, plan)) < 0:
            return plan
        return better
