"""All stages in order: each keeps what the earlier ones reached, and starts from their columns and plan."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from optimizer.lagrangian import exact_bound, whole_prices
from optimizer.lagrangian.reach import Reach, anywhere, reach_of
from optimizer.program import Floats, Ints, Program, Stage
from optimizer.solvers.base import Limits, Outcome, StageOutcome, StageTeller
from optimizer.solvers.prices.by_parts import fits, solve_by_parts
from optimizer.solvers.prices.carried import carried
from optimizer.solvers.prices.choices_alone import ChoicesAlone, choices_alone
from optimizer.solvers.prices.closing import closed, settle_amounts
from optimizer.solvers.prices.improve import improve
from optimizer.solvers.prices.master import Master
from optimizer.solvers.prices.pricing import Answer, Pricing
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.prices.search import blocks_of, compact, search
from optimizer.solvers.prices.settings import PRICES, Settings
from optimizer.solvers.prices.sketch import sketch
from optimizer.solvers.prices.tighter import by_relaxation, reached


def solve_stages(program: Program, limits: Limits, lottery: Floats, settings: Settings | None = None) -> Outcome | None:
    """Every stage by prices and a small whole program; None where no legal plan was found.

    ``lottery``: one number in [0, 1) for each choice set; it breaks ties before pricing (X-03). Large programs are tried
    without their amounts first (``choices_alone``).
    """
    settings = settings or Settings()
    if fits(program, settings) and (alone := choices_alone(program)) is not None:
        outcome = _choices_then_amounts(program, alone, limits, lottery, settings)
        if outcome is not None:
            return outcome
    return _every_stage(program, limits, lottery, settings)


def _choices_then_amounts(
    program: Program, alone: ChoicesAlone, limits: Limits, lottery: Floats, settings: Settings
) -> Outcome | None:
    """The choice stages without the amounts' rows, then the amounts; None where these rows cannot be held beside the
    choices."""
    first = _every_stage(alone.program, limits, lottery, settings)
    if first is None:
        return None
    outcomes = [alone.whole_outcome(program, found, number) for number, found in enumerate(first.stages)]
    plan = np.append(first.x, np.zeros(program.columns - program.options, dtype=np.int64))
    kept = [(o.stage, o.value) for o in outcomes]
    if len(outcomes) == len(program.stages):  # no stage of their own: any amounts
        nothing = replace(program.stages[0], value=np.zeros(program.columns, dtype=np.int64), given_choices=True)
        plan, _ = settle_amounts(program, [], plan, StageTeller(limits, nothing, len(outcomes), len(outcomes)))
    for number, stage in enumerate(program.stages[len(outcomes) :], start=len(outcomes)):
        tell = StageTeller(limits, stage, number, len(program.stages))
        tell(None, None)
        plan, outcome = settle_amounts(program, kept, plan, tell)
        if program.faults(plan):
            return None
        outcomes.append(outcome)
        tell(outcome.value, outcome.bound, done=True)
        kept.append((stage, outcome.value))
    return None if program.faults(plan) else Outcome(plan, tuple(outcomes), limits.over())


def _every_stage(program: Program, limits: Limits, lottery: Floats, settings: Settings) -> Outcome | None:
    """One stage after the other over the program as it is."""
    pricing: Pricing | None = None
    kept: list[tuple[Stage, int]] = []
    outcomes: list[StageOutcome] = []
    plan: Ints | None = None
    columns: list[Answer] = []
    outcome: StageOutcome | None
    large = fits(program, settings)
    small, reach = program.options <= settings.closed_at_most, anywhere(program)
    for number, stage in enumerate(program.stages):
        tell = StageTeller(limits, stage, number, len(program.stages))
        tell(None if plan is None else int(stage.value @ plan), None)
        cost = stage.sign * stage.value + tie_breaks(program, number, lottery, _tie_weight(large, limits, settings))
        if stage.given_choices and plan is not None:
            plan, outcome = settle_amounts(program, kept, plan, tell, [o.bound for o in outcomes], reach)
        elif large and (found := solve_by_parts(program, stage, kept, cost, tell, settings)) is not None:
            plan, outcome = found
        else:
            pricing = pricing or Pricing(program)
            if plan is None:
                plan, columns = sketch(program, pricing, limits, lottery, settings, tell)
            problem = StageProblem(program, stage, kept, pricing)
            outcome = None
            if small and plan is not None:
                plan, outcome = by_relaxation(problem, plan, tell, settings, reach)
            if outcome is None or not reached(stage, plan, outcome.bound, limits.gap):
                before = outcome
                plan, outcome, columns = solve_stage(problem, cost, plan, columns, tell, settings, reach)
                outcome = _better_bound(outcome, before)
        if plan is None or outcome is None:
            return None
        outcomes.append(outcome)
        tell(outcome.value, outcome.bound, done=True)
        if small and outcome.prices is not None:
            prices, shift = outcome.prices, outcome.shift
            reach = reach.both(reach_of(program, stage, kept, prices, shift, outcome.value))
        kept.append((stage, outcome.value))
    return Outcome(plan, tuple(outcomes), limits.over()) if plan is not None else None


def _better_bound(outcome: StageOutcome | None, other: StageOutcome | None) -> StageOutcome | None:
    """The outcome with the bound, and the prices that prove it, of the other where that is better."""
    if outcome is None or other is None or outcome.stage.sign * (other.bound - outcome.bound) >= 0:
        return outcome
    proof = {name: getattr(other, name) for name in ("bound", "prices", "shift", "price_bound")}
    return replace(outcome, **proof)


def _tie_weight(large: bool, limits: Limits, settings: Settings) -> float:
    """Prices of large programs reach finer gaps, which tie-breaks must not use up."""
    return settings.look_ahead * (min(1.0, limits.gap / 1e-3) if large else 1.0)


def solve_stage(
    problem: StageProblem,
    cost: Floats,
    plan: Ints | None,
    columns: list[Answer],
    tell: StageTeller,
    settings: Settings,
    reach: Reach,
) -> tuple[Ints | None, StageOutcome | None, list[Answer]]:
    """One stage: prices with their exact bound, then a plan within the gap; the columns worth carrying on. ``reach``: where
    plans can be that keep what the earlier stages reached."""
    program, stage, limits = problem.program, problem.stage, tell.limits
    master = Master(problem, compact(blocks_of(problem, settings.block_size)), cost, settings.penalty)
    for answer in columns:
        master.take(answer)
    prices = search(problem, master, cost, None, limits.gap * settings.lp_share, settings.rounds, limits.over)
    whole, shift = whole_prices(program, stage, problem.kept, prices.price / problem.scale)
    proven = exact_bound(program, stage, problem.kept, whole, shift)
    tell(None if plan is None else int(stage.value @ plan), proven)
    bound, engine = proven, PRICES
    if program.options <= settings.closed_at_most and not reached(stage, plan, bound, limits.gap):
        plan, bound, engine = closed(problem, plan, bound, tell, settings, reach)
    # What an early stage leaves open widens the bounds of all later ones, so that it must be closed further.
    later = any(not s.given_choices for s in program.stages[tell.number + 1 :])
    goal_gap = limits.gap * (settings.early_ambition if later else settings.ambition)
    if not reached(stage, plan, bound, goal_gap):
        plan = improve(problem, master, prices, bound, goal_gap, cost, plan, tell, settings)
    if plan is None:
        return None, None, []
    value = int(stage.value @ plan)
    seconds = time.perf_counter() - tell.began
    outcome = StageOutcome(stage, value, bound, seconds, engine, whole, shift, proven)
    return plan, outcome, carried(master, problem.pricing, plan)


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
