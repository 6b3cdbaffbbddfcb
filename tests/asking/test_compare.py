"""``compare``: what differs between plans is told, what is the same is not; numbers are those of each plan's own audit."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import optimizer
from optimizer.asking.compare import compare_record
from optimizer.errors import OptimizerError
from optimizer.report.compared import write_comparison
from tests.oracles.relocation_tiny import Tiny, as_plan, tables, write


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A plan with all the money, one with half of it, and their folders."""
    folder = tmp_path_factory.mktemp("compare")
    frames = tables(3)
    less = {**frames, "county_plans": frames["county_plans"].assign(budget=frames["county_plans"]["budget"] // 2)}
    made = []
    for name, tabs in (("all", frames), ("half", less)):
        instance = optimizer.load(write(folder / name, tabs))
        plan = optimizer.solve(instance, gap=0)
        optimizer.write(plan, instance, folder / f"plan-{name}")
        made.append((Tiny(tabs), as_plan(plan.tables["moves"])))
    return folder, made, optimizer.compare(folder / "plan-all", folder / "plan-half")


def test_goals_people_and_limits(case) -> None:
    _, ((rich, one), (poor, two)), answer = case
    found = answer.found
    assert found.names == ("plan-all", "plan-half")
    assert found.broken == (0, 0)
    assert found.goals[["plan-all", "plan-half"]].to_numpy().tolist() == [[rich.value(one), poor.value(two)]]
    differ = {h for h in {*one, *two} if one.get(h) != two.get(h)}
    assert differ
    assert set(found.people["household"]) == differ
    row = found.people.set_index("household")
    for household in differ:
        options = [" / ".join(map(str, plan[household])) if household in plan else "" for plan in (one, two)]
        assert row.loc[household].tolist() == options
    money = found.clauses.loc[found.clauses["id"] == "county-budget"].set_index("key")
    for name, tiny, plan in (("plan-all", rich, one), ("plan-half", poor, two)):
        for year in {option[2] for option in plan.values()}:  # a year without moves has no line
            assert money.loc[f"C / {year}", f"limit: {name}"] == 100 * tiny.budget[year]


def test_money_adds_up(case) -> None:
    _, made, answer = case
    money = answer.found.money.set_index("id")
    spent = [sum(t.households[h].persons * t.sites[o[1]].cost * 100 for h, o in plan.items()) for t, plan in made]
    assert money.loc["cost", ["plan-all", "plan-half"]].tolist() == spent


def test_a_plan_and_itself_do_not_differ(case) -> None:
    folder = case[0]
    same = optimizer.compare(folder / "plan-all", folder / "plan-all", names=["a", "b"])
    assert same.found.people.empty
    assert (same.found.goals["a"] == same.found.goals["b"]).all()
    assert len(same.text.zh.splitlines()) == 5  # the plans' names and a head for each part, nothing below


def test_files_and_json_say_the_same(case, tmp_path: Path) -> None:
    _, _, answer = case
    instance = answer.sides[0].instance
    write_comparison(answer.found, instance, tmp_path / "c.csv", "en")
    write_comparison(answer.found, instance, tmp_path / "c.xlsx", "zh")
    rows = pd.read_csv(tmp_path / "c.csv", dtype=str, keep_default_na=False)
    assert rows["part"].value_counts()["people"] == len(answer.found.people)
    assert rows.loc[rows["part"] == "goals", "plan-all"].tolist() == [str(v) for v in answer.found.goals["plan-all"]]
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert [sheet.max_row - 1 for sheet in book] == rows.groupby("part", sort=False).size().tolist()
    record = compare_record(answer)
    assert [row["household"] for row in record["people"]] == answer.found.people["household"].tolist()


def test_one_plan_or_plans_of_two_policies_are_refused(case) -> None:
    folder = case[0]
    with pytest.raises(OptimizerError, match="two plans"):
        optimizer.compare(folder / "plan-all")
    with pytest.raises(OptimizerError, match="name of its own"):
        optimizer.compare(folder / "plan-all", folder / "plan-half", names=["x", "x"])
