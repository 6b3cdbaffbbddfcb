"""Price ranges against solving again with the limit itself moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer import api
from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.matching import taken_options
from optimizer.analysis.priced import PriceRange
from optimizer.asking.prices import Prices, price_ranges, price_record
from optimizer.build import build
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.plan import Plan
from tests.asking.price_brute import goals_with, wrong


@pytest.fixture(scope="module")
def mini() -> tuple[Instance, Plan, ByRule, Prices]:
    instance = api.load("songjiang-mini")
    plan = api.solve(instance, gap=0)
    return instance, plan, ByRule(build(instance, all_options=True)), price_ranges(plan, instance=instance, top=6)


def test_ranges_are_what_solving_again_gives(mini: tuple[Instance, Plan, ByRule, Prices]) -> None:
    _, plan, parts, found = mini
    taken = taken_options(parts.model, plan.tables)
    moving = [r for r in found.ranges if r.goal is not None]
    assert len(moving) >= 2
    assert all(r.proven for r in found.ranges)
    assert not [fault for r in moving for fault in wrong(parts, r, taken)]


def test_what_is_said_to_change_nothing_changes_nothing(mini: tuple[Instance, Plan, ByRule, Prices]) -> None:
    _, plan, parts, found = mini
    idle: PriceRange = next(r for r in found.ranges if r.goal is None)
    goals = plan.stages[:-1]  # the last is over the amounts beside the plan's own choices
    then = goals_with(parts, idle.lever, idle.lever.most if idle.lever.most < 10**9 else 10**6, len(goals))
    assert [value for value, _ in then] == [s.value for s in goals]


def test_the_town_with_more_money_places_more(mini: tuple[Instance, Plan, ByRule, Prices]) -> None:
    """The range of a town's account holds for the cell of the input table that feeds it, solved anew from the tables."""
    instance, plan, _, _ = mini
    found = price_ranges(plan, "town-money", instance)
    one = next(r for r in found.ranges if r.goal is not None and r.goal.id == "settled")
    town, year = one.lever.key.split(" / ")
    assert one.first is not None
    assert one.last is not None
    reached = {s.id: s.value for s in plan.stages}
    for steps, gain in ((one.first.steps - 1, 0), (one.first.steps, one.first.least), (one.last.steps, one.last.least)):
        budgets = instance.tables["town_budgets"].copy()
        row = ((budgets["town"].astype(str) == town) & (budgets["year"].astype(int) == int(year))).to_numpy()
        budgets.loc[row, "capacity"] += steps * one.lever.step
        richer = api.solve(replace(instance, tables={**instance.tables, "town_budgets": budgets}), gap=0)
        assert {s.id: s.value for s in richer.stages}["settled"] == reached["settled"] + gain


def test_it_is_told_in_words(mini: tuple[Instance, Plan, ByRule, Prices]) -> None:
    instance, plan, _, found = mini
    assert "再多" in found.text.zh
    assert "户·年" in found.text.zh
    assert "more" in found.text.en
    record = price_record(found)
    assert len(record["ranges"]) == 6
    assert record["left"] > 0
    assert np.all([r["solves"] < 12 for r in record["ranges"]])
    with pytest.raises(OptimizerError):
        price_ranges(plan, "no-such-clause", instance)
