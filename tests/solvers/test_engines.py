"""Which solver runs is chosen from the program's shape, and said; what floats do not settle is settled in whole numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from optimizer.errors import OptimizerError
from optimizer.program import FREE, Program, scale_of
from optimizer.solvers import engine_named
from optimizer.solvers.ahead import Shortcuts
from optimizer.solvers.base import Limits
from optimizer.solvers.conflict import excluded, find_conflict
from optimizer.solvers.direct import Found, written_out
from optimizer.solvers.engines import DirectEngine
from optimizer.solvers.exact import solve_exactly
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.whole_highs import exact_with_bound
from tests.solvers.test_continuous import facilities, program_of

NONE = -int(FREE)


def two_options(continuous: bool = False) -> Program:
    """One choice set of two options and an amount, 5 units of room: the second option and 2 of the amount."""
    return program_of([[2, 3, 1]], [NONE], [5], [1, 1, 9], [False, False, continuous], [(1, [3, 5, 1])], (2,))


@pytest.mark.parametrize(
    ("program", "name", "words"),
    [
        (facilities(), "highs", "no choice sets"),
        (two_options(continuous=True), "highs", "1 continuous columns"),
        (two_options(), "prices", "2 options in 1 choice sets"),
    ],
)
def test_the_shape_chooses_and_the_outcome_says_so(program: Program, name: str, words: str) -> None:
    engine = engine_named(None, program)
    assert engine.name == name
    outcome = engine.solve(program, Limits(), np.zeros(len(program.sets)))
    assert outcome is not None
    assert words in outcome.reason.en
    assert outcome.reason.zh


def test_a_solver_asked_for_by_name_runs_whatever_the_shape() -> None:
    engine = engine_named("highs", two_options())
    outcome = engine.solve(two_options(), Limits(), np.zeros(1))
    assert engine.name == "highs"
    assert outcome is not None
    assert (outcome.reason.en, outcome.stages[0].value) == ("asked for by name", 7)


def test_prices_asked_for_where_they_do_not_fit_give_way_and_say_so() -> None:
    outcome = engine_named("prices", facilities()).solve(facilities(), Limits(), np.zeros(0))
    assert outcome is not None
    assert outcome.stages[0].value == pytest.approx(12)
    assert "no choice sets" in outcome.reason.en


def test_an_unknown_solver_is_named() -> None:
    with pytest.raises(OptimizerError, match="hihgs"):
        engine_named("hihgs", facilities())


def test_options_that_nobody_may_take_are_not_taken() -> None:
    shut = replace(two_options(), upper=np.array([1, 0, 9], dtype=np.int64))
    outcome = engine_named("prices", shut).solve(shut, Limits(gap=0.0), np.zeros(1))
    assert outcome is not None
    assert shut.faults(outcome.x) == []
    assert outcome.stages[0].value == outcome.stages[0].bound == 6


def missed_by_one() -> WholeProgram:
    """At most 2·10^9 − 1, two things of 10^9 each: a solver in floating point calls both together legal."""
    matrix = sp.csr_array(np.array([[10**9, 10**9]], dtype=np.int64))
    limits = np.array([NONE]), np.array([2 * 10**9 - 1])
    return WholeProgram(matrix, *limits, scale_of(matrix), np.ones(2, dtype=np.int64), np.array([2.0, 1.0]))


def test_a_row_that_floats_call_held_is_decided_in_whole_numbers() -> None:
    found = exact_with_bound(missed_by_one(), 0.0, 20.0, None)
    assert found.x is not None
    assert (found.x.tolist(), found.bound) == ([1, 0], 2.0)


def test_cp_sat_is_not_given_what_does_not_fit_it() -> None:
    program = missed_by_one()
    halves = replace(program, cost=np.array([0.5, 1.0]))
    huge = replace(program, upper=np.full(2, 2**40, dtype=np.int64))
    free = replace(huge, high=np.array([FREE]))
    assert solve_exactly(halves, 0.0, 5.0, None, lambda: False) is None
    assert solve_exactly(free, 0.0, 5.0, None, lambda: False) is None
    within = solve_exactly(huge, 0.0, 5.0, None, lambda: False)  # its row leaves no more than 1 of each
    assert within is not None
    assert within.bound == 2.0


def test_whole_rows_alone_prove_a_program_with_continuous_columns_illegal() -> None:
    """a + b = 7 and a − b = 2: halves would do, whole numbers do not; the continuous column is beside it."""
    rows = [[1, 1, 0], [1, -1, 0], [1, 0, 1]]
    program = program_of(rows, [7, 2, NONE], [7, 2, 90], [10**6, 10**6, 9], [False, False, True], [(1, [1, 1, 1])])
    found = solve_exactly(written_out(program, [], np.zeros(3)), 0.0, 5.0, None, lambda: False)
    assert found is not None
    assert found.infeasible


def test_a_conflict_of_whole_numbers_names_the_rows_that_make_it() -> None:
    """Coins of 6, 10 and 15 cannot make 29, but 28; the other row has no part in it."""
    rows = [[1, 1, 1], [6, 10, 15]]
    program = program_of(rows, [NONE, 29], [100, 29], [50, 50, 50], [False] * 3, [(1, [1, 1, 1])])
    found = find_conflict(program, Limits())
    assert found is not None
    assert found.rows == [1]
    assert (found.limit, found.attainable) == (29, 28)


def test_three_pairs_that_each_want_one_conflict_together() -> None:
    rows = [[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 1, 0], [0, 0, 0, 1]]
    program = program_of(rows, [1, 1, 1, 0], [1, 1, 1, 1], [1] * 4, [False] * 4, [(1, [1] * 4)], (1, 1, 1, 1))
    found = find_conflict(program, Limits())
    assert found is not None
    assert sorted(found.rows) == [0, 1, 2]
    assert found.limit == 1
    assert found.attainable in (0, 2)


def test_a_legal_program_has_no_conflict() -> None:
    assert find_conflict(two_options(), Limits()) is None


def test_time_left_over_goes_to_any_plan_at_all() -> None:
    """A solver that finds nothing while it optimises, but something when nothing is to be optimised."""

    def slow(program: WholeProgram, gap: float, seconds: float, *rest: object) -> Found:
        return Found(None, 99.0) if program.cost.any() else Found(np.array([1, 0, 0]), 0.0)

    outcome = DirectEngine("slow", slow).solve(two_options(), Limits(seconds=30), np.zeros(1))
    assert outcome is not None
    assert (outcome.x.tolist(), outcome.stages[0].value, outcome.stages[0].bound) == ([1, 0, 0], 3, 99)


def test_a_relaxation_without_a_solution_is_proven_so_in_whole_numbers() -> None:
    """At least 7 of two things of which there are 3 each, and a row that has no part in it."""
    program = program_of([[1, 1, 0], [0, 0, 1]], [7, 1], [9, 4], [3, 3, 5], [False] * 3, [(1, [1, 1, 1])])
    rows = excluded(program, Limits())
    assert rows is not None
    assert rows.tolist() == [0]
    assert Shortcuts().hopeless(program, Limits())
    assert excluded(replace(program, row_lower=np.array([6, 1])), Limits()) is None
    found = find_conflict(program, Limits())
    assert found is not None
    assert (found.rows, found.limit, found.attainable) == ([0], 7, 6)


def test_halves_are_a_solution_of_the_relaxation() -> None:
    """2a = 1 holds at a half: the relaxation excludes nothing, the search for whole numbers does."""
    program = program_of([[2, 4]], [1], [1], [5, 5], [False] * 2, [(1, [1, 1])])
    assert excluded(program, Limits()) is None
    assert not Shortcuts().hopeless(program, Limits())
    found = find_conflict(program, Limits())
    assert found is not None
    assert found.rows == [0]


def test_a_conflict_is_not_sought_beyond_the_time() -> None:
    program = program_of([[6, 10, 15]], [29], [29], [50, 50, 50], [False] * 3, [(1, [1, 1, 1])])
    assert find_conflict(program, Limits(seconds=0.0)) is None
