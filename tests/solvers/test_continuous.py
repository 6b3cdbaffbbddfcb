"""Continuous columns: what holds exactly, what within the tolerance, and optima that are worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from optimizer.program import FREE, Program, Stage, scale_of
from optimizer.solvers import engine_named
from optimizer.solvers.base import Limits, Outcome
from optimizer.solvers.direct import written_out
from optimizer.solvers.whole_highs import solve_whole
from optimizer.wording import Wording


def program_of(
    rows: list[list[int]],
    lower: list[int],
    upper: list[int],
    most: list[int],
    continuous: list[bool],
    values: list[tuple[int, list[int]]],
    set_sizes: tuple[int, ...] = (),
) -> Program:
    """A program from plain lists; the first columns are the options of the choice sets."""
    matrix = sp.csr_array(np.array(rows, dtype=np.int64))
    keys = pd.DataFrame(
        {"rule": ["r"] * len(rows), "clause": ["T-1"] * len(rows), "key": list(map(str, range(len(rows))))}
    )
    stages = tuple(
        Stage(f"s{n}", "T-1", Wording("", ""), sign, "1", np.array(v, dtype=np.int64))
        for n, (sign, v) in enumerate(values)
    )
    return Program(
        matrix, np.array(lower, dtype=np.int64), np.array(upper, dtype=np.int64), scale_of(matrix),
        np.ones(len(rows), dtype=np.int64), keys, np.array(most, dtype=np.int64),
        np.append(0, np.cumsum(set_sizes, dtype=np.int64)).astype(np.int64),
        tuple(f"h{n}" for n in range(len(set_sizes))), {}, None, stages, None, np.array(continuous),
    )  # fmt: skip


def solved(program: Program, solver: str | None = None) -> Outcome:
    """By the engine, to the last bit."""
    outcome = engine_named(solver, program).solve(program, Limits(gap=0.0), np.zeros(len(program.sets)))
    assert outcome is not None
    assert program.faults(outcome.x) == []
    return outcome


def facilities() -> Program:
    """Two warehouses (cost 7 and 4 to open, room 6 and 3) for demand 5: shares are continuous, opening is whole.

    Shipping a unit costs 1 from the first and 2 from the second. Best: the first alone, 7 + 5 = 12."""
    rows = [[0, 0, 1, 1], [-6, 0, 1, 0], [0, -3, 0, 1]]
    free = int(FREE)
    return program_of(
        rows, [5, -free, -free], [5, 0, 0], [1, 1, 9, 9], [False, False, True, True], [(-1, [7, 4, 1, 2])]
    )


@pytest.mark.parametrize("solver", [None, "highs", "cbc"])
def test_whole_openings_with_continuous_flows(solver: str | None) -> None:
    outcome = solved(facilities(), solver)
    assert outcome.x.dtype == np.float64
    assert outcome.stages[0].value == pytest.approx(12, abs=1e-9)
    np.testing.assert_allclose(outcome.x, [1, 0, 5, 0], atol=1e-9)


@pytest.mark.parametrize("solver", [None, "highs", "cbc"])
def test_a_later_stage_keeps_a_fraction_that_an_earlier_one_reached(solver: str | None) -> None:
    """x ≤ 5/2; then as much y as x + y ≤ 4 leaves: 3/2 where x stays at 5/2, 2 if the fraction were lost."""
    program = program_of([[2, 0], [1, 1]], [-int(FREE)] * 2, [5, 4], [9, 9], [True, True], [(1, [1, 0]), (1, [0, 1])])
    outcome = solved(program, solver)
    assert [s.value for s in outcome.stages] == pytest.approx([2.5, 1.5], abs=1e-6)
    assert [s.bound for s in outcome.stages] == pytest.approx([2.5, 1.5], abs=1e-6)


def test_choice_sets_with_a_continuous_amount() -> None:
    """One of two options (2 or 3 units of room), and an amount up to what 7·amount ≤ 10 − 2·room leaves."""
    program = program_of([[4, 6, 7]], [-int(FREE)], [10], [1, 1, 9], [False, False, True], [(1, [2, 3, 1])], (2,))
    outcome = solved(program)
    assert outcome.stages[0].value == pytest.approx(3 + 4 / 7, abs=1e-9)


def test_values_stay_whole_where_the_stage_counts_whole_columns() -> None:
    program = facilities()
    stage = Stage("s", "T-1", Wording("", ""), -1, "1", np.array([7, 4, 0, 0], dtype=np.int64))
    reached = program.reached(stage, np.array([1.0, 0.0, 4.5, 0.5]))
    assert (reached, type(reached)) == (7, int)
    assert program.reached(program.stages[0], np.array([1.0, 0.0, 4.5, 0.5])) == 7 + 4.5 + 1.0


def test_rows_of_whole_columns_are_exact_and_the_others_within_their_tolerance() -> None:
    """Row 0 counts 10^9 a unit of whole columns only; row 1 has a continuous column and the same scale."""
    billion = 10**9
    program = program_of(
        [[billion, 1, 0], [billion, 0, 1]], [-int(FREE)] * 2, [billion] * 2, [1, 2000, 2000], [False, False, True],
        [(1, [1, 1, 1])],
    )  # fmt: skip
    assert program.faults(np.array([1.0, 1.0, 0.0])) == [0]
    assert program.faults(np.array([1.0, 0.0, 999.0])) == []
    assert program.faults(np.array([1.0, 0.0, 1001.0])) == [1]
    assert program.faults(np.array([0.5, 0.0, 0.0])) == [-1]


@pytest.mark.parametrize("large", [100, 10**6])
def test_large_whole_columns_become_whole_and_continuous_ones_stay(large: int) -> None:
    """3 a whole, 3 b ≤ 10 continuous, a switch worth its cost: a = 3, b = 10/3."""
    program = program_of(
        [[0, 3, 0], [0, 0, 3], [-5, 1, 0]], [-int(FREE)] * 3, [10, 10, 0], [1, large, 9], [False, False, True],
        [(1, [-1, 1, 1])],
    )  # fmt: skip
    whole = written_out(program, [], program.stages[0].value.astype(np.float64))
    x = solve_whole(whole, goal=None, seconds=10.0, start=None, stop=lambda: False)
    assert x is not None
    np.testing.assert_allclose(x, [1, 3, 10 / 3], atol=1e-9)


def test_a_program_without_continuous_columns_gives_whole_numbers() -> None:
    outcome = solved(program_of([[2, 2]], [-int(FREE)], [7], [9, 9], [False, False], [(1, [3, 2])]))
    assert outcome.stages[0].value == outcome.stages[0].bound == 9
    assert outcome.x.dtype == np.int64
    assert outcome.x.tolist() == [3, 0]
