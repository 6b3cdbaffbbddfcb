"""A second formulation of the whole Hunan policy, in PuLP for CBC, written from the clauses and not from ``models``.

Nothing of ``optimizer`` is used. Money in 万元, land in m². Divisions are counted unit by unit (one 0/1 variable each), the worst-off
regions by subsets.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

import pulp

from tests.oracles.hunan_tables import SHARES, Task, bounded_shares

Sum = pulp.LpAffineExpression
STAGES = (
    "homes",
    "estates",
    "settled",
    "land",
    "regions-1",
    "regions-2",
    "served",
    "renewal",
    "places",
    "school-support",
    "renewal-support",
)
TENTHS = 10


def whole(name: str, most: Mapping[Any, int]) -> dict[Any, pulp.LpVariable]:
    """Whole-number variables by key, each with its own upper bound."""
    return {key: pulp.LpVariable(f"{name}_{i}", 0, int(m), pulp.LpInteger) for i, (key, m) in enumerate(most.items())}


class Formulation:
    """All clauses; ``solve`` goes through the stages."""

    def __init__(self, task: Task) -> None:
        """Variables and rows."""
        self.task, self.p = task, task.p
        self.model = pulp.LpProblem("hunan", pulp.LpMaximize)
        self.homes_and_estates()
        self.land_and_people()
        self.schools()
        self.towns()

    def require(self, condition: Any) -> None:
        """One row."""
        self.model += condition

    def homes_and_estates(self) -> None:
        """HN-01, HN-02, and the districts' land of HN-08."""
        task, p = self.task, self.p
        districts, objects = task.by("districts", "district"), task.by("estates", "city", "kind")
        self.homes = whole("homes", {d: r["room"] for d, r in districts.items()})
        self.require(pulp.lpSum(self.homes.values()) == p["homes_target"])
        for d, r in districts.items():
            self.require(self.homes[d] >= r["started"])
            self.require(float(r["home_land"]) * self.homes[d] <= float(r["land"]))
        self.renewal = whole("renewal", {k: r["room"] for k, r in objects.items()})
        old = {c: x for (c, kind), x in self.renewal.items() if kind == "estate"}
        self.require(pulp.lpSum(old.values()) == p["estates_target"])
        for key, r in objects.items():
            self.require(self.renewal[key] >= r["started"])
        for kind, r in task.by("kinds", "kind").items():
            self.require(pulp.lpSum(x for (_, k), x in self.renewal.items() if k == kind) >= r["least"])
        money = task.by("money", "city")
        self.grants = grants = whole("grants", dict.fromkeys(money, p["renewal_fund"]))
        self.require(pulp.lpSum(grants.values()) <= p["renewal_fund"])
        for city, r in money.items():
            cost = pulp.lpSum(float(o["cost"]) * self.renewal[k] for k, o in objects.items() if k[0] == city)
            self.require(cost <= float(r["renewal"]) + grants[city])
        claims = {d: (r["need"], r["started"], r["room"]) for d, r in districts.items()}
        self.far_homes = self.units("h", self.homes, hamilton(p["homes_target"], claims))
        claims = {c: (r["stock"], r["started"], r["room"]) for (c, kind), r in objects.items() if kind == "estate"}
        self.far_estates = self.units("e", old, webster(claims))

    def units(self, name: str, shares: Mapping[str, pulp.LpVariable], cost: Mapping[str, Any]) -> Any:
        """Σ over keys and units k of cost(k), unit k taken where the share is at least k."""
        total = Sum()
        for i, (key, share) in enumerate(shares.items()):
            taken = [pulp.LpVariable(f"{name}_{i}_{k}", cat="Binary") for k in range(int(share.upBound))]
            self.require(pulp.lpSum(taken) == share)
            for k, unit in enumerate(taken):
                total += float(cost[key](k + 1)) * unit
        return total

    def land_and_people(self) -> None:
        """HN-03, HN-06, HN-07, HN-08."""
        task, p = self.task, self.p
        people, needs = task.by("settlers", "city", "group"), task.by("land_needs", "city", "use")
        self.settled = whole("settled", {k: r["willing"] for k, r in people.items()})
        for (city, group), r in people.items():
            assert r["threshold"] == "否" or city == "长沙市"
            if r["threshold"] == "否":
                self.require(self.settled[city, group] == r["willing"])
            elif r["insured"] < p["threshold_years"]:
                self.require(self.settled[city, group] == 0)
        self.land = whole("land", {k: r["most"] for k, r in needs.items()})
        quota = task.rows["land_plan"][0]["quota"]
        self.require(pulp.lpSum(self.land.values()) <= float(quota))
        rural = pulp.lpSum(x for (_, use), x in self.land.items() if use == "rural")
        self.require(100 * rural >= float(p["rural_share"] * quota))
        for key, r in needs.items():
            self.require(self.land[key] >= float(r["least"]))
        for city, r in task.by("cities", "city").items():
            mine = [x for (c, _), x in self.settled.items() if c == city]
            self.require(self.land[city, "settled"] == float(r["standard"]) * pulp.lpSum(mine))
            built = [d["home_land"] * self.homes[d["district"]] for d in task.rows["districts"] if d["city"] == city]
            self.require(self.land[city, "rental"] >= task.by("land_apart", "city")[city]["rental"] + pulp.lpSum(built))
        # Land for villagers' homes stands apart from the quota and is given in full: nothing to decide.

    def schools(self) -> None:
        """HN-04."""
        task, p = self.task, self.p
        rows = task.by("schools", "city", "stage")
        self.classes = whole("classes", {k: r["most_classes"] for k, r in rows.items()})
        self.bought = whole("bought", {k: r["on_offer"] for k, r in rows.items()})
        money = task.by("money", "city")
        self.school_grants = grants = whole("school_grants", dict.fromkeys(money, p["school_fund"]))
        self.require(pulp.lpSum(grants.values()) <= p["school_fund"])
        for key, r in rows.items():
            self.require(r["spare"] + r["seats"] * self.classes[key] + self.bought[key] >= r["children"])
        self.school_cost = Sum()
        for city in money:
            mine = {k: r for k, r in rows.items() if k[0] == city}
            cost = pulp.lpSum(
                float(r["class_cost"]) * self.classes[k] + float(Fraction(r["price"], 10_000)) * self.bought[k]
                for k, r in mine.items()
            )
            self.require(cost <= float(money[city]["schools"]) + grants[city])
            new = pulp.lpSum(r["seats"] * self.classes[k] + self.bought[k] for k, r in mine.items())
            self.require(100 * pulp.lpSum(self.bought[k] for k in mine) <= p["bought_share"] * new)
            self.school_cost += cost

    def towns(self) -> None:
        """HN-05."""
        task, p = self.task, self.p
        group, towns = task.by("fields", "field"), task.by("towns", "town")
        works = task.by("projects", "town", "field")
        self.chosen = whole("chosen", dict.fromkeys(towns, 1))
        self.works = whole("works", dict.fromkeys(works, 1))
        self.require(pulp.lpSum(self.chosen.values()) == p["towns_chosen"])
        for town in towns:
            for g in task.by("groups", "group"):
                mine = [x for (t, f), x in self.works.items() if t == town and group[f]["group"] == g]
                self.require(pulp.lpSum(mine) >= self.chosen[town])
        for (town, _), x in self.works.items():
            self.require(x <= self.chosen[town])
        for r in task.rows["town_support"]:
            part = SHARES[r["year"]]
            spent = pulp.lpSum(float(part * works[k]["cost"]) * x for k, x in self.works.items())
            self.require(spent <= float(r["amount"]))
        self.region = {t: task.by("cities", "city")[r["city"]]["region"] for t, r in towns.items()}
        self.cover = {}
        for i, (name, r) in enumerate(task.by("regions", "region").items()):
            self.cover[name] = pulp.LpVariable(f"cover_{i}", 0, TENTHS, pulp.LpInteger)
            served = pulp.lpSum(works[k]["served"] * x for k, x in self.works.items() if self.region[k[0]] == name)
            self.require(4 * r["people"] * self.cover[name] <= TENTHS * served)

    def goal(self, stage: str) -> Any:
        """What a stage maximises."""
        if stage.startswith("regions-"):
            least = pulp.LpVariable(stage.replace("-", "_"), 0)
            for some in combinations(self.cover.values(), int(stage.removeprefix("regions-"))):
                self.require(least <= pulp.lpSum(some))
            return 10_000 // TENTHS * least
        works = self.task.by("projects", "town", "field")
        return {
            "homes": lambda: -self.far_homes,
            "estates": lambda: -self.far_estates,
            "settled": lambda: pulp.lpSum(self.settled.values()),
            "land": lambda: pulp.lpSum(x for (_, use), x in self.land.items() if use == "general"),
            "served": lambda: pulp.lpSum(works[k]["served"] * x for k, x in self.works.items()),
            "renewal": lambda: pulp.lpSum(x for (_, kind), x in self.renewal.items() if kind != "estate"),
            "places": lambda: -self.school_cost,
            "school-support": lambda: -pulp.lpSum(self.school_grants.values()),
            "renewal-support": lambda: -pulp.lpSum(self.grants.values()),
        }[stage]()

    def solve(self, stages: tuple[str, ...] = STAGES) -> dict[str, float] | None:
        """Stage → value (less is negative), each kept while the next is solved; None where nothing is legal."""
        found: dict[str, float] = {}
        for stage in stages:
            goal = self.goal(stage)
            self.model.setObjective(goal)
            self.model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0))
            if pulp.LpStatus[self.model.status] != "Optimal":
                return None
            found[stage] = float(pulp.value(goal) or 0)
            self.require(goal >= found[stage] - 1e-6)
        return found


def hamilton(total: int, claims: dict[str, tuple[int, int, int]]) -> dict[str, Any]:
    """Cost of unit k for each key: (k − q)² − (k − 1 − q)², q being the fair share."""
    fair = bounded_shares(total, claims)
    return {key: (lambda k, q=q: 2 * k - 1 - 2 * q) for key, q in fair.items()}


def webster(claims: dict[str, tuple[int, int, int]]) -> dict[str, Any]:
    """Cost of unit k for each key: (2k − 1) / need, in hundredths."""
    return {key: (lambda k, w=c[0]: Fraction(100 * (2 * k - 1), w)) for key, c in claims.items()}
