"""Options that are ruled out are in no plan that is as good as the value kept."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.lagrangian.excluded import excluded
from optimizer.program import Program, Stage
from tests.lagrangian.tiny_programs import ROWS, plans, programs


@settings(max_examples=150, deadline=None)
@given(programs(), st.data())
def test_no_plan_as_good_takes_an_excluded_option(program: Program, data: st.DataObject) -> None:
    """At any prices, also with an earlier stage kept; nothing is excluded where groups stand together."""
    goal, earlier = program.stages
    legal = plans(program)
    kept: list[tuple[Stage, int]] = []
    if len(legal) and data.draw(st.booleans()):
        kept = [(earlier, data.draw(st.sampled_from(np.unique(legal @ earlier.value).tolist())))]
        legal = legal[earlier.sign * (legal @ earlier.value - kept[0][1]) >= 0]
    prices = data.draw(st.lists(st.integers(-20, 20), min_size=ROWS + len(kept), max_size=ROWS + len(kept)))
    value = int(data.draw(st.sampled_from((legal @ goal.value).tolist()))) if len(legal) else 0
    out = excluded(program, goal, kept, np.array(prices, dtype=np.int64), 2, value)
    assert len(out) == program.options
    if program.groups is not None:
        assert not out.any()
    good = legal[goal.sign * (legal @ goal.value - value) >= 0] if len(legal) else legal
    assert not good[:, : program.options][:, out].any()


def test_what_is_worth_too_little_is_excluded() -> None:
    """Without prices a set's best option bounds it: where every set must take its best, the others are out."""
    from tests.test_tightening import program_of

    program = program_of([[0] * 8] * 3, [0] * 3, [0] * 3)
    value = np.array([5, 3, 0, 4, 0, 0, 0, 0], dtype=np.int64)
    stage = Stage("s", "T-1", None, 1, "1", value)  # type: ignore[arg-type]
    none = np.zeros(3, dtype=np.int64)
    assert excluded(program, stage, [], none, 0, 9).tolist() == [False, True, True, False]
    assert excluded(program, stage, [], none, 0, 7).tolist() == [False, False, True, False]
    assert not excluded(program, stage, [], none, 0, 5).any()
