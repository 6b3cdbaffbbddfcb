"""One run in a process of its own, so that time and memory are its own: ``python -m benchmarks._child JOB.json``.

The job: {"kind": "engine" | "peer" | "whole" | "bound" | "build" | "sleep", "folder", "out", "answer", "solver", "gap",
"time", "seed"}. The answer file is rewritten as the run gets on, so that one that is killed still tells what it reached.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks._measure import gap, limit_of, write_answer


def run_engine(job: dict[str, Any]) -> None:
    """From files to plan folder, by the library as a planner uses it."""
    began = time.perf_counter()
    import optimizer

    instance = optimizer.load(job["folder"])
    plan = optimizer.solve(instance, gap=job["gap"], time=job["time"], seed=job["seed"], solver=job["solver"])
    optimizer.write(plan, instance, job["out"])
    stages = [
        {"id": s.id, "value": int(s.value), "bound": int(s.bound), "gap": gap(s.value, s.bound), "seconds": s.seconds,
         "price_seconds": getattr(s, "price_seconds", None)}
        for s in plan.stages
    ]  # fmt: skip
    status = {"status": plan.status, "stages": stages, "solve_seconds": plan.seconds["solve"]}
    write_answer(job, **status, parts=plan.seconds, seconds=time.perf_counter() - began)


def run_peer(job: dict[str, Any]) -> None:
    """The same program, whole, to a general solver, stage by stage; each stage may use all the time that is left."""
    began = time.perf_counter()
    import numpy as np

    import optimizer
    from optimizer.build import build
    from optimizer.solvers import engine_named
    from optimizer.solvers.direct import written_out

    program = build(optimizer.load(job["folder"])).program
    solver = engine_named(job["solver"], program).solver  # type: ignore[attr-defined]
    stages: list[dict[str, Any]] = []
    kept: list[Any] = []
    plan, status, start = None, "complete", time.perf_counter()
    for stage in program.stages:
        now, left = time.perf_counter(), job["time"] - (time.perf_counter() - start)
        found = solver(
            written_out(program, kept, (stage.sign * stage.value).astype(np.float64)),
            job["gap"],
            left,
            plan,
            lambda: False,
            lambda value, bound: None,
        )
        if left <= 0 or found.x is None:
            status = "stopped" if stages else "no plan"
            break
        plan, value = found.x, int(stage.value @ found.x)
        kept.append((stage, value))
        stages.append({"id": stage.id, "value": value + int(stage.base), "seconds": time.perf_counter() - now})
        stages[-1] |= limit_of(stage.sign * found.bound + int(stage.base), value + int(stage.base))
        spent = time.perf_counter() - start
        write_answer(job, status="killed", stages=stages, solve_seconds=spent, seconds=time.perf_counter() - began)
    if any(s["gap"] is None or s["gap"] > job["gap"] * (1 + 1e-6) for s in stages):
        status = "stopped"
    now = time.perf_counter()
    write_answer(job, status=status, stages=stages, solve_seconds=now - start, seconds=now - began)


def run_sleep(job: dict[str, Any]) -> None:
    """A solver that heeds nothing: for the tests of the limit."""
    write_answer(job, status="running", stages=[])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(job["time"])
    write_answer(job, status="complete", stages=[], solve_seconds=job["time"], seconds=job["time"])


def main(job: dict[str, Any]) -> None:
    """Run one job; each kind imports only what it measures."""
    kind = job["kind"]
    if kind in ("whole", "bound"):
        from benchmarks import _peers

        {"whole": _peers.run_whole, "bound": _peers.run_bound}[kind](job)
    elif kind == "build":
        from benchmarks import _builders

        _builders.run_build(job)
    else:
        {"engine": run_engine, "peer": run_peer, "sleep": run_sleep}[kind](job)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
