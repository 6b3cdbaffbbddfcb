"""A list of changes from CSV, a workbook or TOML; what it does to the tables; and faults where they stand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

import optimizer
from optimizer.errors import InputError
from optimizer.reading.changed_tables import with_changes
from optimizer.reading.changes import Change, changes_of, read_changes

ROWS = [("意愿", "M05", "", "删除"), ("镇财力", "泖港 / 2024", "可用财力", "28.5"), ("sites", "S3", "farmland", "否")]
WANTED = tuple(Change(line, *row) for line, row in enumerate(ROWS, start=2))
HEADER = ("表", "行", "列", "新值")


@pytest.fixture(scope="module")
def task():
    return optimizer.load("songjiang-mini")


def faults_of(task, rows) -> set[tuple[int | None, str | None]]:
    with pytest.raises(InputError) as caught:
        with_changes(task, changes_of(pd.DataFrame(rows, columns=HEADER)))
    return {(f.row, f.column) for f in caught.value.faults}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "改动.csv"
    file.write_bytes("\r\n".join(map(",".join, [HEADER, *ROWS])).encode(encoding))
    assert read_changes(file).rows == WANTED


def test_the_sheet_of_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "c.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        book.add_worksheet("别的").write_string(0, 0, "x")
        sheet = book.add_worksheet("改动")
        for line, row in enumerate([HEADER, *ROWS]):
            for at, cell in enumerate(row):
                sheet.write_string(line, at, cell)
    assert read_changes(file).rows == WANTED


def test_toml(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(
        '[set]\n"total-2025.at_least" = 9000\nshare_from.value = 70\n[[change]]\ntable = "镇财力"\nrow = ["泖港", 2024]\n'
        'column = "可用财力"\nvalue = 28.5\n[[change]]\ntable = "意愿"\nrow = "M05"\nvalue = "删除"\n',
        encoding="utf-8",
    )
    found = read_changes(file)
    assert found.set == {"total-2025.at_least": 9000, "share_from.value": 70}
    assert found.rows == (Change(1, *ROWS[1]), Change(2, *ROWS[0]))


@pytest.mark.parametrize(("name", "text"), [
    ("c.csv", "表,行,列\n农户,M01,人口\n"), ("c.toml", "[set\n"), ("c.toml", "[[chnge]]\ntable = 'x'\n"),
    ("c.toml", "[[change]]\ntable = 'x'\nrow = 'y'\nvolue = 3\n"), ("c.doc", "x"),
])  # fmt: skip
def test_what_has_not_the_form_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_changes(tmp_path / name)
    assert all(fault.maybe.zh and fault.expected.en for fault in caught.value.faults)


def test_cells_rows_and_what_hangs_on_them(task) -> None:
    rows = [*ROWS, ("农户", "M01", "", "remove"), ("农户", "H9", "", "新增"), ("意愿", "H9 / 进城镇 / S1", "", "add")]
    cells = {
        "自然村编号": "HA",
        "人口": "4",
        "批准宅基地面积": "200.5",
        "农户": "是",
        "符合建房条件": "是",
        "另有住房": "否",
        "房屋残值": "0",
    }
    rows += [("农户", "H9", column, value) for column, value in cells.items()]
    rows += [("意愿", "H9 / town / S1", "志愿次序", "1")]
    found = with_changes(task, changes_of(pd.DataFrame(rows, columns=HEADER)))
    tables, before = found.instance.tables, task.tables
    homes = tables["households"].set_index("household")
    assert set(homes.index) == {*before["households"]["household"], "H9"} - {"M01"}
    assert homes.loc["H9", "homestead"] == 20050
    wishes = set(tables["consents"]["household"])
    assert "H9" in wishes
    assert not {"M01", "M05"} & wishes
    assert set(found.removed["consents"]["household"]) == {"M01", "M05"}
    money = tables["town_budgets"].set_index(["town", "year"])["capacity"]
    assert money["泖港", 2024] == 28_500_000
    assert money.drop(("泖港", 2024)).equals(
        before["town_budgets"].set_index(["town", "year"])["capacity"].drop(("泖港", 2024))
    )
    assert not tables["sites"].set_index("site").loc["S3", "farmland"]
    assert all(tables[n].dtypes.equals(before[n].dtypes) for n in before)


def test_a_village_that_goes_takes_hamlets_households_and_wishes_along_and_leaves_its_point_without_village(
    task,
) -> None:
    """An optional reference is emptied."""
    rows = [("村", "泖港一村", "", "删除")]
    tables = with_changes(task, changes_of(pd.DataFrame(rows, columns=HEADER))).instance.tables
    assert set(tables["hamlets"]["hamlet"]) == {"HC", "HD", "HE"}
    assert set(tables["households"]["hamlet"]) == {"HC", "HD", "HE"}
    assert tables["sites"].set_index("site").loc["S2", "village"] == ""


def test_every_fault_stands_at_its_line(task) -> None:
    rows = [
        ("农沪", "M01", "", "删除"), ("农户", "M77", "", "删除"), ("农户", "M01", "人口", "许多"), ("农户", "M01", "仁口", "3"),
        ("农户", "M02", "人口", "3"), ("农户", "M02", "人口", "4"), ("农户", "M03", "", "新增"), ("农户", "M04", "", "删除"),
        ("农户", "M04", "人口", "3"), ("意愿", "M02 / town / S9", "", "新增"), ("意愿", "M02 / town / S9", "志愿次序", "1"),
    ]  # fmt: skip
    assert faults_of(task, rows) == {
        (2, "表"), (3, "行"), (4, "新值（人口）"), (5, "列"), (7, "新值"), (8, "行"), (10, "行"), (11, "安置点编号")
    }  # fmt: skip
