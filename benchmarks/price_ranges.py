"""Price ranges of random lines against solving again with the limit itself moved."""

from __future__ import annotations

import argparse
import random
import time
from typing import Any

from benchmarks.record import Results, register
from optimizer import api
from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.matching import taken_options
from optimizer.asking.prices import price_ranges
from optimizer.build import build
from tests.asking.price_brute import wrong
from tests.planted import MINIS


def options(parser: argparse.ArgumentParser) -> None:
    """How many lines, from which seed."""
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--instances", nargs="*", default=[m for m in MINIS if m.endswith("-mini")])
    parser.add_argument("--time", type=float, default=600.0, help="seconds for the ranges of one instance")


@register("price-ranges", "price ranges of 100 random lines: measured again with the limit itself moved", options)
def run(chosen: argparse.Namespace) -> Results:
    """Counts, then every line with what is wrong about it."""
    chance, rows, drawn = random.Random(chosen.seed), [], []
    for name in chosen.instances:
        began = time.perf_counter()
        instance = api.load(name)
        plan = api.solve(instance, gap=0, time=chosen.time)
        parts = ByRule(build(instance, all_options=True))
        found = price_ranges(plan, instance=instance, top=10_000, time=chosen.time)
        seconds = time.perf_counter() - began
        taken = taken_options(parts.model, plan.tables)
        drawn += [(name, parts, taken, r) for r in found.ranges]
        rows.append({"instance": name, "lines": len(found.ranges), "left": found.left, "seconds": seconds,
                     "solves": sum(r.solves for r in found.ranges)})  # fmt: skip
    some = chance.sample(drawn, min(chosen.count, len(drawn)))
    cases: list[dict[str, Any]] = []
    for name, parts, taken, found_range in some:
        faults = wrong(parts, found_range, taken)
        goal = found_range.goal.id if found_range.goal is not None else None
        cases.append({"instance": name, "rule": found_range.lever.rule.id, "key": found_range.lever.key, "goal": goal,
                      "proven": found_range.proven, "wrong": faults})  # fmt: skip
    whole = {
        "lines": len(cases), "agree": sum(not c["wrong"] for c in cases), "moving": sum(c["goal"] is not None for c in cases),
        "proven": sum(c["proven"] for c in cases),
    }  # fmt: skip
    return [whole, *rows, *cases]
