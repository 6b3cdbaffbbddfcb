"""What is written reads back the same: folders and workbooks, and the empty workbook."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Literal

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.errors import OptimizerError
from optimizer.instance import Instance, Source
from optimizer.policy import Title
from optimizer.reading import write_empty_workbook, write_instance_folder, write_instance_workbook
from optimizer.reading.tables import typed
from tests.reading.small_policy import POLICY, faults_of, read

_PRINTED = st.characters(min_codepoint=32, max_codepoint=0xFFFD, exclude_categories=("C", "Z"))
_WORDS = st.text(st.one_of(st.sampled_from("=+-@'＝\"，,;xX_0aé松镇"), _PRINTED), min_size=1, max_size=6)
_CODES = st.text(st.sampled_from("=+-@'AB09松江_x（）"), min_size=1, max_size=5)
_TEXTS = st.one_of(st.just(""), _WORDS)
_KINDS: list[Literal["public", "assumed", "generated"]] = ["public", "assumed", "generated"]
_LARGE = st.integers(0, 2**62)


def _kept(code: str) -> bool:
    return code == code.strip()


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Small sound instances of the small policy."""
    codes = st.lists(_CODES.filter(_kept), unique=True, min_size=1, max_size=4)
    towns, sites, households = draw(codes), draw(codes), draw(st.lists(_CODES, unique=True, max_size=5))
    rows: dict[str, list[list[object]]] = {
        "towns": [[t, draw(st.sampled_from(["south", "north"])), draw(_LARGE)] for t in towns],
        "households": [
            [
                h, draw(st.sampled_from(towns)), draw(st.integers(1, 20)),
                draw(st.integers(100, 10**15)), draw(st.booleans()),
            ]
            for h in households
        ],
        "sites": [
            [
                s, draw(_TEXTS.filter(_kept)), draw(st.sampled_from(["town", "settlement"])),
                draw(st.integers(2019, 2025)), draw(st.integers(66_667, 10**14)),
            ]
            for s in sites
        ],
        "site_homes": [[s, 100 * draw(st.integers(0, 500)), draw(st.integers(1, 99))] for s in sites],
        "consents": [[h, "exit", ""] for h in households],
        "extra": [[y] for y in draw(st.lists(st.integers(1900, 2200), unique=True, max_size=3))],
    }  # fmt: skip
    tables = {
        t.name: pd.DataFrame({c.name: typed(c, [r[i] for r in rows[t.name]]) for i, c in enumerate(t.column)})
        for t in POLICY.table
    }
    return Instance(
        name=draw(_WORDS),
        title=Title(zh=draw(_WORDS), en=draw(_WORDS)),
        policy=POLICY,
        tables=tables,
        parameters={"rate": draw(st.integers(-(10**12), 10**12)), "share": draw(st.integers(0, 10_000))},
        sources=tuple(
            Source(what=draw(_WORDS), kind=kind, note=draw(_TEXTS.filter(_kept)))
            for kind in draw(st.lists(st.sampled_from(_KINDS), max_size=2))
        ),
        hashes={},
        generated=draw(st.booleans()),
    )


def assert_same(one: Instance, other: Instance) -> None:
    """Everything but the hashes."""
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, other.tables[name])
    assert one.parameters == other.parameters
    assert (one.name, one.title, one.sources, one.generated) == (
        other.name, other.title, other.sources, other.generated,
    )  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(instances())
def test_folder(instance: Instance) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_instance_folder(instance, Path(folder) / "i")
        again, notices = read(Path(folder) / "i")
    assert notices == []
    assert_same(instance, again)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(instances())
def test_workbook(instance: Instance) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_instance_workbook(instance, Path(folder) / "i.xlsx")
        again, notices = read(Path(folder) / "i.xlsx")
    assert notices == []
    assert_same(instance, again)


def _instance(title: str) -> Instance:
    rows: dict[str, list[list[object]]] = {
        "towns": [["泖港", "south", 12_500_000]], "households": [], "consents": [], "extra": [],
        "sites": [["+S1", title, "town", 2020, 100_000]], "site_homes": [["+S1", 9000, 1]],
    }  # fmt: skip
    tables = {
        t.name: pd.DataFrame({c.name: typed(c, [r[i] for r in rows[t.name]]) for i, c in enumerate(t.column)})
        for t in POLICY.table
    }
    return Instance("i", Title(zh="甲", en="A"), POLICY, tables, {"rate": 1, "share": 2}, (), {})


@pytest.mark.parametrize("title", ['=HYPERLINK("http://x","y")', "@SUM(1)", "-1+1", "＝1+1", "http://x.y", "'=1"])
def test_no_formula_leaves(title: str, tmp_path: Path) -> None:
    write_instance_workbook(_instance(title), tmp_path / "i.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "i.xlsx")["安置点"]
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["B2"].hyperlink) == (title, "s", None)
    write_instance_folder(_instance(title), tmp_path / "i")
    with (tmp_path / "i" / "sites.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file))[1][:2]
    assert not [cell for cell in cells if cell[0] in "=+-@＝"]
    for path in ("i", "i.xlsx"):
        assert read(tmp_path / path)[0].tables["sites"]["title"].tolist() == [title]


def test_empty_workbook(tmp_path: Path) -> None:
    write_empty_workbook(POLICY, tmp_path / "new.xlsx")
    book = openpyxl.load_workbook(tmp_path / "new.xlsx")
    assert book.sheetnames == ["说明", "实例", "参数", *(t.zh for t in POLICY.table), "来源"]
    towns, consents = book["镇"], book["意愿"]
    assert [c.value for c in towns[1]] == ["镇", "片区", "可用财力"]
    assert towns["C1"].comment is not None
    assert towns["C1"].comment.text == "数字，单位：万元\n不小于 0"
    assert towns.freeze_panes == "B2"
    assert towns.column_dimensions["A"].width >= 8
    rules = {str(rule.sqref): rule for rule in consents.data_validations.dataValidation}
    assert rules["B2:B1048576"].formula1 == '"进城镇,平移,有偿退出"'
    assert rules["A2:A1048576"].formula1 == "OFFSET('农户'!$A$2,0,0,MAX(1,COUNTA('农户'!$A$2:$A$1048576)),1)"
    assert rules["C2:C1048576"].formula1 == "OFFSET('安置点'!$A$2,0,0,MAX(1,COUNTA('安置点'!$A$2:$A$1048576)),1)"
    parameters = [[c.value for c in row] for row in book["参数"].iter_rows()]
    assert parameters == [
        ["编号", "名称", "值", "单位", "条款", "是否假定"],
        ["rate", "补贴标准", 30, "万元", "T-01 一", "否"],
        ["share", "比例", 72.5, "%", "T-02 一", "否"],
    ]


def test_empty_workbook_reads_back_empty(tmp_path: Path) -> None:
    write_empty_workbook(POLICY, tmp_path / "new.xlsx")
    instance, notices = read(tmp_path / "new.xlsx")
    assert (notices, instance.name, instance.title.zh) == ([], "new", "小例")
    assert all(len(frame) == 0 for frame in instance.tables.values())
    assert instance.parameters == {"rate": 30_000_000, "share": 7250}


def test_codes_typed_into_the_empty_workbook_stay_text(tmp_path: Path) -> None:
    write_empty_workbook(POLICY, tmp_path / "new.xlsx")
    book = openpyxl.load_workbook(tmp_path / "new.xlsx")
    assert book["农户"].column_dimensions["A"].number_format == "@"
    book["参数"]["C2"] = "三十"
    book["参数"]["A3"] = "shares"
    book.save(tmp_path / "filled.xlsx")
    assert faults_of(tmp_path / "filled.xlsx") == [
        "表“参数” 第 2 行 “值（补贴标准）”列：填的是“三十”；应为数字（万元）。\n"
        "  Maybe（也许）只填数字，不带文字和单位。",
        "表“参数” 第 3 行 “编号”列：填的是“shares”；应为政策文件中的参数编号。\n  Maybe（也许）是“share”（比例）。",
    ]


def test_too_much_for_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(OptimizerError, match="a cell holds 32767"):
        write_instance_workbook(_instance("长" * 40_000), tmp_path / "i.xlsx")
    assert list(tmp_path.iterdir()) == []
