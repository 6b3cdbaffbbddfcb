"""A job in a process of its own, ended with its whole group when it does not heed its limit."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.record import ROOT

PATIENCE = 5.0  # seconds between the request to end and the kill


def in_child(job: dict[str, Any], folder: Path, seconds: float | None) -> dict[str, Any]:
    """Run one job; what it answered, also where it had to be killed after ``seconds`` (None: no limit).

    The answer has ``status`` "killed" where the limit was not heeded and "failed" (with ``message``) where the process
    ended on its own without an answer; what it told before is kept.
    """
    label = str(job.get("label", job["solver"]))
    answer, task, log = (folder / f"{label}.{end}" for end in ("answer.json", "job.json", "log"))
    answer.unlink(missing_ok=True)
    task.write_text(json.dumps(job | {"answer": str(answer)}), encoding="utf-8")
    began, ended = time.perf_counter(), False
    words = [sys.executable, "-m", "benchmarks._child", str(task)]
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(words, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True) as child,
    ):
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            ended = True
            end(child)
    took = time.perf_counter() - began
    told: dict[str, Any] = {"stages": [], "peak_mb": None, "solve_seconds": took, "seconds": took}
    if answer.exists():
        told |= json.loads(answer.read_text(encoding="utf-8"))
    if ended:
        return told | {"status": "killed", "solve_seconds": took, "seconds": took}
    if child.returncode != 0:
        told |= {"status": "failed", "message": log.read_text(encoding="utf-8", errors="replace")[-2000:]}
    return {"status": "failed", **told}


def end(child: subprocess.Popen[bytes]) -> None:
    """Ask the process and its solvers to end, then kill what is left of the group."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
