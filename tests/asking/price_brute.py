"""A line's limit moved by hand and the whole program solved again: what ``optimizer prices`` is held against."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.line_levers import LineLever
from optimizer.analysis.priced import PriceRange
from optimizer.program import FREE
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import solve_directly
from optimizer.solvers.large_last import highs_solver


def goals_with(
    parts: ByRule, lever: LineLever, steps: int, goals: int, seconds: float = 120.0
) -> list[tuple[int, int]]:
    """Value and bound of the first ``goals`` goals, in order, with the line's limits themselves moved by so many steps.
    ``lever``: over the rows of ``parts.whole_with_goals``."""
    program = parts.whole_with_goals
    low, high = program.row_lower.copy(), program.row_upper.copy()
    for row, entry in zip(lever.rows, lever.entries, strict=True):
        moved = -int(entry) * steps
        if moved > 0 and high[row] < FREE:
            high[row] += moved
        elif moved < 0 and low[row] > -FREE:
            low[row] += moved
        if lever.sense == "=":  # both sides stand at the number
            low[row], high[row] = program.row_lower[row] + moved, program.row_upper[row] + moved
    changed = replace(program, row_lower=low, row_upper=high, stages=program.stages[:goals])
    outcome = solve_directly(changed, Limits(0.0, seconds), highs_solver, "highs")
    assert outcome is not None
    assert not changed.faults(np.asarray(outcome.x))
    return [(int(s.value), int(s.bound)) for s in outcome.stages]


def wrong(parts: ByRule, found: PriceRange) -> list[str]:
    """What solving again says against a range: nothing just below where it begins, the gains told where it begins, at the round
    amount and at its end, and no more beyond. Ranges that are not proven are held to what they say at least."""
    if found.goal is None or found.first is None or found.round is None or found.last is None:
        return []
    stages = [s.id for s in parts.whole_with_goals.stages]
    count = stages.index(found.goal.id) + 1
    sign = found.goal.sign
    base = goals_with(parts, found.lever, 0, count)
    faults = []
    beyond = min(found.lever.most, 2 * found.last.steps + 1)
    points = [(found.first.steps - 1, 0, True), (found.first.steps, found.first.least, True), (found.round.steps, found.round.least, True),
              (found.last.steps, found.last.least, True), (beyond, found.last.least, found.proven)]  # fmt: skip
    for steps, gain, exact in points:
        if steps < 0:
            continue
        now = goals_with(parts, found.lever, steps, count)
        if [v for v, _ in now[:-1]] != [v for v, _ in base[:-1]]:
            faults.append(f"{found.lever.rule.id} {found.lever.key}: an earlier goal changes at {steps}")
            continue
        least = sign * (now[-1][0] - base[-1][1])
        most = sign * (now[-1][1] - base[-1][0])
        if gain > most or (exact and gain < least):
            faults.append(f"{found.lever.rule.id} {found.lever.key}: told {gain} at {steps}, solved {least}…{most}")
    return faults
