"""``replan`` on the small Songjiang instance: the second formulation (PuLP and CBC) keeps as many and reaches the same goals."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pulp
import pytest

import optimizer
from optimizer.analysis.variant import varied
from optimizer.check import audit
from tests.oracles.songjiang_pulp import STAGES, Formulation
from tests.oracles.songjiang_tables import Option, Task

MINI = Path(__file__).parents[2] / "instances" / "songjiang-mini"
SLOTS = ["home_1", "home_2", "home_3"]


@pytest.fixture(scope="module")
def announced():
    return optimizer.solve("songjiang-mini", gap=0)


def edited(folder: Path, table: str, change) -> None:
    """One table of the copied instance."""
    frame = pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False)
    change(frame).to_csv(folder / f"{table}.csv", index=False)


def second_formulation(folder: Path, told: set[tuple[object, ...]]) -> dict[str, int]:
    """Most kept, then the stages over the choices in order."""
    form = Formulation(Task(folder))

    def same(option: Option) -> bool:
        return (option.household, option.mode, option.site, option.year, tuple(h for h in option.homes if h)) in told

    goals = {"announced": form.taken(lambda o: 1, same), **{s: form.goal(s) for s in STAGES[:-1]}}
    values = {}
    for name, goal in goals.items():
        assert form.solve(goal)
        values[name] = round(pulp.value(goal))
        form.model += goal >= values[name]
    return values


def fewer_homes(frame: pd.DataFrame) -> pd.DataFrame:
    """Two homes less in the larger town."""
    return frame.assign(homes=frame["homes"].mask((frame["site"] == "S3") & (frame["home_type"] == "F180"), "3"))


def less_money(frame: pd.DataFrame) -> pd.DataFrame:
    """A town has hardly any money of its own."""
    return frame.assign(capacity=frame["capacity"].mask(frame["town"] == "泖港", "2"))


def withdrawn(frame: pd.DataFrame) -> pd.DataFrame:
    """One household takes its wishes back."""
    return frame.loc[frame["household"] != "M14"]


CASES = {
    "homes and a withdrawal": (
        {"site_homes": fewer_homes, "consents": withdrawn},
        [("安置点房型", "S3 / F180", "最多套数", "3"), ("意愿", "M14", "", "删除")],
    ),
    "money": (
        {"town_budgets": less_money},
        [("镇财力", f"泖港 / {year}", "可用财力", "2") for year in range(2019, 2028)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_second_formulation_agrees(case: str, announced, tmp_path: Path) -> None:
    tables, changes = CASES[case]
    shutil.copytree(MINI, tmp_path / "changed")
    for name, change in tables.items():
        edited(tmp_path / "changed", name, change)
    rows = announced.tables["moves"][["household", "mode", "site", "year", *SLOTS]].itertuples(index=False)
    told = {(str(h), str(m), str(s), int(y), tuple(k for k in homes if k)) for h, m, s, y, *homes in rows}
    found = optimizer.replan(announced, pd.DataFrame(changes, columns=["表", "行", "列", "新值"]), gap=0)
    values = {s.id: s.value for s in found.plan.stages}
    expected = second_formulation(tmp_path / "changed", told)
    assert {name: values[name] for name in expected} == expected
    assert found.kept == found.most == expected["announced"]
    assert optimizer.check(found.instance, found.plan) == []


def test_somebody_who_was_told_is_not_displaced_by_a_higher_class() -> None:
    """Announced against the order of SJ-04: those who were told keep their places, and the audit counts that as right, not as envy."""
    task = optimizer.load("songjiang-mini")
    goals = {str(goal["id"]): goal for goal in task.policy.objective}
    last_first = {**goals["two-zones"], "id": "others", "terms": [{"table": "moves", "where": {"class": 4}}]}
    orders = ("priority-order", "own-town-first", "equal-cases")
    upside_down = varied(task, objectives=[last_first, goals["settled"]], without_rules=orders)
    told = optimizer.solve(upside_down, gap=0)
    assert "priority-order" in {v.rule for v in audit(task, told.tables, told.seed).violations}
    found = optimizer.replan(told, instance=task, gap=0)
    assert found.kept == found.told
    assert optimizer.check(found.instance, found.plan) == []
    assert "priority-order" in {v.rule for v in audit(task, found.plan.tables, told.seed).violations}
