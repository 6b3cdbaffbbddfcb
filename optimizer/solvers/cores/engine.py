"""The engine for hard pure problems: bound by prices, core by fixing, HiGHS and CP-SAT side by side on the core."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from optimizer.program import Ints, Program, Stage
from optimizer.solvers.base import Limits, Outcome, StageOutcome, StageTeller
from optimizer.solvers.cores.ascent import Top, climb, refine, second_cheapest
from optimizer.solvers.cores.exchange import Exchange
from optimizer.solvers.cores.ladder import Ladder
from optimizer.solvers.cores.lagrangian import Lagrangian
from optimizer.solvers.cores.merged import merged
from optimizer.solvers.cores.pair import Core, solve_core
from optimizer.solvers.cores.race import Race
from optimizer.solvers.cores.relaxed import relaxed_prices
from optimizer.solvers.cores.shape import Bins, bins_of
from optimizer.solvers.direct import written_out
from optimizer.wording import Wording

LARGEST_TABLE = 150_000
"""Cells (bins × capacities) of one step of the knapsack tables; where they are more, as with capacities in the ten
thousands, the bound of prices is too slow to be worth it, and the whole program is the core."""

QUICK_SHARE = 0.25
"""The share of the time that the first core, everything below the first plan, may take."""

EXCHANGE_SHARE = 0.1
"""The share of the time that the exchange may take."""


def solve_cores(program: Program, limits: Limits) -> Outcome | None:
    """Every stage in turn; the earlier ones are kept at their values. None where no plan was found."""
    kept: list[tuple[Stage, int]] = []
    outcomes: list[StageOutcome] = []
    plan: Ints | None = None
    for number, stage in enumerate(program.stages):
        tell = StageTeller(limits, stage, number, len(program.stages))
        tell(None, None)
        race, record = _raced(program, stage, kept, limits, plan, tell)
        if race.plan is None or race.value is None:
            return None
        plan, value = race.plan, -stage.sign * race.value
        bound = value if race.bound is None else -stage.sign * race.bound
        if race.bound is None:
            return None
        outcomes.append(StageOutcome(stage, value, bound, time.perf_counter() - tell.began, record))
        tell(value, bound, done=True)
        kept.append((stage, value))
    return Outcome(plan, tuple(outcomes), limits.over()) if plan is not None else None


def _raced(
    program: Program, stage: Stage, kept: list[tuple[Stage, int]], limits: Limits, plan: Ints | None, tell: StageTeller
) -> tuple[Race, Wording]:
    """One stage: the race as it ended, and who contributed what."""
    cost = -stage.sign * stage.value
    earlier = [(s.value, s.sign, v) for s, v in kept]

    def legal(x: Ints) -> bool:
        return not program.faults(x) and all(sign * int(value @ x) >= sign * least for value, sign, least in earlier)

    race = Race(legal, lambda x: int(cost @ x), max(1, int(np.gcd.reduce(cost))))
    race.prove(float(np.minimum(cost, 0) @ program.upper), "prices")
    if plan is not None:
        race.offer(plan, "the earlier stage")
    written = merged(written_out(program, kept, (-cost).astype(np.float64)))
    bins = bins_of(program, cost) if not kept else None
    if bins is None or Lagrangian(bins).knapsacks.layer > LARGEST_TABLE:
        core = Core(written, lambda x, who: race.offer(x, who), race.whole, limits.seed, limits.left(), race.plan)
        if race.plan is not None:
            core.value = float(written.cost @ race.plan)
        solve_core(core, limits.over)
        race.prove(-core.bound, core.prover)
        return race, said(race, program.columns, 0, 1)
    problem = Lagrangian(bins)
    top = started(problem, race, limits)
    exchanged(program, bins, top, race, limits)
    ladder = Ladder(program, written, bins, problem.reach(top.price), race, limits)
    if not race.closed:
        ladder.try_all(QUICK_SHARE)  # what is easy ends here, before the bound is worked on further
    if not (race.closed or ladder.hopeless or limits.over()):
        refined(problem, top, race, limits)
        ladder.reach = ladder.reach.joined(problem.reach(top.price))
        ladder.climb()
    return race, said(race, len(bins.item), ladder.fixed, ladder.steps)


def started(problem: Lagrangian, race: Race, limits: Limits) -> Top:
    """First prices, and a short climb from there; the bound goes to the race."""
    bins, left = problem.bins, shares(limits)
    assigned = bool((bins.state == 1).all())
    top = Top(relaxed_prices(bins, lambda: left(0.15)) if assigned else second_cheapest(bins))
    climb(problem, top, 30 if assigned else 100, lambda: left(0.15) <= 0 or limits.over(), 0.003 if assigned else 0.05)
    race.prove(top.bound, "prices")
    return top


def refined(problem: Lagrangian, top: Top, race: Race, limits: Limits) -> None:
    """Better prices in a share of the time; the bound goes to the race."""
    left = shares(limits)
    most = np.inf if race.value is None else float(race.value - race.whole)
    climb(problem, top, 120, lambda: left(0.15) <= 0 or limits.over(), 0.003)
    refine(problem, top, most, lambda: left(0.3) <= 0 or limits.over(), race.whole)
    race.prove(top.bound, "prices")


def shares(limits: Limits) -> Callable[[float], float]:
    """Seconds left of a share of the time that is left now (of a minute where there is no limit)."""
    budget, began = min(60.0, limits.left()), time.perf_counter()
    return lambda share: share * budget - (time.perf_counter() - began)


def exchanged(program: Program, bins: Bins, top: Top, race: Race, limits: Limits) -> None:
    """Plans by exchange over the bins that are open at the best prices, in a share of the time."""
    reply = Lagrangian(bins).ask(top.price)
    opened = reply.open & (bins.state != 0)
    columns = bins.open_column[opened & (bins.open_column >= 0)]
    budget = 30.0 if limits.seconds is None else limits.seconds
    began, last = time.perf_counter(), time.perf_counter()
    most = min(EXCHANGE_SHARE * budget, 1e-3 * len(bins.item) ** 0.5 * bins.items**0.5)

    def left() -> float:
        now = time.perf_counter()
        ended = race.closed or limits.over() or now - last > most / 2
        return 0.0 if ended else most - (now - began)

    def offer(options: Ints) -> None:
        nonlocal last
        x = np.zeros(program.columns, np.int64)
        x[bins.column[options]] = 1
        x[columns] = 1
        last = time.perf_counter()
        race.offer(x, "exchange")

    start = np.full(bins.items, -1)
    chosen = np.flatnonzero(reply.filling & opened[bins.bin])
    start[bins.item[chosen]] = bins.bin[chosen]
    search = Exchange(bins, opened, limits.seed, offer)
    search.run(np.where(start >= 0, start, search.cost.argmin(axis=1)), left)


def said(race: Race, options: int, fixed: int, steps: int) -> Wording:
    """Who found the best plan, who proved the bound, and how much was fixed."""
    finder, prover = race.finder or "-", race.prover or "-"
    return Wording(
        zh=f"价格与核心：{options} 列中定下 {fixed} 列，{steps} 个核心；最好方案由 {finder} 找到，界由 {prover} 证明",
        en=f"prices and cores: {fixed} of {options} columns fixed, {steps} cores; best plan by {finder}, bound by {prover}",
    )
