"""CSV and Parquet files: encodings, blank lines, titles, broken lines, and what comes out of them."""

from __future__ import annotations

import hashlib
import itertools
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.reading.small_policy import GOOD, HEAD, faults_of, grids, read, with_cell, write_csvs


def test_typed_tables_in_base_units(tmp_path: Path) -> None:
    instance, notices = read(write_csvs(tmp_path / "i", grids()))
    assert notices == []
    towns, households, sites = (instance.tables[t] for t in ("towns", "households", "sites"))
    assert list(towns.columns) == ["town", "side", "money"]
    assert towns["money"].tolist() == [12_500_000, 0, 3_000_000_000]
    assert towns["side"].tolist() == ["south", "south", "north"]
    assert households["homestead"].tolist() == [18025, 20000]
    assert households["farm"].tolist() == [True, False]
    assert sites["capacity"].tolist() == [2_000_000, 100_000]
    assert sites["title"].tolist() == ["泖港镇区", ""]
    assert instance.tables["consents"]["site"].tolist() == ["S01", "", "S02"]
    assert [str(d) for d in households.dtypes] == ["str", "str", "int64", "int64", "bool"]
    assert len(instance.tables["extra"]) == 0
    assert str(instance.tables["extra"]["year"].dtype) == "int64"


def test_head_sources_and_hashes(tmp_path: Path) -> None:
    head = HEAD.replace('name = "test"', 'name = "test"\ntitle = { zh = "甲", en = "A" }\ngenerated = true\nseed = 3')
    folder = write_csvs(tmp_path / "i", grids(), head + '[[source]]\nwhat = "镇"\nkind = "public"\nnote = "网站"\n')
    instance, _ = read(folder)
    assert (instance.name, instance.title.zh, instance.title.en, instance.generated) == (
        "test",
        "甲",
        "A",
        True,
    )
    assert [(s.what, s.kind, s.note) for s in instance.sources] == [("镇", "public", "网站")]
    assert set(instance.hashes) == {"instance.toml", *(f"{name}.csv" for name in GOOD)}
    assert instance.hashes["towns.csv"] == hashlib.sha256((folder / "towns.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    instance, notices = read(write_csvs(tmp_path / "i", grids(), encoding=encoding))
    assert instance.tables["towns"]["town"].tolist() == ["泖港", "新浜", "车墩"]
    told = [n for n in notices if "GB18030" in n]
    assert len(told) == (len(GOOD) if encoding == "gb18030" else 0)
    if told:
        assert told[0] == "文件 consents.csv 不是 UTF-8，按 GB18030 编码读取；请核对其中的汉字。"


@pytest.mark.parametrize("content", ["镇,片区".encode("utf-16"), b"\xff\xff,\xff\n", b"a\0b"])
def test_unknown_encoding(content: bytes, tmp_path: Path) -> None:
    folder = write_csvs(tmp_path / "i", grids())
    (folder / "towns.csv").write_bytes(content)
    assert faults_of(folder)[0] == (
        "表“towns.csv”；应为UTF-8 或 GB18030 编码的 CSV 文件。\n  Maybe（也许）在表格软件中另存为“CSV UTF-8”。"
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "应为有表头的 CSV 文件"),
        ("镇;片区;可用财力\n泖港;浦南;1\n", "用了分号：请另存为"),
        (
            "镇,片区,可用财力\n泖港,浦南,1\n" * 6 + "新浜,浦南,1,234\n",
            "第 13 行：填的是“新浜,浦南,1,234”；应为最多 3 格",
        ),
        ('镇,片区,可用财力\n泖港,浦南,1\n"新浜,浦南,2\n', "应为成对的引号"),
    ],
)
def test_broken_files(text: str, part: str, tmp_path: Path) -> None:
    folder = write_csvs(tmp_path / "i", grids())
    (folder / "towns.csv").write_text(text, encoding="utf-8")
    faults = faults_of(folder)
    assert len(faults) == 1
    assert part in faults[0]


def test_spaces_blank_lines_and_titles_are_told(tmp_path: Path) -> None:
    towns = [["松江区各镇", "", ""], *GOOD["towns"][:2], ["", "", ""], *GOOD["towns"][2:], ["", "", ""]]
    instance, notices = read(write_csvs(tmp_path / "a", grids(towns=towns)))
    assert len(instance.tables["towns"]) == 3
    assert notices == [
        "表“towns.csv”的表头取第 2 行，上面 1 行未读。",
        "表“towns.csv”中间有 1 个空行，已跳过。",
    ]
    _, notices = read(write_csvs(tmp_path / "b", with_cell("households", 2, 1, " 泖港\u3000")))
    assert notices == ["表“households.csv”“镇”列有 1 个单元格首尾有空格，已去掉。"]


def test_line_numbers_count_blank_lines(tmp_path: Path) -> None:
    towns = [
        ["各镇", "", ""],
        ["镇", "片区", "可用财力"],
        ["", "", ""],
        ["泖港", "浦南", "x"],
        *GOOD["towns"][2:],
    ]
    assert faults_of(write_csvs(tmp_path / "i", grids(towns=towns)))[0].startswith("表“towns.csv” 第 4 行 “可用财力”列")


def test_english_headers_codes_and_any_order(tmp_path: Path) -> None:
    towns = [
        ["MONEY", "Side", "town"],
        ["12.5", "south", "泖港"],
        ["1", "north", "新浜"],
        ["2", "浦北", "车墩"],
    ]
    instance, _ = read(write_csvs(tmp_path / "i", grids(towns=towns)))
    assert list(instance.tables["towns"].columns) == ["town", "side", "money"]
    assert instance.tables["towns"]["side"].tolist() == ["south", "north", "north"]


def test_formula_guard_is_taken_off(tmp_path: Path) -> None:
    instance, _ = read(write_csvs(tmp_path / "i", with_cell("sites", 2, 1, "'=1+1")))
    assert instance.tables["sites"]["title"].tolist() == ["=1+1", ""]


def test_parquet(tmp_path: Path) -> None:
    folder = write_csvs(tmp_path / "i", grids())
    (folder / "households.csv").unlink()
    frame = pd.DataFrame(
        {
            "户编号": ["H0001", "H0002"],
            "镇": ["泖港", "车墩"],
            "人口": np.array([4, 6], dtype=np.int32),
            "宅基地面积": [Decimal("180.25"), Decimal("200.00")],
            "农业户": [True, False],
        }
    )
    frame.to_parquet(folder / "households.parquet")
    households = read(folder)[0].tables["households"]
    assert households["homestead"].tolist() == [18025, 20000]
    assert households["farm"].tolist() == [True, False]
    frame["户编号"] = [1, 2]
    frame.to_parquet(folder / "households.parquet")
    assert faults_of(folder)[0] == (
        "表“households.parquet” 第 2 行 “户编号”列：填的是“1”；应为文本格式的编号。\n"
        "  Maybe（也许）编号被当成了数字或日期（前面的 0 会丢失）：请把整列设为“文本”格式，再重新录入。"
    )
    (folder / "households.parquet").write_bytes(b"PAR1 nonsense")
    assert faults_of(folder)[0].startswith("表“households.parquet”；应为可读的 Parquet 文件。")


def test_row_order_is_kept(tmp_path: Path) -> None:
    for order in itertools.permutations(GOOD["towns"][1:]):
        folder = write_csvs(tmp_path / "i", grids(towns=[GOOD["towns"][0], *order]))
        assert read(folder)[0].tables["towns"]["town"].tolist() == [row[0] for row in order]
