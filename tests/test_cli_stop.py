"""Ctrl-C: the first keeps the best plan found, the second abandons it; both are heard at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """
import sys, time
from types import SimpleNamespace
from optimizer import api, cli
from optimizer.errors import StoppedBeforePlan
from optimizer.wording import Wording
from tests.cli_kit import make_plan, progress

def solve(instance, *, stop, **options):
    print("started", file=sys.stderr, flush=True)
    options["progress"](progress())
    stop.wait(30)
    if MODE == "deaf":
        time.sleep(30)
    if MODE == "empty":
        raise StoppedBeforePlan(Wording("还没有方案。", "No plan yet."))
    return make_plan("stopped")

MODE = sys.argv[1]
api.load_with_notices = lambda *given: (SimpleNamespace(name="small"), [])
api.solve = solve
api.write = lambda plan, task, out, language: out.mkdir(parents=True)
cli.main(["solve", "songjiang", "--out", sys.argv[2]])
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


def start(mode: str, out: Path) -> subprocess.Popen[str]:
    """A solve in a process of its own, already running."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, mode, str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert process.stderr is not None
    for line in process.stderr:  # ends when the process does
        if line == "started\n":
            return process
    raise AssertionError("it ended before it started to solve")


def test_the_first_keeps_the_best_plan(tmp_path: Path) -> None:
    process = start("good", tmp_path / "p")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "收到停止请求：将保留已得的最好方案" in err
    assert out.startswith("已提前停止")
    assert (tmp_path / "p").is_dir()


def test_the_second_abandons_even_a_deaf_solver(tmp_path: Path) -> None:
    process = start("deaf", tmp_path / "p")
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    began = time.perf_counter()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert time.perf_counter() - began < 10
    assert (process.returncode, out) == (4, "")
    assert "已放弃，没有写出任何文件" in err
    assert "Traceback" not in err
    assert not (tmp_path / "p").exists()


def test_a_stop_before_any_plan_is_4(tmp_path: Path) -> None:
    process = start("empty", tmp_path / "p")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 4
    assert "还没有方案。" in err
    assert not (tmp_path / "p").exists()
