"""The small Honghe instance: a second formulation agrees with the engine; single changes are caught with their clause."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer import api
from optimizer.check import audit
from optimizer.plan import Plan
from tests.oracles.honghe_pulp import Formulation
from tests.oracles.honghe_tables import Task

pytestmark = pytest.mark.xdist_group("honghe_mini")  # one worker makes what the tests share

MINI = Path(__file__).parents[1] / "instances" / "honghe-mini"
EXPECTED: dict[str, int] = tomllib.loads((MINI / "expected.toml").read_text(encoding="utf-8"))["optimum"]
Change = Callable[[pd.DataFrame], pd.DataFrame]


@cache
def solved() -> Plan:
    """The default engine's plan, proven."""
    return api.solve(api.load(MINI), gap=0)


def test_the_optimum_is_proven_and_passes_the_audit() -> None:
    plan = solved()
    assert {s.id: s.value for s in plan.stages} == EXPECTED
    assert all(s.bound == s.value for s in plan.stages)
    assert api.check(api.load(MINI), plan) == []


BASE = {"own-needs": 1, "farmland": 1, "lean": 1, "early": 1, "relief": 100, "shares-1": 100, "shares-2": 100}
"""Base units in one of the oracle's: fen in a yuan, basis points in a percent."""


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"presale_share": 10, "least_person": 20},
        {"woodland_quota": 0, "reserve_share": 60},
        {"use_one_in": 16, "county_price": 400, "presale_last": 2018},
    ],
    ids=lambda changes: ",".join(changes) or "as it is",
)
def test_the_second_formulation_agrees_in_every_stage(changes: dict[str, int]) -> None:
    """PuLP and CBC, written apart; also under other numbers of the policy."""
    found = Formulation(Task(MINI, changes)).solve()
    assert found is not None
    plan = solved()
    if changes:
        plan = api.solve(api.load(MINI, {f"{k}.value": v for k, v in changes.items()}), gap=0)
    assert {s.id: s.value for s in plan.stages} == {k: round(v * BASE[k]) for k, v in found.items()}


def test_costs_are_covered_before_any_township_gets_money() -> None:
    """HH-11 recomputed by hand from the plan's tables: income − costs − grants is the line's figure, and not a fen of it is
    left where it binds."""
    plan, instance = solved(), api.load(MINI)
    tables, p = plan.tables, instance.parameters
    price = instance.tables["offers"].set_index(["market", "mode", "year"])["price"]
    sold = sum(
        int(price[str(r.market), str(r.mode), r.year]) * r.area // 100 for r in tables["sales"].itertuples(index=False)
    )
    used = int(tables["used"]["area"].sum()) * p["county_price"] // 100
    back = int(tables["bought_back"]["area"].sum()) * p["buyback_price"] // 100
    keys = tables["reclaims"][["parcel", "use"]].astype(str)
    works = keys.merge(instance.tables["parcel_uses"].astype({"parcel": str, "use": str}), on=["parcel", "use"])
    demolition = instance.tables["parcels"].set_index("parcel")["demolition"]
    spent = int(works["works"].sum()) + int(demolition[keys["parcel"]].sum())
    left = sold + used - back - spent - int(tables["grants"]["amount"].sum())
    line = plan.clauses.set_index("rule").loc["costs-covered"]
    assert left == int(line["attained"]) >= 0
    assert str(line["clause"]).startswith("HH-11")
    wan = 1_000_000
    for more, broken in ((left // wan * wan, False), (left // wan * wan + wan, True)):
        first = tables["grants"].index[-1]
        grants = tables["grants"].copy()
        grants.loc[first, "amount"] += more
        found = audit(instance, {**tables, "grants": grants}, plan.seed)
        assert ("costs-covered" in {v.rule for v in found.violations}) == broken


def test_parcels_are_what_the_order_of_uses_leaves() -> None:
    """Farmland where it suits, else woodland, else building land; nothing without consent (by hand from the tables)."""
    taken = solved().tables["reclaims"]
    use = dict(zip(taken["parcel"].astype(str), taken["use"].astype(str), strict=True))
    assert use == {
        **dict.fromkeys(["P1", "P2", "P4", "P7"], "farmland"),
        **dict.fromkeys(["P5", "P9"], "woodland"),
        **dict.fromkeys(["P3", "P6"], "building"),
    }


def test_every_clause_of_the_text_is_in_the_report() -> None:
    clauses = {str(c).split()[0] for c in solved().clauses["clause"]}
    assert {f"HH-{n:02d}" for n in range(1, 16)} <= clauses


def put(row: dict[str, str], **new: object) -> Change:
    """The rows where ``row`` holds, with other values."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        here = pd.concat([frame[k].astype(str) == v for k, v in row.items()], axis=1).all(axis=1)
        assert here.any()
        changed = frame.astype(dict.fromkeys(set(new) - {"year"}, object))
        for column, value in new.items():
            changed.loc[here, column] = value
        return changed

    return change


def add(row: dict[str, str], base: int) -> Change:
    """``base`` units more (or fewer) of the amount in the one row where ``row`` holds."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        here = pd.concat([frame[k].astype(str) == v for k, v in row.items()], axis=1).all(axis=1)
        assert here.sum() == 1
        changed = frame.copy()
        changed.loc[here, frame.columns[-1]] += base
        return changed

    return change


def more(**row: object) -> Change:
    """A row too many."""
    return lambda frame: pd.concat([frame, pd.DataFrame([row])], ignore_index=True)


def without(column: str, value: str) -> Change:
    """Without some rows."""
    return lambda frame: frame[frame[column].astype(str) != value].reset_index(drop=True)


A, B = "迤萨镇", "三村乡"
CHANGES: list[tuple[str, Change, str, str]] = [
    # table, change, the rule and the clause that must name it
    ("reclaims", without("parcel", "P4"), "township-task", "HH-01"),
    ("reclaims", put({"parcel": "P7"}, year=2017), "in-time", "HH-03"),
    ("plots", put({"site": "A1", "group": "3人"}, plot="Z080"), "homestead-person", "HH-04"),
    ("plots", put({"site": "A2", "group": "4人"}, plot="Z200"), "homestead-household", "HH-04"),
    ("plots", without("group", "5人"), "all-resettled", "HH-04"),
    ("reclaims", put({"parcel": "P5"}, use="farmland"), "suits-farmland", "HH-06"),
    ("reclaims", put({"parcel": "P1"}, use="woodland"), "farmland-first", "HH-06"),
    ("reclaims", more(parcel="P8", use="farmland", year=2018), "consent", "HH-06"),
    ("sales", more(market="inside", mode="auction", year=2022, township=B, stage="presale", area=100), "presale-years", "HH-08"),
    ("sales", more(market="inside", mode="auction", year=2022, township=B, stage="certified", area=60_000), "volume", "HH-09"),
    ("sales", more(market="outside", mode="auction", year=2022, township=B, stage="certified", area=100), "benchmark", "HH-09"),
    ("builds", more(site="B1", year=2017, approved_sites=1), "quarter-used", "HH-10"),
    ("used", more(township=B, year=2020, area=170_000), "used-supply", "HH-10"),
    ("grants", more(township=A, year=2022, amount=10_000_000), "costs-covered", "HH-11"),
    ("grants", more(township=A, year=2017, amount=60_000_000), "costs-first", "HH-11"),
    ("grants", more(township=A, year=2017, amount=200_000_000), "treasury", "HH-11"),
    ("waived", without("project", "X1"), "fee-exactly", "HH-12"),
    ("allotted", add({"township": A, "purpose": "homes"}, -1), "homes-first", "HH-13"),
    ("allotted", add({"township": B, "purpose": "services"}, -1), "own-needs-first", "HH-13"),
    ("allotted", add({"township": B, "purpose": "business"}, -1), "business-reserve", "HH-13"),
    ("borrowed", more(township=A, year=2017, area=2_000_000), "turnover-limit", "HH-14"),
    ("borrowed", more(township=A, year=2017, area=2_000_000), "turnover-use", "HH-14"),
    ("borrowed", more(township=A, year=2017, area=100), "turnover-returned", "HH-14"),
    ("borrowed", more(township=A, year=2017, area=100), "return-first", "HH-14"),
    ("returned", more(township=A, year=2017, area=2_000_000), "turnover-debt", "HH-14"),
    ("grants", more(township=A, year=2022, amount=301_000_000), "need-cap", "HH-15"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "change", "rule", "clause"), CHANGES, ids=[c[2] for c in CHANGES])
def test_a_single_change_is_caught_with_its_clause(table: str, change: Change, rule: str, clause: str) -> None:
    instance, plan = api.load(MINI), solved()
    keys: Any = {"reclaims": ["parcel", "use", "year"]}.get(table, list(plan.tables[table].columns))
    frame = change(plan.tables[table][keys])
    found = audit(instance, {**plan.tables, table: frame}, plan.seed)
    named = [v for v in found.violations if v.rule == rule]
    assert named
    assert all(v.clause.startswith(clause) and v.clause in v.text.zh and v.clause in v.text.en for v in named)
