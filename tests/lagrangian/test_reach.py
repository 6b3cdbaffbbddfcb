"""Where columns can be in good plans: no plan that is as good as the value kept lies outside."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.lagrangian.reach import anywhere, reach_of
from optimizer.program import Program, Stage
from optimizer.wording import Wording
from tests.lagrangian.tiny_programs import ROWS, plans, programs
from tests.test_tightening import program_of


@settings(max_examples=150, deadline=None)
@given(programs(), st.data())
def test_every_plan_as_good_lies_within(program: Program, data: st.DataObject) -> None:
    """At any prices, also with an earlier stage kept; whole groups leave everything open."""
    goal, earlier = program.stages
    legal = plans(program)
    kept: list[tuple[Stage, int]] = []
    if len(legal) and data.draw(st.booleans()):
        kept = [(earlier, data.draw(st.sampled_from(np.unique(legal @ earlier.value).tolist())))]
        legal = legal[earlier.sign * (legal @ earlier.value - kept[0][1]) >= 0]
    prices = data.draw(st.lists(st.integers(-20, 20), min_size=ROWS + len(kept), max_size=ROWS + len(kept)))
    value = int(data.draw(st.sampled_from((legal @ goal.value).tolist()))) if len(legal) else 0
    found = reach_of(program, goal, kept, np.array(prices, dtype=np.int64), 2, value)
    if program.groups is not None:
        assert (found.high == program.upper).all()
        assert not found.low.any()
    good = legal[goal.sign * (legal @ goal.value - value) >= 0] if len(legal) else legal
    assert (good >= found.low).all()
    assert (good <= found.high).all()


def test_what_costs_too_much_is_out_of_reach() -> None:
    """Without prices a set's best option bounds it, and an amount its own bound: nine is the most, of which three may be lost."""
    program = program_of([[0] * 8] * 3, [0] * 3, [0] * 3)
    stage = Stage("s", "T-1", Wording("目标", "goal"), 1, "1", np.array([5, 3, 0, 4, 0, 2, 0, -2], dtype=np.int64))
    none = np.zeros(3, dtype=np.int64)
    best = reach_of(program, stage, [], none, 0, 15)
    assert best.high.tolist() == [1, 0, 0, 1, 1, 3, 2, 0]
    assert best.low.tolist() == [0, 0, 0, 0, 0, 3, 0, 0]
    assert best.counted.tolist() == [False, True, True, False]
    near = reach_of(program, stage, [], none, 0, 12)
    assert near.high.tolist() == [1, 1, 0, 1, 1, 3, 2, 1]
    assert near.low.tolist() == [0, 0, 0, 0, 0, 2, 0, 0]
    both = best.both(near)
    assert (both.high == best.high).all()
    assert (both.low == best.low).all()
    assert both.free.tolist() == [0, 3, 4, 6]
    assert both.fixed.tolist() == [0, 0, 0, 0, 0, 3, 0, 0]
    assert (anywhere(program).high == program.upper).all()
