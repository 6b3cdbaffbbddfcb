"""A small policy with every column type, and helpers that write an instance of it as CSV or .xlsx."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from optimizer.errors import InputError
from optimizer.instance import Instance
from optimizer.policy import Policy
from optimizer.reading import read_instance

TABLES: list[dict[str, Any]] = [
    {
        "name": "towns",
        "zh": "镇",
        "column": [
            {"name": "town", "zh": "镇", "type": "code", "key": True},
            {"name": "side", "zh": "片区", "type": "code", "one_of": {"south": "浦南", "north": "浦北"}},
            {"name": "money", "zh": "可用财力", "type": "number", "unit": "wan_yuan", "at_least": 0},
        ],
    },
    {
        "name": "households",
        "zh": "农户",
        "column": [
            {"name": "household", "zh": "户编号", "type": "code", "key": True},
            {"name": "town", "zh": "镇", "type": "code", "refers": "towns"},
            {
                "name": "persons", "zh": "人口", "type": "whole", "unit": "persons",
                "at_least": 1, "at_most": 20,
            },
            {"name": "homestead", "zh": "宅基地面积", "type": "number", "unit": "m2", "at_least": 1},
            {"name": "farm", "zh": "农业户", "type": "flag"},
        ],
    },
    {
        "name": "sites",
        "zh": "安置点",
        "requires": [
            {
                "table": "site_homes", "column": "site", "above_zero": "homes",
                "title_zh": "可建房型", "title_en": "a home type it can hold",
            }
        ],
        "column": [
            {"name": "site", "zh": "安置点编号", "type": "code", "key": True},
            {"name": "title", "zh": "名称", "type": "text", "empty": True},
            {
                "name": "kind", "zh": "类型", "type": "code",
                "one_of": {"town": "镇区", "settlement": "平移点"},
            },
            {"name": "ready", "zh": "可安置年份", "type": "year", "at_least": 2019, "at_most": 2025},
            {"name": "capacity", "zh": "可建面积", "type": "number", "unit": "mu", "at_least": 1},
        ],
    },
    {
        "name": "site_homes",
        "zh": "安置点房型",
        "column": [
            {"name": "site", "zh": "安置点编号", "type": "code", "key": True, "refers": "sites"},
            {"name": "area", "zh": "面积", "type": "whole", "unit": "m2", "key": True},
            {"name": "homes", "zh": "最多套数", "type": "whole", "unit": "flats", "at_least": 0},
        ],
    },
    {
        "name": "consents",
        "zh": "意愿",
        "agrees": [
            {
                "column": "mode", "through": "site", "other": "kind",
                "pairs": {"town": ["town"], "settlement": ["settlement"], "exit": [""]},
            }
        ],
        "column": [
            {"name": "household", "zh": "户编号", "type": "code", "key": True, "refers": "households"},
            {
                "name": "mode", "zh": "方式", "type": "code", "key": True,
                "one_of": {"town": "进城镇", "settlement": "平移", "exit": "有偿退出"},
            },
            {
                "name": "site", "zh": "安置点编号", "type": "code", "key": True,
                "refers": "sites", "empty": True,
            },
        ],
    },
    {
        "name": "extra",
        "zh": "附表",
        "optional": True,
        "column": [{"name": "year", "zh": "年份", "type": "year", "key": True}],
    },
]  # fmt: skip

POLICY = Policy.model_validate(
    {
        "policy": {
            "id": "small",
            "title": {"zh": "小例", "en": "small"},
            "document": "试行",
            "years": [2019, 2025],
            "money_years": [2019, 2027],
            "place": "town",
        },
        "parameter": [
            {
                "id": "rate",
                "clause": "T-01 一",
                "title": {"zh": "补贴标准", "en": "rate"},
                "unit": "wan_yuan",
                "value": 30,
            },
            {
                "id": "share",
                "clause": "T-02 一",
                "title": {"zh": "比例", "en": "share"},
                "unit": "percent",
                "value": "72.5",
            },
        ],
        "table": TABLES,
        "decision": [],
        "rule": [],
        "objective": [],
    }
)

GOOD: dict[str, list[list[str]]] = {
    "towns": [
        ["镇", "片区", "可用财力"],
        ["泖港", "浦南", "12.5"],
        ["新浜", "浦南", "0"],
        ["车墩", "浦北", "3000"],
    ],
    "households": [
        ["户编号", "镇", "人口", "宅基地面积", "农业户"],
        ["H0001", "泖港", "4", "180.25", "是"],
        ["H0002", "车墩", "6", "200", "否"],
    ],
    "sites": [
        ["安置点编号", "名称", "类型", "可安置年份", "可建面积"],
        ["S01", "泖港镇区", "镇区", "2020", "30"],
        ["S02", "", "平移点", "2021", "1.5"],
    ],
    "site_homes": [
        ["安置点编号", "面积", "最多套数"],
        ["S01", "90", "40"],
        ["S01", "120", "40"],
        ["S02", "160", "10"],
    ],
    "consents": [
        ["户编号", "方式", "安置点编号"],
        ["H0001", "进城镇", "S01"],
        ["H0001", "有偿退出", ""],
        ["H0002", "平移", "S02"],
    ],
}
HEAD = '[instance]\nname = "test"\npolicy = "small"\n'


def grids(**changes: list[list[str]]) -> dict[str, list[list[str]]]:
    """A sound instance, with whole tables replaced."""
    return {**{name: [list(row) for row in rows] for name, rows in GOOD.items()}, **changes}


def with_cell(table: str, row: int, column: int, value: str) -> dict[str, list[list[str]]]:
    """A sound instance with one cell changed; ``row`` counts as a spreadsheet does."""
    changed = grids()
    changed[table][row - 1][column] = value
    return changed


def write_csvs(folder: Path, tables: dict[str, list[list[str]]], head: str = HEAD, encoding: str = "utf-8") -> Path:
    """The tables as CSV files beside an ``instance.toml``."""
    folder.mkdir(exist_ok=True)
    (folder / "instance.toml").write_text(head, encoding="utf-8")
    for name, rows in tables.items():
        text = "".join(",".join(row) + "\n" for row in rows)
        (folder / f"{name}.csv").write_bytes(text.encode(encoding))
    return folder


def write_book(path: Path, tables: dict[str, list[list[Any]]], numeric: Collection[tuple[str, int]] = ()) -> Path:
    """The tables as sheets with Chinese names; cells of ``numeric`` (table, column) as numbers."""
    names = {t["name"]: t["zh"] for t in TABLES}
    book = xlsxwriter.Workbook(str(path))
    head = book.add_worksheet("实例")
    for row, (key, value) in enumerate([("项目", "内容"), ("政策", "small"), ("名称", "test")]):
        head.write_string(row, 0, key)
        head.write_string(row, 1, value)
    for name, rows in tables.items():
        sheet = book.add_worksheet(names.get(name, name))
        for at, row_cells in enumerate(rows):
            for position, cell in enumerate(row_cells):
                if at and (name, position) in numeric and cell != "":
                    sheet.write_number(at, position, float(cell))
                elif cell != "":
                    sheet.write_string(at, position, cell)
    book.close()
    return path


def read(path: Path) -> tuple[Instance, list[str]]:
    """The instance, and notices in Chinese."""
    instance, notices = read_instance(path, lambda _: POLICY)
    return instance, [n.zh for n in notices]


def faults_of(path: Path) -> list[str]:
    """The Chinese text of every fault; empty where the instance is sound."""
    try:
        read(path)
    except InputError as error:
        return [fault.describe("zh") for fault in error.faults]
    return []
