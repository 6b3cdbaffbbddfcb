"""``nest`` against brute force: each budget's plan is the best that leaves everybody of the smaller budgets a place."""

from __future__ import annotations

from pathlib import Path

import pytest

import optimizer
from optimizer.asking.nest import write_nest
from optimizer.errors import OptimizerError
from tests.oracles.relocation_tiny import Tiny, as_plan, tables, write

STEPS = (40, 70, 100)


def at(frames, percent: int) -> Tiny:
    """The task with so much of the money, for brute force."""
    tiny = Tiny(frames)
    tiny.budget = {year: money * percent // 100 for year, money in tiny.budget.items()}
    return tiny


@pytest.fixture(scope="module", params=[0, 4])
def case(request, tmp_path_factory):
    frames = tables(request.param)
    instance = optimizer.load(write(tmp_path_factory.mktemp("nest") / "task", frames))
    return frames, instance, optimizer.nest(instance, ["county_plans.budget"], STEPS, gap=0)


def test_nobody_loses_a_place_and_each_step_is_the_best_that_allows_it(case) -> None:
    frames, _, found = case
    placed: set[str] = set()
    for step in found.steps:
        tiny, plan = at(frames, step.percent), as_plan(step.plan.tables["moves"])
        legal = list(tiny.plans())
        assert placed <= set(plan)
        assert tiny.value(plan) == max(tiny.value(p) for p in legal if placed <= set(p))
        assert step.free.stages[0].value == max(map(tiny.value, legal))
        assert optimizer.check(step.instance, step.plan) == []
        placed = set(plan)


def test_the_cost_is_told_where_there_is_one(case) -> None:
    _, _, found = case
    for step in found.steps[1:]:
        assert step.plan.stages[0].value <= step.free.stages[0].value
    free = all(s.plan.stages[0].value == s.free.stages[0].value for s in found.steps)
    assert ("逐级保持不影响任何目标" in found.text.zh.splitlines()[-1]) or not free
    assert all(f"{p}%" in found.text.zh and f"{p} %" in found.text.en for p in STEPS)


def test_the_folders_are_checked_and_certified(case, tmp_path: Path) -> None:
    found = case[2]
    folders = write_nest(found, tmp_path / "out", "zh")
    assert [f.name for f in folders] == ["040", "070", "100"]
    for folder in folders:
        assert optimizer.check(folder / "instance", folder) == []
        assert optimizer.certify(folder / "instance", folder).holds


def test_the_very_option_can_be_kept(case) -> None:
    frames, instance, _ = case
    small, large = optimizer.nest(instance, ["county_plans.budget"], (40, 100), keep="option", gap=0).steps
    before, after = (as_plan(s.plan.tables["moves"]) for s in (small, large))
    tiny = at(frames, 100)
    assert before.items() <= after.items()
    assert tiny.value(after) == max(tiny.value(p) for p in tiny.plans() if before.items() <= p.items())


@pytest.mark.parametrize("budget", ["county_plans.budgat", "land.nothing", "homes"])
def test_what_is_no_budget_is_refused(case, budget: str) -> None:
    with pytest.raises(OptimizerError, match=budget):
        optimizer.nest(case[1], [budget])
