"""Every plan of a small Guangxi task, county by county, kept within the clauses on moves alone; nothing of ``optimizer`` is used.

No clause on moves alone joins counties, so the best plan of the whole is at most the sum of the counties' best, and exactly that
where the amounts (money, people moved in) can be found beside it, which the finished plan of an engine shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.oracles.guangxi_tables import PERSON, YEARS, Option, Task


@dataclass(frozen=True)
class Proof:
    """The best points, how many plans there are in all, and how many keep the clauses on moves alone."""

    points: int
    plans: int
    legal: int


def prove(task: Task) -> Proof:
    """All counties together."""
    each = [_county(task, county) for county in task.counties]
    return Proof(sum(p.points for p in each), sum(p.plans for p in each), sum(p.legal for p in each))


def _county(task: Task, county: str) -> Proof:
    """All combinations of one option (or none) a household, put together household by household."""
    options = [o for o in task.options if o.county == county]
    homes = list(dict.fromkeys(o.household for o in options))
    use = np.zeros((1, _use(task, county, None).size))
    for home in homes:
        mine = np.vstack([_use(task, county, o) for o in [None, *(o for o in options if o.household == home)]])
        use = (use[:, None, :] + mine[None, :, :]).reshape(-1, use.shape[1])
    low, high = _limits(task, county)
    legal = ((use[:, :-1] >= low - 1e-9) & (use[:, :-1] <= high + 1e-9)).all(axis=1)
    return Proof(int(use[legal, -1].max()), len(use), int(legal.sum()))


def _use(task: Task, county: str, o: Option | None) -> np.ndarray:  # type: ignore[type-arg]
    """What an option adds to each limited sum of its county, and its points at the end."""
    sites = [s for s, r in task.sites.items() if r["county"] == county]
    if o is None:
        return np.zeros(2 * len(YEARS) + len(sites) + 5)
    tasks = [o.persons * (o.year == y and o.kind == k) for y in YEARS for k in ("registered", "along")]
    floors = [o.area * (o.site == s) for s in sites]
    registered = o.kind == "registered"
    dispersed = (100 if o.mode == "dispersed" else 0) - task.p["dispersed_share"]
    money = o.works + (o.cost - PERSON * o.persons if registered else 0)
    mean = 4 * o.own - o.own_mean if registered else 0
    return np.array(
        [*tasks, *floors, dispersed, float(money), float(mean), o.land - o.reclaimed, o.points], dtype=float
    )


def _limits(task: Task, county: str) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Least and most of each sum."""
    rows = {(int(r["year"]), k): int(r[k]) for r in task.rows["county_tasks"] if r["county"] == county for k in ("registered", "along")}  # fmt: skip
    wanted = np.array([rows[y, k] for y in YEARS for k in ("registered", "along")], dtype=float)
    off = task.p["task_tolerance"]
    here = [r for r in task.sites.values() if r["county"] == county]
    floors = [min(int(r["floor"]), 9 * int(r["shops"]) if r["landless"] == "是" else 10**9) for r in here]
    rest = [0.0, 0.0, 0.0, float(task.counties[county]["land_quota"])]
    low = np.concatenate([wanted - off, np.full(len(here) + 4, -np.inf)])
    return low, np.concatenate([wanted + off, floors, rest])
