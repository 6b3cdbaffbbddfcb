"""The same model built by PuLP, OR-Tools and ours: seconds and memory, each in a process of its own."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._process import in_child
from benchmarks.record import Results, register
from benchmarks.scale import make_instance, names_of

WAYS = ("prices", "arrays", "tables", "pulp", "pulp-dicts", "mathopt", "cpsat")
COLUMNS_A_HOUSEHOLD = 15  # of a relocation instance: five sites, three years


def options(parser: argparse.ArgumentParser) -> None:
    """Sizes in option columns, and who builds."""
    parser.add_argument("--columns", type=lambda text: [int(n) for n in text.split(",")], default=[200_000])
    parser.add_argument("--ways", type=names_of(WAYS), default=list(WAYS), help=",".join(WAYS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=900.0, help="seconds for one build, with reading")


@register("build", "one model built from the same arrays by PuLP, OR-Tools and ours", options)
def run(chosen: argparse.Namespace) -> Results:
    """Each size, each way; ``times_ours`` is against our own arrays to HiGHS ("prices")."""
    results: Results = []
    for columns in chosen.columns:
        households = max(20, round(columns / COLUMNS_A_HOUSEHOLD))
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            make_instance(folder / "instance", households, chosen.seed)
            here = [one(folder, households, way, chosen) for way in chosen.ways]
        ours = next((r["solve_seconds"] for r in here if r["solver"] == "prices"), None)
        for result in here:
            done = result["status"] == "complete" and ours
            results.append(result | {"times_ours": result["solve_seconds"] / ours if done else None})
    return results


def one(folder: Path, households: int, way: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """One build in a child process."""
    job = {"kind": "build", "folder": str(folder / "instance"), "solver": way}
    told = in_child(job, folder, chosen.limit)
    names = ("status", "value", "bound", "gap", "best_known", "solve_seconds", "seconds", "peak_mb", "peak_before_mb",
             "rows", "columns", "entries", "message")  # fmt: skip
    result = {"households": households, "solver": way} | {n: told.get(n) for n in names}
    print(result, flush=True)
    return result
