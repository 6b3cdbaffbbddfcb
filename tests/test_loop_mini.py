"""The small loop: brute force, a second formulation and the engine agree; land, money and homes go round; changes are caught."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer import api
from optimizer.check import audit
from optimizer.plan import Plan
from optimizer.solvers import certified
from tests.oracles import loop_brute as brute
from tests.oracles.loop_pulp import Formulation
from tests.oracles.loop_tables import Task

MINI = Path(__file__).parents[1] / "instances" / "loop-mini"
EXPECTED: dict[str, int] = tomllib.loads((MINI / "expected.toml").read_text(encoding="utf-8"))["optimum"]


@pytest.fixture(autouse=True)
def no_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is the plan; its proof by cases would take most of the time."""
    monkeypatch.setattr(certified, "SPLIT", 0)


@cache
def solved() -> Plan:
    """The engine's plan, proven."""
    return api.solve(api.load(MINI), gap=0, solver="highs")


def test_brute_force_proves_the_expected_optimum() -> None:
    assert brute.best(Task(MINI)) == (EXPECTED["people"], EXPECTED["early"])


def test_the_second_formulation_agrees() -> None:
    """PuLP and CBC, written apart."""
    assert Formulation(Task(MINI)).solve() == {k: EXPECTED[k] for k in ("people", "early")}


def test_the_engine_proves_the_same_optimum() -> None:
    """What is left is the most for the moves chosen (equal plans may differ in it), by brute force too."""
    plan = solved()
    found = {s.id: s.value for s in plan.stages}
    moves = {str(r.household): (str(r.site), int(r.year)) for r in plan.tables["moves"].itertuples(index=False)}
    assert (found["people"], found["early"]) == (EXPECTED["people"], EXPECTED["early"])
    left = brute.left_over(Task(MINI), moves)
    assert left is not None
    assert found["left"] == 100 * left
    assert all(s.bound == s.value for s in plan.stages)
    assert api.check(api.load(MINI), plan) == []


@pytest.mark.parametrize(
    ("changes", "fewer"),
    [
        ({"market": "volume"}, True),  # nobody buys quota
        ({"years": "lent"}, True),  # no turnover quota to begin with
        ({"years": "advance"}, True),  # no money to begin with
        ({}, False),
    ],
    ids=lambda given: ",".join(given.values()) or "none" if isinstance(given, dict) else "",
)
def test_each_link_of_the_loop_carries_people(changes: dict[str, str], fewer: bool, tmp_path: Path) -> None:
    """Without quota sales, borrowed land or advance money fewer are settled: by the engine and by the second formulation."""
    for file in MINI.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    for table, column in changes.items():
        frame = pd.read_csv(tmp_path / f"{table}.csv")
        back = {"lent": "returned", "advance": "repay"}.get(column, column)
        frame[[column, back]] = 0
        frame.to_csv(tmp_path / f"{table}.csv", index=False)
    plan = api.solve(api.load(tmp_path), gap=0, solver="highs")
    people = plan.stages[0].value
    assert people == Formulation(Task(tmp_path)).solve()["people"]
    assert (people < EXPECTED["people"]) == fewer


CHANGES: list[tuple[str, dict[str, Any], str, str]] = [
    # table, what is set in its first row, the rule and the clause that must name it
    ("moves", {"year": 2018}, "homes-first", "GX-04"),
    ("builds", {"year": 2022}, "homes-first", "GX-04"),
    ("builds", {"homes": 2}, "no-empty-homes", "HH-04"),
    ("builds", {"homes": 5}, "site-room", "HH-04"),
    ("builds", {"homes": 4}, "land", "HH-08"),
    ("builds", {"homes": 4}, "treasury", "HH-11"),
    ("sales", {"area": 3_000_000}, "certified-only", "HH-08"),
]


@pytest.mark.parametrize(
    ("table", "values", "rule", "clause"), CHANGES, ids=[f"{c[2]}-{i}" for i, c in enumerate(CHANGES)]
)
def test_a_single_change_is_caught_with_its_clause(table: str, values: dict[str, Any], rule: str, clause: str) -> None:
    instance, plan = api.load(MINI), solved()
    frame = plan.tables[table].copy()
    for column, value in values.items():
        frame.loc[frame.index[0], column] = value
    keys = {"moves": ["household", "site", "year"]}.get(table, list(frame.columns))
    found = audit(instance, {**plan.tables, table: frame[keys]}, plan.seed)
    named = [v for v in found.violations if v.rule == rule]
    assert named
    assert all(v.clause.startswith(clause) and v.clause in v.text.zh for v in named)


def test_a_home_that_is_too_large_is_not_offered() -> None:
    """GX-09: 25 m² a person."""
    instance, plan = api.load(MINI), solved()
    homes = instance.tables["home_types"].assign(floor=100_000)
    tables = {**instance.tables, "home_types": homes}
    found = audit(type(instance)(**{**vars(instance), "tables": tables}), plan.tables, plan.seed)
    assert "floor-person" in {v.rule for v in found.violations}
