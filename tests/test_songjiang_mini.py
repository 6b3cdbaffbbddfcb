"""The small Songjiang instance: engines, a second formulation and brute force agree on its optimum."""

from __future__ import annotations

import random
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pulp
import pytest

from optimizer import api
from optimizer.check import audit
from optimizer.errors import NoLegalPlan
from optimizer.plan import Plan
from tests.oracles.songjiang_brute import prove
from tests.oracles.songjiang_pulp import STAGES, Formulation, optimum
from tests.oracles.songjiang_tables import Task

MINI = Path(__file__).parents[1] / "instances" / "songjiang-mini"
EXPECTED: dict[str, Any] = tomllib.loads((MINI / "expected.toml").read_text(encoding="utf-8"))


def test_brute_force_proves_the_expected_optimum() -> None:
    """Every plan up to equal cases."""
    proof = prove(Task(MINI))
    assert proof is not None
    assert proof.values == EXPECTED["optimum"]
    assert {k: getattr(proof, k) for k in EXPECTED["proof"]} == EXPECTED["proof"]


def test_the_second_formulation_agrees() -> None:
    """PuLP and CBC, written apart."""
    found = optimum(Task(MINI))
    assert found is not None
    assert found.values == EXPECTED["optimum"]


@pytest.mark.parametrize("solver", ["prices", "highs", "cbc"])
def test_every_engine_reaches_it_and_proves_it(solver: str) -> None:
    """Values equal, bounds equal, audit passed."""
    instance = api.load(MINI)
    plan = api.solve(instance, gap=0, solver=solver)
    assert {s.id: s.value for s in plan.stages} == EXPECTED["optimum"]
    assert all(s.bound == pytest.approx(s.value, rel=1e-6) for s in plan.stages)
    assert api.check(instance, plan) == []


def test_the_second_formulation_is_legal_for_the_audit() -> None:
    """Its moves, put in the place of the engine's, pass every clause on moves."""
    instance, found = api.load(MINI), optimum(Task(MINI))
    assert found is not None
    plan = api.solve(instance, gap=0)
    keys = ["household", "mode", "site", "year"]
    ours = sorted(map(tuple, plan.tables["moves"][keys].astype(str).to_numpy().tolist()))
    theirs = sorted((o.household, o.mode, o.site, str(o.year)) for o in found.moves)
    assert [o[1:] for o in ours] == [o[1:] for o in theirs]
    assert audit(instance, plan.tables, plan.seed).reached == found.values


def perturbed(folder: Path, seed: int) -> None:
    """Other budgets, places, wishes and quotas."""
    chance = random.Random(seed)
    shutil.copytree(MINI, folder)
    for table, column, factors in (
        ("town_budgets", "capacity", (0.4, 0.7, 1.0, 1.3)),
        ("sites", "capacity", (0.8, 1.0, 1.3)),
        ("towns", "quota", (0.3, 0.6, 1.0)),
        ("new_town_fund", "received", (0.0, 0.5, 1.0)),
        ("sites", "cost", (0.9, 1.0, 1.1)),
    ):
        path = folder / f"{table}.csv"
        frame = pd.read_csv(path, keep_default_na=False, dtype=str)
        frame[column] = [str(round(float(v) * chance.choice(factors))) for v in frame[column]]
        if table == "sites":
            frame["capacity"] = [str(max(1, int(v))) for v in frame["capacity"]]
        frame.to_csv(path, index=False)
    fund = pd.read_csv(folder / "new_town_fund.csv", dtype=int)
    fund["other_inside"] = fund[["other_inside", "received"]].min(axis=1)
    fund.to_csv(folder / "new_town_fund.csv", index=False)
    consents = pd.read_csv(folder / "consents.csv", keep_default_na=False, dtype=str)
    keep = [chance.random() < 0.9 or rank == "1" for rank in consents["rank"]]
    consents.loc[keep].to_csv(folder / "consents.csv", index=False)


def engine_plan(folder: Path) -> Plan | None:
    """The engine's plan, proven in every stage; None where it proves that there is no legal plan."""
    try:
        plan = api.solve(api.load(folder), gap=0)
    except NoLegalPlan:
        return None
    assert all(s.bound == pytest.approx(s.value, rel=1e-6) for s in plan.stages)
    return plan


def balance_of(task: Task, plan: Plan) -> int:
    """The last stage by the second formulation, for the engine's moves."""
    slots = ["home_1", "home_2", "home_3"]
    rows = plan.tables["moves"][["household", "mode", "site", "year", *slots]].itertuples(index=False)
    taken = {(str(h), str(m), str(s), int(y), tuple(k for k in homes if k)) for h, m, s, y, *homes in rows}
    chosen = {
        n: int((o.household, o.mode, o.site, o.year, o.homes) in taken) for n, o in enumerate(task.options)
    }  # fmt: skip
    assert sum(chosen.values()) == len(taken)
    form = Formulation(task, chosen)
    assert form.solve(form.goal("balance"))
    return round(1_000_000 * float(pulp.value(form.goal("balance"))))


@pytest.mark.parametrize("seed", [0, 2, 5])
def test_other_instances_agree_too(tmp_path: Path, seed: int) -> None:
    """Engine and second formulation on changed tables: the same stages, and the same money for the engine's moves."""
    folder = tmp_path / "other"
    perturbed(folder, seed)
    task = Task(folder)
    found, plan = optimum(task), engine_plan(folder)
    assert (plan is None) == (found is None)
    if plan is None or found is None:
        return
    values = {s.id: s.value for s in plan.stages}
    assert {s: values[s] for s in STAGES[:-1]} == {s: found.values[s] for s in STAGES[:-1]}
    assert values["balance"] == balance_of(task, plan)
