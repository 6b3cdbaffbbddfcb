"""One instance by one solver in a process of its own, which starts with every solver's library loaded.

The job: {"set", "file", "solver", "limit", "seed", "answer"}; the answer: value and bound in the file's units, seconds of
solving, of the processors meanwhile, and of the whole process, peak memory, what contributed.
"""

from __future__ import annotations

import json
import os
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._measure import peak_mb
from benchmarks.public.optima import load
from benchmarks.public.peers import PEERS
from optimizer.solvers.base import Limits
from optimizer.solvers.cores.merged import merged
from optimizer.solvers.direct import written_out
from optimizer.solvers.engines import engine_named


def solved(job: dict[str, Any]) -> dict[str, Any]:
    """Read, build, solve; value and bound as decimal texts (None where there is none)."""
    program, decimals = load(job["set"], Path(job["file"]))
    began, used = time.perf_counter(), processor_seconds()
    value, bound, told = (ours if job["solver"] == "prices" else peer)(program, job)
    seconds = time.perf_counter() - began
    return {
        "value": None if value is None else value / 10**decimals,
        "bound": None if bound is None else bound / 10**decimals,
        "proven": value is not None and bound is not None and bound >= value,
        "solve_seconds": seconds, "cpu_seconds": processor_seconds() - used, "contributed": told,
    }  # fmt: skip


def processor_seconds() -> float:
    """What this process and the solvers that it started have used of the processors, in user mode."""
    return sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def ours(program: Any, job: dict[str, Any]) -> tuple[int | None, int | None, str]:
    """The engine 'cores'."""
    limits = Limits(gap=0.0, seconds=job["limit"], seed=job["seed"])
    outcome = engine_named("cores", program).solve(program, limits, np.zeros(program.columns))
    if outcome is None or program.faults(outcome.x):
        return None, None, "no plan"
    stage = outcome.stages[0]
    return int(stage.value), int(stage.bound), stage.engine.en


def peer(program: Any, job: dict[str, Any]) -> tuple[int | None, int | None, str]:
    """A general solver on the same program; its solution is checked exactly, its bound rounded up to a whole cost."""
    stage = program.stages[0]
    written = merged(written_out(program, [], (stage.sign * stage.value).astype(np.float64)))
    x, bound = PEERS[job["solver"]](written, job["limit"])
    least = int(np.ceil(-bound - 1e-3)) if np.isfinite(bound) and abs(bound) < 2.0**60 else None
    if x is None or program.faults(x):
        return None, least, "no plan" if x is None else "its plan breaks a row"
    value = int(stage.value @ x)
    return value, None if least is None else min(least, value), ""


def run(task: str) -> None:
    """Do the job of a file in a process group of its own; what is printed, and a traceback, go to the job's log."""
    began = time.perf_counter()
    os.setsid()
    job = json.loads(Path(task).read_text(encoding="utf-8"))
    with Path(job["log"]).open("w", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    answer = solved(job)
    answer |= {"seconds": time.perf_counter() - began, "peak_mb": peak_mb()}
    draft = Path(job["answer"] + ".part")
    draft.write_text(json.dumps(answer), encoding="utf-8")
    draft.replace(job["answer"])
