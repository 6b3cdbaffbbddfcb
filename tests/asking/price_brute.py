"""A line's limit moved by hand and the whole program solved again: what ``optimizer prices`` is held against."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.line_levers import LineLever
from optimizer.analysis.priced import PriceRange
from optimizer.program import FREE, Ints, Program, Stage
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import proven_bound, solve_directly, with_choices, written_out
from optimizer.solvers.large_last import highs_solver


def moved_by_hand(parts: ByRule, lever: LineLever, steps: int) -> Program:
    """The program with the line's limits themselves moved by so many steps. ``lever``: over the rows of
    ``parts.whole_with_goals``."""
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
    return replace(program, row_lower=low, row_upper=high)


def goals_with(
    parts: ByRule, lever: LineLever, steps: int, goals: int, seconds: float = 120.0
) -> list[tuple[int, int]]:
    """Value and bound of the first ``goals`` goals, in order, with the limit moved."""
    changed = moved_by_hand(parts, lever, steps)
    changed = replace(changed, stages=changed.stages[:goals])
    outcome = solve_directly(changed, Limits(0.0, seconds), highs_solver, "highs")
    assert outcome is not None
    assert not changed.faults(np.asarray(outcome.x))
    return [(int(s.value), int(s.bound)) for s in outcome.stages]


def goal_beside(parts: ByRule, lever: LineLever, steps: int, goal: Stage, taken: Ints) -> tuple[int, int]:
    """Value and bound of a goal over the amounts beside the choices ``taken``, with the limit moved."""
    changed = moved_by_hand(parts, lever, steps)
    whole = written_out(changed, [], (goal.sign * goal.value).astype(np.float64))
    found = highs_solver(
        with_choices(whole, taken, changed.options), 0.0, 120.0, None, lambda: False, lambda v, b: None
    )
    assert found.x is not None
    value = int(goal.value @ found.x)
    return value, int(proven_bound(changed, goal, value, found.bound))


def wrong(parts: ByRule, found: PriceRange, taken: Ints) -> list[str]:
    """What solving again says against a range: nothing just below where it begins, the gains told where it begins, at the round
    amount and at its end, and no more beyond. Ranges that are not proven are held to what they say at least. ``taken``: the
    plan's choices, for goals over the amounts beside them."""
    if found.goal is None or found.first is None or found.round is None or found.last is None:
        return []
    stages = [s.id for s in parts.whole_with_goals.stages]
    before, sign, goal = stages.index(found.goal.id), found.goal.sign, found.goal

    def solved(steps: int) -> tuple[list[int], tuple[int, int]]:
        if goal.given_choices:
            return [], goal_beside(parts, found.lever, steps, goal, taken)
        values = goals_with(parts, found.lever, steps, before + 1)
        return [v for v, _ in values[:-1]], values[-1]

    base = solved(0)
    faults = []
    beyond = min(found.lever.most, 2 * found.last.steps + 1)
    points = [
        (found.first.steps - 1, 0, True),
        (found.first.steps, found.first.least, True),
        (found.round.steps, found.round.least, True),
        (found.last.steps, found.last.least, True),
        (beyond, found.last.least, found.proven),
    ]
    for steps, gain, exact in points:
        earlier, now = solved(max(steps, 0))
        if earlier != base[0]:
            faults.append(f"{found.lever.rule.id} {found.lever.key}: an earlier goal changes at {steps}")
            continue
        least, most = sign * (now[0] - base[1][1]), sign * (now[1] - base[1][0])
        if gain > most or (exact and gain < least):
            faults.append(f"{found.lever.rule.id} {found.lever.key}: told {gain} at {steps}, solved {least}…{most}")
    return faults
