"""The program that is left when the choices are made: no plan with these choices is lost, none is added."""

from __future__ import annotations

import numpy as np
from hypothesis import given as tried
from hypothesis import settings
from hypothesis import strategies as st

from optimizer.lagrangian.bound import exact_bound
from optimizer.lagrangian.given import given
from optimizer.program import Program
from tests.lagrangian.tiny_programs import ROWS, plans, programs


@settings(max_examples=120, deadline=None)
@tried(programs(), st.data())
def test_it_holds_exactly_the_plans_with_these_choices(program: Program, data: st.DataObject) -> None:
    """Legal rest by rest, and no price lets the bound fall below the best of them."""
    legal = plans(program)
    if not len(legal):
        return
    options = program.options
    taken = legal[data.draw(st.integers(0, len(legal) - 1))][:options]
    same = legal[(legal[:, :options] == taken).all(axis=1)]
    left = given(program, taken)
    gone = np.setdiff1d(np.arange(options, program.columns), left.columns)
    for x in same:
        assert not left.program.faults(x[left.columns])
        assert not x[gone].any()
    for column in range(left.program.options):  # each whole-group column that is left is taken by no other rule
        assert program.groups is not None
        only = np.zeros(program.columns, dtype=np.int64)
        only[:options] = taken
        only[left.columns[column]] = 1
        assert -3 not in program.faults(only)
    goal, earlier = program.stages
    best = max(same, key=lambda x: goal.sign * int(goal.value @ x))
    kept = [(earlier, int(earlier.value @ best))]
    mine, values, fixed = left.problem(goal, kept)
    assert int(mine.value @ best[left.columns]) + fixed == int(goal.value @ best)
    prices = data.draw(st.lists(st.integers(-40, 40), min_size=ROWS + 1, max_size=ROWS + 1))
    bound = exact_bound(left.program, mine, values, np.array(prices, dtype=np.int64), 2) + fixed
    assert goal.sign * (bound - int(goal.value @ best)) >= 0
