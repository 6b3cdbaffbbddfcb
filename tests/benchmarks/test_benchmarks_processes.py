"""A child that does not heed its limit is ended; one that fails says why."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks._process import in_child


def test_a_solver_that_sleeps_through_its_limit_is_killed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("benchmarks._process.PATIENCE", 0.3)
    began = time.perf_counter()
    told = in_child({"kind": "sleep", "solver": "fake", "time": 60}, tmp_path, 3.0)
    assert told["status"] == "killed"
    assert 3.0 <= told["solve_seconds"] <= time.perf_counter() - began < 30
    assert told["peak_mb"] > 0  # what it told before it was ended is kept


def test_a_solver_within_its_limit_is_left_alone(tmp_path: Path) -> None:
    told = in_child({"kind": "sleep", "solver": "fake", "time": 0.1}, tmp_path, 60.0)
    assert (told["status"], told["solve_seconds"]) == ("complete", 0.1)


def test_a_child_that_fails_tells_its_message(tmp_path: Path) -> None:
    told = in_child({"kind": "build", "solver": "pulp", "folder": str(tmp_path / "nothing")}, tmp_path, 60.0)
    assert told["status"] == "failed"
    assert "nothing" in told["message"]
