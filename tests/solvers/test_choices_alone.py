"""Choices before amounts, and parts that no row joins: against HiGHS's LP of the whole program."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from optimizer.lottery import draw
from optimizer.program import FREE, Program, scale_of
from optimizer.solvers.base import Limits
from optimizer.solvers.prices.choices_alone import choices_alone
from optimizer.solvers.prices.lexicographic import solve_stages
from optimizer.solvers.prices.settings import Settings
from tests.solvers.places import program_of_places
from tests.solvers.test_by_parts import lp_value, solved

LARGE = Settings(closed_at_most=100)
"""So that small programs go the way of large ones."""


def apart(seed: int, places: int = 3, households: int = 120) -> Program:
    """A program whose places no row joins: the rows in common ask for nothing."""
    program = program_of_places(seed, places, households)
    rows = np.arange(program.matrix.shape[0] - 3)
    return replace(
        program, matrix=sp.csc_array(sp.csr_array(program.matrix)[rows]), row_lower=program.row_lower[rows],
        row_upper=program.row_upper[rows], row_scale=program.row_scale[rows], row_unit=program.row_unit[rows],
        rows=program.rows.iloc[rows].reset_index(drop=True),
    )  # fmt: skip


def with_account(program: Program, least: int) -> Program:
    """Two amounts beside the choices: what place 0 costs is paid from them, each at most 10^9, and together at least ``least``."""
    matrix = sp.csc_array(program.matrix)
    count = program.options
    cost = sp.csr_array(matrix)[[program.matrix.shape[0] - 1]]
    paid = sp.hstack([-cost, sp.csr_array(np.array([[1, 1]]))], format="csr")
    both = sp.csr_array((np.array([1, 1]), (np.array([0, 0]), np.array([count, count + 1]))), shape=(1, count + 2))
    wide = sp.hstack([matrix, sp.csc_array((matrix.shape[0], 2), dtype=np.int64)], format="csc")
    whole = sp.csc_array(sp.vstack([wide, paid, both], format="csc")).astype(np.int64)
    rows = program.rows.iloc[[0, 0]].assign(rule="amounts", key=["paid", "both"])
    stage = replace(program.stages[0], value=np.append(program.stages[0].value, [0, 0]))
    money = replace(
        stage, id="money", sign=-1, value=np.append(np.zeros(count), [3, 2]).astype(np.int64), given_choices=True
    )
    return replace(
        program, matrix=whole, row_lower=np.append(program.row_lower, [0, least]),
        row_upper=np.append(program.row_upper, [FREE, FREE]), row_scale=scale_of(whole),
        row_unit=np.append(program.row_unit, [1, 1]), rows=type(rows)(np.vstack([program.rows, rows]), columns=program.rows.columns),
        upper=np.append(program.upper, [10**9, 200]), stages=(stage, money),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_places_that_no_row_joins_are_solved_apart(seed: int) -> None:
    """The sum of their bounds is the LP's of the whole, and the plan is legal."""
    program = apart(seed)
    found = solved(program, Limits(gap=1e-3))
    assert found is not None
    plan, outcome = found
    assert program.faults(plan) == []
    best = lp_value(program)
    assert best - 1e-6 * abs(best) <= outcome.bound <= best * (1 + 1e-3)
    assert outcome.value == int(program.stages[0].value @ plan)
    assert outcome.gap < 0.01


def test_rows_of_amounts_are_left_out_and_come_back() -> None:
    """The relaxation has neither amounts nor their rows; prices of the whole stand 0 there."""
    program = with_account(apart(4), least=0)
    alone = choices_alone(program)
    assert alone is not None
    assert alone.program.columns == program.options
    assert alone.rows.tolist() == list(range(program.matrix.shape[0] - 2))
    outcome = solve_stages(program, Limits(gap=1e-3), draw(program.sets, 1), LARGE)
    assert outcome is not None
    assert program.faults(outcome.x) == []
    first, second = outcome.stages
    assert first.prices is not None
    assert first.prices[len(alone.rows) :].tolist() == [0, 0]
    best = lp_value(replace(program, stages=program.stages[:1]))
    assert best - 1e-6 * abs(best) <= first.bound <= best * (1 + 1e-3)
    used = int(
        program.matrix[[program.matrix.shape[0] - 2]].toarray()[0, : program.options] @ -outcome.x[: program.options]
    )
    cheap = min(200, used)
    assert second.value == 2 * cheap + 3 * (used - cheap)


def test_a_program_without_amounts_or_with_amounts_that_count_is_not_split() -> None:
    """Nothing to leave out, or nothing that may be left out."""
    assert choices_alone(apart(1)) is None
    program = with_account(apart(1), least=0)
    value = program.stages[0].value.copy()
    value[-1] = 1
    assert choices_alone(replace(program, stages=(replace(program.stages[0], value=value),))) is None


def test_where_the_amounts_cannot_be_found_the_whole_program_decides() -> None:
    """What the moves use is to be paid from little: the best moves are not legal, and others are found."""
    program = with_account(apart(2, places=2, households=60), least=0)
    upper = program.upper.copy()
    upper[-2:] = [30, 20]
    tight = replace(program, upper=upper)
    outcome = solve_stages(tight, Limits(gap=1e-3), draw(tight.sets, 1), LARGE)
    assert outcome is not None
    assert tight.faults(outcome.x) == []
    assert outcome.stages[0].value > 0
