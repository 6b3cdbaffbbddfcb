"""All stages in order: each keeps what the earlier ones reached, and starts from their columns and plan."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from optimizer.program import Floats, Ints, Program, Stage
from optimizer.progress import Progress
from optimizer.solvers.base import Limits, Outcome, StageOutcome
from optimizer.solvers.direct import restricted, written_out
from optimizer.solvers.highs import exact_with_bound
from optimizer.solvers.prices.candidates import candidates
from optimizer.solvers.prices.certificate import exact_bound, whole_prices
from optimizer.solvers.prices.finish import breaking_rows, finish, opening, with_room
from optimizer.solvers.prices.master import Master
from optimizer.solvers.prices.neighbourhood import all_losers, neighbourhood
from optimizer.solvers.prices.pricing import Answer, Pricing
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.search import Prices, blocks_of, compact, search
from optimizer.wording import Wording


@dataclass
class Settings:
    """Knobs of the method, with the values that measured best (see docs/prices.md)."""

    block_size: int = 60
    rounds: int = 80
    lp_share: float = 0.1
    look_ahead: float = 2e-4
    penalty: float = 1e3
    finish_seconds: float = 20.0
    repairs: int = 4
    repair_seconds: float = 6.0
    sketch_share: float = 0.12
    sketch_gap: float = 1e-5
    neighbourhood: int = 300
    idle: int = 9
    stage_seconds: float = 15.0


def solve_stages(program: Program, limits: Limits, lottery: Floats, settings: Settings | None = None) -> Outcome | None:
    """Every stage by prices and a small whole program; None where no legal plan was found.

    ``lottery``: one number in [0, 1) for each choice set; it breaks ties before pricing (X-03).
    """
    settings = settings or Settings()
    pricing = Pricing(program)
    kept: list[tuple[Stage, int]] = []
    outcomes: list[StageOutcome] = []
    plan: Ints | None = None
    columns: list[Answer] = []
    plan, columns = sketch(program, pricing, limits, lottery, settings)
    for number, stage in enumerate(program.stages):
        began = time.perf_counter()
        if stage.given_choices and plan is not None:
            plan, outcome = settle_amounts(program, stage, kept, plan, limits)
            outcomes.append(outcome)
            limits.report(_progress(program, number, outcome))
            kept.append((stage, outcome.value))
            continue
        problem = StageProblem(program, stage, kept, pricing)
        cost = problem.cost + tie_breaks(program, number, lottery, settings.look_ahead)
        blocks = compact(blocks_of(problem, settings.block_size))
        master = Master(problem, blocks, cost, settings.penalty)
        for answer in columns:
            master.take(answer)
        prices = search(problem, master, cost, None, limits.gap * settings.lp_share, settings.rounds, limits.over)
        better = improve(problem, master, prices, cost, plan, limits, settings)
        plan = better if better is not None else plan
        if plan is None:
            return None
        value = int(stage.value @ plan)
        whole, shift = whole_prices(program, pricing, stage, kept, prices.price / problem.scale)
        bound = exact_bound(program, pricing, stage, kept, whole, shift)
        outcomes.append(
            StageOutcome(
                stage, value, bound, time.perf_counter() - began, Wording("价格导向法", "prices"), whole, shift
            )
        )
        limits.report(_progress(program, number, outcomes[-1]))
        kept.append((stage, value))
        columns = carried(master, pricing, plan)
    return Outcome(plan, tuple(outcomes), limits.over()) if plan is not None else None


def sketch(
    program: Program, pricing: Pricing, limits: Limits, lottery: Floats, settings: Settings
) -> tuple[Ints | None, list[Answer]]:
    """A first plan that is good on all stages at once: each stage counts a fixed share of the one before."""
    blend = blended(program, lottery, settings.sketch_share)
    nothing = Stage("sketch", "", Wording("", ""), 1, "1", np.zeros(program.columns, dtype=np.int64))
    problem = StageProblem(program, nothing, [], pricing)
    master = Master(problem, compact(blocks_of(problem, settings.block_size)), blend, settings.penalty)
    prices = search(problem, master, blend, None, settings.sketch_gap, settings.rounds, limits.over)
    reduced = problem.reduced(prices.price, blend)
    opened = opening(problem, candidates(problem, master), reduced, 0.0, None)
    plan = finish(problem, opened, np.inf, seconds(limits, settings), None, limits.over, blend)
    for _ in range(settings.repairs):
        if plan is not None or limits.over():
            break
        rows = breaking_rows(problem, opened, settings.repair_seconds)
        if not len(rows):
            break
        opened = with_room(problem, opened, rows)
        plan = finish(problem, opened, np.inf, seconds(limits, settings), None, limits.over, blend)
    if plan is not None:
        plan = polish(problem, plan, blend, prices, limits, settings)
        return plan, carried(master, pricing, plan)
    return None, []


def settle_amounts(
    program: Program, stage: Stage, kept: list[tuple[Stage, int]], plan: Ints, limits: Limits
) -> tuple[Ints, StageOutcome]:
    """The stage over amounts and whole-group columns alone, the options staying as they are: small, solved outright."""
    began = time.perf_counter()
    whole = written_out(program, kept, (stage.sign * stage.value).astype(np.float64))
    free = np.arange(program.options, program.columns)
    free = free[program.upper[free] > 0]
    fixed = plan.copy()
    fixed[free] = 0
    x, bound = exact_with_bound(
        restricted(whole, fixed, free), limits.gap / 10, max(min(limits.left(), 60.0), 1.0), plan[free]
    )
    done = plan
    if x is not None:
        done = fixed.copy()
        done[free] = x
    value = int(stage.value @ done)
    given = int(stage.value @ fixed)
    proven = given + stage.sign * bound if np.isfinite(bound) else float(value)
    limit = int(np.ceil(proven - 1e-6)) if stage.sign > 0 else int(np.floor(proven + 1e-6))
    best = max(limit, value) if stage.sign > 0 else min(limit, value)
    engine = Wording("安置既定，金额由 HiGHS 整体求解", "amounts given the moves, by HiGHS")
    return done, StageOutcome(stage, value, best, time.perf_counter() - began, engine)


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


def polish(problem: StageProblem, plan: Ints, cost: Floats, prices: Prices, limits: Limits, settings: Settings) -> Ints:
    """Neighbourhoods around the largest losses, until the blend is within a third of the gap or they stop paying."""
    draw = np.random.default_rng(limits.seed)
    reduced = problem.reduced(prices.price, cost)
    idle = 0
    while prices.bound - cost @ plan > settings.sketch_gap * abs(prices.bound) and idle < 5 and not limits.over():
        opened = neighbourhood(problem, plan, prices.price, reduced, 2 * settings.neighbourhood, draw)
        found = finish(problem, opened, np.inf, 3.0, plan, limits.over, cost)
        gain = 0.0 if found is None else float(cost @ found - cost @ plan)
        plan = found if found is not None and gain > 0 else plan
        idle = 0 if gain > 0.5 * settings.sketch_gap * abs(prices.bound) else idle + 1
    return plan


def tie_breaks(program: Program, number: int, lottery: Floats, weight: float) -> Floats:
    """Small values that decide between equals: the later stages in order, then the lottery.

    They steer the search only; values and bounds are always those of the stage itself.
    """
    stage = program.stages[number]
    used = np.abs(stage.value[stage.value != 0])
    typical = float(np.median(used)) if len(used) else 1.0
    tie = np.zeros(program.columns)
    share = 1.0
    for later in (s for s in program.stages[number + 1 :] if not s.given_choices):
        largest = float(np.abs(later.value).max(initial=1))
        tie += share * later.sign * later.value / max(largest, 1.0)
        share *= 0.2
    tie[: program.options] += 0.1 * share * lottery[program.set_of_option()]
    return np.asarray(weight * typical * tie, dtype=np.float64)


def improve(
    problem: StageProblem,
    master: Master,
    prices: Prices,
    cost: Floats,
    plan: Ints | None,
    limits: Limits,
    settings: Settings,
) -> Ints | None:
    """A plan for the stage within the gap, if widening finds one: ever more options are opened."""
    sign = problem.stage.sign
    goal_value = abs(prices.bound + sign * problem.stage.base) * limits.gap * 0.6
    if plan is not None and prices.bound - sign * int(problem.stage.value @ plan) <= goal_value:
        return plan
    reduced = problem.reduced(prices.price, cost)
    best = plan
    if best is not None:
        opened = all_losers(problem, best, candidates(problem, master), reduced, 2000)
        found = finish(problem, opened, prices.bound - goal_value, 5.0, best, limits.over, cost)
    else:
        opened = opening(problem, candidates(problem, master), reduced, 0.0, None)
        found = finish(problem, opened, prices.bound - goal_value, seconds(limits, settings), None, limits.over, cost)
    if found is not None and (best is None or cost @ found > cost @ best):
        best = found
    if best is None:
        return None
    draw = np.random.default_rng(limits.seed)
    size, idle, began = settings.neighbourhood, 0, time.perf_counter()
    while (
        time.perf_counter() - began < settings.stage_seconds
        and prices.bound - sign * int(problem.stage.value @ best) > goal_value
        and idle < settings.idle
        and not limits.over()
    ):
        opened = neighbourhood(problem, best, prices.price, reduced, size, draw)
        found = finish(problem, opened, prices.bound - goal_value, 2.5, best, limits.over, cost)
        gain = 0.0 if found is None else cost @ found - cost @ best
        if found is not None and gain > 0:
            best = found
        idle = 0 if gain > 1e-3 * goal_value else idle + 1
        size = min(int(size * 1.15), 600) if gain <= 1e-3 * goal_value else max(settings.neighbourhood, int(size / 1.1))
    return best


def seconds(limits: Limits, settings: Settings) -> float:
    """What one small whole program may take."""
    return min(settings.finish_seconds, max(limits.left(), 1.0))


def _agrees(fixed: Ints, free: Ints, plan: Ints) -> bool:
    rest = plan.copy()
    rest[free] = 0
    return bool((rest == fixed).all())


def carried(master: Master, pricing: Pricing, plan: Ints) -> list[Answer]:
    """Answers worth taking to the next stage: the last ones with weight, and the plan itself."""
    _, mixture = master.mixture()
    used = sorted({owner.answer for owner, _ in mixture})[-12:]
    return [*(master.answers[i] for i in used if i > 0), plan_answer(pricing, plan)]


def plan_answer(pricing: Pricing, plan: Ints) -> Answer:
    """A plan as an answer of all sets."""
    option = np.full(pricing.sets, -1, dtype=np.int64)
    taken = np.flatnonzero(plan[: len(pricing.order)])
    owner = np.searchsorted(pricing.set_start, taken, side="right") - 1
    option[owner] = taken
    whole = np.flatnonzero(plan[pricing.whole_column]) if len(pricing.whole_column) else np.zeros(0, np.int64)
    return Answer(option, whole, np.zeros(pricing.units))


def _progress(program: Program, number: int, outcome: StageOutcome) -> Progress:
    return Progress(
        stage=number + 1,
        stages=len(program.stages),
        title=outcome.stage.title,
        sense="max" if outcome.stage.sign > 0 else "min",
        incumbent=outcome.value + outcome.stage.base,
        bound=outcome.bound + outcome.stage.base,
        gap=outcome.gap,
        unit=outcome.stage.unit,
        seconds=outcome.seconds,
        note=None,
    )
