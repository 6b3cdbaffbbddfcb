"""From a stage's prices to a better plan: options around the largest losses, again and again."""

from __future__ import annotations

import time

import numpy as np

from optimizer.program import Floats, Ints
from optimizer.solvers.base import StageTeller
from optimizer.solvers.prices.candidates import candidates
from optimizer.solvers.prices.finish import finish, opening
from optimizer.solvers.prices.master import Master
from optimizer.solvers.prices.neighbourhood import all_losers, neighbourhood
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.search import Prices
from optimizer.solvers.prices.settings import Settings


def improve(
    problem: StageProblem,
    master: Master,
    prices: Prices,
    bound: int,
    gap: float,
    cost: Floats,
    plan: Ints | None,
    tell: StageTeller,
    settings: Settings,
) -> Ints | None:
    """A better plan for the stage: the losers all at once, then neighbourhoods until within ``gap``, idle or late."""
    limits, stage = tell.limits, problem.stage
    goal_gap = abs(bound + stage.base) * gap
    goal = stage.sign * bound - goal_gap
    target = prices.bound - goal_gap  # the same with tie-breaks
    reduced = problem.reduced(prices.price, cost)
    weights = candidates(problem, master)
    if plan is None:
        opened, patience = opening(problem, weights, reduced, 0.0, None), settings.finish_seconds
    else:
        opened, patience = all_losers(problem, plan, weights, reduced, 2000), 5.0
    found = finish(problem, opened, target, limits.allow(patience), plan, limits.over, cost)
    best = found if found is not None and (plan is None or cost @ found > cost @ plan) else plan
    if best is None:
        return None
    draw = np.random.default_rng(limits.seed)
    size, idle, began = settings.neighbourhood, 0, time.perf_counter()
    while (
        time.perf_counter() - began < settings.stage_seconds
        and stage.sign * int(stage.value @ best) < goal
        and idle < settings.idle
        and not limits.over()
    ):
        tell(int(stage.value @ best), bound)
        opened = neighbourhood(problem, best, prices.price, reduced, size, draw)
        found = finish(problem, opened, target, limits.allow(2.5), best, limits.over, cost)
        gain = 0.0 if found is None else float(cost @ found - cost @ best)
        if found is not None and gain > 0:
            best = found
        idle = 0 if gain > 1e-3 * goal_gap else idle + 1
        size = min(int(size * 1.15), 600) if gain <= 1e-3 * goal_gap else max(settings.neighbourhood, int(size / 1.1))
    return best
