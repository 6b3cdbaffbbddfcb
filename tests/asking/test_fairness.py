"""``fairness``: the fairest plan and the price of fairness against all plans."""

from __future__ import annotations

import pandas as pd
import pytest

import optimizer
from optimizer import api
from optimizer.asking.fairness import Fairness, fairness
from optimizer.instance import Instance
from tests.asking.small_task import GOALS, PEOPLE, Plans, all_plans, efficient_pairs, task

SIZES = [2, 2, 2, 1, 6, 7]
ASKED = {"h1": 3, "h2": 2, "h3": 1}
HAMLET = dict(zip(PEOPLE["person"], PEOPLE["hamlet"], strict=True))


@pytest.fixture(scope="module")
def unfair() -> Instance:
    """h3 is one large household: placing it costs the places of several small ones."""
    return task(goals=GOALS[1:], rooms=(7, 3), people=pd.DataFrame({**PEOPLE, "size": SIZES}))


@pytest.fixture(scope="module")
def plans(unfair: Instance) -> Plans:
    return all_plans(unfair)


@pytest.fixture(scope="module")
def found(unfair: Instance) -> Fairness:
    return fairness(api.solve(unfair, gap=0), "hamlet", unfair, against="homes", points=9, gap=0)


def shares(plans: Plans, number: int) -> dict[str, int]:
    """Each hamlet's share placed, in whole basis points, rounded down."""
    placed = plans.tables(number)["moves"]["person"].astype(str).map(HAMLET)
    return {h: 10_000 * int((placed == h).sum()) // count for h, count in ASKED.items()}


def test_the_price_of_fairness_is_the_whole_curve(found: Fairness, plans: Plans) -> None:
    least = [min(shares(plans, n).values()) for n in range(len(plans.x))]
    wanted = efficient_pairs(plans.reached.assign(least=least), "homes", "least", (1, 1))
    assert len(wanted) > 1
    assert found.curve is not None
    assert [p.values for p in found.curve.points] == wanted
    assert found.curve.complete


def test_the_fairest_plan_is_the_leximin_of_all(found: Fairness, plans: Plans, unfair: Instance) -> None:
    best = max(sorted(shares(plans, n).values()) for n in range(len(plans.x)))
    assert found.fairest is not None
    placed = found.fairest.tables["moves"]["person"].astype(str).map(HAMLET)
    mine = sorted(10_000 * int((placed == h).sum()) // count for h, count in ASKED.items())
    assert mine == best
    assert not api.check(unfair, found.fairest)
    assert found.task is not None
    assert api.certify(found.task, found.fairest).holds


def test_the_answer_says_what_fairness_costs(found: Fairness) -> None:
    assert "最公平的方案" in found.text.zh
    assert "With the lowest first it can rise from" in found.text.en
    assert set(found.table["item"]) == {"coverage", "cost"}


def test_it_is_part_of_the_library() -> None:
    assert optimizer.fairness is fairness
