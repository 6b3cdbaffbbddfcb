"""The commands on a tiny task: what they write, print and end with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import optimizer
from tests.cli_kit import Said, run  # noqa: F401
from tests.oracles.relocation_tiny import as_plan, tables, write

Run = Callable[..., Said]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> tuple[Path, list[str]]:
    """A folder with an instance and a plan for it, and who has a place."""
    folder = tmp_path_factory.mktemp("commands")
    instance = optimizer.load(write(folder / "task", tables(1)))
    plan = optimizer.solve(instance, gap=0)
    optimizer.write(plan, instance, folder / "plan")
    return folder, sorted(as_plan(plan.tables["moves"]))


def test_replan(run: Run, place, tmp_path: Path) -> None:  # noqa: F811
    folder, placed = place
    (tmp_path / "c.csv").write_text(f"表,行,列,新值\n意愿,{placed[0]},,删除\n", encoding="utf-8")
    out = tmp_path / "new"
    said = run("replan", str(folder / "plan"), "--changes", str(tmp_path / "c.csv"), "--out", str(out), "--json")
    record = json.loads(said.out)
    assert said.code == 0
    assert record["told"] == len(placed)
    assert placed[0] in {row["household"] for row in record["changes"]}
    assert (out / "told_anew.csv").read_text(encoding="utf-8-sig").startswith("household,")
    sheet = openpyxl.load_workbook(out / "told_anew.xlsx").worksheets[0]
    assert [row[0].value for row in sheet][1:] == [row["household"] for row in record["changes"]]
    assert all(cell.value for row in sheet for cell in row)
    assert run("check", str(out / "instance"), str(out)).code == 0
    assert run("why", str(out), placed[1]).code == 0
    wrong = run("replan", str(folder / "plan"), "--changes", str(tmp_path / "c.csv"), "--first", "goals")
    assert (wrong.code, wrong.out) == (2, "")
    assert run("replan", str(folder / "plan"), "--out", str(tmp_path / "none")).code == 2  # nothing changed
    (tmp_path / "bad.csv").write_text("表,行,列,新值\n意原,H1,,删除\n农户,H77,,删除\n", encoding="utf-8")
    bad = run(
        "replan", str(folder / "plan"), "--changes", str(tmp_path / "bad.csv"), "--out", str(tmp_path / "b"), "--json"
    )
    assert bad.code == 2
    assert [fault["row"] for fault in json.loads(bad.out)["faults"]] == [2, 3]
    assert not (tmp_path / "b").exists()


def test_nest(run: Run, place, tmp_path: Path) -> None:  # noqa: F811
    folder, _ = place
    words = ["nest", str(folder / "task"), "--budget", "county_plans.budget", "--steps", "50,100"]
    said = run(*words, "--out", str(tmp_path / "steps"), "--lang", "en")
    assert said.code == 0
    assert "50 % of the budget" in said.out
    assert run("check", str(tmp_path / "steps/100/instance"), str(tmp_path / "steps/100")).code == 0
    assert run(*words[:-1], "half").code == 2


def test_check_and_repair(run: Run, place, tmp_path: Path) -> None:  # noqa: F811
    folder, _ = place
    hand = tmp_path / "hand.csv"
    hand.write_text("household,mode,site,year\nH1,town,S1,2017\nH8,town,S1,2018\n", encoding="utf-8")
    checked = run("check", str(folder / "task"), str(hand))
    assert checked.code == 5
    assert "（涉及第 2、3 行）" in checked.out
    said = run("repair", str(folder / "task"), str(hand), "--out", str(tmp_path / "out"), "--json")
    record = json.loads(said.out)
    assert said.code == 0
    assert record["changed"] == record["fewest"] == 2
    assert run("check", str(tmp_path / "out/instance"), str(tmp_path / "out")).code == 0
    assert run("repair", str(folder / "task"), str(tmp_path / "no.csv")).code == 2


def test_compare(run: Run, place, tmp_path: Path) -> None:  # noqa: F811
    plan = str(place[0] / "plan")
    said = run("compare", plan, plan, "--out", str(tmp_path / "c.xlsx"), "--json")
    assert said.code == 0
    assert json.loads(said.out)["people"] == []
    assert (tmp_path / "c.xlsx").stat().st_size > 0
    assert run("compare", plan, plan, "--out", str(tmp_path / "c.doc")).code == 2
    assert run("compare", plan).code == 2
