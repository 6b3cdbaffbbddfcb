"""Workbooks in: numeric codes, merged and hidden cells, and files made to bring a reader down."""

from __future__ import annotations

import datetime
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from optimizer.reading.faults import FaultList
from optimizer.reading.workbook import read_workbook
from optimizer.reading.workbook_look import look_at
from tests.reading.small_policy import GOOD, faults_of, grids, read, with_cell, write_book, write_csvs

NUMERIC = {("towns", 2), ("households", 2), ("households", 3), ("sites", 3), ("sites", 4), ("site_homes", 1)}
SHEET = "xl/worksheets/sheet1.xml"


def test_same_as_the_folder(tmp_path: Path) -> None:
    folder, _ = read(write_csvs(tmp_path / "i", grids()))
    for numeric in (NUMERIC, set[tuple[str, int]]()):
        book, notices = read(write_book(tmp_path / "i.xlsx", grids(), numeric))
        assert notices == []
        assert book.name == "test"
        assert list(book.hashes) == ["i.xlsx"]
        for name, frame in folder.tables.items():
            assert frame.equals(book.tables[name]), name


def test_english_sheet_names(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "i.xlsx"))
    for name, rows in {"Instance": [["key", "value"], ["policy", "small"]], **grids(), "Sheet9": []}.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    assert len(read(tmp_path / "i.xlsx")[0].tables["households"]) == 2


def test_numeric_codes_are_refused(tmp_path: Path) -> None:
    tables = with_cell("households", 2, 0, "310117198001011234")
    tables["households"][2][0] = "17"
    book = write_book(tmp_path / "i.xlsx", tables, {("households", 0)})
    assert faults_of(book)[:2] == [
        "表“农户” 第 2 行 “户编号”列：填的是“3.10117198001011e+17”；应为文本格式的编号。\n"
        "  Maybe（也许）表格软件把编号当成了数字，第 15 位以后的数字已经丢失："
        "请把整列设为“文本”格式，再从原始资料重新录入。",
        "表“农户” 第 3 行 “户编号”列：填的是“17”；应为文本格式的编号。\n"
        "  Maybe（也许）编号被当成了数字或日期（前面的 0 会丢失）：请把整列设为“文本”格式，再重新录入。",
    ]


def test_long_codes_as_text_are_kept(tmp_path: Path) -> None:
    tables = with_cell("households", 2, 0, "310117198001011234")
    for row in (1, 2):
        tables["consents"][row][0] = "310117198001011234"
    instance, _ = read(write_book(tmp_path / "i.xlsx", tables))
    assert instance.tables["households"]["household"][0] == "310117198001011234"


def test_faults_name_the_sheet_and_row(tmp_path: Path) -> None:
    book = write_book(tmp_path / "i.xlsx", with_cell("households", 3, 2, "-1"), NUMERIC)
    assert faults_of(book) == [
        "表“农户” 第 3 行 “人口”列：填的是“-1”；应为 1 到 20 之间的整数（人）。\n  Maybe（也许）是“1”，多了负号。"
    ]


def test_dates_and_computed_numbers(tmp_path: Path) -> None:
    """A date is no year; 3 × 1.1 is 3.3, as the spreadsheet shows it."""
    path = write_book(tmp_path / "i.xlsx", {k: v for k, v in grids().items() if k != "towns"}, NUMERIC)
    book = xlsxwriter.Workbook(str(tmp_path / "more.xlsx"))
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("附表")
    sheet.write_string(0, 0, "年份")
    sheet.write_datetime(1, 0, datetime.datetime(2022, 3, 15), day)
    sheet.write_number(2, 0, 1.1 * 3)
    sheet.write_formula(3, 0, "=0.1+0.2", None, 0.30000000000000004)
    book.close()
    texts = read_workbook(tmp_path / "more.xlsx", FaultList([]), [])[0].cells[0].tolist()
    assert texts == ["年份", "2022-03-15", "3.3", "0.3"]
    assert "漏了工作表“镇”" in faults_of(path)[0]


def test_merged_and_hidden_are_told(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "i.xlsx"))
    sheet = book.add_worksheet("镇")
    sheet.merge_range(3, 0, 4, 0, "泖港")
    sheet.merge_range(3, 1, 4, 1, "浦南")
    sheet.write_string(6, 0, "新浜")
    for row in (6, 7, 8):
        sheet.set_row(row, None, None, {"hidden": True})
    book.close()
    notices: list[object] = []
    read_workbook(tmp_path / "i.xlsx", FaultList([]), notices)  # type: ignore[arg-type]
    assert [str(n) for n in notices] == [
        "表“镇”有 2 处合并单元格：只有左上角一格有值，其余读作空。",
        "表“镇”有 3 个隐藏行，也已读入。",
    ]


def _far(path: Path, row: int, column: int) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("镇")
    for at, cells in enumerate(GOOD["towns"]):
        sheet.write_row(at, 0, cells)
    sheet.write_string(row, column, "x")
    book.close()
    return path


def test_one_far_cell(tmp_path: Path) -> None:
    """Read at once it would ask for gigabytes and abort the process."""
    start = time.monotonic()
    assert faults_of(_far(tmp_path / "i.xlsx", 1_048_575, 16_383)) == [
        "表“镇” 第 1048576 行；应为紧凑的表格；这张表一直延伸到单元格 XFD1048576，但其中只有 13 个单元格。\n"
        "  Maybe（也许）远处有误填的单元格：按 Ctrl+End 找到它，删除多余的行和列后保存。"
    ]
    assert time.monotonic() - start < 5
    assert faults_of(_far(tmp_path / "near.xlsx", 5000, 30)) != []
    assert not look_at(tmp_path / "near.xlsx")[0].far


def _rewrite(path: Path, old: bytes, new: bytes) -> Path:
    """The workbook with its first sheet's XML changed."""
    lying = path.with_name("lying.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(lying, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            target.writestr(info.filename, content.replace(old, new) if info.filename == SHEET else content)
    return lying


def test_a_cell_that_hides_from_the_look_ends_only_the_child(tmp_path: Path) -> None:
    """The attribute order is legal and the scan does not know it; then the limits must hold."""
    plain = _far(tmp_path / "i.xlsx", 4, 0)
    lying = _rewrite(plain, b'<c r="A5" t="s"', b"<c t=\"s\" r='XFD1048576'")
    faults, start = FaultList([]), time.monotonic()
    assert read_workbook(lying, faults, [], memory=2**30, seconds=60) == []
    assert time.monotonic() - start < 60
    assert [f.describe("zh").split("\n")[0] for f in faults.faults] == [
        "表“lying.xlsx”；应为能在 1 GB 内存和 60 秒内读完的 .xlsx 工作簿。"
    ]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "没有密码的 .xlsx 工作簿（不是 .xls）"),
        (b"no zip at all", "完好的 .xlsx 工作簿"),
        (b"", "完好的 .xlsx 工作簿"),
    ],
)
def test_no_workbook(content: bytes, part: str, tmp_path: Path) -> None:
    (tmp_path / "i.xlsx").write_bytes(content)
    assert [f.split("\n")[0] for f in faults_of(tmp_path / "i.xlsx")] == [f"表“i.xlsx”；应为{part}。"]


def test_damaged_zip(tmp_path: Path) -> None:
    good = write_book(tmp_path / "i.xlsx", grids()).read_bytes()
    for cut in (200, len(good) // 2, len(good) - 30):
        (tmp_path / "cut.xlsx").write_bytes(good[:cut])
        assert len(faults_of(tmp_path / "cut.xlsx")) == 1
    for at in range(100, len(good), 997):
        (tmp_path / "cut.xlsx").write_bytes(good[:at] + b"\xff\x00\xff" + good[at + 3 :])
        faults_of(tmp_path / "cut.xlsx")


def test_sheet_without_policy(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "i.xlsx"))
    book.add_worksheet("镇")
    book.close()
    assert "应为写明政策（policy）的实例" in faults_of(tmp_path / "i.xlsx")[0]


def test_blank_table_sheet(tmp_path: Path) -> None:
    """A sheet of a table without even a header lacks its columns; other blank sheets do not matter."""
    path = write_book(tmp_path / "i.xlsx", {**grids(extra=[]), "Sheet1": []})
    assert [f.split("；")[1].split("。")[0] for f in faults_of(path)] == ["应为有“年份”这一列"]
