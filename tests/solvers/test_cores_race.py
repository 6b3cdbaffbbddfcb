"""The race of the engine for hard pure problems: each racer alone, what they share, and that nothing runs on behind it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.public import gap, location
from optimizer.program import Ints, Program
from optimizer.solvers.base import Limits
from optimizer.solvers.cores import engine, knapsacks
from optimizer.solvers.cores.ascent import Top, climb, second_cheapest
from optimizer.solvers.cores.engine import Course, solve_cores
from optimizer.solvers.cores.exchange import Exchange, tolls
from optimizer.solvers.cores.ladder import Ladder, columns_of
from optimizer.solvers.cores.lagrangian import Lagrangian
from optimizer.solvers.cores.medians import medians, swaps
from optimizer.solvers.cores.neighbourhoods import Neighbourhoods
from optimizer.solvers.cores.race import Part, part_of
from optimizer.solvers.cores.racers import HighsRacer, Racer, SatRacer
from optimizer.solvers.cores.shape import Bins
from tests.solvers.test_cores import assignment, everything, places

KINDS = ("assignment", "places", "count")


def program_of(kind: str, seed: int, items: int = 6) -> Program:
    if kind == "assignment":
        return gap.program(assignment(seed, 3, items))
    return location.program(places(seed, 4, items, 2 if kind == "count" else None))


def course_of(program: Program, seconds: float = 20.0) -> Course:
    return Course.of(program, program.stages[0], [], Limits(gap=0.0, seconds=seconds), None)


def racing() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("optimizer-")]


def hard(seed: int = 5) -> Program:
    """Costs against resource uses: no solver proves it within seconds."""
    rng = np.random.default_rng(seed)
    use = rng.integers(1, 100, (15, 120))
    cost = 111 - use + rng.integers(-10, 11, use.shape)
    return gap.program(gap.Assignment(cost, use, (0.8 * use.sum(axis=1) / 15).astype(np.int64)))


def whole(course: Course) -> Part:
    return part_of(course.written, np.zeros(course.program.columns, np.int64))


@pytest.mark.parametrize("racer", [HighsRacer, SatRacer])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_each_racer_alone_finds_and_proves_the_optimum(seed: int, kind: str, racer: type[Racer]) -> None:
    program = program_of(kind, seed)
    best, _, _ = everything(program)
    course = course_of(program)
    one = racer(course.race, whole(course), 20.0, 1)
    one.join()
    one.stop()
    assert course.race.failure is None
    assert one.decided
    if best is None:
        assert course.race.barren == racer.who
        assert course.race.plan is None
    else:
        assert (course.race.value, course.race.bound) == (best, best)
        assert not course.race.barren


@pytest.mark.parametrize("racer", [HighsRacer, SatRacer])
@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_core_lifts_the_bound_above_its_target_and_no_further(kind: str, racer: type[Racer]) -> None:
    program = program_of(kind, 3)
    best, _, _ = everything(program)
    assert best is not None
    course = course_of(program)
    assert course.bins is not None
    problem = Lagrangian(course.bins)
    reach = problem.reach(second_cheapest(course.bins))
    ladder = Ladder(program, course.written, course.bins, course.race, course.limits, [], reach)
    one = racer(course.race, ladder._part(course.bins, best - 1), 20.0, 1)
    one.join()
    one.stop()
    assert course.race.plan is None
    assert course.race.bound == best
    again = racer(course.race, ladder._part(course.bins, best), 20.0, 1)
    again.join()
    again.stop()
    assert course.race.value == best


def test_a_part_of_unknown_worth_proves_nothing() -> None:
    program = program_of("assignment", 1)
    course = course_of(program)
    before = course.race.bound
    part = part_of(course.written, np.zeros(program.columns, np.int64), np.arange(3), None)
    part.empty(course.race, "nobody")
    part.proven(-1e6, course.race, "nobody")
    assert (course.race.bound, course.race.barren) == (before, "")


def test_a_plan_beyond_the_limit_of_a_part_is_not_in_it() -> None:
    program = program_of("places", 3)
    best, plans, cost = everything(program)
    course = course_of(program)
    assert best is not None
    assert course.bins is not None
    reach = Lagrangian(course.bins).reach(second_cheapest(course.bins))
    ladder = Ladder(program, course.written, course.bins, course.race, course.limits, [], reach)
    part = ladder._part(course.bins, best)
    inside = part.solution(plans[cost.argmin()])
    assert inside is not None
    assert np.array_equal(part.plan(inside), plans[cost.argmin()])
    assert part.solution(plans[cost.argmax()]) is None


def test_no_racer_runs_on_behind_the_engine() -> None:
    began = time.perf_counter()
    outcome = solve_cores(hard(), Limits(gap=0.0, seconds=2.0))
    assert racing() == []
    assert time.perf_counter() - began < 12.0  # a loaded machine; in quiet it is within a second
    assert outcome is None or "best plan by" in outcome.stages[0].engine.en


def test_a_stop_from_outside_is_heeded() -> None:
    began = time.perf_counter()
    solve_cores(hard(), Limits(gap=0.0, seconds=300.0, stop=lambda: time.perf_counter() - began > 1.0))
    assert time.perf_counter() - began < 20.0
    assert racing() == []


def test_an_interrupt_ends_every_racer(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "exchanged", interrupted)
    with pytest.raises(KeyboardInterrupt):
        solve_cores(hard(), Limits(gap=0.0, seconds=60.0))
    assert racing() == []


@pytest.mark.parametrize("racer", [HighsRacer, SatRacer])
def test_what_a_racer_dies_of_is_raised(racer: type[Racer], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Racer) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(racer, "work", broken)
    with pytest.raises(RuntimeError, match="broken"):
        solve_cores(hard(), Limits(gap=0.0, seconds=20.0))
    assert racing() == []


def test_an_earlier_stage_is_kept() -> None:
    from dataclasses import replace

    program = program_of("places", 1)
    first = program.stages[0]
    rng = np.random.default_rng(1)
    second = replace(first, id="second", value=rng.integers(0, 9, program.columns))
    outcome = solve_cores(replace(program, stages=(first, second)), Limits(gap=0.0, seconds=30.0))
    best, plans, cost = everything(program)
    assert outcome is not None
    assert outcome.stages[0].value == best
    assert outcome.stages[1].value == outcome.stages[1].bound == (plans @ second.value)[cost == best].min()


def searched(course: Course, seconds: float) -> tuple[Bins, np.ndarray, list[Ints]]:  # type: ignore[type-arg]
    """The exchange's plans over the bins open at short prices (all in one step count; no clock decides)."""
    assert course.bins is not None
    bins, problem = course.bins, Lagrangian(course.bins)
    top = Top(second_cheapest(bins))
    climb(problem, top, 40, lambda: False)
    opened = problem.ask(top.price).open & (bins.state != 0)
    heard: list[Ints] = []
    steps = iter(np.linspace(0.0, 1.0, 400))
    Exchange(bins, opened, top.price, 1, heard.append).run(lambda: float(next(steps)))
    return bins, opened, heard


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_the_exchange_gives_legal_plans_each_better_than_the_last(seed: int, kind: str) -> None:
    program = program_of(kind, seed)
    best, _, _ = everything(program)
    course = course_of(program)
    bins, opened, heard = searched(course, 1.0)
    plans = [columns_of(bins, options, opened, program.columns) for options in heard]
    assert all(not program.faults(x) for x in plans if kind != "count" or opened.sum() == 2)
    costs = [int(program.stages[0].value @ x) for x in plans]
    assert costs == sorted(set(costs), reverse=True)
    assert best is None or all(c >= best for c in costs)
    if kind == "assignment" and best is not None:
        assert costs[-1] <= 1.2 * best


@pytest.mark.parametrize("kind", KINDS)
def test_neighbourhoods_improve_and_prove_nothing(kind: str) -> None:
    program = program_of(kind, 2, 7)
    best, plans, cost = everything(program)
    course = course_of(program)
    assert course.bins is not None
    before = course.race.bound
    course.race.offer(plans[cost.argmax()], "the worst")
    reach = Lagrangian(course.bins).reach(second_cheapest(course.bins))
    around = Neighbourhoods(program, course.written, course.bins, course.race, 1)
    around.improve(reach.within, 2.0, lambda: course.race.value == best)
    assert course.race.value is not None
    assert best is not None
    assert best <= course.race.value < cost.max()
    assert course.race.bound == before
    assert racing() == []


def brute_swaps(cost: np.ndarray, opened: np.ndarray) -> Callable[[int, int], float]:  # type: ignore[type-arg]
    def change(i: int, r: int) -> float:
        after = opened.copy()
        after[i], after[r] = True, False
        return float(cost[:, after].min(axis=1).sum() - cost[:, opened].min(axis=1).sum())

    return change


@pytest.mark.parametrize("seed", range(5))
def test_swaps_of_medians_are_valued_exactly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 30, (9, 6)).astype(np.float64)
    opened = np.array([True, False, True, False, True, False])
    here, away = np.flatnonzero(opened), np.flatnonzero(~opened)
    change = brute_swaps(cost, opened)
    assert np.array_equal(swaps(cost, opened, here, away), [[change(i, r) for r in here] for i in away])


def test_medians_keep_their_number_and_are_not_improved_by_a_swap() -> None:
    course = course_of(program_of("count", 2, 8))
    assert course.bins is not None
    start = np.array([True, True, False, False])
    opened = medians(course.bins, start)
    assert opened.sum() == 2
    cost = np.full((8, 4), 1e6)
    cost[course.bins.item, course.bins.bin] = course.bins.cost
    change = brute_swaps(cost, opened)
    assert all(change(i, r) >= 0 for i in np.flatnonzero(~opened) for r in np.flatnonzero(opened))


def test_a_toll_is_the_worth_of_the_item_that_just_does_not_fit() -> None:
    data = gap.Assignment(np.array([[10, 10, 10]]), np.array([[2, 2, 3]]), np.array([5]))
    course = course_of(gap.program(data))
    assert course.bins is not None
    assert tolls(course.bins, np.array([20.0, 16.0, 16.0])) == pytest.approx([2.0])  # (16 − 10) / 3


@pytest.mark.parametrize("seed", range(6))
def test_coarse_tables_never_promise_less_than_fine_ones(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    course = course_of(program_of("assignment", seed, 12))
    assert course.bins is not None
    tables = knapsacks.Knapsacks(course.bins)
    worth = np.random.default_rng(seed).integers(-5, 20, len(course.bins.item)).astype(np.float64)
    fine = tables.forced(worth)
    monkeypatch.setattr(knapsacks, "LARGEST_FORCED", 0)
    coarse = tables.forced(worth)
    assert np.array_equal(coarse[0], fine[0])
    assert (coarse[1] >= fine[1]).all()
    assert (coarse[2] >= fine[2]).all()
