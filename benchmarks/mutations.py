"""The checker against 1,000 single mutations that break a clause and 100 changes that break none."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from benchmarks.record import Results, register
from tests import songjiang_breaking, songjiang_harmless
from tests.songjiang_mutations import Facts, Mutation, breaking, harmless, mutations
from tests.songjiang_plan import SEED, judge, solved

REGISTERED = (songjiang_breaking, songjiang_harmless)


def options(parser: argparse.ArgumentParser) -> None:
    """Size, seeds and how many."""
    parser.add_argument("--households", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--breaking", type=int, default=1_000)
    parser.add_argument("--harmless", type=int, default=100)
    parser.add_argument("--time", type=float, default=20.0, help="seconds for the plan that is mutated")
    parser.add_argument("--workers", type=int, default=2)


_held: dict[str, Any] = {}


def _begin(instance: Any) -> None:
    _held["instance"] = instance


def _judge(mutation: Mutation) -> tuple[str, set[str], float]:
    began = time.perf_counter()
    wrong, found = judge(_held["instance"], mutation)
    return wrong, found, time.perf_counter() - began


@register("mutations", "1,000 broken plans must be caught with their clause, 100 harmless ones pass", options)
def run(chosen: argparse.Namespace) -> Results:
    """Counts of caught, missed and false alarms, and every wrong case by name."""
    began = time.perf_counter()
    instance, plan = solved(chosen.households, chosen.seed, chosen.time)
    facts = Facts(instance, plan, SEED)
    broken = mutations(facts, breaking, chosen.breaking, chosen.seed)
    legal = mutations(facts, harmless, chosen.harmless, chosen.seed)
    with ProcessPoolExecutor(chosen.workers, initializer=_begin, initargs=(instance,)) as pool:
        verdicts = list(pool.map(_judge, broken + legal, chunksize=8))
    missed = [(m, f) for m, (wrong, f, _) in zip(broken, verdicts, strict=False) if wrong]
    alarms = [(m, f) for m, (wrong, f, _) in zip(legal, verdicts[len(broken) :], strict=True) if wrong]
    seconds = [s for *_, s in verdicts]
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    peak = max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / unit
    return [
        {
            "households": chosen.households, "solver": "checker",
            "status": "missed" if missed or alarms else "complete",
            "value": len(broken) - len(missed), "bound": len(broken), "gap": len(missed) / max(1, len(broken)),
            "best_known": len(broken), "solve_seconds": sum(seconds), "seconds": time.perf_counter() - began,
            "peak_mb": round(peak, 1), "broken": len(broken), "caught": len(broken) - len(missed),
            "missed": len(missed), "harmless": len(legal), "false_alarms": len(alarms),
            "seconds_an_audit": sum(seconds) / max(1, len(seconds)),
            "kinds": dict(Counter(m.name for m in broken + legal)),
            "wrong": [[m.name, m.what, sorted(m.clauses), sorted(f)] for m, f in missed + alarms],
        }
    ]  # fmt: skip
