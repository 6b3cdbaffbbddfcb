"""Levels against the joint program: value and bound bracket its optimum."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.levels.engine import LevelsEngine
from optimizer.lottery import draw
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import written_out
from optimizer.solvers.engines import engine_named
from optimizer.solvers.whole_highs import exact_with_bound
from tests.solvers.places import program_of_places


@pytest.mark.parametrize("pool", [False, True])
def test_value_and_bound_bracket_the_joint_optimum(pool: bool) -> None:
    program = program_of_places(1, places=3, households=8, pool=pool)
    engine = LevelsEngine(engine_named("highs", program))
    outcome = engine.solve(program, Limits(gap=1e-3), draw(program.sets, 1))
    assert outcome is not None
    assert program.faults(outcome.x) == []
    stage = program.stages[0]
    best = exact_with_bound(written_out(program, [], stage.value.astype(np.float64)), 0.0, 20.0, None)
    assert best.x is not None
    assert outcome.stages[0].value <= best.bound + 1e-6
    assert int(stage.value @ best.x) <= outcome.stages[0].bound
    end = engine.record.rounds[-1]
    assert end.kind == "agreed"
    assert np.array_equal(end.shares, end.used)
