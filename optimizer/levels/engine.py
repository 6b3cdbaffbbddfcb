"""The levels as an engine: stage after stage by dividing and planning, amounts given the choices jointly at the end."""

from __future__ import annotations

import time

from optimizer.levels.county import County
from optimizer.levels.plan_rounds import PlanRounds
from optimizer.levels.price_rounds import divide_by_prices
from optimizer.levels.record import Record, used_of
from optimizer.levels.shares import first_division
from optimizer.levels.split import split_program
from optimizer.program import Floats, Ints, Program, Stage
from optimizer.solvers.base import Limits, Outcome, StageOutcome, StageTeller
from optimizer.solvers.conflict import Conflict
from optimizer.solvers.engines import Engine
from optimizer.solvers.prices.closing import settle_amounts
from optimizer.wording import Wording

BY_LEVELS = Wording("上下级衔接（上级分配、各地规划、价格回报）", "levels: divide, let places plan, prices back up")


class LevelsEngine(Engine):
    """Upper level and places in rounds (see ``docs/decisions/levels.md``); ``joint`` is the engine for the whole program, asked only
    where the levels find no plan and no conflict."""

    name = "levels"
    reason = BY_LEVELS

    def __init__(self, joint: Engine) -> None:
        self.joint = joint
        self.record = Record()
        self._conflict: Conflict | None = None

    def solve(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """Every stage in order, each keeping what the earlier ones reached as one more joining row. Raises ``OptimizerError``
        where the program has no places."""
        kept: list[tuple[Stage, int]] = []
        outcomes: list[StageOutcome] = []
        plan: Ints | None = None
        for number, stage in enumerate(program.stages):
            tell = StageTeller(limits, stage, number, len(program.stages))
            tell(None if plan is None else int(stage.value @ plan), None)
            if stage.given_choices and plan is not None:
                plan, outcome = settle_amounts(program, kept, plan, tell)
            else:
                found = self._stage(program, kept, plan, tell)
                if found is None:
                    return self._instead(program, limits, lottery)
                plan, outcome = found
            outcomes.append(outcome)
            tell(outcome.value, outcome.bound, done=True)
            kept.append((stage, outcome.value))
        return None if plan is None else Outcome(plan, tuple(outcomes), limits.over(), BY_LEVELS)

    def _stage(
        self, program: Program, kept: list[tuple[Stage, int]], plan: Ints | None, tell: StageTeller
    ) -> tuple[Ints, StageOutcome] | None:  # fmt: skip
        """One stage; None where no plan was found (with the conflict, where one is proven)."""
        stage = tell.stage
        split = split_program(program, kept)
        self.record.splits[stage.id] = split
        counties = [County(place, stage.sign * stage.value[place.columns]) for place in split.places]
        shares = first_division(split)
        if plan is not None:
            shares = used_of(split, [county.use @ plan[county.place.columns] for county in counties])
        divided = divide_by_prices(split, counties, shares, tell, self.record)
        if divided is None or isinstance(divided, Conflict):
            self._conflict = divided
            return None
        rounds = PlanRounds(split, counties, divided, tell, self.record)
        rounds.begin(plan)
        rounds.replan()
        if rounds.state is None or not rounds.state.holds:
            return None
        done = rounds.whole(rounds.state)
        if program.faults(done):
            return None
        rounds.tell_agreed()
        value, seconds = int(stage.value @ done), time.perf_counter() - tell.began
        bound = divided.bound
        return done, StageOutcome(stage, value, bound, seconds, BY_LEVELS, divided.prices, divided.shift, bound)

    def _instead(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """The whole program at once, where the levels ended without a plan and without a conflict."""
        if self._conflict is not None or limits.over():
            return None
        self.record.fallback = True
        return self.joint.solve(program, limits, lottery)

    def conflict(self, program: Program, limits: Limits) -> Conflict | None:
        """The conflict that the levels named, or the joint engine's."""
        return self._conflict if self._conflict is not None else self.joint.conflict(program, limits)
