"""``frontier``: against all plans of a small task: every efficient pair, nothing dominated, and bounds that hold everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

import optimizer
from optimizer import api
from optimizer.asking.frontier import Frontier, frontier
from optimizer.asking.frontier_files import write_frontier
from optimizer.errors import OptimizerError
from tests.asking.small_task import GOALS, PEOPLE, all_plans, efficient_pairs, task, usual


def among(reached: pd.DataFrame, found: Frontier) -> pd.DataFrame:
    """The legal plans that keep what the goals before both reach, which must be the best there is."""
    for name in found.kept:
        best = reached[name].max()
        assert found.kept[name] == (best, best)
        reached = reached.loc[reached[name] == best]
    return reached


@pytest.fixture(scope="module")
def homes_and_money() -> Frontier:
    return frontier(usual()[0], ("homes", "money"), points=30, gap=0)


def test_every_efficient_plan_is_found_and_no_other(homes_and_money: Frontier) -> None:
    plans = among(usual()[1].reached, homes_and_money)
    wanted = efficient_pairs(plans, "homes", "money", (1, -1))
    assert len(wanted) > 3
    assert [p.values for p in homes_and_money.points] == wanted
    assert homes_and_money.complete
    assert all(p.values == p.most for p in homes_and_money.points)


def test_every_plan_passes_the_audit_and_its_certificate_holds(homes_and_money: Frontier) -> None:
    for point in homes_and_money.points:
        assert not api.check(usual()[0], point.plan)
        assert api.certify(point.task, point.plan).holds


@pytest.mark.parametrize(("first", "second", "signs"), [("urgent", "money", (1, -1)), ("money", "homes", (-1, 1))])
def test_other_pairs_too(first: str, second: str, signs: tuple[int, int]) -> None:
    found = frontier(usual()[0], (first, second), points=30, gap=0)
    wanted = efficient_pairs(among(usual()[1].reached, found), first, second, signs)
    assert [p.values for p in found.points] == wanted


def test_what_is_proven_holds_at_every_level_and_with_a_gap() -> None:
    """Coarse plans: no plan of all has more than what is said to be the most, at any level of either goal."""
    found = frontier(usual()[0], ("homes", "money"), points=4, gap=0.3)
    plans = usual()[1].reached
    plans = plans.loc[plans["urgent"] >= found.kept["urgent"][0]]
    for homes, money in set(zip(plans["homes"], plans["money"], strict=True)):
        most, least = found.most(1, money), found.most(0, homes)
        assert most is not None
        assert least is not None
        assert homes <= most
        assert money >= least
    pairs = [p.values for p in found.points]
    assert not any(p != q and q[0] >= p[0] and q[1] <= p[1] for p in pairs for q in pairs)


def test_few_points_are_spread_from_end_to_end(homes_and_money: Frontier) -> None:
    few = frontier(usual()[0], ("homes", "money"), points=3, gap=0)
    everything = [p.values for p in homes_and_money.points]
    assert [p.values for p in few.points][::2] == [everything[0], everything[-1]]
    assert few.points[1].values in everything[1:-1]
    assert not few.complete


def test_other_goals_decide_between_equals(homes_and_money: Frontier) -> None:
    plans = among(usual()[1].reached, homes_and_money)
    for point in homes_and_money.points:
        equal = plans.loc[(plans["homes"] == point.values[0]) & (plans["money"] == point.values[1])]
        wishes = next(s.value for s in point.plan.stages if s.id == "wishes")
        assert wishes == equal["wishes"].max()
    assert "目标wishes" in homes_and_money.text.zh
    assert "every plan keeps 3 persons (proven best)" in homes_and_money.text.en


def test_a_new_goal_may_be_given_as_an_entry() -> None:
    title = {"zh": "第二处", "en": "second place"}
    term = {"table": "moves", "where": {"site": "B"}}
    far = {
        "id": "far",
        "clause": "T-8",
        "kind": "sum",
        "title": title,
        "sense": "min",
        "unit": "households",
        "terms": [term],
    }
    found = frontier(usual()[0], ("homes", far), points=9, gap=0)
    assert found.kept
    assert [p.values for p in found.points][-1][1] == 0


def test_a_plan_that_breaks_the_order_of_classes_is_refused_but_its_proof_holds() -> None:
    """As many homes as can be, then class 1 against money: without class 1 it is cheaper, but others hold its place."""
    envy = {
        "id": "order",
        "clause": "T-7",
        "kind": "precedence",
        "title": {"zh": "次序", "en": "order"},
        "table": "moves",
    }
    urgent, homes, money, _ = GOALS
    order = {**envy, "rank": "class", "slot": ["mode", "site", "year"]}
    people = pd.DataFrame({**PEOPLE, "size": [2, 3, 4, 1, 5, 2]})
    ordered = task([homes, urgent, money], rooms=(3, 3), more=[order], people=people)
    found = frontier(ordered, ("urgent", "money"), points=9, gap=0)
    assert found.refused
    assert "T-7" in found.refused[0].text.zh
    assert "T-7" in found.text.en
    assert not found.complete
    assert found.points
    plans = all_plans(ordered)
    reached = plans.reached.loc[plans.reached["homes"] == plans.reached["homes"].max()]
    for urgents, cost in zip(reached["urgent"], reached["money"], strict=True):
        assert cost >= (found.most(0, urgents) or 0)
    assert all(not api.check(ordered, p.plan) for p in found.points)


def test_the_total_of_a_measure_may_be_a_goal(homes_and_money: Frontier) -> None:
    found = frontier(usual()[0], ("homes", "cost:min"), points=2, gap=0)
    assert [p.values for p in found.points] == [p.values for p in homes_and_money.points][
        :: len(homes_and_money.points) - 1
    ]


@pytest.mark.parametrize("pair", [("homes", "hommes"), ("homes", "homes")])
def test_an_unknown_goal_is_a_mistake_with_the_list(pair: tuple[str, str]) -> None:
    with pytest.raises(OptimizerError) as error:
        frontier(usual()[0], pair)
    assert error.value.exit_code == 2
    if pair[1] == "hommes":
        assert all(str(g["id"]) in str(error.value) for g in GOALS)
        assert "Maybe 'homes' was meant." in str(error.value)


def test_the_folder_holds_table_picture_and_plans(homes_and_money: Frontier, tmp_path: Path) -> None:
    out = tmp_path / "answer"
    write_frontier(homes_and_money, out, "en")
    table = pd.read_csv(out / "frontier.csv", encoding="utf-8-sig")
    assert len(table) == len(homes_and_money.points)
    assert list(table.iloc[:, 1]) == [p.values[0] for p in homes_and_money.points]
    assert list(table.iloc[:, 2] * 100) == [p.values[1] for p in homes_and_money.points]
    circles = [e for e in ElementTree.parse(out / "frontier.svg").iter() if e.tag.endswith("circle")]
    assert len(circles) == len(table)
    record = json.loads((out / "frontier.json").read_text(encoding="utf-8"))
    for point in record["points"]:
        folder = out / point["plan"]
        assert not api.check(usual()[0], folder)
        assert api.certify(usual()[0], folder).holds
    write_frontier(homes_and_money, out)
    (out / "frontier.json").unlink()
    with pytest.raises(OptimizerError):
        write_frontier(homes_and_money, out)


def test_it_is_part_of_the_library() -> None:
    assert optimizer.frontier is frontier
