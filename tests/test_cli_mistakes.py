"""What a user can mistype: a sentence and exit code 2, never a traceback, nothing solved, nothing written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optimizer.arguments import parse_value
from tests.cli_kit import Said, calls, run  # noqa: F401

Run = Callable[..., Said]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--lang", "fr"], "--lang 只能是 zh 或 en，不能是“fr”"),
        (["--set", "town-share"], "--set “town-share”应为 规则.字段=数值"),
        (["--set", "town-share=0.7"], "应为 规则.字段=数值"),
        (["--set", "town-share.at_least="], "应为 规则.字段=数值"),
        (["--set", "=1"], "应为 规则.字段=数值"),
        (["--set", "a.b.c=1"], "应为 规则.字段=数值"),
        (["--gap", "-1"], "--gap"),
        (["--gap", "nan"], "--gap"),
        (["--gap", "abc"], "--gap"),
        (["--time", "0"], "--time"),
        (["--time", "inf"], "--time"),
        (["--seed", "-3"], "--seed"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
def test_a_bad_option_is_2(
    run: Run, calls: dict[str, Any], tmp_path: Path, arguments: list[str], words: str  # noqa: F811
) -> None:  # fmt: skip
    out = tmp_path / "plan"
    said = run("solve", "songjiang", "--out", str(out), *arguments)
    assert said.code == 2
    assert words in said.err
    assert "Traceback" not in said.err
    assert not calls
    assert not out.exists()


def test_a_folder_with_other_things_is_refused_before_solving(
    run: Run, calls: dict[str, Any], tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    (tmp_path / "letters.txt").write_text("mine")
    said = run("solve", "songjiang", "--out", str(tmp_path))
    assert said.code == 2
    assert "已有别的内容" in said.err
    assert not calls
    file = tmp_path / "letters.txt"
    assert run("solve", "songjiang", "--out", str(file)).code == 2
    assert run("solve", "songjiang", "--out", str(file / "below")).code == 2
    assert file.read_text() == "mine"


@pytest.mark.parametrize("command", ["validate", "solve", "check"])
def test_an_unknown_instance_is_2(run: Run, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.chdir(tmp_path)
    said = run(command, "songjiangg", *([str(tmp_path)] if command == "check" else []))
    assert said.code == 2
    assert "songjiangg" in said.err
    assert "Traceback" not in said.err
    assert not list(tmp_path.iterdir())


def test_an_unknown_policy_names_the_nearest(run: Run, tmp_path: Path) -> None:  # noqa: F811
    said = run("new", "songjang", str(tmp_path / "a.xlsx"))
    assert said.code == 2
    assert "songjiang" in said.err
    assert not list(tmp_path.iterdir())
    assert run("new", "songjiang", str(tmp_path / "a.csv")).code == 2


def test_a_plan_that_is_not_there_is_2(run: Run, tmp_path: Path) -> None:  # noqa: F811
    said = run("check", "songjiang", str(tmp_path / "nowhere"))
    assert said.code == 2
    assert "nowhere" in said.err


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("-7", -7),
        ("0.7", 0.7),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1e999", "1e999"),
        ("nan", "nan"),
        ("1_0", "1_0"),
    ],
)
def test_values_are_whole_numbers_decimals_or_texts(text: str, value: object) -> None:
    assert parse_value(text) == value
    assert type(parse_value(text)) is type(value)


def test_help_names_every_command() -> None:
    done = subprocess.run([sys.executable, "-m", "optimizer.cli", "--help"], capture_output=True, check=True)
    text = done.stdout.decode()
    for word in ("new", "validate", "solve", "check", "certify", "solvers", "退出码", "exit codes"):
        assert word in text


def test_a_terminal_without_chinese_gets_question_marks_not_a_failure() -> None:
    command = [sys.executable, "-m", "optimizer.cli", "solvers"]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii", "PATH": ""}, check=False)
    assert done.returncode == 0, done.stderr
    assert b"prices" in done.stdout
