"""``python -m benchmarks run public``: every instance by our engine and by the peers, each in its own process."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.public import child
from benchmarks.public.optima import SETS, Optimum, read_optima
from benchmarks.public.summary import against, proven_by_peers_alone, summary
from benchmarks.record import Results, kept_results, register, settings_of, write_record

PEERS = ("highs", "cpsat", "cbc")
GRACE = 30.0  # seconds for reading, building, and a solver that does not look at its clock


def options(parser: argparse.ArgumentParser) -> None:
    """Where the data is, which sets and instances, limits and peers."""
    parser.add_argument("--data", type=Path, required=True, help="a folder with gap/, cflp/, sscflp/, pmed/")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--only", default="", help="instance names, or beginnings of names, with commas between")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds of solving, for every solver alike")
    parser.add_argument("--peers", default="", help="names from: " + ",".join(PEERS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on with the record of --json, of the same run")


PROCESSES = multiprocessing.get_context("forkserver")
"""Children come from one server that has loaded every solver's library and solved nothing: starting one takes no second."""


def in_child(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Run one job in a process group of its own; what it answered, also where it had to be killed."""
    answer, task, log = folder / "answer.json", folder / "job.json", folder / "log"
    answer.unlink(missing_ok=True)
    log.write_text("", encoding="utf-8")
    task.write_text(json.dumps(job | {"answer": str(answer), "log": str(log)}), encoding="utf-8")
    PROCESSES.set_forkserver_preload(["benchmarks.public.child"])
    began = time.perf_counter()
    started = PROCESSES.Process(target=child.run, args=(str(task),))
    started.start()
    started.join(job["limit"] + GRACE)
    if started.is_alive() and started.pid:
        os.killpg(started.pid, signal.SIGKILL)
        started.join()
    took = time.perf_counter() - began
    if answer.exists():
        return dict(json.loads(answer.read_text(encoding="utf-8")))
    empty = {"value": None, "bound": None, "proven": False, "solve_seconds": took, "seconds": took, "cpu_seconds": None,
             "peak_mb": None}  # fmt: skip
    return empty | {"contributed": "", "failed": log.read_text(encoding="utf-8", errors="replace")[-1000:] or "killed"}


def result(kind: str, name: str, solver: str, answer: dict[str, Any], optimum: Optimum | None) -> dict[str, Any]:
    """One line of the record."""
    proven = answer["proven"]
    status = (
        "failed"
        if "failed" in answer
        else "proven"
        if proven
        else "stopped"
        if answer["value"] is not None
        else "no plan"
    )
    told = against(answer, optimum)
    return {
        "set": kind, "instance": name, "solver": solver, "status": status, "value": answer["value"],
        "bound": answer["bound"], **told, "solve_seconds": answer["solve_seconds"], "seconds": answer["seconds"],
        "cpu_seconds": answer["cpu_seconds"], "peak_mb": answer["peak_mb"], "contributed": answer["contributed"],
        **{k: answer[k] for k in ("failed",) if k in answer},
    }  # fmt: skip


def chosen_instances(data: Path, kinds: list[str], only: list[str]) -> list[tuple[str, Path]]:
    """(set, file) of every instance asked for, in order. Raises ``FileNotFoundError`` where a set is not there."""
    found = []
    for kind in kinds:
        if kind not in SETS or not (data / kind).is_dir():
            raise FileNotFoundError(f"no set '{kind}' in {data} (sets: {', '.join(SETS)})")
        files = sorted((data / kind).glob("*.txt"))
        found += [(kind, f) for f in files if not only or any(f.stem == o or f.stem.startswith(o) for o in only)]
    return found


@register("public", "public sets with published optima: assignment, facility location, p-median", options)
def run(chosen: argparse.Namespace) -> Results:
    """Ours and the peers on every instance, then the summary; contradictions are shouted.

    The record (``--json``) is written after every instance, so that an interrupted run keeps what it has.
    """
    kinds, only = (list(filter(None, text.split(","))) for text in (chosen.sets, chosen.only))
    solvers = ["prices", *filter(None, chosen.peers.split(","))]
    known = {kind: read_optima(chosen.data / kind / "optima.csv") for kind in kinds}
    record, settings = getattr(chosen, "json", None), settings_of(chosen)
    kept = kept_results(record, settings) if record and chosen.resume else []
    results = [r for r in kept if "instance" in r]
    done = {(r["set"], r["instance"]) for r in results}
    with tempfile.TemporaryDirectory() as place:
        for kind, file in chosen_instances(chosen.data, kinds, only):
            if (kind, file.stem) in done:
                continue
            for solver in solvers:
                job = {"set": kind, "file": str(file.resolve()), "solver": solver, "limit": chosen.limit}
                answer = in_child(job | {"seed": chosen.seed}, Path(place))
                results.append(result(kind, file.stem, solver, answer, known[kind].get(file.stem)))
                told(results[-1])
            if record:
                write_record(record, settings, with_summary(results, chosen.limit))
    return with_summary(results, chosen.limit)


def told(line: dict[str, Any]) -> None:
    """One result on standard error, its alarms with it."""
    name, solver = line["instance"], line["solver"]
    print(f"{name:16} {solver:7} {line['status']:8} {line['value']} {line['bound']} best {line['best_known']} "
          f"{line['solve_seconds']:.2f} s, {line['cpu_seconds'] or 0:.1f} s of processors", file=sys.stderr, flush=True)  # fmt: skip
    for alarm in line["alarms"]:
        print(f"!!! {name}, {solver}: {alarm}", file=sys.stderr, flush=True)


def with_summary(results: Results, limit: float) -> Results:
    """The results, what they say together, and the instances that peers alone proved."""
    return [*results, *summary(results, limit), {"proven_by_peers_alone": proven_by_peers_alone(results)}]
