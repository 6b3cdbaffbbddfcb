"""What all the instances say together: proven, best known reached, shifted geometric mean of the seconds, alarms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from benchmarks.public.optima import Optimum

SHIFT = 1.0
"""Seconds added to every time in the geometric mean, so that times near nothing do not rule it."""

EPSILON = 1e-7
"""Relative difference within which two values are the same (published values are rounded)."""


def against(answer: dict[str, Any], optimum: Optimum | None) -> dict[str, Any]:
    """Gap, distance to the published value, whether it is reached, and the alarms of one result."""
    value, bound = answer["value"], answer["bound"]
    gap = None if value is None or bound is None else abs(value - bound) / max(1.0, abs(value))
    best = None if optimum is None else float(optimum.value)
    from_best = None if value is None or best is None else (value - best) / max(1.0, abs(best))
    reached = None if best is None else value is not None and value <= best + slack(best)
    return {"gap": gap, "best_known": best, "gap_to_best_known": from_best, "reached": reached,
            "alarms": alarms(value, bound, optimum)}  # fmt: skip


def slack(number: float) -> float:
    """How far values may differ by rounding: published ones carry two or three decimals."""
    return max(6e-3, EPSILON * abs(number))


def alarms(value: float | None, bound: float | None, optimum: Optimum | None) -> list[str]:
    """Contradictions with what is published as proven, or between value and bound; none is to be expected."""
    told = []
    if value is not None and bound is not None and bound > value + slack(value):
        told.append(f"the bound {bound} is above the own value {value}")
    if optimum is None:
        return told
    best, least = float(optimum.value), None if optimum.bound is None else float(optimum.bound)
    if value is not None and least is not None and value < least - slack(least):
        told.append(f"the value {value} is below the published bound {least} ({optimum.status})")
    if bound is not None and bound > best + slack(best):
        told.append(f"the bound {bound} excludes the published value {best} ({optimum.status})")
    return told


def shifted_mean(seconds: Sequence[float]) -> float | None:
    """exp(mean log(s + SHIFT)) − SHIFT; None of nothing."""
    if not seconds:
        return None
    return math.exp(sum(math.log(s + SHIFT) for s in seconds) / len(seconds)) - SHIFT


def summary(results: Sequence[dict[str, Any]], limit: float) -> list[dict[str, Any]]:
    """One line a set (and one for all) and solver; what is not proven counts as the limit."""
    lines = []
    for kind in [*dict.fromkeys(r["set"] for r in results), "all"]:
        for solver in dict.fromkeys(r["solver"] for r in results):
            part = [r for r in results if r["solver"] == solver and kind in (r["set"], "all")]
            times = [min(r["solve_seconds"], limit) if r["status"] == "proven" else limit for r in part]
            mean = shifted_mean(times)
            lines.append(
                {
                    "summary": kind, "solver": solver, "instances": len(part),
                    "proven": sum(r["status"] == "proven" for r in part),
                    "best_known_reached": sum(bool(r["reached"]) for r in part),
                    "shifted_mean_seconds": None if mean is None else round(mean, 3),
                    "alarms": sum(len(r["alarms"]) for r in part),
                }
            )  # fmt: skip
    return lines


def proven_by_peers_alone(results: Sequence[dict[str, Any]]) -> list[str]:
    """Instances that a peer proved and ours did not."""
    ours = {r["instance"] for r in results if r["solver"] == "prices" and r["status"] == "proven"}
    return sorted({r["instance"] for r in results if r["status"] == "proven"} - ours)
