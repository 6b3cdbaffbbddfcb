"""The engine for hard pure problems: HiGHS on the whole program from the start, and beside it what the shape allows.

Items in bins: a bound by prices, plans by exchange, fixing, and CP-SAT on cores of what is left. Any other program: CP-SAT on
the whole of it. The first proof ends the race; plans and bounds are shared all the time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from optimizer.program import Ints, Program, Stage
from optimizer.solvers.base import Limits, Outcome, StageOutcome, StageTeller
from optimizer.solvers.cores.ascent import Top, climb, refine, second_cheapest
from optimizer.solvers.cores.exchange import Exchange
from optimizer.solvers.cores.knapsacks import Knapsacks
from optimizer.solvers.cores.ladder import Ladder, columns_of
from optimizer.solvers.cores.lagrangian import Lagrangian
from optimizer.solvers.cores.medians import medians
from optimizer.solvers.cores.merged import merged
from optimizer.solvers.cores.race import Race, part_of
from optimizer.solvers.cores.racers import HighsRacer, Racer, SatRacer
from optimizer.solvers.cores.relaxed import relaxed_prices
from optimizer.solvers.cores.shape import Bins, bins_of
from optimizer.solvers.direct import written_out
from optimizer.solvers.highs import WholeProgram
from optimizer.wording import Wording

LARGEST_TABLE = 150_000
"""Cells (bins × capacities) of one step of the knapsack tables; where they are more, as with capacities in the ten
thousands, the bound of prices is too slow to be worth it, and CP-SAT works on the whole program."""

PATIENCE = 4.0
"""An exchange without a plan goes on for so many times its share."""

MASTER_ITEMS = 400
"""With more items the column generation's master takes longer than what it gains."""

QUICK_SHARE = 0.25
"""The share of the time that the first core, everything below the first plan, may take."""

EXCHANGE_SHARE, AROUND_SHARE = 0.1, 0.1
"""The shares of the time that the exchange, and then the first neighbourhoods, may take."""


def solve_cores(program: Program, limits: Limits) -> Outcome | None:
    """Every stage in turn; the earlier ones are kept at their values. None where no plan was found."""
    kept: list[tuple[Stage, int]] = []
    outcomes: list[StageOutcome] = []
    plan: Ints | None = None
    for number, stage in enumerate(program.stages):
        tell = StageTeller(limits, stage, number, len(program.stages))
        tell(None, None)
        course = Course.of(program, stage, kept, limits, plan)
        course.run()
        race = course.race
        if race.plan is None or race.value is None or race.bound is None:
            return None
        plan, value, bound = race.plan, -stage.sign * race.value, -stage.sign * race.bound
        outcomes.append(StageOutcome(stage, value, bound, time.perf_counter() - tell.began, course.said()))
        tell(value, bound, done=True)
        kept.append((stage, value))
    return Outcome(plan, tuple(outcomes), limits.over()) if plan is not None else None


@dataclass
class Course:
    """One stage: the race, the program that it is about (also ``written`` out), its shape (None: another), the racers."""

    program: Program
    written: WholeProgram
    bins: Bins | None
    race: Race
    limits: Limits
    racers: list[Racer] = field(default_factory=list)
    ladder: Ladder | None = None

    @classmethod
    def of(
        cls, program: Program, stage: Stage, kept: list[tuple[Stage, int]], limits: Limits, plan: Ints | None
    ) -> Course:  # fmt: skip
        """The race for ``stage`` with the earlier stages ``kept``, from the ``plan`` that they ended with."""
        cost = -stage.sign * stage.value
        earlier = [(s.value, s.sign, v) for s, v in kept]

        def legal(x: Ints) -> bool:
            return not program.faults(x) and all(sign * int(v @ x) >= sign * least for v, sign, least in earlier)

        race = Race(legal, lambda x: int(cost @ x), max(1, int(np.gcd.reduce(cost))))
        race.prove(float(np.minimum(cost, 0) @ program.upper), "prices")
        if plan is not None:
            race.offer(plan, "the earlier stage")
        written = merged(written_out(program, kept, (-cost).astype(np.float64)))
        bins = bins_of(program, cost) if not kept else None
        fits = bins is not None and Knapsacks(bins).layer <= LARGEST_TABLE
        return cls(program, written, bins if fits else None, race, limits)

    @property
    def done(self) -> bool:
        """Whether to stop."""
        return self.race.ended or self.limits.over()

    def run(self) -> None:
        """Race until a proof, the limit, or nobody is left; every racer has ended when this returns."""
        whole = part_of(self.written, np.zeros(self.program.columns, np.int64))
        self._add(HighsRacer(self.race, whole, self.limits.left(), self.limits.seed))
        try:
            if self.bins is None:
                self._add(SatRacer(self.race, whole, self.limits.left(), self.limits.seed))
            else:
                self._by_prices(self.bins)
            while not self.done and any(r.is_alive() for r in self.racers):
                self.race.news.wait(0.1)
                self.race.news.clear()
        finally:
            for racer in self.racers:
                racer.stop()
        if self.race.failure is not None:
            raise self.race.failure

    def _add(self, racer: Racer) -> Racer:
        self.racers.append(racer)
        return racer

    def _by_prices(self, bins: Bins) -> None:
        """The bound of prices, plans by exchange, then cores by CP-SAT, beside HiGHS."""
        problem = Lagrangian(bins)
        top = started(problem, self.race, self.limits)
        if not self.done:
            exchanged(self.program, problem, top, self.race, self.limits)
        if self.done:
            return
        self.ladder = ladder = Ladder(
            self.program, self.written, bins, self.race, self.limits, self.racers, problem.reach(top.price)
        )
        ladder.try_last(QUICK_SHARE)  # what is easy ends here, before the bound is worked on further
        ladder.look_around(AROUND_SHARE)
        if not self.done:
            refined(problem, top, self.race, self.limits)
        if not self.done:
            ladder.reach = ladder.reach.joined(problem.reach(top.price))
            ladder.climb()

    def said(self) -> Wording:
        """Who found the best plan, who proved the bound, and how much was fixed."""
        race, ladder = self.race, self.ladder
        finder, prover, fixed = race.finder or "-", race.prover or "-", 0 if ladder is None else ladder.fixed
        steps, options = 0 if ladder is None else ladder.steps, self.program.options
        return Wording(
            zh=f"价格与核心：{options} 列中定下 {fixed} 列，{steps} 个核心；最好方案由 {finder} 找到，界由 {prover} 证明",
            en=f"prices and cores: {fixed} of {options} columns fixed, {steps} cores; "
            f"best plan by {finder}, bound by {prover}",
        )


def started(problem: Lagrangian, race: Race, limits: Limits) -> Top:
    """First prices, and a short climb from there; the bound goes to the race."""
    bins, left = problem.bins, shares(limits)
    assigned = bool((bins.state == 1).all())

    def stop() -> bool:
        return left(0.15) <= 0 or limits.over() or race.ended

    top = Top(relaxed_prices(bins, lambda: 0.0 if stop() else left(0.15)) if assigned else second_cheapest(bins))
    climb(problem, top, 30 if assigned else 100, stop, 0.003 if assigned else 0.05)
    race.prove(top.bound, "prices")
    return top


def refined(problem: Lagrangian, top: Top, race: Race, limits: Limits) -> None:
    """Better prices in a share of the time; the bound goes to the race."""
    left = shares(limits)
    most = np.inf if race.value is None else float(race.value - race.whole)
    climb(problem, top, 120, lambda: left(0.15) <= 0 or limits.over() or race.ended, 0.003)
    if problem.bins.items <= MASTER_ITEMS:
        refine(problem, top, most, lambda: 0.0 if limits.over() or race.ended else left(0.3), race.whole)
    race.prove(top.bound, "prices")


def shares(limits: Limits) -> Callable[[float], float]:
    """Seconds left of a share of the time that is left now (of a minute where there is no limit)."""
    budget, began = min(60.0, limits.left()), time.perf_counter()
    return lambda share: share * budget - (time.perf_counter() - began)


def exchanged(program: Program, problem: Lagrangian, top: Top, race: Race, limits: Limits) -> None:
    """Plans by exchange over the bins that are open at the best prices, in a share of the time."""
    bins = problem.bins
    opened = problem.ask(top.price).open & (bins.state != 0)
    opened = opened if bins.count is None else medians(bins, opened)
    budget = 30.0 if limits.seconds is None else limits.seconds
    began, most = time.perf_counter(), min(EXCHANGE_SHARE * budget, 2e-3 * len(bins.item) ** 0.5 * bins.items**0.5)

    def part_done() -> float:
        if race.ended or limits.over():
            return 1.0
        done = (time.perf_counter() - began) / most
        return done if np.isfinite(search.best) or done > PATIENCE else min(done, 0.99)

    def offer(options: Ints) -> None:
        race.offer(columns_of(bins, options, opened, program.columns), "exchange")

    search = Exchange(bins, opened, top.price, limits.seed, offer)
    search.run(part_done)
