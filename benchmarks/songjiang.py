"""Songjiang at any size: our engine from files to plan folder, and general solvers with many times its time."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._process import in_child
from benchmarks.record import ROOT, Results, register

GENERATOR = ROOT / "instances" / "songjiang" / "generate.py"
PEERS = {"highs": "highs", "cbc": "cbc"}
GRACE = 180.0  # seconds for reading, building and a solver that does not look at its clock


def options(parser: argparse.ArgumentParser) -> None:
    """Size, seed, limits and peers."""
    parser.add_argument("--households", type=int, default=14_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--time", type=float, help="seconds for our engine; no limit where left out")
    parser.add_argument("--peers", default="", help="names from: " + ",".join(PEERS))
    parser.add_argument("--factor", type=float, default=10.0, help="peers get this many times our solving time")


def make_instance(folder: Path, households: int, seed: int) -> None:
    """The tables of one generated instance."""
    words = ["--households", str(households), "--seed", str(seed), "--out", str(folder)]
    subprocess.run([sys.executable, str(GENERATOR), *words], check=True)


def result(households: int, solver: str, answer: dict[str, Any], limit: float | None) -> dict[str, Any]:
    """One line of the record: the first stage in front (the one that every solver is asked), all stages behind."""
    first = answer["stages"][0] if answer["stages"] else {"value": None, "bound": None, "gap": None}
    worst = max((s["gap"] for s in answer["stages"] if s["gap"] is not None), default=None)
    return {
        "households": households, "solver": solver, "status": answer["status"],
        "value": first["value"], "bound": first["bound"], "gap": first["gap"], "worst_gap": worst, "best_known": None,
        "solve_seconds": answer["solve_seconds"], "seconds": answer["seconds"], "peak_mb": answer["peak_mb"],
        "time_limit": limit, "stages_reached": len(answer["stages"]), "stages": answer["stages"],
        **{k: answer[k] for k in ("parts", "message") if k in answer},
    }  # fmt: skip


def with_best_known(results: Results) -> Results:
    """The best first stage that any solver found (all first stages are maximised)."""
    best = max((r["value"] for r in results if r["value"] is not None), default=None)
    return [r | {"best_known": best} for r in results]


@register("songjiang", "our engine from files to plan folder; peers on the same program", options)
def run(chosen: argparse.Namespace) -> Results:
    """Ours first, then each peer with ``factor`` times its solving time."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_instance(folder / "instance", chosen.households, chosen.seed)
        base = {"folder": str(folder / "instance"), "gap": chosen.gap, "seed": chosen.seed}
        ours = base | {"kind": "engine", "solver": "prices", "time": chosen.time, "out": str(folder / "plan")}
        answer = in_child(ours, folder, None)
        results = [result(chosen.households, "prices", answer, chosen.time)]
        print(results[0], flush=True)
        if not answer["stages"]:
            return results
        limit = chosen.factor * answer["solve_seconds"]
        for name in filter(None, chosen.peers.split(",")):
            job = base | {"kind": "peer", "solver": PEERS[name], "time": limit}
            results.append(result(chosen.households, name, in_child(job, folder, 1.5 * limit + GRACE), limit))
            print(results[-1], flush=True)
        return with_best_known(results)
