"""The first plan: good on all stages at once, and the start of each of them."""

from __future__ import annotations

import numpy as np

from optimizer.program import Floats, Ints, Program, Stage
from optimizer.solvers.base import Limits, StageTeller
from optimizer.solvers.direct import written_out
from optimizer.solvers.large_last import near_relaxation
from optimizer.solvers.prices.candidates import candidates
from optimizer.solvers.prices.carried import carried
from optimizer.solvers.prices.finish import breaking_rows, finish, opening, with_room
from optimizer.solvers.prices.master import Master
from optimizer.solvers.prices.neighbourhood import neighbourhood
from optimizer.solvers.prices.pricing import Answer, Pricing
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.search import Prices, blocks_of, compact, search
from optimizer.solvers.prices.settings import Settings
from optimizer.wording import Wording

BLEND_GAP = 1e-9
"""Later stages count little in the blend."""


def sketch(
    program: Program, pricing: Pricing, limits: Limits, lottery: Floats, settings: Settings, tell: StageTeller
) -> tuple[Ints | None, list[Answer]]:
    """A first plan that is good on all stages at once: each stage counts a fixed share of the one before. Small programs have
    one beside their relaxation, without prices."""
    blend = blended(program, lottery, settings.sketch_share)
    if program.options <= settings.closed_at_most:
        whole = written_out(program, [], blend)
        near = near_relaxation(whole, BLEND_GAP, limits.allow(settings.beside_seconds), None, limits.over, counted=True)
        if near.x is not None:
            return near.x, []
    nothing = Stage("sketch", "", Wording("", ""), 1, "1", np.zeros(program.columns, dtype=np.int64))
    problem = StageProblem(program, nothing, [], pricing)
    master = Master(problem, compact(blocks_of(problem, settings.block_size)), blend, settings.penalty)
    prices = search(problem, master, blend, None, settings.sketch_gap, settings.rounds, limits.over)
    reduced = problem.reduced(prices.price, blend)
    opened = opening(problem, candidates(problem, master), reduced, 0.0, None)
    plan = finish(problem, opened, np.inf, limits.allow(settings.finish_seconds), None, limits.over, blend)
    for _ in range(settings.repairs):
        if plan is not None or limits.over():
            break
        rows = breaking_rows(problem, opened, limits.allow(settings.repair_seconds), limits.over)
        if not len(rows):
            break
        opened = with_room(problem, opened, rows)
        plan = finish(problem, opened, np.inf, limits.allow(settings.finish_seconds), None, limits.over, blend)
    if plan is not None:
        plan = polish(problem, plan, blend, prices, tell, settings)
        return plan, carried(master, pricing, plan)
    return None, []


def blended(program: Program, lottery: Floats, share: float) -> Floats:
    """All stages in one objective: each counts ``share`` of the one before, in typical values; a stage that is
    minimised after one that is maximised counts so little that no household stays out for its sake."""
    blend, weight = np.zeros(program.columns), 1.0
    before: tuple[int, float, float] | None = None
    for stage in program.stages:
        used = np.abs(stage.value[stage.value != 0]).astype(np.float64)
        if not len(used) or stage.given_choices:
            continue
        typical, least, most = float(np.median(used)), float(used.min()), float(used.max())
        if before is not None:
            sign, earlier, smallest = before
            weight *= share * (earlier / typical if sign == stage.sign else smallest / most)
        else:
            weight = 1.0 / typical
        blend += weight * stage.sign * stage.value
        before = (stage.sign, typical, least)
    blend[: program.options] += 1e-3 * weight * (before[1] if before else 1.0) * lottery[program.set_of_option()]
    return blend


def polish(
    problem: StageProblem, plan: Ints, cost: Floats, prices: Prices, tell: StageTeller, settings: Settings
) -> Ints:
    """Neighbourhoods around the largest losses, until the blend is within a third of the gap or they stop paying."""
    limits = tell.limits
    draw = np.random.default_rng(limits.seed)
    reduced = problem.reduced(prices.price, cost)
    idle = 0
    while prices.bound - cost @ plan > settings.sketch_gap * abs(prices.bound) and idle < 5 and not limits.over():
        opened = neighbourhood(problem, plan, prices.price, reduced, 2 * settings.neighbourhood, draw)
        found = finish(problem, opened, np.inf, limits.allow(3.0), plan, limits.over, cost)
        gain = 0.0 if found is None else float(cost @ found - cost @ plan)
        plan = found if found is not None and gain > 0 else plan
        tell(int(tell.stage.value @ plan), None)
        idle = 0 if gain > 0.5 * settings.sketch_gap * abs(prices.bound) else idle + 1
    return plan
