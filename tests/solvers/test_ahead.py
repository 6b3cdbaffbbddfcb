"""What a general solver is spared: narrower bounds, stages at once, places one by one. Never another optimum."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.program import FREE, Ints, Program
from optimizer.solvers.ahead import AT_ONCE, BY_PLACE, Shortcuts
from optimizer.solvers.at_once import reach_all, relaxed_bound
from optimizer.solvers.base import Limits, Outcome
from optimizer.solvers.direct import fair_share, solve_directly, written_out
from optimizer.solvers.implied_bounds import by_relaxation, implied, narrowed
from optimizer.solvers.large_last import highs_solver
from optimizer.solvers.place_by_place import solve_by_place
from tests.solvers.placed_programs import in_order, placed, plans

SEEDS = st.integers(0, 10_000)
SHARES = st.sampled_from([0.2, 0.5, 2.0])  # of what everything costs: tight, looser, no limit at all
LIMITS = Limits(gap=0.0)


def never() -> bool:
    return False


@cache
def legal(seed: int, share: float) -> Ints:
    return plans(placed(seed, share, False))


def solved(program: Program) -> Outcome:
    outcome = solve_directly(program, LIMITS, highs_solver, "highs", Shortcuts())
    assert outcome is not None
    assert program.faults(outcome.x) == []
    return outcome


@settings(max_examples=12, deadline=None)
@given(SEEDS, SHARES, st.booleans())
def test_every_stage_reaches_what_brute_force_reaches(seed: int, share: float, grouped: bool) -> None:
    program = placed(seed, share, grouped)
    outcome = solved(program)
    best = in_order(program)
    assert [stage.value for stage in outcome.stages] == best
    assert [stage.bound for stage in outcome.stages] == best


@settings(max_examples=15, deadline=None)
@given(SEEDS, SHARES)
def test_narrowed_bounds_leave_every_plan(seed: int, share: float) -> None:
    program = placed(seed, share, False)
    whole = written_out(program, [], np.zeros(program.columns))
    ranges, every = implied(whole), legal(seed, share)
    assert (every >= ranges.least).all()
    assert (every <= ranges.most).all()
    assert (every <= narrowed(whole).upper).all()
    by_lp = by_relaxation(whole, [np.arange(program.columns)], 5.0, never)
    assert (every <= by_lp).all()
    assert (by_lp <= program.upper).all()


def test_implied_bounds_by_hand() -> None:
    """2a + 3b ≤ 7 leaves a ≤ 3 and b ≤ 2; with a + b ≥ 3 then a ≥ 1, so b ≤ 1, so a ≥ 2. With a + b ≥ 4 nothing is left."""
    program = placed(1, 2.0, False)
    matrix = np.zeros((2, program.columns), dtype=np.int64)
    matrix[0, :2], matrix[1, :2] = (2, 3), (1, 1)
    whole = written_out(program, [], np.zeros(program.columns))
    rows = replace(
        whole,
        matrix=type(whole.matrix)(matrix),
        low=np.array([-FREE, 3]),
        high=np.array([7, FREE]),
        scale=np.ones(2),
        upper=np.array([9, 9, 3, 3, 3, 3]),
    )
    ranges = implied(rows)
    assert ranges.most[:2].tolist() == [3, 1]
    assert ranges.least[:2].tolist() == [2, 0]
    tighter = implied(replace(rows, low=np.array([-FREE, 4])))
    assert tighter.empty


@settings(max_examples=12, deadline=None)
@given(SEEDS, SHARES)
def test_the_relaxations_bound_holds(seed: int, share: float) -> None:
    program = placed(seed, share, True)
    stage = program.stages[0]
    bound = relaxed_bound(program, [], stage, 5.0, never)
    assert bound is not None
    assert stage.sign * bound >= (stage.sign * (legal(seed, share) @ stage.value)).max()


@settings(max_examples=12, deadline=None)
@given(SEEDS, SHARES)
def test_bounds_reached_at_once_are_the_optima(seed: int, share: float) -> None:
    program = placed(seed, share, True)
    every = np.ones(program.columns, dtype=bool)
    found = reach_all(program, [], program.stages[:2], None, [every], 10.0, never)
    if found is not None:
        assert program.faults(found.x) == []
        assert list(found.bounds) == in_order(program)[:2]
        assert [program.reached(stage, found.x) for stage in program.stages[:2]] == list(found.bounds)


@settings(max_examples=12, deadline=None)
@given(SEEDS, SHARES)
def test_place_by_place_is_the_optimum_or_nothing(seed: int, share: float) -> None:
    program = placed(seed, share, False)
    found = solve_by_place(program, [], program.stages[0], None, 10.0, never)
    if found is not None:
        assert program.faults(found.x) == []
        assert program.reached(program.stages[0], found.x) == found.bound == in_order(program)[0]
        assert sum(value for _, value in found.parts) == found.bound
    if share > 1:  # nothing joins the places
        assert found is not None


def test_parts_are_what_every_best_plan_has_at_a_place() -> None:
    program = placed(4, 2.0, False)
    found = solve_by_place(program, [], program.stages[0], None, 10.0, never)
    assert found is not None
    every = plans(program)
    best = every[every @ program.stages[0].value == found.bound]
    for stage, value in found.parts:
        assert (best @ stage.value == value).all()


def test_the_ways_are_named() -> None:
    """Without a budget that joins them places stand alone; the stages of one objective are tried together."""
    apart = solved(placed(4, 2.0, False))
    assert apart.stages[0].engine == BY_PLACE
    grouped = {stage.engine.en for seed in range(8) for stage in solved(placed(seed, 2.0, True)).stages[:2]}
    assert AT_ONCE.en in grouped


@pytest.mark.parametrize("stages", [1, 2, 26])
def test_a_stage_leaves_time_for_those_after_it(stages: int) -> None:
    limits = Limits(seconds=100.0, began=time.perf_counter())
    share = fair_share(limits, stages)
    assert share <= 100.0
    assert share == pytest.approx(limits.left() * 4 / (3 + stages), rel=1e-3)
    assert fair_share(limits, stages, stages) == pytest.approx(limits.left(), rel=1e-3)
