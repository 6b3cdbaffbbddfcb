"""The plan folder: complete, exact, safe to open in a spreadsheet, whole or not at all."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from optimizer.errors import InputError, OptimizerError
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report import folder as folder_module
from optimizer.report.folder import read_plan_folder, write_plan_folder
from optimizer.wording import Wording
from tests.report import plan_example


@pytest.fixture(scope="module")
def task() -> Instance:
    return plan_example.instance(80)


@pytest.fixture(scope="module")
def plan(task: Instance) -> Plan:
    return plan_example.plan(task)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_everything_is_there_and_tables_come_back_exactly(tmp_path: Path, task: Instance, plan: Plan) -> None:
    out = tmp_path / "deep" / "plan"
    write_plan_folder(plan, task, out, "zh")
    files = {str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()}
    assert files == {
        "plan.json",
        "certificate.json",
        "clauses.csv",
        "lottery.csv",
        "plan.xlsx",
        "report.html",
        "tables/moves.csv",
        "tables/turnover.csv",
        "statements/town-money.csv",
    }
    assert [child.name for child in out.parent.iterdir()] == ["plan"]
    back = read_plan_folder(out)
    assert list(back) == list(plan.tables)
    for name, frame in plan.tables.items():
        pd.testing.assert_frame_equal(back[name], frame)


def test_numbers_are_exact_decimals_of_the_display_unit(tmp_path: Path, task: Instance, plan: Plan) -> None:
    write_plan_folder(plan, task, tmp_path / "plan")
    assert (tmp_path / "plan/tables/moves.csv").read_bytes().startswith(b"\xef\xbb\xbfhousehold,mode,site,year,")
    turnover = rows_of(tmp_path / "plan/tables/turnover.csv")
    assert [row["borrowed"] for row in turnover] == ["12345.67", "0.5"]
    money = rows_of(tmp_path / "plan/statements/town-money.csv")
    total = sum((Decimal(row["amount"]) for row in money), Decimal(0))
    assert total * 100 == int(plan.statements["town-money"]["amount"].sum())


def test_clauses_begin_with_the_clause_and_use_display_units(tmp_path: Path, task: Instance, plan: Plan) -> None:
    write_plan_folder(plan, task, tmp_path / "plan", "en")
    rows = rows_of(tmp_path / "plan/clauses.csv")
    assert list(rows[0]) == (
        ["clause", "rule", "key", "sense", "limit", "attained", "slack", "status", "price", "unit", "title"]
    )
    assert len(rows) == len(plan.clauses)
    first = next(at for at, unit in enumerate(plan.clauses["unit"]) if unit == "fen")
    assert rows[first]["unit"] == "yuan"
    assert Decimal(rows[first]["limit"]) * 100 == int(plan.clauses["limit"].iloc[first])
    share = next(row for row in rows if row["rule"] == "into-town-share")
    assert share["unit"] == "percent"
    record = rows[-1]
    assert (record["sense"], record["limit"], record["slack"], record["price"]) == ("record", "", "", "")


def test_a_price_is_for_one_more_display_unit(tmp_path: Path, task: Instance, plan: Plan) -> None:
    write_plan_folder(plan, task, tmp_path / "plan")
    rows = rows_of(tmp_path / "plan/clauses.csv")
    frame = plan.clauses
    at = next(i for i in range(len(frame)) if frame["unit"][i] == "fen" and frame["status"][i] == "binding")
    assert float(rows[at]["price"]) == pytest.approx(frame["price"][at] * 100)


def test_plan_json_tells_how_the_plan_came_about(tmp_path: Path, task: Instance, plan: Plan) -> None:
    why = Wording("按指定", "asked for by name")
    write_plan_folder(replace(plan, engine_reason=why), task, tmp_path / "plan")
    head = json.loads((tmp_path / "plan/plan.json").read_text(encoding="utf-8"))
    assert head["status"] == "complete"
    assert head["stages"][1]["bound"] - head["stages"][1]["value"] == 2
    assert head["engine_reason"] == {"zh": why.zh, "en": why.en}
    assert head["hashes"] == dict(task.hashes)
    assert head["columns"]["moves"]["city_subsidy"] == "fen"
    assert head["columns"]["moves"]["household"] == "text"
    assert "pandas" in head["versions"]


def test_text_that_looks_like_a_formula_is_guarded_and_comes_back(tmp_path: Path, task: Instance, plan: Plan) -> None:
    nasty = ["=1+1", "+86", "-5", "@a", "＝1", "'x", "a,b", 'say "hi"', "two\nlines", "", "plain", "-"]
    tables = {"moves": plan.tables["moves"].head(0), "notes": pd.DataFrame({"note": nasty})}
    odd = replace(plan, tables=tables)
    write_plan_folder(odd, task, tmp_path / "plan")
    cells = [row["note"] for row in rows_of(tmp_path / "plan/tables/notes.csv")]
    assert cells[:6] == ["'=1+1", "'+86", "'-5", "'@a", "'＝1", "''x"]
    assert list(read_plan_folder(tmp_path / "plan")["notes"]["note"]) == nasty


def test_missing_numbers_and_flags_come_back(tmp_path: Path, task: Instance, plan: Plan) -> None:
    frame = pd.DataFrame(
        {
            "code": ["A", "B"],
            "taken": [True, False],
            "amount": pd.array([None, -105], dtype="Int64"),
            "share": [0.1, float("nan")],
        }
    )
    units = {**plan.settings["units"], "odd": {"amount": "fen"}}
    odd = replace(plan, tables={"odd": frame}, settings={"units": units})
    write_plan_folder(odd, task, tmp_path / "plan")
    assert rows_of(tmp_path / "plan/tables/odd.csv")[1]["amount"] == "-1.05"
    pd.testing.assert_frame_equal(read_plan_folder(tmp_path / "plan")["odd"], frame)


def test_an_earlier_plan_is_replaced_and_anything_else_is_not(tmp_path: Path, task: Instance, plan: Plan) -> None:
    out = tmp_path / "plan"
    write_plan_folder(plan, task, out)
    (out / "left-over.txt").write_text("old")
    write_plan_folder(plan, task, out)
    assert not (out / "left-over.txt").exists()
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").write_text("years of work")
    with pytest.raises(OptimizerError, match="not overwritten"):
        write_plan_folder(plan, task, other)
    assert (other / "chapter.txt").read_text() == "years of work"
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(OptimizerError):
        write_plan_folder(plan, task, file)


def test_a_failing_run_leaves_the_earlier_plan_alone(
    tmp_path: Path, task: Instance, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "plan"
    write_plan_folder(plan, task, out)
    before = (out / "clauses.csv").read_bytes()

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(folder_module, "write_page", fail)
    with pytest.raises(KeyboardInterrupt):
        write_plan_folder(plan, task, out)
    assert (out / "clauses.csv").read_bytes() == before
    assert [child.name for child in tmp_path.iterdir()] == ["plan"]


def test_faults_in_an_edited_table_are_reported_all_at_once(tmp_path: Path, task: Instance, plan: Plan) -> None:
    out = tmp_path / "plan"
    write_plan_folder(plan, task, out)
    (out / "tables/turnover.csv").write_text("site,year,borrowed\nS00,soon,1.001\nS02,2020,0.5\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_plan_folder(out)
    assert [(f.sheet, f.row, f.column, f.value) for f in caught.value.faults] == [
        ("turnover.csv", 2, "year", "soon"),
        ("turnover.csv", 2, "borrowed", "1.001"),
    ]
    (out / "tables/turnover.csv").write_text("site,jahr,borrowed\nS00,2019\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_plan_folder(out)
    assert [(f.row, f.column) for f in caught.value.faults] == [(1, "year"), (2, None)]


def test_a_table_saved_by_a_chinese_spreadsheet_is_read(tmp_path: Path, task: Instance, plan: Plan) -> None:
    out = tmp_path / "plan"
    write_plan_folder(plan, task, out)
    file = out / "tables/moves.csv"
    file.write_bytes(file.read_bytes().decode("utf-8-sig").encode("gb18030"))
    pd.testing.assert_frame_equal(read_plan_folder(out)["moves"], plan.tables["moves"])


@pytest.mark.parametrize(
    "head",
    ["{", "[]", "{}", '{"columns": []}', '{"columns": {"moves": {"a": "ell"}}}', '{"columns": {"../x": {}}}'],
)
def test_a_broken_head_is_an_error_that_says_so(tmp_path: Path, head: str) -> None:
    (tmp_path / "plan.json").write_text(head)
    with pytest.raises(OptimizerError, match="Maybe"):
        read_plan_folder(tmp_path)


def test_no_plan_folder_or_no_table_is_an_error(tmp_path: Path, task: Instance, plan: Plan) -> None:
    with pytest.raises(OptimizerError, match="no plan folder"):
        read_plan_folder(tmp_path)
    write_plan_folder(plan, task, tmp_path / "plan")
    (tmp_path / "plan/tables/moves.csv").unlink()
    with pytest.raises(OptimizerError, match="lacks"):
        read_plan_folder(tmp_path / "plan")
