"""``optimizer frontier`` at any size: points, seconds and the widest distance to what is proven."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import optimizer
from benchmarks.record import ROOT, Results, register

GOALS = {"relocation": ("points", "cost:min"), "songjiang": ("settled", "public_cost:min")}


def options(parser: argparse.ArgumentParser) -> None:
    """Which task, how large, how many points."""
    parser.add_argument("--policy", default="songjiang", choices=sorted(GOALS))
    parser.add_argument("--households", type=int, default=14_000)
    parser.add_argument("--points", type=int, default=9)
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--time", type=float, help="seconds in all; no limit where left out")
    parser.add_argument("--seed", type=int, default=1)


@register("frontier", "efficient plans between two goals, with what is proven of them", options)
def run(chosen: argparse.Namespace) -> Results:
    """One frontier, reading included; a row for it and one for each of its points."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "instance"
        generator = ROOT / "instances" / chosen.policy / "generate.py"
        words = ["--households", str(chosen.households), "--seed", str(chosen.seed), "--out", str(folder)]
        subprocess.run([sys.executable, str(generator), *words], check=True)
        began, busy = time.perf_counter(), time.process_time()
        found = optimizer.frontier(folder, GOALS[chosen.policy], points=chosen.points, gap=chosen.gap, time=chosen.time)
        seconds, worked = time.perf_counter() - began, time.process_time() - busy
    base = {"households": chosen.households, "solver": "prices", "best_known": None}
    whole = base | {
        "measured": f"{chosen.policy}: {' / '.join(GOALS[chosen.policy])}", "status": "stopped" if found.stopped else "done",
        "value": len(found.points), "bound": chosen.points, "gap": None, "seconds": seconds, "cpu_seconds": worked,
    }  # fmt: skip
    return [whole, *(base | _point(number, point) for number, point in enumerate(found.points, start=1))]


def _point(number: int, point: Any) -> dict[str, Any]:
    """One point: the goal that was made as good as can be, its bound, and both distances."""
    gaps = [abs(m - v) / max(1, abs(v)) for v, m in zip(point.values, point.most, strict=True)]
    other = 1 - point.held
    return {
        "measured": f"point {number}", "status": point.plan.status, "value": point.values[other],
        "bound": point.most[other], "gap": gaps[other], "second_gap": gaps[point.held],
        "seconds": sum(point.plan.seconds.values()),
    }  # fmt: skip
