"""The commands: what they pass on, what they print and where, and how they end."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from optimizer import api
from optimizer.errors import Fault, InputError, NoLegalPlan, PlanBreaksClause, PolicyError, StoppedBeforePlan
from optimizer.wording import Wording
from tests.cli_kit import Said, calls, make_plan, run  # noqa: F401

Run = Callable[..., Said]
Calls = dict[str, Any]


def test_solve_passes_every_option_on(run: Run, calls: Calls, tmp_path: Path) -> None:  # noqa: F811
    out = tmp_path / "plan"
    said = run(
        "solve", "songjiang", "--out", str(out), "--set", "town-share.at_least=0.7", "--set", "total.at_least=9",
        "--set", "x.mode=town", "--gap", "0.01", "--time", "30", "--seed", "7", "--solver", "highs", "--lang", "en",
    )  # fmt: skip
    assert said.code == 0, said.err
    changes = {"town-share.at_least": 0.7, "total.at_least": 9, "x.mode": "town"}
    assert calls["load"] == ("songjiang", changes)
    options = calls["solve"][1]
    assert {k: options[k] for k in ("set", "gap", "time", "seed", "solver")} == {
        "set": changes, "gap": 0.01, "time": 30.0, "seed": 7, "solver": "highs",
    }  # fmt: skip
    assert calls["write"][2:] == (out, "en")


def test_solve_says_in_plain_words_what_was_reached(run: Run, calls: Calls, tmp_path: Path) -> None:  # noqa: F811
    out = tmp_path / "plan"
    said = run("solve", "songjiang", "--out", str(out))
    lines = said.out.splitlines()
    assert lines[:5] == [
        "方案已完成并通过审核。",
        "目标 1 进镇集中居住户数：12,345 户；已证明任何合法方案都不会超过 12,347 户（差距 0.0162%）。",
        "目标 2 资金：100 万元，已证明是最好的。",
        "条款：共 3 条，其中 1 条正好用满（2 行，见 clauses.csv）。",
        "力争目标未达到：1 行。",
    ]
    assert lines[5] == "求解器：prices（按指定）。"
    assert lines[6].endswith(f"方案文件夹：{out}")
    assert "已按全角数字读入" in said.err
    assert "目标 1/2 进镇集中居住户数：已得 12,000 户，界 12,400 户，差距 3.3300%  第 3 轮" in said.err
    english = run("solve", "songjiang", "--out", str(out), "--lang", "en").out
    assert "Goal 1 households moved to towns: 12,345 households; no legal plan can reach more than" in english
    assert "Solver: prices (asked for by name)." in english
    assert "Clauses: 3, of which 1 bind (2 lines of clauses.csv)." in english


def test_json_stands_alone_on_standard_output(
    run: Run, calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    answer = api.solve

    def talk(*given: Any, **options: Any) -> object:
        os.write(1, b"Running a native solver\n")
        return answer(*given, **options)

    monkeypatch.setattr(api, "solve", talk)
    said = run("solve", "songjiang", "--out", str(tmp_path / "p"), "--json")
    assert "Running a native solver" in said.err
    record = json.loads(said.out)
    assert record["status"] == "complete"
    assert record["engine_reason"] == {"zh": "按指定", "en": "asked for by name"}
    assert record["binding_clauses"] == 1
    assert record["binding_lines"] == 2
    assert [(s["id"], s["value"], s["bound"]) for s in record["stages"]] == [
        ("moved", 12_345, 12_347),
        ("cost", 100_000_000, 100_000_000),
    ]


def test_out_defaults_to_the_name_of_the_instance(
    run: Run, calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run("solve", "songjiang").code == 0
    assert calls["write"][2] == Path("out/small")


def test_a_stopped_plan_is_said_to_be_stopped(
    run: Run, calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.setattr(api, "solve", lambda *given, **options: make_plan("stopped"))
    said = run("solve", "songjiang", "--out", str(tmp_path / "p"))
    assert said.code == 0
    assert said.out.startswith("已提前停止；以下是停止前最好的方案")
    assert "write" in calls


FAULT = Fault("农户", 3, "人口", "-1", Wording("正整数", "a whole number above 0"), Wording("是 1", "1 was meant"))
OTHER = Fault("农户", 4, "镇", "无", Wording("已知的镇", "a known town"), Wording("是 泖港", "Maogang was meant"))


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError([FAULT, OTHER]), 2, "输入有 2 处错误"),
        (PolicyError(Wording("没有叫“x”的规则。", "no rule 'x'")), 2, "没有叫“x”的规则。"),
        (NoLegalPlan(Wording("相差 3 户。", "3 missing."), ["SJ-01", "SJ-03"]), 3, "相差 3 户。"),
        (StoppedBeforePlan(Wording("没有方案。", "No plan.")), 4, "没有方案。"),
        (PlanBreaksClause(Wording("违反。", "Broken.")), 5, "违反。"),
    ],
)
def test_each_error_has_its_exit_code_and_writes_nothing(
    run: Run, calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, words: str  # noqa: F811
) -> None:  # fmt: skip
    def fail(*given: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(api, "solve", fail)
    out = tmp_path / "plan"
    said = run("solve", "songjiang", "--out", str(out))
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert "Traceback" not in said.err
    assert "write" not in calls
    assert not out.exists()
    record = json.loads(run("solve", "songjiang", "--out", str(out), "--json").out)
    assert record["exit_code"] == code


def test_faults_stand_one_below_another(run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    def fail(*given: object, **options: object) -> None:
        raise InputError([FAULT, OTHER])

    monkeypatch.setattr(api, "load_with_notices", fail)
    said = run("validate", "songjiang", "--lang", "en")
    assert said.code == 2
    assert said.err.splitlines() == [
        "sheet '农户', row 3, column '人口': found '-1'; expected a whole number above 0.",
        "  Maybe 1 was meant",
        "sheet '农户', row 4, column '镇': found '无'; expected a known town.",
        "  Maybe Maogang was meant",
        "The input has 2 faults; nothing was written.",
    ]
    record = json.loads(run("validate", "songjiang", "--lang", "en", "--json").out)
    assert [(f["row"], f["column"], f["maybe"]) for f in record["faults"]] == [
        (3, "人口", "1 was meant"),
        (4, "镇", "Maogang was meant"),
    ]


def test_validate_says_what_was_read(run: Run, calls: Calls) -> None:  # noqa: F811
    said = run("validate", "songjiang")
    assert (said.code, said.out) == (0, "已按全角数字读入\n没有错误。small：towns 1 行。\n")


def test_check_prints_each_violation_and_ends_with_5(run: Run, calls: Calls, tmp_path: Path) -> None:  # noqa: F811
    assert run("check", "songjiang", str(tmp_path)).out == "方案符合所有条款。\n"
    broken = [
        SimpleNamespace(clause="SJ-05", rule="capacity", key=key, text=Wording(f"{key} 超 1 户", f"{key} 1 over"))
        for key in ("S01", "S02")
    ]
    calls["found"] = broken
    said = run("check", "songjiang", str(tmp_path))
    assert (said.code, said.out) == (5, "S01 超 1 户\nS02 超 1 户\n方案违反条款 2 处。\n")
    record = json.loads(run("check", "songjiang", str(tmp_path), "--json", "--lang", "en").out)
    assert record["violations"][0] == {"clause": "SJ-05", "rule": "capacity", "key": "S01", "text": "S01 1 over"}


def test_new_never_overwrites(run: Run, calls: Calls, tmp_path: Path) -> None:  # noqa: F811
    book = tmp_path / "book.xlsx"
    assert run("new", "songjiang", str(book)).code == 0
    assert calls["new"] == ("songjiang", book)
    book.write_text("mine")
    said = run("new", "songjiang", str(book))
    assert said.code == 2
    assert "已存在" in said.err
    assert book.read_text() == "mine"


def test_our_own_failure_is_1_with_a_short_message(
    run: Run, calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    def fail(*given: object, **options: object) -> None:
        raise KeyError("row 7")

    monkeypatch.setattr(api, "solve", fail)
    said = run("solve", "songjiang", "--out", str(tmp_path / "p"))
    assert said.code == 1
    assert "KeyError: 'row 7'" in said.err
    assert "Traceback" not in said.err
    assert "Traceback" in run("solve", "songjiang", "--out", str(tmp_path / "p"), "--debug").err
