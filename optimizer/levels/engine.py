"""The levels as an engine: stage after stage by dividing and planning, amounts given the choices jointly at the end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimizer.levels.naming import blocked, named
from optimizer.levels.plan_rounds import PlanRounds
from optimizer.levels.price_rounds import PriceRounds, missing_rounds, price_rounds
from optimizer.levels.record import Record, Round, used_of
from optimizer.levels.shares import first_division
from optimizer.levels.split import Split, split_program
from optimizer.program import Floats, Ints, Program, Stage
from optimizer.solvers.base import Limits, Outcome, StageOutcome, StageTeller
from optimizer.solvers.conflict import Conflict
from optimizer.solvers.engines import Engine
from optimizer.solvers.prices.choices_alone import ChoicesAlone, choices_alone
from optimizer.solvers.prices.closing import settle_amounts
from optimizer.wording import Wording

BY_LEVELS = Wording("上下级衔接（上级分配、各地规划、价格回报）", "levels: divide, let places plan, prices back up")

MANY_SHARES = 20
"""Where a place has more shares than this to agree on, amounts that no choice stage counts are left for afterwards."""


class LevelsEngine(Engine):
    """Upper level and places in rounds (see ``docs/decisions/0009-levels.md``); ``joint`` is the engine for the whole program, asked only
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
        sides = split_program(program, []).sides
        alone = choices_alone(program) if len(sides.row) > MANY_SHARES * max(1, len(program.places)) else None
        if alone is not None:
            outcome = self._choices_then_amounts(program, alone, limits)
            if outcome is not None or self._conflict is not None:
                return outcome
            self.record = Record()
        outcome = self._every_stage(program, program.stages, limits)
        return self._instead(program, limits, lottery) if outcome is None else outcome

    def _every_stage(self, program: Program, stages: Sequence[Stage], limits: Limits) -> Outcome | None:
        kept: list[tuple[Stage, int]] = []
        outcomes: list[StageOutcome] = []
        plan: Ints | None = None
        for number, stage in enumerate(stages):
            tell = StageTeller(limits, stage, number, len(stages))
            tell(None if plan is None else int(stage.value @ plan), None)
            if stage.given_choices and plan is not None:
                plan, outcome = settle_amounts(program, kept, plan, tell)
            else:
                found = self._stage(program, kept, plan, tell)
                if found is None:
                    return None
                plan, outcome = found
            outcomes.append(outcome)
            tell(outcome.value, outcome.bound, done=True)
            kept.append((stage, outcome.value))
        return None if plan is None else Outcome(plan, tuple(outcomes), limits.over(), BY_LEVELS)

    def _choices_then_amounts(self, program: Program, alone: ChoicesAlone, limits: Limits) -> Outcome | None:
        """Levels over the choices and the rows that only these have a part in; then all amounts together, given the choices:
        their division among places is part of the plan. None where no amounts fit the choices."""
        first = self._every_stage(alone.program, alone.program.stages, limits)
        if first is None:
            if self._conflict is not None:  # a relaxation without a plan
                rows = [int(alone.rows[r]) for r in self._conflict.rows]
                self._conflict = Conflict(rows, self._conflict.limit, self._conflict.attainable)
            return None
        outcomes = [alone.whole_outcome(program, found, number) for number, found in enumerate(first.stages)]
        plan = np.append(first.x, np.zeros(program.columns - program.options, dtype=np.int64))
        kept = [(o.stage, o.value) for o in outcomes]
        rest = list(program.stages[len(outcomes) :])
        nothing = replace(
            program.stages[0], value=np.zeros(program.columns, dtype=np.int64), base=0, given_choices=True
        )
        for number, stage in enumerate(rest or [nothing], start=len(outcomes)):
            tell = StageTeller(limits, stage, number, len(program.stages))
            plan, outcome = settle_amounts(program, kept if rest else [], plan, tell)
            if program.faults(plan):
                return None
            if rest:
                outcomes.append(outcome)
                tell(outcome.value, outcome.bound, done=True)
                kept.append((stage, outcome.value))
        found = Outcome(plan, tuple(outcomes), limits.over(), BY_LEVELS)
        self._told(program, found, outcomes[-1])
        return found

    def _stage(
        self, program: Program, kept: list[tuple[Stage, int]], plan: Ints | None, tell: StageTeller
    ) -> tuple[Ints, StageOutcome] | None:  # fmt: skip
        """One stage; None where no plan was found (with the conflict, where one is proven)."""
        stage = tell.stage
        split = split_program(program, kept)
        rounds = price_rounds(split, tell, self.record)
        counties = rounds.counties
        shares = first_division(split)
        if plan is not None:
            shares = used_of(split, [county.use @ plan[county.place.columns] for county in counties])
        rounds.run(shares)
        if not self._agreeable(rounds, split, tell):
            return None
        assert rounds.best is not None
        assert rounds.proof is not None
        assert rounds.bound is not None
        plans = PlanRounds(split, counties, rounds.best, rounds.proof, rounds.bound, tell, self.record)
        plans.begin(plan)
        plans.replan()
        if plans.state is None or not plans.state.holds:
            return None
        done = plans.whole(plans.state)
        if program.faults(done):
            return None
        plans.tell_agreed()
        proof, bound = rounds.proof, rounds.bound
        seconds = time.perf_counter() - tell.began
        value = int(stage.value @ done)
        return done, StageOutcome(stage, value, bound, seconds, BY_LEVELS, proof.prices, proof.shift, bound)

    def _agreeable(self, rounds: PriceRounds, split: Split, tell: StageTeller) -> bool:
        """Whether there is a division that every place can keep to, after asking for one; a proven conflict is kept."""
        if rounds.blocked:
            self._conflict = blocked(split, rounds.blocked, tell.limits)
            return False
        if rounds.best is not None and not rounds.best.legal and not tell.limits.over():
            asking = missing_rounds(split, tell, self.record)
            asking.run(rounds.best.shares, until_legal=True)
            if asking.proof is not None and asking.proof.total < 0:
                self._conflict = named(split, asking.proof)
                return False
            if asking.best is not None and asking.best.legal:
                rounds.run(asking.best.shares)
        return rounds.best is not None and rounds.proof is not None

    def _instead(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """The whole program at once, where the levels ended without a plan and without a conflict."""
        if self._conflict is not None or limits.over():
            return None
        self.record.fallback = True
        outcome = self.joint.solve(program, limits, lottery)
        if outcome is not None and not program.mixed:
            self._told(program, outcome, outcome.stages[0])
        return outcome

    def _told(self, program: Program, outcome: Outcome, of: StageOutcome) -> None:
        """Records what each place gets in a plan whose division is not the end of rounds."""
        split = split_program(program, [])
        used = used_of(split, [np.asarray(p.program.matrix @ outcome.x[p.columns])[p.own :] for p in split.places])
        none = np.zeros(len(used), dtype=np.int64)
        outer = outcome.x[split.outer]
        end = Round(
            of.stage, "agreed", int(of.bound), int(of.value), used, used, none, none.astype(np.float64), outer, ()
        )
        self.record.add(split, end)

    def conflict(self, program: Program, limits: Limits) -> Conflict | None:
        """The conflict that the levels named, or the joint engine's."""
        return self._conflict if self._conflict is not None else self.joint.conflict(program, limits)
