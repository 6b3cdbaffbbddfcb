"""Tables of any length: CSV as Python's own writer gives it, sheets cut at a stated number of rows, nothing lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from optimizer.errors import InputError
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report import columns, sheets, views
from optimizer.report.cells import column_kinds, read_table, texts_of, write_rows
from optimizer.report.digest import summary, unplaced
from optimizer.report.folder import read_plan_folder, write_plan_folder
from optimizer.report.page import render_page
from tests.report import plan_example

NASTY = [
    "=1+1",
    "+86",
    "-5",
    "@a",
    "＝1",
    "'x",
    "a,b",
    'say "hi"',
    "two\nlines",
    "a\rb",
    "",
    "plain",
    "-",
    " lead",
    "松江",
]


@pytest.fixture(scope="module")
def task() -> Instance:
    return plan_example.instance(80)


@pytest.fixture(scope="module")
def plan(task: Instance) -> Plan:
    return plan_example.plan(task)


def frame() -> pd.DataFrame:
    count = len(NASTY)
    draw = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "text": NASTY,
            "object": pd.Series([*NASTY[::-1][:-1], None], dtype=object),
            "code": pd.Categorical(NASTY),
            "flag": draw.random(count) < 0.5,
            "perhaps": pd.array([True, None, *[False] * (count - 2)], dtype="boolean"),
            "whole": draw.integers(-(10**15), 10**15, count),
            "gaps": pd.array([None, *range(count - 1)], dtype="Int64"),
            "money": draw.integers(-(10**9), 10**9, count),
            "area": draw.integers(0, 10, count),
            "real": [float("nan"), 0.1, 1e16, -1e-7, *draw.random(count - 4)],
        }
    )


@pytest.mark.parametrize("at_once", [1, 4, 1000])
def test_cells_and_quotes_are_those_of_the_csv_module(
    tmp_path: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "AT_ONCE", at_once)
    given = frame()
    kinds = column_kinds(given, {"money": "fen", "area": "dm2"})
    columns.write_table(given, kinds, tmp_path / "fast.csv")
    write_rows(tmp_path / "slow.csv", map(str, given.columns), [texts_of(given[c], kinds[c]) for c in given.columns])
    assert (tmp_path / "fast.csv").read_bytes() == (tmp_path / "slow.csv").read_bytes()
    back = read_table(tmp_path / "fast.csv", kinds)
    assert back["text"].tolist() == NASTY
    assert back["money"].tolist() == given["money"].tolist()


def test_a_long_file_comes_back_as_a_short_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = frame()
    kinds = column_kinds(given, {"money": "fen", "area": "dm2"})
    columns.write_table(given, kinds, tmp_path / "t.csv")
    short = read_table(tmp_path / "t.csv", kinds)
    monkeypatch.setattr(columns, "LONG", 0)
    pd.testing.assert_frame_equal(columns._read_long(tmp_path / "t.csv", kinds), short)
    pd.testing.assert_frame_equal(
        columns.read_table(tmp_path / "t.csv", dict(reversed(kinds.items()))), short[[*kinds][::-1]]
    )


FAULTY = [
    "a,b\nx,1\ny\n",
    "a,b\nx,1\ny,2,3\n",
    "a,b\nx,one\n",
    "a,c\nx,1\n",
    "a,b,b\nx,1,2\n",
    "",
    "a,b\nx,1.5\n",
    "a,b\n\nx,1\n",
]


@pytest.mark.parametrize("text", FAULTY)
def test_faults_of_a_long_file_are_those_of_a_short_one(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    kinds = {"a": "text", "b": "whole"}
    with pytest.raises(InputError) as short:
        read_table(path, kinds)
    monkeypatch.setattr(columns, "LONG", 0)
    with pytest.raises(InputError) as long:
        columns.read_table(path, kinds)
    assert long.value.faults == short.value.faults


def test_empty_rows_at_the_end_and_gb18030_are_read_in_a_long_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "LONG", 0)
    kinds = {"a": "text", "b": "whole"}
    for name, content in (("end", "a,b\n松江,1\n,\n\n".encode()), ("gb", "a,b\n松江,1\n".encode("gb18030"))):
        (tmp_path / name).write_bytes(content)
        assert columns.read_table(tmp_path / name, kinds).to_numpy().tolist() == [["松江", 1]]


@pytest.mark.parametrize("given", [pd.DataFrame({"a": ["", "x", ""]}), pd.DataFrame({"a": [], "b": []}, dtype=str)])
def test_lonely_empty_cells_and_empty_tables(tmp_path: Path, given: pd.DataFrame) -> None:
    kinds = column_kinds(given, {})
    columns.write_table(given, kinds, tmp_path / "fast.csv")
    write_rows(tmp_path / "slow.csv", map(str, given.columns), [texts_of(given[c], kinds[c]) for c in given.columns])
    assert (tmp_path / "fast.csv").read_bytes() == (tmp_path / "slow.csv").read_bytes()


def test_a_long_table_is_cut_in_the_workbook_and_says_where_the_rest_is(
    tmp_path: Path, task: Instance, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 7)
    write_plan_folder(plan, task, tmp_path / "plan", "en")
    book = openpyxl.load_workbook(tmp_path / "plan/plan.xlsx")
    moves = book["Plan"]
    count = len(plan.tables["moves"])
    assert moves.max_row == 1 + 1 + 7
    assert (
        moves["A1"].value == f"The first 7 of {count:,} rows; all of them are in tables/moves.csv of the plan folder."
    )
    assert moves["A2"].value == "Household"
    assert [moves.cell(3 + at, 1).value for at in range(7)] == plan.tables["moves"]["household"].head(7).tolist()
    assert moves.freeze_panes == "B3"
    assert moves.auto_filter.ref.startswith("A2:")
    assert "lottery.csv" in book["Public draw"]["A1"].value
    left = unplaced(plan, task)
    assert left is not None
    assert (tmp_path / "plan/unplaced.csv").exists() == (len(left) > 7)
    assert len(read_plan_folder(tmp_path / "plan")["moves"]) == count  # files are always whole


def test_sums_stand_beside_a_table_that_is_cut(
    tmp_path: Path, task: Instance, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 20)
    write_plan_folder(plan, task, tmp_path / "plan", "en")
    sheet = openpyxl.load_workbook(tmp_path / "plan/plan.xlsx")["Plan  sums"]
    heads = [cell.value for cell in sheet[1]]
    if str(sheet["A1"].value).startswith("The first"):
        heads = [cell.value for cell in sheet[2]]
    assert "Households" in heads
    moves = plan.tables["moves"]
    added = summary(moves, {}, task.policy.policy.place)
    assert added["moved"].sum() == len(moves)
    by = [c for c in (task.policy.policy.place, "mode", "year") if c in moves]
    expected = moves.groupby(by).size()
    assert added.set_index(by)["moved"].to_dict() == expected.to_dict()


def test_a_short_table_is_whole_and_has_no_notice(tmp_path: Path, task: Instance, plan: Plan) -> None:
    write_plan_folder(plan, task, tmp_path / "plan", "en")
    book = openpyxl.load_workbook(tmp_path / "plan/plan.xlsx")
    assert book["Plan"]["A1"].value == "Household"
    assert book["Plan"].max_row == len(plan.tables["moves"]) + 1
    assert not any("sums" in name for name in book.sheetnames)


def test_pictures_name_only_so_many_places_and_sites(
    task: Instance, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_PLACES", 2)
    monkeypatch.setattr(views, "MOST_SITES", 1)
    page = render_page(plan, task, "en")
    assert "others" in page
    assert "1 fullest of" in page
    monkeypatch.setattr(views, "MOST_PLACES", 30)
    monkeypatch.setattr(views, "MOST_SITES", 120)
    assert "fullest of" not in render_page(plan, task, "en")
