"""Every kind of fault, with its whole message: place, value, expectation and the "Maybe" line."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.errors import InputError
from tests.reading.small_policy import GOOD, HEAD, faults_of, grids, read, with_cell, write_csvs

HOUSEHOLDS, SITES, CONSENTS = "households", "sites", "consents"
PERSONS = "1 到 20 之间的整数（人）"
LOST = "表格软件把编号当成了数字，第 15 位以后的数字已经丢失：请把整列设为“文本”格式，再从原始资料重新录入。"

CELLS = {
    "unknown reference": (HOUSEHOLDS, 2, 1, "镇", "泖巷", "表“镇”里有的镇", "是“泖港”。"),
    "nothing near": (HOUSEHOLDS, 2, 1, "镇", "zzz", "表“镇”里有的镇", "表“镇”里漏了这一行。"),
    "negative": (HOUSEHOLDS, 2, 2, "人口", "-4", PERSONS, "是“4”，多了负号。"),
    "too many": (HOUSEHOLDS, 2, 2, "人口", "40", PERSONS, "抄录有误；请核对原始资料。"),
    "text for number": (HOUSEHOLDS, 2, 2, "人口", "四", PERSONS, "只填数字，不带文字和单位。"),
    "number with a word": (HOUSEHOLDS, 2, 2, "人口", "4人", PERSONS, "是“4”。"),
    "not a number": (
        HOUSEHOLDS, 2, 3, "宅基地面积", "nan", "不小于 1 的数字（平方米）", "只填数字，不带文字和单位。",
    ),
    "underscore": (
        HOUSEHOLDS, 2, 3, "宅基地面积", "1_8", "不小于 1 的数字（平方米）", "只填数字，不带文字和单位。",
    ),
    "full-width number": (HOUSEHOLDS, 2, 2, "人口", "４", "半角的 1 到 20 之间的整数（人）", "是“4”。"),
    "full-width code": (SITES, 2, 0, "安置点编号", "Ｓ０１", "半角字母和数字的编号", "是“S01”。"),
    "half a person": (HOUSEHOLDS, 2, 2, "人口", "4.5", PERSONS, "是“5”；程序不会自行四舍五入。"),
    "not exact": (
        HOUSEHOLDS, 2, 3, "宅基地面积", "180.255", "精确到 0.01 的数字（平方米）",
        "是“180.26”；程序不会自行四舍五入。",
    ),
    "flag as number": (HOUSEHOLDS, 2, 4, "农业户", "1", "“是”或“否”", "是“是”。"),
    "flag as word": (HOUSEHOLDS, 2, 4, "农业户", "大概", "“是”或“否”", "从下拉列表中选“是”或“否”。"),
    "near code": (CONSENTS, 2, 1, "方式", "进城", "以下之一：进城镇、平移、有偿退出", "是“进城镇”。"),
    "mode that does not exist": (
        CONSENTS, 2, 1, "方式", "租房", "以下之一：进城镇、平移、有偿退出", "从下拉列表中选一个。",
    ),
    "late year": (
        SITES, 2, 3, "可安置年份", "2031", "2019 到 2025 之间的四位年份", "抄录有误；请核对原始资料。",
    ),
    "year with word": (SITES, 2, 3, "可安置年份", "2020年", "2019 到 2025 之间的四位年份", "是“2020”。"),
    "no capacity": (
        SITES, 2, 4, "可建面积", "0", "不小于 1 的数字（亩）", "还没有填数；没有的请删除这一行。",
    ),
    "another unit": (
        SITES, 2, 4, "可建面积", "0.3", "不小于 1 的数字（亩）", "单位弄错了：这一列以亩计；请核对原始资料。",
    ),
    "too large": (
        "towns", 2, 2, "可用财力", "1e99", "不小于 0 的数字（万元）",
        "单位弄错了：这一列以万元计；请核对原始资料。",
    ),
    "digits lost": (HOUSEHOLDS, 2, 0, "户编号", "1.1E+17", "文本格式的编号", LOST),
    "duplicate": (
        HOUSEHOLDS, 3, 0, "户编号", "H0001", "每行不同的“户编号”", "与第 2 行重复：删除一行，或改正编号。",
    ),
    "mode and site differ": (
        CONSENTS, 2, 2, "安置点编号", "S02", "类型为“镇区”的安置点（“进城镇”）",
        "“方式”是“平移”：这里的类型是“平移点”。",
    ),
    "exit with a site": (
        CONSENTS, 3, 2, "安置点编号", "S02", "空（“有偿退出”不填）", "清空这一格，或改“有偿退出”。",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_faulty_cell(name: str, tmp_path: Path) -> None:
    table, row, column, header, value, expected, maybe = CELLS[name]
    faults = faults_of(write_csvs(tmp_path / "i", with_cell(table, row, column, value)))
    gap = " " if expected[0].isascii() else ""
    assert faults[0] == (
        f"表“{table}.csv” 第 {row} 行 “{header}”列：填的是“{value}”；应为{gap}{expected}。\n  Maybe（也许）{maybe}"
    )


def test_one_fault_a_cell(tmp_path: Path) -> None:
    """A faulty key does not make every reference to it a fault as well."""
    assert len(faults_of(write_csvs(tmp_path / "a", with_cell(SITES, 2, 0, "Ｓ０１")))) == 1
    assert len(faults_of(write_csvs(tmp_path / "b", with_cell(HOUSEHOLDS, 2, 0, "1.1E+17")))) == 1


@pytest.mark.parametrize(
    ("table", "row", "column", "message"),
    [
        (
            HOUSEHOLDS, 2, 3,
            "表“households.csv” 第 2 行 “宅基地面积”列；应为不小于 1 的数字（平方米）。\n"
            "  Maybe（也许）漏填了这一格；不需要的行请整行删除。",
        ),
        (
            CONSENTS, 4, 2,
            "表“consents.csv” 第 4 行 “安置点编号”列；应为类型为“平移点”的安置点（“平移”）。\n"
            "  Maybe（也许）漏填了这一格。",
        ),
    ],
)  # fmt: skip
def test_empty_cell(table: str, row: int, column: int, message: str, tmp_path: Path) -> None:
    assert faults_of(write_csvs(tmp_path / "i", with_cell(table, row, column, ""))) == [message]


def test_site_without_homes(tmp_path: Path) -> None:
    message = (
        "表“sites.csv” 第 3 行 “安置点编号”列：填的是“S02”；"
        "应为有可建房型的安置点（表“安置点房型”里有它的行）。\n"
        "  Maybe（也许）在表“安置点房型”里补上这一行，数量大于 0；不用的请删除。"
    )
    assert faults_of(write_csvs(tmp_path / "zero", with_cell("site_homes", 4, 2, "0"))) == [message]
    assert faults_of(write_csvs(tmp_path / "none", grids(site_homes=GOOD["site_homes"][:3]))) == [message]


def test_duplicate_of_two_key_columns(tmp_path: Path) -> None:
    assert faults_of(write_csvs(tmp_path / "i", with_cell("site_homes", 3, 1, "90.00"))) == [
        "表“site_homes.csv” 第 3 行 “安置点编号”列：填的是“S01”；应为每行不同的“安置点编号”、“面积”组合。\n"
        "  Maybe（也许）与第 2 行重复：删除一行，或改正编号。"
    ]


def test_missing_and_unknown_columns(tmp_path: Path) -> None:
    without = [row[:2] + row[3:] for row in GOOD[HOUSEHOLDS]]
    assert faults_of(write_csvs(tmp_path / "a", grids(households=without))) == [
        "表“households.csv” 第 1 行 “人口”列；应为有“人口”这一列。\n"
        "  Maybe（也许）列名写错了，或漏了这一列；可对照“optimizer new”写出的空表。"
    ]
    misspelt = with_cell("towns", 1, 2, "可用财务")
    assert faults_of(write_csvs(tmp_path / "b", misspelt))[0] == (
        "表“towns.csv” 第 1 行 “可用财务”列：填的是“可用财务”；应为表“镇”的列名：镇、片区、可用财力。\n"
        "  Maybe（也许）是“可用财力”。"
    )
    twice = [[*row, row[0]] for row in GOOD["towns"]]
    assert "应为每列只出现一次" in faults_of(write_csvs(tmp_path / "c", grids(towns=twice)))[0]
    nameless = [[*row, "" if at == 0 else "x"] for at, row in enumerate(GOOD["towns"])]
    assert "应为空格（这一列没有列名）" in faults_of(write_csvs(tmp_path / "d", grids(towns=nameless)))[0]


def test_unit_in_the_header(tmp_path: Path) -> None:
    assert read(write_csvs(tmp_path / "a", with_cell("towns", 1, 2, "可用财力（万元）")))[0].name == "test"
    assert faults_of(write_csvs(tmp_path / "b", with_cell("towns", 1, 2, "可用财力（元）"))) == [
        "表“towns.csv” 第 1 行 “可用财力”列：填的是“可用财力（元）”；应为以万元为单位的“可用财力”列。\n"
        "  Maybe（也许）整列要换算成万元，再改列名。"
    ]


def test_missing_unknown_and_repeated_tables(tmp_path: Path) -> None:
    tables = grids(sitehomes=GOOD["site_homes"])
    del tables["site_homes"]
    assert faults_of(write_csvs(tmp_path / "a", tables)) == [
        "表“sitehomes.csv”；应为政策文件中有的表。\n  Maybe（也许）是“安置点房型”。",
        "表“安置点房型”；应为输入中的一张表，但没有找到。\n"
        "  Maybe（也许）漏了文件 site_homes.csv（或 安置点房型.csv）。",
    ]
    assert faults_of(write_csvs(tmp_path / "b", grids(**{"镇": GOOD["towns"]}))) == [
        "表“镇.csv”；应为每张表只有一份（已有“towns.csv”）。\n  Maybe（也许）删除旧的那一份。"
    ]


def test_parameters(tmp_path: Path) -> None:
    head = HEAD + '[parameters]\nrat = 3\nshare = 72.555\nrate = "三十"\n'
    assert faults_of(write_csvs(tmp_path / "a", grids(), head)) == [
        "表“instance.toml”：填的是“rat”；应为政策文件中的参数编号。\n  Maybe（也许）是“rate”（补贴标准）。",
        "表“instance.toml” “share”列：填的是“72.555”；应为精确到 0.01 的数字（%）。\n"
        "  Maybe（也许）是“72.56”；程序不会自行四舍五入。",
        "表“instance.toml” “rate”列：填的是“三十”；应为数字（万元）。\n  Maybe（也许）只填数字，不带文字和单位。",
    ]
    assert faults_of(write_csvs(tmp_path / "b", grids(), HEAD + "[parameters]\nrate = true\n")) == [
        "表“instance.toml” “rate”列：填的是“True”；应为数字。\n  Maybe（也许）写成不带引号的数字。"
    ]
    instance, _ = read(write_csvs(tmp_path / "c", grids(), HEAD + "[parameters]\nrate = 31.5\n"))
    assert instance.parameters == {"rate": 31_500_000, "share": 7250}


def test_head(tmp_path: Path) -> None:
    assert faults_of(write_csvs(tmp_path / "a", grids(), '[instance]\nnam = "x"\n'))[0] == (
        "表“instance.toml”：填的是“nam”；应为认识的项目。\n  Maybe（也许）是“name”。"
    )
    assert "应为写明政策（policy）的实例" in faults_of(write_csvs(tmp_path / "b", grids(), "[instance]\n"))[0]
    assert "应为有效的 TOML 文件" in faults_of(write_csvs(tmp_path / "c", grids(), "[instance\n"))[0]
    source = HEAD + '[[source]]\nwhat = "户"\nkind = "guessed"\n'
    assert "应为来源类别：公开、假定、生成" in faults_of(write_csvs(tmp_path / "d", grids(), source))[0]
    assert "应为有 instance.toml 文件的文件夹" in faults_of(tmp_path)[0]
    assert "应为实例文件夹或 .xlsx 工作簿" in faults_of(tmp_path / "nowhere")[0]


def test_all_faults_at_once(tmp_path: Path) -> None:
    tables = with_cell(HOUSEHOLDS, 2, 2, "-4")
    tables[HOUSEHOLDS][2][1] = "车敦"
    tables[SITES][1][3] = "1999"
    tables["towns"][1][2] = "没有"
    faults = faults_of(write_csvs(tmp_path / "i", tables, HEAD + "[parameters]\nrates = 1\n"))
    assert [f.split("；")[0] for f in faults] == [
        "表“instance.toml”：填的是“rates”",
        "表“towns.csv” 第 2 行 “可用财力”列：填的是“没有”",
        "表“households.csv” 第 2 行 “人口”列：填的是“-4”",
        "表“sites.csv” 第 2 行 “可安置年份”列：填的是“1999”",
        "表“households.csv” 第 3 行 “镇”列：填的是“车敦”",
    ]


def test_many_faults_of_a_kind_are_counted(tmp_path: Path) -> None:
    more = [[f"K{i}", "泖港", "-1", "1", "是"] for i in range(1000)]
    faults = faults_of(write_csvs(tmp_path / "i", grids(households=GOOD[HOUSEHOLDS] + more)))
    assert len(faults) == 21
    assert faults[-1] == (
        "表“households.csv” “人口”列；应为 1 到 20 之间的整数（人）"
        "（此列还有 980 处同样的错误，直到第 1003 行，未逐一列出）。\n"
        "  Maybe（也许）先改正已列出的，再检查一次。"
    )


def test_english(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(write_csvs(tmp_path / "i", with_cell(HOUSEHOLDS, 2, 1, "泖巷")))
    assert caught.value.faults[0].describe("en") == (
        "sheet 'households.csv', row 2, column '镇': found '泖巷'; expected a town of the table 'towns'.\n"
        "  Maybe '泖港' was meant."
    )
