"""Our engine against HiGHS and CP-SAT (or CBC, where columns are continuous) on one small program."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from optimizer.program import Number, Program
from optimizer.solvers import engine_named
from optimizer.solvers.base import Limits, Outcome
from tests.solvers.peers import NoAnswer, Solve, by_cbc, by_cpsat, by_highs, values
from tests.solvers.random_programs import Case

CLOSE = {"highs": 1e-9, "cpsat": 0.0, "cbc": 1e-7}
"""Relative distance at which two values over continuous columns are the same; CBC writes its answers with eight digits."""


@dataclass
class Verdict:
    """``legal``: whether our engine has a plan, found (or proven away) in ``seconds``. ``ours``, ``peers``: what is wrong with ours, and peers that differ from ours."""

    case: Case
    legal: bool
    engine: str
    seconds: float
    ours: list[str] = field(default_factory=list)
    peers: dict[str, str] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        """Ours is right by itself, and all peers say the same."""
        return not self.ours and not self.peers


def judge(case: Case, seconds: float = 60.0) -> Verdict:
    """Status, value of each stage at gap 0, the rows, and the bounds."""
    program, began = case.program, time.perf_counter()
    limits = Limits(gap=0.0, seconds=seconds)
    engine = engine_named(None, program)
    outcome = engine.solve(program, limits, np.random.default_rng(case.number).random(len(program.sets)))
    proven = outcome is None and engine.conflict(program, limits) is not None
    verdict = Verdict(case, outcome is not None, engine.name, time.perf_counter() - began)
    if outcome is not None:
        verdict.ours += faults_of(program, outcome)
    elif not proven:
        verdict.ours.append("no plan, and no proof that there is none")
    if outcome is None and case.trouble == "":
        verdict.ours.append("no plan, although the hidden plan is legal")
    peers: dict[str, Solve] = {"highs": by_highs}
    peers |= {"cbc": by_cbc} if program.mixed else {"cpsat": by_cpsat}
    for name, solve in peers.items():
        try:
            found = values(program, solve, outcome)
        except NoAnswer as error:
            verdict.peers[name] = str(error)
            continue
        difference = compared(outcome, found, CLOSE[name])
        if difference:
            verdict.peers[name] = difference
    return verdict


def faults_of(program: Program, outcome: Outcome) -> list[str]:
    """What is wrong with an outcome by itself."""
    faults = [f"breaks {program.faults(outcome.x)}"] if program.faults(outcome.x) else []
    for s in outcome.stages:
        if not same(s.value, s.bound):
            faults.append(f"{s.stage.id}: not closed, value {s.value}, bound {s.bound} ({s.engine.en})")
        now = program.reached(s.stage, outcome.x)
        if not same(now, s.value) and s.stage.sign * (now - s.value) < 0:
            faults.append(f"{s.stage.id}: the plan reaches {now}, not {s.value}")
    return faults


def same(one: Number, other: Number, close: float = 1e-9) -> bool:
    """Equal; over continuous columns within ``close`` (relative)."""
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return abs(one - other) <= close * max(1.0, abs(one), abs(other))


def compared(outcome: Outcome | None, found: list[float | int] | None, close: float) -> str:
    """Where a peer differs from ours; a bound better than the peer's optimum is a difference too."""
    if outcome is None or found is None:
        return (
            ""
            if outcome is None and found is None
            else f"a plan: ours {outcome is not None}, the peer {found is not None}"
        )
    for s, value in zip(outcome.stages, found, strict=True):
        if not same(s.value, value, close):
            return f"{s.stage.id}: ours {s.value}, the peer {value}"
        if s.stage.sign * (s.bound - value) < 0 and not same(s.bound, value, close):
            return f"{s.stage.id}: our bound {s.bound} is better than the peer's optimum {value}"
    return ""
