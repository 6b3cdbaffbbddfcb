"""Households placed as they come, at prices and greedily, against full hindsight: the same households planned all at once."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import optimizer
from benchmarks import scale, songjiang
from benchmarks._measure import gap, peak_mb
from benchmarks.record import Results, register
from optimizer.asking.arrivals import Arrivals, Arrived
from optimizer.decisions import decisions_of
from optimizer.decisions.choice import Choice
from optimizer.instance import Instance
from optimizer.plan import Plan

MAKERS: dict[str, Callable[[Path, int, int], None]] = {
    "relocation": scale.make_instance,
    "songjiang": songjiang.make_instance,
}
KINDS = ("random", "grouped")


def _numbers(text: str) -> list[int]:
    return [int(n) for n in text.split(",") if n]


def options(parser: argparse.ArgumentParser) -> None:
    """Policies, sizes, orders and what is known beforehand."""
    parser.add_argument("--policies", type=scale.names_of(tuple(MAKERS)), default=["relocation"], help=",".join(MAKERS))
    parser.add_argument("--sizes", type=_numbers, default=[5_000], help="households")
    parser.add_argument("--seed", type=int, default=1, help="seed of the instance")
    parser.add_argument("--orders", type=int, default=5, help="seeded orders of each kind")
    parser.add_argument(
        "--kinds", type=scale.names_of(KINDS), default=["random"],
        help="random: anybody at any time; grouped: township by township (hamlet by hamlet), in drawn order",
    )  # fmt: skip
    parser.add_argument("--survey", type=float, default=0.0, help="share of the households surveyed beforehand")
    parser.add_argument(
        "--late", type=float, default=0.0,
        help="this share comes after a plan for the others was made (0: all come, and there is no plan)",
    )  # fmt: skip
    parser.add_argument("--gap", type=float, default=1e-3, help="of the plan with hindsight")
    parser.add_argument("--time", type=float, help="seconds for the plan with hindsight; no limit where left out")


def order_of(arrivals: Arrivals, kind: str, number: int) -> list[str]:
    """One seeded order of all households; "grouped": group after group, by the first attribute of a household."""
    draw, model = np.random.default_rng([2026, number]), arrivals.model
    codes = np.asarray(model.program.sets, dtype=object).astype(str)
    mixed = draw.permutation(len(codes))
    if kind == "grouped":
        choice = next(d for d in decisions_of(model.instance.policy) if isinstance(d, Choice))
        table = next(t for t in model.instance.policy.table if t.key == [choice.set])
        home = choice.attribute[0].path.split(".")[1]
        group = model.instance.tables[table.name].set_index(choice.set)[home].reindex(codes).astype(str).to_numpy()
        names = np.unique(group)
        rank = dict(zip(draw.permutation(names).tolist(), range(len(names)), strict=True))
        mixed = mixed[np.argsort([rank[g] for g in group[mixed]], kind="stable")]
    return codes[mixed].tolist()


def line(name: str, households: int, solver: str, plan: Plan, arrived: Arrived, **more: Any) -> dict[str, Any]:
    """One sequence beside the plan with hindsight."""
    goals = [s for s in plan.stages if s.id in arrived.audit.reached]
    goals = [s for s in goals if not _of_amounts(arrived, s.id)]
    shares = {s.id: arrived.audit.reached[s.id] / s.value if s.value else 1.0 for s in goals}
    last = goals[-1]
    value = arrived.audit.reached[last.id]
    found = {
        "instance": f"{name}-{households}", "households": households, "solver": solver, "status": "complete",
        "value": value, "bound": last.bound, "gap": gap(value, last.bound), "best_known": last.value,
        "of_hindsight": min(shares.values()), "of_bound": value / last.bound, "of_hindsight_by_goal": shares,
        "placed": int((arrived.followed.option >= 0).sum()), "placed_with_hindsight": len(plan.tables["moves"]),
        "forecasts": arrived.followed.forecasts,
        "broken": sorted({f"{v.clause} {v.key}" for v in arrived.audit.violations}), "peak_mb": peak_mb(), **more,
    }  # fmt: skip
    print({k: v for k, v in found.items() if k not in ("peak_mb",)}, flush=True)
    return found


def _of_amounts(arrived: Arrived, goal: str) -> bool:
    return goal in arrived.given


def without(task: Instance, late: set[str]) -> Instance:
    """The task before the late ones said what they agree to."""
    choice = next(d for d in decisions_of(task.policy) if isinstance(d, Choice))
    source = task.tables[choice.source]
    kept = source.loc[~source[choice.set].isin(late)].reset_index(drop=True)
    return replace(task, tables={**task.tables, choice.source: kept})


def sequences(chosen: argparse.Namespace, name: str, households: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Every order of one instance, at prices and greedily."""
    MAKERS[name](folder, households, chosen.seed)
    task = optimizer.load(folder)
    solve = {"gap": chosen.gap, "time": chosen.time, "seed": chosen.seed}
    plan = optimizer.solve(task, **solve)
    arrivals = Arrivals.of(task)
    codes = [str(s) for s in arrivals.model.program.sets]
    drawn = np.random.default_rng([7, chosen.seed]).permutation(codes).tolist()
    late = set(drawn[: int(chosen.late * len(codes))]) if chosen.late else set(codes)
    known = drawn[len(late) :] if chosen.late else drawn[: int(chosen.survey * len(codes))]
    base = optimizer.solve(without(task, late), **solve) if chosen.late else None
    for kind in chosen.kinds:
        for number in range(chosen.orders):
            order = [code for code in order_of(arrivals, kind, number) if code in late]
            for solver in ("prices on arrival", "greedy"):
                began = time.perf_counter()
                arrived = arrivals.follow(
                    order, prices=solver != "greedy", seed=number, survey=known, start=base.tables if base else None
                )
                took = time.perf_counter() - began
                more = {} if base is None else {"late": len(order), "of_hindsight_before": _shares(base, plan, arrived)}
                yield line(
                    name, households, solver, plan, arrived, order=number, kind=kind, survey=len(known), **more,
                    solve_seconds=took, seconds=took, hindsight_seconds=plan.seconds["solve"],
                )  # fmt: skip


def _shares(base: Plan, plan: Plan, arrived: Arrived) -> dict[str, float]:
    """What the plan without the late ones reaches of what hindsight does."""
    mine = {s.id: s.value for s in base.stages}
    return {s.id: mine[s.id] / s.value for s in plan.stages if s.value and not _of_amounts(arrived, s.id)}


@register("arrivals", "households placed as they come: at prices and greedily, against full hindsight", options)
def run(chosen: argparse.Namespace) -> Results:
    """Every policy and size; ``of_hindsight`` is the least share over the goals of the choices."""
    results: Results = []
    for name in chosen.policies:
        for households in chosen.sizes:
            with tempfile.TemporaryDirectory() as place:
                results += list(sequences(chosen, name, households, Path(place) / "instance"))
    return results
