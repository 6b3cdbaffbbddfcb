"""Our engine against HiGHS and CP-SAT (or CBC, where columns are continuous) on one small program."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from optimizer.program import Number, Program
from optimizer.solvers import engine_named
from optimizer.solvers.base import Limits, Outcome, StageOutcome
from tests.solvers.peers import Answer, NoAnswer, Solve, answers, by_cbc, by_cpsat, by_highs
from tests.solvers.random_programs import Case

CLOSE = {"highs": 1e-9, "cpsat": 0.0, "cbc": 1e-7}
"""Relative distance at which two values over continuous columns are the same; CBC writes its answers with eight digits."""


@dataclass
class Verdict:
    """``legal``: whether our engine has a plan, found (or proven away) in ``seconds``. ``ours``: what is wrong with ours;
    ``peers``: peers that differ from ours; ``refuted``: peers that differ and are provably wrong (see ``refutation``);
    ``silent``: peers without an answer in their time."""

    case: Case
    legal: bool
    engine: str
    seconds: float
    ours: list[str] = field(default_factory=list)
    peers: dict[str, str] = field(default_factory=dict)
    refuted: dict[str, str] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        """Ours is right by itself; both peers say the same, or one does and the other is provably wrong or silent."""
        return not self.ours and not self.peers and len(self.refuted) + len(self.silent) < 2


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
            found = answers(program, solve, outcome)
        except NoAnswer as error:
            verdict.silent[name] = str(error)
            continue
        difference, stage = compared(outcome, found, CLOSE[name])
        if not difference:
            continue
        proof = refutation(program, outcome, found, stage)
        if proof:
            verdict.refuted[name] = f"{difference}; {proof}"
        else:
            verdict.peers[name] = difference
    return verdict


def refutation(program: Program, outcome: Outcome | None, found: list[Answer] | None, number: int) -> str:
    """Why the peer is wrong, checked without any solver ("" where that cannot be said): it calls illegal, or beaten, what our
    plan shows; or what it calls better breaks a row or an earlier stage."""
    if outcome is None:
        faults = program.faults(found[0].x) if found else []
        return f"the peer's plan breaks {faults}" if faults else ""
    if program.faults(outcome.x):
        return ""
    if found is None:
        return "our plan is legal"
    s, answer = outcome.stages[number], found[number]
    if s.stage.sign * (s.value - answer.value) > 0:
        return "our legal plan is better" if same(program.reached(s.stage, outcome.x), s.value) else ""
    faults = program.faults(answer.x)
    if faults:
        return f"the peer's plan breaks {faults}"
    lost = [e.stage.id for e in outcome.stages[:number] if _behind(e, program.reached(e.stage, answer.x))]
    return f"the peer's plan gives up {lost}" if lost else ""


def _behind(earlier: StageOutcome, value: Number) -> bool:
    """Whether a value is worse than what an earlier stage keeps."""
    return earlier.stage.sign * (value - earlier.value) < 0 and not same(value, earlier.value)


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


def compared(outcome: Outcome | None, found: list[Answer] | None, close: float) -> tuple[str, int]:
    """Where a peer differs from ours, and at which stage; a bound better than the peer's optimum is a difference too."""
    if outcome is None or found is None:
        both = outcome is None and found is None
        return "" if both else f"a plan: ours {outcome is not None}, the peer {found is not None}", 0
    for number, (s, answer) in enumerate(zip(outcome.stages, found, strict=True)):
        if not same(s.value, answer.value, close):
            return f"{s.stage.id}: ours {s.value}, the peer {answer.value}", number
        if s.stage.sign * (s.bound - answer.value) < 0 and not same(s.bound, answer.value, close):
            return f"{s.stage.id}: our bound {s.bound} is better than the peer's optimum {answer.value}", number
    return "", 0
