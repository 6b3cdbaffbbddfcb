"""The table for public notice says of every household and option what ``why`` says of it alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import optimizer
from optimizer.analysis import why as why_module
from optimizer.asking.why import why_all
from tests.cli_kit import run  # noqa: F401

pytestmark = pytest.mark.xdist_group("notices")  # one worker makes what the tests share


@pytest.fixture(scope="module")
def task():
    return optimizer.load("songjiang-mini")


@pytest.fixture(scope="module")
def plan(task):
    return optimizer.solve(task, gap=0)


@pytest.fixture(scope="module")
def table(task, plan):
    return why_all(plan, task, "en")


def test_every_household_is_there_in_order(task, plan, table):
    households = task.tables["households"]["household"].tolist()
    assert table["Household"].drop_duplicates().tolist() == households
    placed = table.loc[table["Gets"] != "nothing", "Household"].unique().tolist()
    assert sorted(placed) == sorted(plan.tables["moves"]["household"])


@pytest.mark.parametrize("number", [0, 3, 7])
def test_it_says_what_why_says(task, plan, table, number):
    household = task.tables["households"]["household"].iloc[number]
    rows = table.loc[table["Household"] == household]
    text = optimizer.why(plan, household, instance=task).text.en
    told = [line.strip() for line in text.splitlines()[1:]]
    ours = [f"{r['Could also choose']}: {r['Why not']}" for r in rows.to_dict("records") if r["Could also choose"]]
    assert sorted(told) == sorted(ours)
    assert rows["Gets"].iloc[0] in text or rows["Gets"].iloc[0] == "nothing"


def test_pieces_give_the_same(task, plan, table, monkeypatch):
    monkeypatch.setattr(why_module, "AT_ONCE", 20)
    pd.testing.assert_frame_equal(why_all(plan, task, "en"), table)


def test_a_household_without_options_is_told_so(task, plan):
    gone = task.tables["households"]["household"].iloc[0]
    consents = task.tables["consents"]
    changed = replace(task, tables={**task.tables, "consents": consents.loc[consents["household"] != gone]})
    moves = plan.tables["moves"]
    tables = {**plan.tables, "moves": moves.loc[moves["household"] != gone]}
    table = why_all(replace(plan, tables=tables), changed, "en")
    row = table.loc[table["Household"] == gone].iloc[0]
    assert (row["Gets"], row["Why not"]) == ("nothing", "It has no options at all.")


def test_the_command_writes_it(task, plan, tmp_path: Path, run):  # noqa: F811
    optimizer.write(plan, task, tmp_path / "p", "zh")
    done = run("why", str(tmp_path / "p"), "--all")
    assert done.code == 0, done.err
    text = (tmp_path / "p" / "reasons.csv").read_text(encoding="utf-8-sig").splitlines()
    assert text[0].split(",")[0] == "户编号"
    assert len(text) - 1 == len(why_all(plan, task))
    assert run("why", str(tmp_path / "p")).code == 2  # neither a household nor --all
