"""The small Taiyuan instance: a second formulation and the engine agree in every stage; single changes are caught."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer import api
from optimizer.check import audit
from optimizer.instance import Instance
from optimizer.plan import Plan
from tests.oracles.taiyuan_pulp import Formulation
from tests.oracles.taiyuan_tables import Task

MINI = Path(__file__).parents[1] / "instances" / "taiyuan-mini"
OPTIMUM: dict[str, float] = tomllib.loads((MINI / "expected.toml").read_text(encoding="utf-8"))["optimum"]
MONEY, GROUND, PLACES = 1_000_000, 100, 1000  # base units in the oracle's unit
SIZE = {
    "land-given": GROUND, "transfer-distance": MONEY, "rewards": MONEY, "bond-distance": MONEY, "projects": PLACES,
}  # fmt: skip


@cache
def task() -> Instance:
    """The instance, read once."""
    return api.load(MINI)


@cache
def solved() -> Plan:
    """The engine's plan, proven."""
    return api.solve(task(), gap=0)


def test_the_second_formulation_agrees_in_every_stage() -> None:
    """PuLP and CBC, written apart."""
    found = Formulation(Task(MINI)).solve(OPTIMUM)
    assert found is not None
    assert {stage: round(abs(value), 3) for stage, value in found.items()} == OPTIMUM


def test_the_engine_reaches_it_and_proves_it() -> None:
    plan = solved()
    assert {s.id: s.value / SIZE.get(s.id, 1) for s in plan.stages} == OPTIMUM
    assert all(s.bound == s.value for s in plan.stages)
    assert api.check(task(), plan) == []


def test_the_second_formulation_accepts_the_engines_plan() -> None:
    """Every row of it, with the plan's numbers put in."""
    form, tables = Formulation(Task(MINI)), solved().tables
    for variables, table, keys, unit in (
        (form.s, "settled", ["county", "group", "standing", "origin", "year"], 1),
        (form.long_done, "cleared", ["county", "year"], 1),
        (form.t, "transfers", ["county", "year"], MONEY),
        (form.r, "rewards", ["county", "year"], MONEY),
        (form.reached, "rewarded", ["county", "year"], 1),
        (form.land, "land", ["county", "land_class", "year"], 10 * GROUND),
        (form.b, "bonds", ["county", "year"], MONEY),
        (form.built, "built", ["project", "year"], 1),
    ):
        rows = tables[table].astype({"year": int})
        given = {tuple(row[:-1]): int(row[-1]) for row in rows[[*keys, rows.columns[-1]]].itertuples(index=False)}
        assert set(given) <= set(variables)
        for key, variable in variables.items():
            variable.setInitialValue(given.get(key, 0) // unit)
    assert [str(row) for row in form.model.constraints.values() if not row.valid(1e-6)] == []


def test_every_clause_of_the_text_is_in_the_report_and_most_bind() -> None:
    clauses = solved().clauses
    assert {f"TY-0{n}" for n in range(1, 10)} <= {str(c).split()[0] for c in clauses["clause"]}
    binding = clauses.loc[clauses["status"] == "binding"]
    assert binding["rule"].nunique() >= 12
    assert binding["clause"].nunique() >= 8


CHANGES: list[tuple[str, dict[str, Any], int, str]] = [
    # table, row, change in base units, the rule that must name it
    ("settled", {"county": "小店区", "group": "graduates", "year": 2020}, -1, "rate-2020"),
    ("settled", {"county": "娄烦县", "group": "families", "year": 2019}, -1, "rates-gap"),
    ("settled", {"county": "小店区", "group": "five_years", "origin": "local", "year": 2018}, 1, "willing"),
    ("settled", {"county": "小店区", "group": "five_years", "origin": "local", "year": 2018}, -2, "same-terms"),
    ("settled", {"county": "小店区", "group": "graduates", "year": 2020}, -14, "reward-condition"),
    ("settled", {"county": "小店区", "group": "families", "year": 2018}, 2, "capacity"),
    ("settled", {"county": "小店区", "group": "families", "year": 2018}, 200_000, "whole-numbers"),
    ("transfers", {"county": "娄烦县", "year": 2018}, -MONEY, "poor-floor"),
    ("transfers", {"county": "小店区", "year": 2018}, MONEY, "transfer-pool"),
    ("transfers", {"county": "清徐县", "year": 2018}, MONEY, "transfer-order"),
    ("rewards", {"county": "小店区", "year": 2018}, MONEY, "reward-a-head"),
    ("rewards", {"county": "小店区", "year": 2019}, MONEY, "reward-pool"),
    ("land", {"county": "小店区", "year": 2018, "land_class": "homes"}, 1000, "land-need"),
    ("land", {"county": "小店区", "year": 2018, "land_class": "homes"}, 1000, "land-plan"),
    ("land_short", {"county": "小店区", "year": 2018}, 300_000, "land-share"),
    ("bonds", {"county": "小店区", "year": 2018}, MONEY, "bond-pool"),
    ("bonds", {"county": "娄烦县", "year": 2018}, 5 * MONEY, "bond-room"),
    ("bonds", {"county": "清徐县", "year": 2018}, 3 * MONEY, "bond-order"),
    ("bonds", {"county": "小店区", "year": 2018}, -45 * MONEY, "project-money"),
]


@pytest.mark.parametrize(("table", "row", "change", "rule"), CHANGES)
def test_a_single_change_is_caught_with_its_clause(table: str, row: dict[str, Any], change: int, rule: str) -> None:
    instance, plan = task(), solved()
    frame = plan.tables[table].copy()
    here = pd.concat([frame[k].astype(str) == str(v) for k, v in row.items()], axis=1).all(axis=1)
    assert here.sum() == 1
    frame.loc[here, frame.columns[-1]] += change
    found = audit(instance, {**plan.tables, table: frame}, plan.seed)
    assert rule in {v.rule for v in found.violations}
    assert all(v.clause in v.text.zh and v.clause in v.text.en for v in found.violations)


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        ("rewards", {"county": "清徐县", "year": 2018, "amount": MONEY}, "reward-services"),
        ("land_short", {"county": "小店区", "year": 2018, "land_class": "homes", "area": 1000}, "land-homes"),
        ("built", {"project": "P1", "year": 2020, "built": 1}, "project-once"),
        (
            "settled",
            {"county": "小店区", "group": "graduates", "standing": "new", "origin": "local", "year": 2018, "people": 1},
            "long-first",
        ),
    ],
)
def test_a_row_too_many_is_caught(table: str, row: dict[str, Any], rule: str) -> None:
    instance, plan = task(), solved()
    frame = pd.concat([plan.tables[table], pd.DataFrame([row])], ignore_index=True)
    assert rule in {v.rule for v in audit(instance, {**plan.tables, table: frame}, plan.seed).violations}
