"""The small Hunan instance: brute force, a second formulation and the engines agree; single changes are caught."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer import api
from optimizer.check import audit
from optimizer.plan import Plan
from tests.oracles import hunan_brute as brute
from tests.oracles.hunan_pulp import STAGES, Formulation
from tests.oracles.hunan_tables import Task

pytestmark = pytest.mark.xdist_group("hunan_mini")  # one worker makes what the tests share

MINI = Path(__file__).parents[1] / "instances" / "hunan-mini"
EXPECTED: dict[str, Any] = tomllib.loads((MINI / "expected.toml").read_text(encoding="utf-8"))
SIZE = {
    "settled": 1,
    "land": 100,
    "regions-1": 1,
    "regions-2": 1,
    "served": 1,
    "renewal": 1,
    "places": 1_000_000,
    "school-support": 1_000_000,
    "renewal-support": 1_000_000,
}  # base units in the oracles' unit


@cache
def solved(solver: str = "highs") -> Plan:
    """The engine's plan, proven."""
    return api.solve(api.load(MINI), gap=0, solver=solver)


def test_brute_force_proves_the_expected_optimum() -> None:
    task = Task(MINI)
    homes = brute.best_homes(task)
    estates, renewal, for_renewal = brute.best_estates(task)
    settled, land = brute.best_land(task, homes)
    assert (homes, estates) == (EXPECTED["homes"], EXPECTED["estates"])
    worst, served = brute.best_towns(task)
    places, for_schools = brute.least_places(task)
    found = {"settled": settled, "land": land, "served": served, "renewal": renewal, "places": places}
    regions = {f"regions-{k}": value for k, value in enumerate(worst, start=1)}
    support = {"school-support": for_schools, "renewal-support": for_renewal}
    assert {**found, **regions, **support} == EXPECTED["optimum"]


def test_the_second_formulation_agrees() -> None:
    """PuLP and CBC, written apart."""
    form = Formulation(Task(MINI))
    found = form.solve(STAGES)
    assert found is not None
    assert {s: round(abs(found[s]), 3) for s in EXPECTED["optimum"]} == EXPECTED["optimum"]
    assert {d: round(x.value()) for d, x in form.homes.items()} == EXPECTED["homes"]
    assert {c: round(x.value()) for (c, k), x in form.renewal.items() if k == "estate"} == EXPECTED["estates"]


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_every_engine_reaches_it_and_proves_it(solver: str) -> None:
    plan = solved(solver)
    values = {s.id: Fraction(s.value, SIZE[s.id]) for s in plan.stages if s.id in SIZE}
    assert values == EXPECTED["optimum"]
    assert all(s.bound == s.value for s in plan.stages)
    assert shares(plan, "homes", "district", "started") == EXPECTED["homes"]
    old = plan.tables["renewal"].query("kind == 'estate'")
    assert dict(zip(old["city"].astype(str), old["number"], strict=True)) == EXPECTED["estates"]
    assert api.check(api.load(MINI), plan) == []


def shares(plan: Plan, table: str, key: str, quantity: str) -> dict[str, int]:
    """Key → whole number."""
    frame = plan.tables[table]
    return dict(zip(frame[key].astype(str), map(int, frame[quantity]), strict=True))


def test_every_clause_of_the_text_is_in_the_report() -> None:
    clauses = solved().clauses
    assert {f"HN-0{n}" for n in range(1, 9)} <= {str(c).split()[0] for c in clauses["clause"]}
    assert clauses.loc[clauses["status"] == "binding", "rule"].nunique() >= 8


CHANGES: list[tuple[str, dict[str, str], int, str]] = [
    # table, row, change in base units, the rule that must name it
    ("homes", {"district": "芙蓉区"}, 1, "homes-total"),
    ("homes", {"district": "长沙县"}, -3, "homes-started"),
    ("homes", {"district": "芙蓉区"}, 19, "homes-room"),
    ("homes", {"district": "岳麓区"}, 1, "homes-land"),
    ("renewal", {"city": "长沙市", "kind": "estate"}, 1, "estates-total"),
    ("renewal", {"city": "株洲市", "kind": "estate"}, -1, "renewal-started"),
    ("renewal", {"city": "衡阳市", "kind": "estate"}, 1, "renewal-room"),
    ("renewal", {"city": "衡阳市", "kind": "street"}, -1, "renewal-kinds"),
    ("renewal_grants", {"city": "衡阳市"}, -1_000_000, "renewal-money"),
    ("renewal_grants", {"city": "长沙市"}, 49 * 100_000_000, "renewal-fund"),
    ("land", {"city": "衡阳市", "use": "general"}, 20_000_000, "land-quota"),
    ("land", {"city": "长沙市", "use": "rural"}, -100, "rural-share"),
    ("land", {"city": "衡阳市", "use": "rural"}, -25_000, "land-committed"),
    ("land", {"city": "株洲市", "use": "rental"}, -100, "rental-land"),
    ("land", {"city": "株洲市", "use": "settled"}, 100, "land-follows-people"),
    ("land", {"city": "长沙市", "use": "settled"}, 6000, "linked-room"),
    ("village_land", {"city": "衡阳市"}, -100, "village-homes"),
    ("settled", {"city": "株洲市", "group": "young"}, -1, "settled-freely"),
    ("classes", {"city": "株洲市", "stage": "primary"}, -1, "school-places"),
    ("bought", {"city": "长沙市", "stage": "primary"}, 40, "bought-share"),
    ("school_grants", {"city": "株洲市"}, -1_000_000, "school-money"),
    ("school_grants", {"city": "长沙市"}, 14 * 100_000_000, "school-fund"),
    ("chosen", {"town": "浏阳市"}, -1, "towns-chosen"),
    ("works", {"town": "浏阳市", "field": "农贸市场"}, -1, "each-group"),
    ("homes", {"district": "芙蓉区"}, 100, "whole-numbers"),
]


@pytest.mark.parametrize(("table", "row", "change", "rule"), CHANGES)
def test_a_single_change_is_caught_with_its_clause(table: str, row: dict[str, str], change: int, rule: str) -> None:
    instance, plan = api.load(MINI), solved()
    frame = plan.tables[table].copy()
    quantity = frame.columns[-1]
    here = pd.concat([frame[k].astype(str) == v for k, v in row.items()], axis=1).all(axis=1)
    assert here.sum() == 1
    frame.loc[here, quantity] += change
    found = audit(instance, {**plan.tables, table: frame}, plan.seed)
    assert rule in {v.rule for v in found.violations}
    assert all(v.clause in v.text.zh and v.clause in v.text.en for v in found.violations)


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        ("settled", {"city": "长沙市", "group": "young", "people": 1}, "threshold-met"),
        ("works", {"town": "祁东县", "field": "教育", "taken": 1}, "chosen-only"),
        ("works", {"town": "浏阳市", "field": "医疗卫生", "taken": 1}, "town-money"),
    ],
)
def test_a_row_too_many_is_caught(table: str, row: dict[str, Any], rule: str) -> None:
    instance, plan = api.load(MINI), solved()
    frame = pd.concat([plan.tables[table], pd.DataFrame([row])], ignore_index=True)
    assert rule in {v.rule for v in audit(instance, {**plan.tables, table: frame}, plan.seed).violations}
