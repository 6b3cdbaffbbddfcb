"""Planted conflicts in the minis: is every set irreducible, does it name a planted clause, does every repair work."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

from benchmarks.record import Results, register
from optimizer.asking.relax import relax
from optimizer.errors import StoppedBeforePlan
from tests.asking.test_relax import is_irreducible, is_least
from tests.planted import MINIS, planted


def options(parser: argparse.ArgumentParser) -> None:
    """How many, from which seed."""
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time", type=float, default=300.0, help="seconds for one answer")
    parser.add_argument("--workers", type=int, default=2)


def judged(number: int, seed: int, seconds: float) -> dict[str, Any]:
    """One planted conflict; the minis take turns."""
    name = MINIS[number % len(MINIS)]
    case = planted(name, seed * 100_000 + number)
    began = time.perf_counter()
    found: dict[str, Any] = {"instance": name, "number": number, "planted": case.what}
    try:
        answer = relax(case.instance, plans=False, time=seconds)
    except StoppedBeforePlan:
        return found | {"status": "stopped", "seconds": time.perf_counter() - began, "right": False}
    found |= {"status": answer.status, "seconds": time.perf_counter() - began}
    conflict = answer.conflict
    if conflict is None:
        return found | {"right": False}
    found |= {
        "rules": list(conflict.rules), "proven": conflict.proven and not conflict.unproven,
        "irreducible": is_irreducible(case.instance, conflict), "names_planted": bool(case.rules & set(conflict.rules)),
        "repairs": len(answer.tried), "repairs_hold": sum(t.holds for t in answer.tried),
        "least_proven": sum(t.repair.least for t in answer.tried),
        "least_again": sum(is_least(case.instance, t.repair) for t in answer.tried),
        "together": sum(len(t.repair.moves) > 1 for t in answer.tried), "crowded": answer.crowded is not None,
        "out_of_reach": len(answer.beyond), "contradictions": len(answer.contradictions),
    }  # fmt: skip
    right = found["irreducible"] and found["names_planted"] and found["repairs_hold"] == found["repairs"]
    return found | {"right": right and found["least_again"] == found["repairs"]}


@register("conflicts", "200 planted conflicts: sets irreducible, a planted clause named, repairs solved again", options)
def run(chosen: argparse.Namespace) -> Results:
    """Counts, then every case."""
    began = time.perf_counter()
    work = partial(judged, seed=chosen.seed, seconds=chosen.time)
    with ProcessPoolExecutor(chosen.workers) as pool:
        cases = list(pool.map(work, range(chosen.count)))
    times = sorted(c["seconds"] for c in cases)
    whole: dict[str, Any] = {
        "conflicts": len(cases), "right": sum(c["right"] for c in cases),
        "irreducible": sum(c.get("irreducible", False) for c in cases),
        "names_planted": sum(c.get("names_planted", False) for c in cases),
        "with_repairs": sum(c.get("repairs", 0) > 0 for c in cases), "repairs": sum(c.get("repairs", 0) for c in cases),
        "repairs_hold": sum(c.get("repairs_hold", 0) for c in cases),
        "repairs_least": sum(c.get("least_proven", 0) for c in cases), "crowded": sum(c.get("crowded", False) for c in cases),
        "by_instance": dict(Counter(c["instance"] for c in cases)), "by_status": dict(Counter(c["status"] for c in cases)),
        "median_seconds": times[len(times) // 2] if times else None, "longest_seconds": times[-1] if times else None,
        "seconds": time.perf_counter() - began,
    }  # fmt: skip
    return [whole, *cases]
