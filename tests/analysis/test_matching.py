"""A plan as a vector of its program: the same values, nothing broken; a start that is not legal is not taken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer import api
from optimizer.analysis.matching import plan_columns
from optimizer.build import build
from optimizer.solvers.base import Limits
from tests.asking.small_task import task


def test_a_plan_is_its_vector_again_amounts_included() -> None:
    instance = api.load("songjiang-mini")
    late = ("priority-order", "own-town-first", "equal-cases")  # no rows of these
    kept = tuple(rule for rule in instance.policy.rule if rule["id"] not in late)
    instance = replace(instance, policy=instance.policy.model_copy(update={"rule": kept}))
    plan = api.solve(instance)
    model = build(instance)
    x = plan_columns(model, plan.tables)
    assert not model.program.faults(x)
    assert [model.program.reached(s, x) + s.base for s in model.program.stages] == [s.value for s in plan.stages]
    assert x[model.program.options :].any()


def test_only_a_legal_start_is_taken_and_it_changes_no_optimum() -> None:
    small = task()
    plan = api.solve(small, gap=0)
    model = build(small)
    x = plan_columns(model, plan.tables)
    assert np.array_equal(Limits(start=x).started(model.program), x)
    assert Limits(start=np.ones_like(x)).started(model.program) is None
    assert Limits(start=x[:-1]).started(model.program) is None
    other = {"moves": plan.tables["moves"].iloc[:1]}
    again = api.solve(small, gap=0, start=other)
    assert [s.value for s in again.stages] == [s.value for s in plan.stages]
