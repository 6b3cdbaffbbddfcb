"""Small columns first, the large ones beside them: the same optimum as of the whole program, and bounds that hold."""

from __future__ import annotations

import pytest

from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.large_last import highs_solver, large_last
from optimizer.solvers.whole_highs import exact_with_bound
from tests.solvers.whole_programs import random_whole


def optimum(program: WholeProgram) -> float:
    """The whole program's, by HiGHS with its own branching over all columns."""
    done = exact_with_bound(program, 0.0, 30.0, None)
    assert done.x is not None
    assert len(program.broken(done.x)) == 0
    return float(program.cost @ done.x)


@pytest.mark.parametrize("seed", range(6))
def test_the_solver_reaches_the_whole_optimum(seed: int) -> None:
    program = random_whole(seed, small=4, large=2)
    best = optimum(program)
    found = highs_solver(program, 0.0, 30.0, None, lambda: False, lambda value, bound: None)
    assert found.x is not None
    assert len(program.broken(found.x)) == 0
    assert program.cost @ found.x == pytest.approx(best, abs=0.5)
    assert found.bound >= best - 1e-6 * max(1.0, abs(best))


@pytest.mark.parametrize("seed", range(6))
def test_the_two_steps_are_legal_and_their_bound_holds(seed: int) -> None:
    """What is found holds every row and is no better than the optimum, the bound no worse."""
    program = random_whole(seed, small=4, large=2)
    best = optimum(program)
    first = large_last(program, 0.0, 30.0, None, lambda: False, None)
    assert first is not None
    assert first.bound >= best - 1e-6 * max(1.0, abs(best))
    if first.x is not None:
        assert len(program.broken(first.x)) == 0
        assert program.cost @ first.x <= best + 0.5


def test_a_start_is_never_lost() -> None:
    program = random_whole(3, small=4, large=2)
    start = exact_with_bound(program, 0.0, 30.0, None).x
    found = highs_solver(program, 0.0, 30.0, start, lambda: False, lambda value, bound: None)
    assert start is not None
    assert found.x is not None
    assert program.cost @ found.x >= program.cost @ start


@pytest.mark.parametrize(("small", "large"), [(5, 0), (0, 3)])
def test_nothing_to_separate(small: int, large: int) -> None:
    program = random_whole(1, small=small, large=large)
    assert large_last(program, 0.0, 10.0, None, lambda: False, None) is None
