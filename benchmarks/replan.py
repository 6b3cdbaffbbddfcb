"""Replanning at any size: a plan, then some of those with a place withdraw, or places are lost, and the plan that follows."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

import pandas as pd

import optimizer
from benchmarks.record import Results, register
from benchmarks.songjiang import make_instance
from optimizer.plan import Plan


def options(parser: argparse.ArgumentParser) -> None:
    """Size, share and what changes."""
    parser.add_argument("--households", type=int, default=14_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.01, help="of those with a place who withdraw their consents")
    parser.add_argument(
        "--homes", type=float, default=0.1, help="of the homes at the three largest sites that are lost"
    )
    parser.add_argument("--gap", type=float, default=1e-3)


def withdrawals(plan: Plan, share: float, seed: int) -> pd.DataFrame:
    """A share of those with a place take their consents back; their houses stay in their hamlets."""
    names = sorted(plan.tables["moves"]["household"])
    gone = random.Random(seed).sample(names, round(len(names) * share))
    return pd.DataFrame({"table": "consents", "row": gone, "column": "", "value": "remove"})


def lost_homes(plan: Plan, share: float) -> pd.DataFrame:
    """Fewer homes of the three kinds that most people get."""
    moves = plan.tables["moves"]
    slots = [moves[["site", slot]].rename(columns={slot: "home"}) for slot in ("home_1", "home_2", "home_3")]
    used = pd.concat(slots).query("home != ''").value_counts(["site", "home"]).head(3)
    rows = [("site_homes", f"{s} / {h}", "homes", str(int(n * (1 - share)))) for (s, h), n in used.items()]
    return pd.DataFrame(rows, columns=["table", "row", "column", "value"])


@register("replan", "1 % withdraw, or homes are lost: the plan that tells fewest people something new", options)
def run(chosen: argparse.Namespace) -> Results:
    """Seconds from the plan folder and the changes to the audited plan with its reasons, and to the folder that it is written to."""
    results: Results = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_instance(folder / "task", chosen.households, chosen.seed)
        instance = optimizer.load(folder / "task")
        plan = optimizer.solve(instance, gap=chosen.gap, seed=chosen.seed)
        optimizer.write(plan, instance, folder / "plan")
        cases = {
            "withdrawals": withdrawals(plan, chosen.share, chosen.seed),
            "lost homes": lost_homes(plan, chosen.homes),
        }
        for name, changes in cases.items():
            began, busy = time.perf_counter(), time.process_time()
            found = optimizer.replan(folder / "plan", changes, gap=chosen.gap)
            seconds, worked = time.perf_counter() - began, time.process_time() - busy
            optimizer.write(found.plan, found.instance, folder / f"plan-{len(results)}", carried=True)
            results.append({
                "households": chosen.households, "solver": "prices", "changes": name, "lines": len(changes),
                "status": found.plan.status, "told": found.told, "kept": found.kept, "most_that_can_stay": found.most,
                "told_anew": found.changes["change"].value_counts().to_dict(), "gap": found.plan.gap,
                "violations": len(optimizer.check(found.instance, found.plan)), "first_seconds": sum(plan.seconds.values()),
                "solve_seconds": found.plan.seconds["solve"], "seconds": seconds, "processor_seconds": worked,
                "folder_seconds": time.perf_counter() - began,
            })  # fmt: skip
            print(results[-1], flush=True)
    return results
