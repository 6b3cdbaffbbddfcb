"""Amounts that a plan states beside its decisions: what is not theirs is found, with its clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from optimizer import api
from optimizer.instance import Instance
from optimizer.plan import Plan

pytestmark = pytest.mark.xdist_group("records")  # one worker makes what the tests share

Change = Callable[[pd.DataFrame], pd.DataFrame]


@cache
def _solved() -> tuple[Instance, Plan]:
    instance = api.load("songjiang-mini")
    return instance, api.solve(instance)


def _with(plan: Plan, kind: str, name: str, frame: pd.DataFrame) -> Plan:
    return replace(plan, **{kind: {**getattr(plan, kind), name: frame}})


def _raised(frame: pd.DataFrame, column: str, by: int, row: int = 0) -> pd.DataFrame:
    done = frame.copy()
    done.loc[done.index[row], column] += by
    return done


@pytest.mark.parametrize("by", [1, -1, 100_000_000])
@pytest.mark.parametrize(
    ("column", "clause"),
    [("city_subsidy", "SJ-08"), ("district_subsidy", "SJ-08"), ("area", "SJ-12"), ("entitled", "SJ-11"), ("persons", "SJ-05")],
)  # fmt: skip
def test_one_more_beside_a_move(column: str, clause: str, by: int) -> None:
    instance, plan = _solved()
    altered = _with(plan, "tables", "moves", _raised(plan.tables["moves"], column, by))
    found = api.check(instance, altered)
    assert [v.rule for v in found] == [column]
    assert found[0].clause.startswith(clause)
    assert plan.tables["moves"]["household"].iloc[0] in found[0].text.zh


@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize(
    ("name", "clause"), [("instalments", "SJ-10"), ("town-money", "SJ-03"), ("quota-stock", "SJ-06")]
)
def test_one_fen_more_in_an_account(name: str, clause: str, by: int) -> None:
    instance, plan = _solved()
    altered = _with(plan, "statements", name, _raised(plan.statements[name], "amount", by))
    found = api.check(instance, altered)
    assert [v.rule for v in found] == [name]
    assert found[0].clause.startswith(clause)


def test_a_payment_in_another_year_is_two_wrong_amounts() -> None:
    instance, plan = _solved()
    found = api.check(
        instance, _with(plan, "statements", "instalments", _raised(plan.statements["instalments"], "year", 40))
    )
    assert len(found) == 2
    assert {v.clause for v in found} == {"SJ-10 二(一)2(3)"}


def test_a_line_left_out_or_put_in() -> None:
    instance, plan = _solved()
    account = plan.statements["town-money"]
    assert account["amount"].iloc[0] != 0
    assert len(api.check(instance, _with(plan, "statements", "town-money", account.iloc[1:]))) == 1
    assert (
        len(api.check(instance, _with(plan, "statements", "town-money", pd.concat([account, account.iloc[:1]])))) == 1
    )


@pytest.mark.parametrize("change", [lambda f: f.sample(frac=1, random_state=3), lambda f: f.iloc[::-1]])
def test_the_order_of_lines_does_not_matter(change: Change) -> None:
    instance, plan = _solved()
    altered = replace(
        plan,
        tables={n: change(f) for n, f in plan.tables.items()},
        statements={n: change(f) for n, f in plan.statements.items()},
    )
    assert api.check(instance, altered) == []


def test_a_folder_keeps_its_accounts_and_one_fen_in_them_is_found(tmp_path: Path) -> None:
    instance, plan = _solved()
    api.write(plan, instance, tmp_path / "plan")
    assert api.check(instance, tmp_path / "plan") == []
    file = tmp_path / "plan/statements/instalments.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    lines[1] = lines[1] + ("1" if "." in lines[1].rsplit(",", 1)[1] else ".01")
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    found = api.check(instance, tmp_path / "plan")
    assert len(found) == 1
    assert found[0].clause.startswith("SJ-10")
