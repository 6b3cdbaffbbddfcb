"""What HiGHS programs without choice sets are spared: bounds narrowed once, stages at once, places one by one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

import numpy as np

from optimizer.program import Bools, Program, Stage, Vector
from optimizer.solvers.at_once import around, reach_all
from optimizer.solvers.base import Limits
from optimizer.solvers.conflict import excluded
from optimizer.solvers.direct import Kept, Leap, fair_share, written_out
from optimizer.solvers.implied_bounds import by_relaxation, narrowed, worth_a_program
from optimizer.solvers.place_by_place import solve_by_place
from optimizer.solvers.separate import touched
from optimizer.wording import Wording

NARROWING = 0.1
"""Of all the time, what linear programs for narrower bounds may take; and seconds, where there is no limit of time."""
SECONDS = 20.0
QUICK = 2.0
"""Seconds for a plan near the last one: little is free there, and it is found soon or not at all."""
PLACES = 0.8
"""Of what is left then, what places one by one may take."""
SHARE = 0.7
"""Of the time that is due to stages, what is spent before each is left to the solver."""
ATTEMPTS = 1
"""So often the stages of one objective are tried at once."""
LITTLE = 1.2
"""A plan's neighbourhood is worth a search where this many times as large a one would still not be the whole program."""

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
        seconds = NARROWING * limits.allow(SECONDS / 2 / NARROWING)
        return replace(program, upper=by_relaxation(whole, worth_a_program(program), seconds, limits.over))

    def hopeless(self, program: Program, limits: Limits) -> bool:
        """Whether already the linear relaxation provably has no solution: the time is better spent on why."""
        return not program.mixed and not program.options and excluded(program, limits) is not None

    def stages(
        self, program: Program, kept: Kept, stages: Sequence[Stage], plan: Vector | None, limits: Limits
    ) -> Leap | None:
        """All stages of the next objective at once, by the plan as it is but for what no earlier stage counted; where it has
        one stage, place by place; then at once by any plan. ``SHARE`` of the time that is due to them at most."""
        first = stages[0]
        if program.options or first.given_choices or program.mixed:
            return None
        mine = list(takewhile(lambda s: s.objective == first.objective, stages)) if first.objective else [first]
        began, most = time.perf_counter(), min(SECONDS, SHARE * fair_share(limits, len(stages), len(mine)))

        def left() -> float:
            return most - (time.perf_counter() - began)

        every = np.ones(program.columns, dtype=bool)
        near = [] if plan is None else self._near(program, program.stages[: -len(stages)])
        for among, seconds in ((near, QUICK), ([every], most)):
            if among is not near and len(mine) == 1 and left() > 0:
                found = solve_by_place(program, kept, first, plan, PLACES * left(), limits.over)
                if found is not None:
                    return Leap(found.x, (found.bound,), BY_PLACE, found.parts)
            if among and self.failed.get(first.objective, 0) < ATTEMPTS and left() > 0:
                reached = reach_all(program, kept, mine, plan, among, min(seconds, left()), limits.over)
                if reached is not None:
                    return Leap(reached.x, reached.bounds, AT_ONCE)
        self.failed[first.objective] = self.failed.get(first.objective, 0) + 1
        return None

    def _near(self, program: Program, earlier: Sequence[Stage]) -> list[Bools]:
        """What may move: the objectives' own amounts alone, then all that no earlier stage counts (where that is little)."""
        own = program.auxiliary()
        counted = np.any([stage.value != 0 for stage in earlier], axis=0) & ~own if earlier else np.zeros_like(own)
        return [mask for mask in (own, ~counted) if LITTLE * mask.sum() <= program.columns and mask.any()]

    def start(self, program: Program, kept: Kept, stage: Stage, plan: Vector, limits: Limits) -> Vector:
        """The plan with the stage's own amounts made the most of."""
        own = program.auxiliary()
        if program.options or program.mixed or not stage.value[own].any():
            return plan
        whole = written_out(program, kept, (stage.sign * stage.value).astype(np.float64))
        better = around(whole, plan, own & touched(whole), limits.allow(SECONDS / 10), limits.over, 0.0)
        if better is None or stage.sign * (program.reached(stage, better) - program.reached(stage, plan)) < 0:
            return plan
        return better
