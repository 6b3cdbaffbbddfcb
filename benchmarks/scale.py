"""Relocation from a county to a nation: ours from files to plan folder, general solvers on the same program beside it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._process import in_child
from benchmarks.record import ROOT, Results, register

GENERATOR = ROOT / "instances" / "relocation" / "generate.py"
PEERS = ("highs", "cbc", "scip", "cpsat", "pulp-highs")
BOUNDERS = ("highs-simplex", "highs-ipm", "highs-ipm-crossover", "pdlp")
GRACE = 60.0  # seconds beyond the limit for a solver that does not look at its clock
CLI = "from optimizer.cli import main; main()"


def names_of(known: tuple[str, ...]) -> Any:
    """A parser of "a,b": names out of ``known``."""

    def read(text: str) -> list[str]:
        names = [n for n in text.split(",") if n]
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
        return names

    return read


def options(parser: argparse.ArgumentParser) -> None:
    """Sizes, seed, gap, peers and their limits."""
    parser.add_argument("--sizes", type=lambda text: [int(n) for n in text.split(",")], default=[3_500, 14_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=5e-5)
    parser.add_argument("--time", type=float, help="seconds for our engine; no limit where left out")
    parser.add_argument("--peers", type=names_of(PEERS), default=[], help=",".join(PEERS))
    parser.add_argument(
        "--bounds", type=names_of(BOUNDERS), default=[], help="the LP bound alone: " + ",".join(BOUNDERS)
    )
    parser.add_argument("--tolerance", type=float, default=1e-5, help="how near to our bound an LP bound must come")
    parser.add_argument("--factor", type=float, default=10.0, help="peers get this many times our solving time")
    parser.add_argument("--bound-seconds", type=float, default=600.0, help="limit of each LP bound")
    parser.add_argument("--peers-up-to", type=int, default=14_000, help="larger sizes: peers are recorded as not run")


def make_instance(folder: Path, households: int, seed: int) -> None:
    """The tables of one generated instance, as parquet."""
    words = ["--households", str(households), "--seed", str(seed), "--out", str(folder), "--format", "parquet"]
    subprocess.run([sys.executable, str(GENERATOR), *words], check=True)


def certified(instance: Path, plan: Path) -> str:
    """Whether ``optimizer certify`` agrees: "agrees", "disagrees: …", or "no such command" in this version."""
    words = [sys.executable, "-c", CLI, "certify"]
    if subprocess.run([*words, "--help"], cwd=ROOT, capture_output=True, check=False).returncode:
        return "no such command"
    done = subprocess.run([*words, str(instance), str(plan)], cwd=ROOT, capture_output=True, text=True, check=False)
    return "agrees" if done.returncode == 0 else f"disagrees: {(done.stdout + done.stderr)[-500:]}"


def line(households: int, solver: str, answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One line of the record: the fixed fields first, then what else was told."""
    first = answer["stages"][0] if answer.get("stages") else answer
    fixed = {"households": households, "solver": solver, "status": answer["status"]}
    fixed |= {name: first.get(name) for name in ("value", "bound", "gap")} | {"best_known": None}
    fixed |= {name: answer.get(name) for name in ("solve_seconds", "seconds", "peak_mb")}
    extra = ("parts", "message", "word", "columns", "rows", "peak_before_mb", "broken_rows", "claimed", "to_our_bound")
    told = {name: answer[name] for name in extra if name in answer}
    result = fixed | told | {"price_seconds": first.get("price_seconds")} | more
    print(result, flush=True)
    return result


def not_run(households: int, solver: str, why: str, **more: Any) -> dict[str, Any]:
    """A peer that was left out, and why."""
    return line(households, solver, {"status": "not run", "message": why}, **more)


def exponent(results: Results) -> float | None:
    """Slope of log solve_seconds over log households of our own runs, by least squares; None below two sizes."""
    ours = [r for r in results if r["solver"] == "prices" and r["value"] is not None and r["solve_seconds"]]
    if len({r["households"] for r in ours}) < 2:
        return None
    size, took = (np.log([r[name] for r in ours]) for name in ("households", "solve_seconds"))
    return float(np.polyfit(size, took, 1)[0])


def one_size(chosen: argparse.Namespace, households: int, folder: Path) -> Results:
    """Ours, then the LP bounds, then the whole peers, on one instance."""
    make_instance(folder / "instance", households, chosen.seed)
    base = {"folder": str(folder / "instance"), "gap": chosen.gap, "seed": chosen.seed}
    ours = base | {"kind": "engine", "solver": "prices", "time": chosen.time, "out": str(folder / "plan")}
    answer = in_child(ours, folder, None)
    if not answer["stages"]:
        return [line(households, "prices", answer, measured="whole plan")]
    if answer["stages"][0]["gap"] > chosen.gap and answer["status"] == "complete":
        answer["status"] = "stopped"  # the engine ended by itself, short of the gap that was asked
    agrees = certified(folder / "instance", folder / "plan")
    results = [line(households, "prices", answer, measured="whole plan", certify=agrees)]
    if households > chosen.peers_up_to:
        why = f"peers are run up to {chosen.peers_up_to} households"
        skipped = [not_run(households, n, why, measured="LP bound") for n in chosen.bounds]
        return results + skipped + [not_run(households, n, why, measured="whole plan") for n in chosen.peers]
    for name in chosen.bounds:
        results.append(bound_line(chosen, base, folder, name, results[0]))
    limit = chosen.factor * answer["solve_seconds"]
    for name in chosen.peers:
        job = base | {"kind": "whole", "solver": name, "time": limit}
        told = in_child(job, folder, limit + reading(results[0]) + GRACE)
        results.append(line(households, name, told, measured="whole plan", time_limit=limit))
    best = max((r["value"] for r in results if r["value"] is not None), default=None)
    return [r | {"best_known": best} for r in results]


def reading(ours: dict[str, Any]) -> float:
    """Seconds to allow a child for reading and building, from what ours needed."""
    return float(2 * (ours["seconds"] - ours["solve_seconds"]))


def bound_line(
    chosen: argparse.Namespace, base: dict[str, Any], folder: Path, name: str, ours: dict[str, Any]
) -> dict[str, Any]:
    """One solver's LP bound and how many times our seconds it took (only where our engine tells when its bound stood)."""
    job = base | {"kind": "bound", "solver": name, "time": chosen.bound_seconds, "tolerance": chosen.tolerance}
    told = in_child(job | {"our_bound": ours["bound"]}, folder, chosen.bound_seconds + reading(ours) + GRACE)
    ratio = told["solve_seconds"] / ours["price_seconds"] if ours["price_seconds"] else None
    whole = told["solve_seconds"] / ours["solve_seconds"]
    return line(ours["households"], name, told, measured="LP bound", times_our_price_seconds=ratio,
                times_our_solve_seconds=whole, time_limit=chosen.bound_seconds)  # fmt: skip


@register("scale", "relocation, 3,500 to 2,500,000 households: ours and peers on the same program", options)
def run(chosen: argparse.Namespace) -> Results:
    """Every size in turn; the growth exponent stands at our largest size."""
    results: Results = []
    for households in chosen.sizes:
        with tempfile.TemporaryDirectory() as place:
            results += one_size(chosen, households, Path(place))
    growth = exponent(results)
    return [r | ({"growth_exponent": growth} if r["solver"] == "prices" else {}) for r in results]
