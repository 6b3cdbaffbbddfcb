"""Bounds by cases: trees of splits leave nothing out, anything else is refused, and no plan beats the worst case."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.lagrangian.branches import Case, Condition, bound_by_cases, leave_nothing_out, with_conditions
from optimizer.program import Program
from optimizer.solvers.base import Limits
from optimizer.solvers.branching import split_into_cases
from tests.lagrangian.test_bound import one_row
from tests.lagrangian.tiny_programs import ROWS, plans, programs

Where = tuple[Condition, ...]
LEFT: Condition = (0, "<=", 0)
RIGHT: Condition = (0, ">=", 1)
FEW: Condition = (1, "<=", 2)
MANY: Condition = (1, ">=", 3)


@pytest.mark.parametrize(
    ("cases", "whole"),
    [
        ([()], True),
        ([(LEFT,), (RIGHT,)], True),
        ([(RIGHT,), (LEFT,)], True),
        ([(LEFT,), (RIGHT, FEW), (RIGHT, MANY)], True),
        ([(LEFT,), (RIGHT,), ()], True),
        ([], False),
        ([(LEFT,)], False),
        ([(LEFT,), (LEFT,)], False),
        ([(LEFT,), (RIGHT, FEW)], False),
        ([(LEFT,), ((0, ">=", 2),)], False),
        ([(LEFT,), (MANY,)], False),
        ([(FEW,), ((1, ">=", 4),)], False),
        ([(LEFT, FEW), (RIGHT, MANY)], False),
    ],
)
def test_only_whole_trees_leave_nothing_out(cases: list[Where], whole: bool) -> None:
    assert leave_nothing_out(cases) is whole


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from([LEFT, RIGHT, FEW, MANY]), max_size=3).map(tuple), max_size=5))
def test_what_is_accepted_covers_every_point(cases: list[Where]) -> None:
    """Every whole point lies in one of the cases."""
    if not leave_nothing_out(cases):
        return
    for point in itertools.product(range(-1, 3), range(5)):
        assert any(all(point[c] <= k if s == "<=" else point[c] >= k for c, s, k in where) for where in cases)


@settings(max_examples=60, deadline=None)
@given(programs(), st.data())
def test_no_plan_beats_the_worst_case(program: Program, data: st.DataObject) -> None:
    """Any prices in every case of a split of any column."""
    goal = program.stages[0]
    column, at = data.draw(st.integers(0, program.columns - 1)), data.draw(st.integers(-1, 2))
    prices = st.lists(st.integers(-40, 40), min_size=ROWS + 1, max_size=ROWS + 1)
    sides: list[Condition] = [(column, "<=", at), (column, ">=", at + 1)]
    cases = [Case((side,), np.array(data.draw(prices), dtype=np.int64), 2) for side in sides]
    found = bound_by_cases(program, goal, [], cases)
    assert found is not None
    legal = plans(program)
    if len(legal):
        assert goal.sign * found >= (goal.sign * (legal @ goal.value)).max()
    assert bound_by_cases(program, goal, [], cases[:1]) is None


@settings(max_examples=25, deadline=None)
@given(programs())
def test_splitting_proves_the_optimum_of_tiny_programs(program: Program) -> None:
    """The cases that HiGHS's duals give prove exactly what brute force finds, where they prove anything."""
    goal, legal = program.stages[0], plans(program)
    best = int((goal.sign * (legal @ goal.value)).max()) if len(legal) else -100
    cases = split_into_cases(program, goal, [], goal.sign * best, Limits())
    if cases:
        found = bound_by_cases(program, goal, [], cases)
        assert found is not None
        assert goal.sign * found <= best
        if len(legal):
            assert goal.sign * found == best
    assert not split_into_cases(program, goal, [], goal.sign * (best - 1), Limits()) or not len(legal)


def test_conditions_are_kept_stages() -> None:
    """x at most 2 and x at least 3, as rows that a price can be put on."""
    program = one_row([1] * 5, 0, 0)
    (few, at), (many, least) = with_conditions(program, [], [(3, "<=", 2), (3, ">=", 3)])
    assert (few.sign, at, many.sign, least) == (-1, 2, 1, 3)
    assert few.value.tolist() == many.value.tolist() == [int(j == 3) for j in range(program.columns)]
