"""Child jobs of ``scale``: one general solver on the same whole program, or on its LP bound alone."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks._bounds import bound_of
from benchmarks._measure import gap, peak_mb, write_answer
from benchmarks._wholes import WHOLE, Answer, rounded
from optimizer import load
from optimizer.build import build
from optimizer.program import Stage
from optimizer.solvers.direct import written_out
from optimizer.solvers.highs import WholeProgram


def program_of(folder: str) -> tuple[WholeProgram, Stage]:
    """The instance's only stage as a whole program. Raises ``ValueError`` where it has several."""
    program = build(load(folder)).program
    if len(program.stages) != 1:
        raise ValueError(f"scale compares programs of one stage; this one has {len(program.stages)}")
    stage = program.stages[0]
    return written_out(program, [], (stage.sign * stage.value).astype(np.float64)), stage


def run_whole(job: dict[str, Any]) -> None:
    """A whole plan by a general solver, checked and valued exactly."""
    began = time.perf_counter()
    program, stage = program_of(job["folder"])
    told = {"columns": program.matrix.shape[1], "rows": program.matrix.shape[0], "peak_before_mb": peak_mb()}
    write_answer(job, status="running", stages=[], **told)
    start = time.perf_counter()
    try:
        answer = WHOLE[job["solver"]](program, job["gap"], job["time"])
    except OverflowError as error:
        now = time.perf_counter()
        write_answer(job, status="refused", message=str(error), stages=[], seconds=now - began,
                     solve_seconds=now - start, **told)  # fmt: skip
        return
    now = time.perf_counter()
    told |= judged(program, stage, answer, job["gap"], now - start >= 0.98 * job["time"])
    write_answer(job, solve_seconds=now - start, seconds=now - began, **told)


def judged(program: WholeProgram, stage: Stage, answer: Answer, asked: float, at_limit: bool) -> dict[str, Any]:
    """Status, exact value and bound of what a solver gave; a plan that breaks a row is none."""
    bound = stage.sign * answer.bound + stage.base if abs(answer.bound) < 1e30 else None
    told: dict[str, Any] = {"word": answer.word, "stages": []}
    nothing = told | {"value": None, "bound": bound, "gap": None}
    if answer.x is None:
        return nothing | {"status": "no plan, ended at the limit" if at_limit else "no plan"}
    x = rounded(answer.x)
    broken = len(program.broken(x)) + int(((x < 0) | (x > program.upper)).sum())
    value = int(stage.value @ x) + stage.base
    if broken:
        return nothing | {"status": "its plan breaks rows", "broken_rows": broken, "claimed": value}
    reached = bound is not None and gap(value, bound) <= asked * (1 + 1e-6)
    return nothing | {
        "status": "complete" if reached else "stopped", "value": value, "gap": None if bound is None else gap(value, bound)
    }  # fmt: skip


def run_bound(job: dict[str, Any]) -> None:
    """The LP bound alone; the time includes handing the model over."""
    began = time.perf_counter()
    program, stage = program_of(job["folder"])
    write_answer(job, status="running", stages=[], peak_before_mb=peak_mb())
    start = time.perf_counter()
    told = bound_of(program, job["solver"], job["tolerance"], job["time"])
    now = time.perf_counter()
    for name in ("bound", "claimed"):
        found = told[name]
        told[name] = None if not isinstance(found, float) else stage.sign * found + stage.base
    bound, ours = told["bound"], float(job["our_bound"])
    # Signed: below 0 where the bound is tighter than ours, which reaches it as well.
    away = stage.sign * (bound - ours) / max(1.0, abs(ours)) if isinstance(bound, float) else None
    status = "no bound" if away is None else "complete" if away <= job["tolerance"] else "stopped"
    write_answer(job, status=status, stages=[], solve_seconds=now - start, seconds=now - began, value=None, gap=None,
                 to_our_bound=away, **told)  # fmt: skip
