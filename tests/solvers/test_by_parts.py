"""Prices for all parts together and whole plans part by part, against HiGHS on the whole program."""

from __future__ import annotations

import time
from dataclasses import replace

import highspy
import numpy as np
import pytest

from optimizer.lottery import draw
from optimizer.program import Program, Stage
from optimizer.solvers.base import Limits, StageOutcome, StageTeller
from optimizer.solvers.direct import written_out
from optimizer.solvers.highs import passed
from optimizer.solvers.prices import by_parts
from optimizer.solvers.prices.by_parts import solve_by_parts
from optimizer.solvers.prices.lexicographic import tie_breaks
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.prices.side_by_side import Workers
from optimizer.wording import Wording
from tests.solvers.places import program_of_places

Solved = tuple[np.ndarray, StageOutcome]  # type: ignore[type-arg]


def solved(program: Program, limits: Limits, kept: list[tuple[Stage, int]] | None = None) -> Solved | None:
    stage = program.stages[0]
    cost = stage.sign * stage.value + tie_breaks(program, 0, draw(program.sets, 1), 1e-5)
    tell = StageTeller(limits, stage, 0, 1)
    return solve_by_parts(program, stage, kept or [], cost, tell, Settings())


def lp_value(program: Program, kept: list[tuple[Stage, int]] | None = None) -> float:
    """The LP's optimum by HiGHS."""
    stage = program.stages[0]
    written = written_out(program, kept or [], (stage.sign * stage.value).astype(np.float64))
    highs = passed(written, written.low, written.high, np.zeros(program.columns, dtype=bool), presolve=True)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return stage.sign * float(highs.getInfo().objective_function_value)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("pool", [False, True])
def test_the_bound_is_the_lp_s_and_the_plan_is_legal(seed: int, pool: bool) -> None:
    program = program_of_places(seed, places=3, households=120, pool=pool)
    found = solved(program, Limits(gap=1e-3))
    assert found is not None
    plan, outcome = found
    assert program.faults(plan) == []
    best = lp_value(program)
    assert best - 1e-6 * abs(best) <= outcome.bound <= best * (1 + 3e-4)
    assert outcome.value == int(program.stages[0].value @ plan)
    assert outcome.gap < 0.01  # a hundred households a place: one household is about a thousandth


def test_minimising_and_equal_rows() -> None:
    program = program_of_places(3, places=2, households=150)
    stage = replace(program.stages[0], sign=-1)
    low = program.row_lower.copy()
    low[-1] = 250
    high = program.row_upper.copy()
    high[-1] = 250
    program = replace(program, stages=(stage,), row_lower=low, row_upper=high)
    found = solved(program, Limits(gap=1e-3))
    assert found is not None
    plan, outcome = found
    assert program.faults(plan) == []
    assert (program.matrix @ plan)[-1] == 250
    least = lp_value(program)
    assert outcome.bound <= least + 1e-6 * abs(least)
    assert outcome.bound >= least * (1 - 1e-2)


def test_an_earlier_stage_is_kept() -> None:
    program = program_of_places(5, places=3, households=120)
    persons = Stage("p", "T-1", Wording("", ""), 1, "1", np.asarray(program.matrix[[-1]].toarray()).ravel())
    first = solved(replace(program, stages=(persons,)), Limits(gap=1e-3))
    assert first is not None
    kept = [(persons, first[1].value)]
    second = solved(program, Limits(gap=1e-3), kept)
    assert second is not None
    assert persons.value @ second[0] >= first[1].value
    best = lp_value(program, kept)
    assert best * (1 - 1e-6) <= second[1].bound <= best * (1 + 1e-3)


def test_the_plan_does_not_depend_on_the_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    program = program_of_places(7, places=4, households=80)
    plans = []
    for count in (1, 3):
        monkeypatch.setattr(by_parts, "Workers", lambda n=count: Workers(n))
        found = solved(program, Limits(gap=2e-3))
        assert found is not None
        plans.append(found)
    assert np.array_equal(plans[0][0], plans[1][0])
    assert plans[0][1].bound == plans[1][1].bound
    assert np.array_equal(plans[0][1].prices, plans[1][1].prices)  # type: ignore[arg-type]


def test_a_stop_at_once_still_gives_a_legal_plan_and_a_bound() -> None:
    program = program_of_places(2, places=3, households=100)
    low = program.row_lower.copy()
    low[-1] = 0
    program = replace(program, row_lower=low)
    found = solved(program, Limits(gap=1e-4, stop=lambda: True))
    assert found is not None
    plan, outcome = found
    assert program.faults(plan) == []
    assert outcome.bound >= lp_value(program) * (1 - 1e-6)


def test_a_program_without_a_legal_plan_is_left_to_others() -> None:
    program = program_of_places(2, places=2, households=60)
    low = program.row_lower.copy()
    low[-1] = 10**6
    began = time.perf_counter()
    assert solved(replace(program, row_lower=low), Limits(gap=1e-3)) is None
    assert time.perf_counter() - began < 60
