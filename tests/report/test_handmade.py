"""Plans made by hand: a bare table of moves, or the plan's tables without anything else."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from optimizer import api
from optimizer.errors import InputError, OptimizerError
from optimizer.instance import Instance
from optimizer.plan import Plan

pytestmark = pytest.mark.xdist_group("handmade")  # one worker makes what the tests share


@cache
def _solved() -> tuple[Instance, Plan]:
    instance = api.load("songjiang-mini")
    return instance, api.solve(instance)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """The ``tables`` folder of a legal plan, and nothing else."""
    instance, plan = _solved()
    api.write(plan, instance, tmp_path / "plan")
    shutil.copytree(tmp_path / "plan/tables", tmp_path / "hand")
    return tmp_path / "hand"


def test_the_tables_alone_are_enough(tables: Path) -> None:
    assert api.check(_solved()[0], tables) == []


def test_only_the_columns_that_say_who_goes_where(tables: Path) -> None:
    moves = pd.read_csv(tables / "moves.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    keys = ["year", "site", "mode", "home_2", "home_1", "home_3", "household"]
    moves[keys].sample(frac=1, random_state=1).to_csv(tables / "moves.csv", index=False)
    assert api.check(_solved()[0], tables) == []


def test_a_bare_table_of_moves_builds_no_homes(tables: Path) -> None:
    found = api.check(_solved()[0], tables / "moves.csv")
    assert "SJ-12 二(一)3(2)" in {v.clause for v in found}
    assert not {v.clause for v in found} & {"SJ-05 一(二)", "SJ-05 二", "SJ-22 四(三)"}


def test_an_amount_beside_a_move_is_checked_in_its_unit(tables: Path) -> None:
    moves = pd.read_csv(tables / "moves.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    moves.loc[0, "city_subsidy"] = str(int(moves.loc[0, "city_subsidy"]) + 1)
    moves.to_csv(tables / "moves.csv", index=False)
    found = api.check(_solved()[0], tables)
    assert [v.rule for v in found] == ["city_subsidy"]
    assert "元" in found[0].text.zh


def test_every_faulty_cell_of_every_table_is_named(tables: Path) -> None:
    for name, old, new in (("moves", ",2", ",二"), ("homes", "built", "bilt")):
        file = tables / f"{name}.csv"
        file.write_text(file.read_text(encoding="utf-8-sig").replace(old, new, 1), encoding="utf-8-sig")
    with pytest.raises(InputError) as caught:
        api.check(_solved()[0], tables)
    assert {f.sheet for f in caught.value.faults} == {"moves.csv", "homes.csv"}


def test_a_folder_without_any_table_says_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(OptimizerError, match=r"moves\.csv"):
        api.check(_solved()[0], tmp_path)
