"""plan.xlsx: the sheets staff expect, numbers that add up, text that stays text."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report.workbook import write_workbook
from tests.report import plan_example


@pytest.fixture(scope="module")
def task() -> Instance:
    return plan_example.instance(120)


@pytest.fixture(scope="module")
def plan(task: Instance) -> Plan:
    return plan_example.plan(task)


@pytest.fixture(scope="module")
def book(task: Instance, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_workbook(plan, task, path)
    return openpyxl.load_workbook(path)


def grid(book: openpyxl.Workbook, name: str) -> list[list[Any]]:
    return [list(row) for row in book[name].iter_rows(values_only=True)]


def test_sheets_in_chinese_and_in_english(book: openpyxl.Workbook, task: Instance, plan: Plan, tmp_path: Path) -> None:
    assert book.sheetnames == ["说明", "方案", "周转指标", "条款", "各镇资金", "未安置", "抽签"]
    write_workbook(plan, task, tmp_path / "en.xlsx", "en")
    english = openpyxl.load_workbook(tmp_path / "en.xlsx")
    assert english.sheetnames == [
        "About",
        "Plan",
        "Turnover",
        "Clauses",
        "Money by town",
        "Not placed",
        "Public draw",
    ]


def test_the_plan_has_a_row_a_household_in_words(book: openpyxl.Workbook, plan: Plan) -> None:
    rows = grid(book, "方案")
    moves = plan.tables["moves"]
    assert len(rows) == len(moves) + 1
    assert rows[0][:4] == ["户编号", "方式", "安置点", "年份"]
    assert {row[1] for row in rows[1:]} <= {"进城镇", "平移", "有偿退出"}
    cost = rows[0].index("建设成本（元）")
    total = sum(Decimal(str(row[cost])) for row in rows[1:])
    assert total * 100 == int(moves["building_cost"].sum())
    assert book["方案"].freeze_panes == "B2"
    assert book["方案"].auto_filter.ref is not None


def test_every_clause_row_is_there_with_status_in_words(book: openpyxl.Workbook, plan: Plan) -> None:
    rows = grid(book, "条款")
    assert len(rows) == len(plan.clauses) + 1
    assert {row[8] for row in rows[1:]} == {"满足", "用满", "力争目标未达", "记录"}
    binding = next(at for at, row in enumerate(rows) if row[8] == "用满")
    met = next(at for at, row in enumerate(rows) if row[8] == "满足")
    cells = book["条款"]
    assert cells.cell(binding + 1, 1).fill.fgColor.rgb != cells.cell(met + 1, 1).fill.fgColor.rgb


def test_town_money_adds_up_to_the_fen(book: openpyxl.Workbook, plan: Plan) -> None:
    rows = grid(book, "各镇资金")
    blocks = [at for at, row in enumerate(rows) if row[1] == "2019"]
    names = [str(rows[at][0]) for at in blocks]
    money = plan.statements["town-money"]
    assert names == ["全部合计（元）", *[f"{town}（元）" for town in money["town"].unique()]]
    closings = []
    for start in blocks:
        end = next(at for at in range(start, len(rows)) if rows[at][0] == "年末累计结余")
        items = [[Decimal(str(cell)) for cell in row[1:]] for row in rows[start + 1 : end - 1]]
        balance = [Decimal(str(cell)) for cell in rows[end - 1][1:]]
        closing = [Decimal(str(cell)) for cell in rows[end][1:]]
        for year in range(len(balance)):
            assert sum(item[year] for item in items) == balance[year]
        for item in items:
            assert sum(item[:-1]) == item[-1]
        for year in range(len(balance) - 1):
            assert closing[year] == sum(balance[: year + 1])
        closings.append(closing[-1])
    assert closings[0] == sum(closings[1:]) == Decimal(int(money["amount"].sum())) / 100


def test_text_stays_text(task: Instance, plan: Plan, tmp_path: Path) -> None:
    moves = plan.tables["moves"].copy()
    moves["hamlet"] = "=HYPERLINK(1)"
    moves["village"] = "http://example.invalid"
    odd = replace(plan, tables={"moves": moves, "a/b:[c]*?" + "x" * 40: moves.head(2), "MOVES": moves.head(1)})
    write_workbook(odd, task, tmp_path / "odd.xlsx")
    book = openpyxl.load_workbook(tmp_path / "odd.xlsx")
    cell = next(c for c in book["方案"][2] if c.value == "=HYPERLINK(1)")
    assert cell.data_type == "s"
    assert all(c.hyperlink is None for c in book["方案"][2])


def test_the_cover_says_that_data_are_generated_and_what_is_assumed(book: openpyxl.Workbook, task: Instance) -> None:
    words = "\n".join(str(cell) for row in grid(book, "说明") for cell in row if cell)
    assert "演示数据" in words
    assert "已证明" in words
    for parameter in task.policy.parameter:
        assert (parameter.title.zh in words) == parameter.assumed


def test_the_unplaced_and_the_draw(book: openpyxl.Workbook, task: Instance, plan: Plan) -> None:
    rows = grid(book, "未安置")
    asked = set(task.tables["consents"]["household"])
    assert {row[0] for row in rows[1:]} == asked - set(plan.tables["moves"]["household"])
    assert "镇" in rows[0]
    draw = grid(book, "抽签")
    assert [row[1] for row in draw[1:]] == list(range(1, len(plan.lottery) + 1))
