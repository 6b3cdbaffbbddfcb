"""The small Guangxi instance: engines, a second formulation and brute force agree; a few changed plans are caught."""

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
from tests.oracles.guangxi_brute import prove
from tests.oracles.guangxi_pulp import values
from tests.oracles.guangxi_tables import Task

pytestmark = pytest.mark.xdist_group("guangxi_mini")  # one worker makes what the tests share

MINI = Path(__file__).parents[1] / "instances" / "guangxi-mini"
EXPECTED: dict[str, Any] = tomllib.loads((MINI / "expected.toml").read_text(encoding="utf-8"))


@cache
def solved(solver: str = "prices") -> tuple[Instance, Plan]:
    """The instance and an engine's plan."""
    instance = api.load(MINI)
    return instance, api.solve(instance, gap=1e-6, solver=solver)


def choices_of(task: Task, plan: Plan) -> dict[int, int]:
    """The plan's moves as options of the second formulation."""
    rows = plan.tables["moves"][["household", "site", "year"]].itertuples(index=False)
    taken = {(str(h), str(s), int(y)) for h, s, y in rows}
    chosen = {n: int((o.household, o.site, o.year) in taken) for n, o in enumerate(task.options)}
    assert sum(chosen.values()) == len(taken), "a move that the second formulation does not admit"
    return chosen


def test_brute_force_proves_the_expected_optimum() -> None:
    """Every plan of both counties."""
    proof = prove(Task(MINI))
    assert proof.points == EXPECTED["optimum"]["points"]
    assert {k: getattr(proof, k) for k in EXPECTED["proof"]} == EXPECTED["proof"]


def test_the_second_formulation_agrees() -> None:
    """PuLP and CBC, written apart, over all moves and amounts."""
    found = values(Task(MINI))
    assert found is not None
    assert found["points"] == EXPECTED["optimum"]["points"]


@pytest.mark.parametrize("solver", ["prices", "highs"])
def test_every_engine_reaches_it_and_the_money_agrees(solver: str) -> None:
    """The points are proven; interest and land are the second formulation's for the same moves."""
    instance, plan = solved(solver)
    stages = {s.id: s for s in plan.stages}
    assert stages["points"].value == stages["points"].bound == EXPECTED["optimum"]["points"]
    task = Task(MINI)
    other = values(task, choices_of(task, plan))
    assert other is not None
    assert {s: stages[s].value for s in ("interest", "land")} == {s: other[s] for s in ("interest", "land")}
    assert api.check(instance, plan) == []


def changed(table: str, row: int, **columns: object) -> dict[str, pd.DataFrame]:
    """The plan's tables with some cells of one row changed."""
    tables = {n: f.copy() for n, f in solved()[1].tables.items()}
    frame = tables[table].reset_index(drop=True)
    for name, value in columns.items():
        frame.loc[row, name] = value
    tables[table] = frame
    return tables


def broken(tables: dict[str, pd.DataFrame]) -> set[str]:
    """Rules that the audit finds broken."""
    return {v.rule for v in audit(solved()[0], tables).violations}


def move(household: str, site: str, mode: str, year: int) -> dict[str, pd.DataFrame]:
    """The plan with one household's move replaced (or added)."""
    tables = dict(solved()[1].tables)
    keys = ["household", "mode", "site", "year"]
    others = tables["moves"].loc[tables["moves"]["household"] != household, keys]
    tables["moves"] = pd.concat(
        [others, pd.DataFrame([[household, mode, site, year]], columns=keys)], ignore_index=True
    )
    return tables


@pytest.mark.parametrize(
    ("rule", "tables"),
    [
        ("consent", ("M01", "S4", "dispersed", 2016)),
        ("years", ("M01", "S1", "county", 2016)),
        ("earlier-first", ("M02", "S2", "county", 2017)),
        ("earlier-second", ("M06", "S1", "county", 2018)),
        ("own-county", ("M10", "S1", "county", 2017)),
        ("displaced", ("M14", "S5", "county", 2016)),
        ("same-origin", ("M08", "S3", "village", 2016)),
        ("able-to-work", ("M05", "S2", "county", 2016)),
        ("care-home", ("M12", "S7", "village", 2016)),
        ("free-tier", ("M09", "S5", "county", 2016)),
        ("task-registered", ("M10", "S6", "town", 2018)),
        ("people-of-plan", ("M10", "S6", "town", 2018)),
    ],
)
def test_a_move_that_breaks_a_clause_is_named(rule: str, tables: tuple[str, str, str, int]) -> None:
    """Each clause on moves, broken once (the year of a legal move changes what its county's task has)."""
    household, site, mode, year = tables
    held = solved()[1].tables["moves"].set_index("household")
    if household in held.index and int(held.loc[household, "year"]) == year and held.loc[household, "site"] == site:
        year = 2017 if year == 2018 else 2018
    assert rule in broken(move(household, site, mode, year))


@pytest.mark.parametrize(
    ("rule", "table", "column", "by"),
    [
        ("invest-all", "invest", "amount", 1_000_000),
        ("settled-all", "settled", "number", 1),
        ("poverty-settled", "exits", "number", 20),
        ("registered-money", "funds", "amount", -200_000_000),
        ("source-years", "funds", "amount", 2_000_000_000_000),
        ("cost-of-plan", "costs", "amount", 1_000_000),
        ("own-of-plan", "owns", "amount", 1_000_000),
        ("sold-after-sites", "sold", "area", 1),
        ("park-once", "earned", "area", 100),
        ("whole-numbers", "local", "amount", 1),
    ],
)
def test_an_amount_that_breaks_a_clause_is_named(rule: str, table: str, column: str, by: int) -> None:
    """Each amount, changed once beyond what its clause allows."""
    now = int(solved()[1].tables[table].reset_index(drop=True).loc[0, column])
    assert rule in broken(changed(table, 0, **{column: now + by}))


def test_the_clause_report_has_every_row_of_the_policy() -> None:
    """GX-01 … GX-23 by id, and at least eight clauses that bind."""
    clauses = solved()[1].clauses
    ids = set(clauses["clause"].str.split(" ").str[0])
    assert {f"GX-{n:02d}" for n in range(1, 24)} <= ids
    binding = clauses.loc[clauses["status"] == "binding", "clause"].str.split(" ").str[0]
    assert binding.nunique() >= 8


def measure(household: str, name: str) -> int:
    """A measure of a household's move in the audited plan, base units."""
    frame = audit(solved()[0], solved()[1].tables).tables["moves"].frame
    return int(frame.loc[(frame["household"] == household).to_numpy(), name].iloc[0])


def test_rates_by_hand() -> None:
    """GX-10, 11, 12, 14, 15, 22 for single households, worked out by hand (fen)."""
    # M01: 4 persons, extreme poverty, class 1, 1,400 yuan a m²: home 140,000, subsidy 4 × 30,000, own 20,000, award all of it
    assert [measure("M01", m) for m in ("home_cost", "subsidy", "own", "award")] == [
        14_000_000, 12_000_000, 2_000_000, 2_000_000,
    ]  # fmt: skip
    # M09: nobody can support them: the home is free, there is no own contribution and so no award
    assert [measure("M09", m) for m in ("subsidy", "own", "award")] == [3_250_000, 0, 0]
    # M02: 5 persons, 110 m² at most or 125: paid 9,000 yuan before, deducted once
    assert measure("M02", "deducted") == 900_000
    # M07 moves along: 4 × 80 % of 24,000 is 76,800 yuan, own 63,200, at least 50,000
    assert [measure("M07", m) for m in ("subsidy", "own")] == [7_680_000, 6_320_000]


def test_figures_of_the_document_agree_with_each_other() -> None:
    """GX-14: the class average is the mean of its four levels for four persons; GX-20: 60,000 yuan for a million persons."""
    rows = Task(MINI)
    for name, klass in rows.classes.items():
        caps = [cap for (c, _), cap in rows.cap.items() if c == name]
        assert 4 * sum(caps) // len(caps) == int(klass["average"])
    assert 60_000 * 1_000_000 == 600 * 10**8
