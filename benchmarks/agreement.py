"""Random small programs: our engine against HiGHS and CP-SAT, or CBC where columns are continuous."""

from __future__ import annotations

import argparse
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

from benchmarks.record import Results, register
from tests.solvers.agreement import judge
from tests.solvers.random_programs import random_case


def options(parser: argparse.ArgumentParser) -> None:
    """How many programs, from which seed."""
    parser.add_argument("--programs", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time", type=float, default=60.0, help="seconds for our engine, for each program")
    parser.add_argument("--workers", type=int, default=2)


def judged(number: int, seed: int, seconds: float) -> dict[str, Any]:
    """One program; an error counts as a disagreement."""
    warnings.simplefilter("ignore", DeprecationWarning)
    case, began = random_case(number, seed), time.perf_counter()
    found: dict[str, Any] = {"program": number, "shape": case.shape, "trouble": case.trouble}
    try:
        verdict = judge(case, seconds)
    except Exception as error:
        return found | {"agrees": False, "error": repr(error), "seconds": time.perf_counter() - began}
    found |= {"agrees": verdict.agrees, "legal": verdict.legal, "mixed": case.program.mixed, "engine": verdict.engine}
    found |= {"ours": verdict.ours, "peers": verdict.peers, "own_seconds": verdict.seconds}
    return found | {"seconds": time.perf_counter() - began}


@register("agreement", "2,000 random small programs: status and values as HiGHS and CP-SAT or CBC say", options)
def run(chosen: argparse.Namespace) -> Results:
    """Counts by kind of program, and every disagreement by its number."""
    began = time.perf_counter()
    work = partial(judged, seed=chosen.seed, seconds=chosen.time)
    with ProcessPoolExecutor(chosen.workers) as pool:
        verdicts = list(pool.map(work, range(chosen.programs), chunksize=10))
    counted: Counter[tuple[str, str]] = Counter((v["shape"], v["trouble"]) for v in verdicts)
    agreeing: Counter[tuple[str, str]] = Counter((v["shape"], v["trouble"]) for v in verdicts if v["agrees"])
    kinds = [
        {"shape": shape, "trouble": trouble, "programs": count, "agree": agreeing[shape, trouble]}
        for (shape, trouble), count in sorted(counted.items())
    ]
    own = sorted(v["own_seconds"] for v in verdicts if "own_seconds" in v)
    whole: dict[str, Any] = {
        "programs": len(verdicts), "agree": sum(agreeing.values()), "disagree": len(verdicts) - sum(agreeing.values()),
        "legal": sum(v.get("legal", False) for v in verdicts), "without_plan": sum(not v.get("legal", True) for v in verdicts),
        "mixed": sum(v.get("mixed", False) for v in verdicts), "by_engine": dict(Counter(v.get("engine") for v in verdicts)),
        "median_own_seconds": own[len(own) // 2] if own else None, "longest_own_seconds": own[-1] if own else None,
        "seconds": time.perf_counter() - began, "disagreements": [v for v in verdicts if not v["agrees"]],
    }  # fmt: skip
    return [whole, *kinds]
