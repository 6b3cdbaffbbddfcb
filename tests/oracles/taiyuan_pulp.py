"""A second formulation of the whole Taiyuan policy, in PuLP for CBC, written from the clauses and not from ``models``.

Nothing of ``optimizer`` is used. Money in 万元, land in m². Rows are multiplied out so that every coefficient is a whole number;
the worst-off counties go by subsets, equal shares by the two whole numbers beside each share.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations, pairwise, permutations
from math import lcm
from typing import Any

import pulp

from tests.oracles.taiyuan_tables import YEARS, Task

Sum = pulp.LpAffineExpression
LAND = ("homes", "services", "industry")
SERVICES = ("school", "homes", "health")
STEPS = {"settle": 1000, "transfer": 100, "reward": 100, "bond": 100}
"""In how many steps full coverage is counted."""


def whole(name: str, keys: Iterable[Any], most: int | None = None) -> dict[Any, pulp.LpVariable]:
    """Whole-number variables by key."""
    return {key: pulp.LpVariable(f"{name}_{i}", 0, most, pulp.LpInteger) for i, key in enumerate(keys)}


def until(year: int) -> list[int]:
    """Years up to and including one."""
    return [y for y in YEARS if y <= year]


class Formulation:
    """All clauses; ``solve`` goes through the stages."""

    def __init__(self, task: Task) -> None:
        """Variables and rows."""
        self.task, self.p = task, task.p
        self.model = pulp.LpProblem("taiyuan", pulp.LpMaximize)
        self.covers: dict[str, dict[str, pulp.LpVariable]] = {}
        self.counties, self.finance, self.pools = (
            task.by("counties", "county"), task.by("finance", "county", "year"), task.by("pools", "year"),
        )  # fmt: skip
        self.plan = [(c, y) for c in self.counties for y in YEARS]
        self.people()
        self.rates()
        self.money()
        self.rewarding()
        self.land_follows()
        self.bonds_and_projects()

    def require(self, condition: Any) -> None:
        """One row."""
        self.model += condition

    def people(self) -> None:
        """TY-02, TY-08, TY-09: who may be settled, in which order, in what proportion."""
        wish = self.task.by("applicants", "county", "group", "standing", "origin", "year")
        self.wishes = {key: int(r["willing"]) for key, r in wish.items()}
        kinds = dict.fromkeys(key[:4] for key in wish)
        self.s = whole("s", wish)
        for key, x in self.s.items():
            x.upBound = self.wished(key[:4], key[4])
        self.long_done = done = whole("long_done", self.plan, 1)
        for kind in kinds:
            for y in YEARS:
                self.require(self.by_then(kind, y) <= self.wished(kind, y))
        for c, y in self.plan:
            for kind in (k for k in kinds if k[0] == c):
                if kind[2] == "long":
                    self.require(self.by_then(kind, y) >= self.wished(kind, y) * done[c, y])
                elif (*kind, y) in self.s:
                    self.require(self.s[*kind, y] <= self.wished(kind, y) * done[c, y])
        for c, g, standing in dict.fromkeys(k[:3] for k in kinds):
            mine = [k for k in kinds if k[:3] == (c, g, standing)]
            for y in YEARS if len(mine) > 1 else ():
                given = pulp.lpSum(self.by_then(k, y) for k in mine)
                all_wishes = sum(self.wished(k, y) for k in mine)
                for k in mine:  # the share rounded down or up: above the share less 1, below the share plus 1
                    self.require(all_wishes * self.by_then(k, y) - self.wished(k, y) * given <= all_wishes - 1)
                    self.require(self.wished(k, y) * given - all_wishes * self.by_then(k, y) <= all_wishes - 1)

    def by_then(self, kind: tuple[Any, ...], year: int) -> Any:
        """People of one kind settled up to a year."""
        return pulp.lpSum(self.s[*kind, y] for y in until(year) if (*kind, y) in self.s)

    def wished(self, kind: tuple[Any, ...], year: int) -> int:
        """People of one kind who wished it up to a year."""
        return sum(self.wishes.get((*kind, y), 0) for y in until(year))

    def settled(self, county: str | None = None, years: Iterable[int] = YEARS) -> Any:
        """People settled in a county (or all) in some years."""
        among = list(years)
        return pulp.lpSum(x for k, x in self.s.items() if county in (None, k[0]) and k[4] in among)

    def rates(self) -> None:
        """TY-01: the rate of 2020, and a gap that shrinks from year to year."""
        town = self.task.by("population", "year")
        level = {y: r["urban"] + self.settled(years=until(y)) for y, r in town.items()}
        self.require(1000 * level[2020] >= int(10 * self.p["rate_2020"]) * town[2020]["registered"])
        step = Fraction(self.p["gap_step"], 10_000)
        for before, now in pairwise(sorted(town)):
            old, new = town[before]["registered"], town[now]["registered"]
            resident = Fraction(town[now]["resident_rate"] - town[before]["resident_rate"], 100)
            least = (resident + step) * old * new  # rate_now − rate_before ≥ change of the residents' rate + step
            self.require(old * level[now] - new * level[before] >= float(least))

    def money(self) -> None:
        """TY-03: transfers."""
        self.t = whole("t", self.plan)
        for c, r in self.counties.items():
            for y in YEARS if r["poor"] == "是" else ():
                floor = self.t[c, y - 1] if y > YEARS[0] else r["before"]
                self.require(self.t[c, y] >= floor)
        for y in YEARS:
            self.require(pulp.lpSum(self.t[c, y] for c in self.counties) == self.pools[y]["transfers"])
            for a, b in permutations(self.counties, 2):
                self.above(
                    y, a, b, {c: self.t[c, y] - self.counties[c]["before"] for c in (a, b)},
                    {c: self.finance[c, y]["holders"] for c in (a, b)},
                    {c: (self.finance[c, y]["absorbed"], Fraction(self.finance[c, y]["gap"], self.finance[c, y]["holders"])) for c in (a, b)},
                )  # fmt: skip

    def above(self, year: int, a: str, b: str, amount: Any, head: dict[str, int], ground: dict[str, Any]) -> None:
        """Where a has at least as much as b of every ground, it gets at least as much a head; equals within one step."""
        if all(x >= y for x, y in zip(ground[a], ground[b], strict=True)):
            room = max(head.values()) - 1 if ground[a] == ground[b] else 0
            self.require(head[b] * amount[a] - head[a] * amount[b] >= -room)

    def rewarding(self) -> None:
        """TY-04: the reward fund."""
        self.r = whole("r", self.plan)
        self.reached = reached = whole("reached", self.plan, 1)
        for c, y in self.plan:
            most, now = self.finance[c, y]["reward_most"], self.settled(c, [y])
            self.require(self.r[c, y] <= most)
            self.require(10_000 * self.r[c, y] <= self.p["reward_rate"] * now)
            self.require(self.r[c, y] <= most * reached[c, y])
            self.require(now >= self.finance[c, y]["threshold"] * reached[c, y])
            if not self.serves_well(c, y):
                self.require(self.r[c, y] == 0)
        for y in YEARS:
            self.require(pulp.lpSum(self.r[c, y] for c in self.counties) <= self.pools[y]["reward"])

    def serves_well(self, county: str, year: int) -> bool:
        """TY-04: whether the county's score is enough for the reward."""
        return bool(self.finance[county, year]["service_level"] >= self.p["service_floor"])

    def land_follows(self) -> None:
        """TY-05: ten m² at a time, homes in full, the year's plan, each county's share."""
        kinds = self.task.by("kinds", "kind")
        self.land = whole("land", [(c, u, y) for c, y in self.plan for u in LAND])
        for c, y in self.plan:
            kind, now = kinds[self.counties[c]["kind"]], self.settled(c, [y])
            need = {u: kind[f"land_{u}"] * now for u in LAND}
            for u in LAND:
                self.require(10 * self.land[c, u, y] <= need[u])
            self.require(10 * self.land[c, "homes", y] >= need["homes"])
            given = 10 * pulp.lpSum(self.land[c, u, y] for u in LAND)
            self.require(100 * given >= self.p["land_share"] * pulp.lpSum(need.values()))
        for y in YEARS:
            self.require(10 * pulp.lpSum(x for k, x in self.land.items() if k[2] == y) <= self.pools[y]["land"])

    def bonds_and_projects(self) -> None:
        """TY-06 and TY-07."""
        self.b = whole("b", self.plan)
        work = self.task.by("projects", "project")
        self.built = whole("built", [(p, y) for p in work for y in YEARS], 1)
        for y in YEARS:
            self.require(pulp.lpSum(self.b[c, y] for c in self.counties) <= self.pools[y]["bonds"])
            for a, b in permutations(self.counties, 2):
                residents = {c: self.counties[c]["residents"] for c in (a, b)}
                took = {c: (Fraction(self.finance[c, y]["absorbed"], residents[c]),) for c in (a, b)}
                self.above(y, a, b, {c: self.b[c, y] for c in (a, b)}, residents, took)
        for c, y in self.plan:
            self.require(self.b[c, y] <= self.finance[c, y]["debt_room"])
            mine = [(self.built[p, y], r["cost"]) for p, r in work.items() if r["county"] == c]
            self.require(pulp.lpSum(cost * x for x, cost in mine) <= self.b[c, y])
        for p in work:
            self.require(pulp.lpSum(self.built[p, y] for y in YEARS) <= 1)
        free, groups = self.task.by("services", "county", "service", "year"), self.task.by("groups", "group")
        for c, y in self.plan:
            for service in SERVICES:
                opened = sum(r["places"] for k, r in free.items() if k[:2] == (c, service) and k[2] <= y)
                ready = [(r["places"], [self.built[p, e] for e in YEARS if e < y]) for p, r in work.items() if (r["county"], r["service"]) == (c, service)]  # fmt: skip
                taken = [(groups[k[1]][service], x) for k, x in self.s.items() if k[0] == c and k[4] <= y]
                size = lcm(*(Fraction(v).denominator for v, _ in taken))
                room = pulp.lpSum(size * n * x for n, xs in ready for x in xs) + size * opened
                self.require(pulp.lpSum(int(size * v) * x for v, x in taken) <= room)

    def formula(self, county: str, year: int) -> Fraction:
        """TY-03: what the formula gives, 万元."""
        r = self.finance[county, year]
        return r["basic"] + Fraction(r["holders"] * self.p[f"standard_{year}"], 10_000)

    def least(self, name: str, k: int, served: dict[str, Any], need: dict[str, Any]) -> Any:
        """The sum of the k smallest coverages, in basis points."""
        steps = STEPS[name]
        if name not in self.covers:
            self.covers[name] = whole(name, served, steps)
            for c, y in self.covers[name].items():
                size = Fraction(need[c]).denominator
                self.require(int(size * need[c]) * y <= steps * size * served[c])
        cover = self.covers[name]
        worst = pulp.LpVariable(f"{name}_worst_{k}", 0)
        for some in combinations(cover.values(), k):
            self.require(worst <= pulp.lpSum(some))
        return 10_000 // steps * worst

    def away(self, name: str, given: dict[Any, Any], aim: dict[Any, Any]) -> Any:
        """−Σ |given − aim|."""
        total = Sum()
        for i, (key, x) in enumerate(given.items()):
            off = pulp.LpVariable(f"{name}_{i}", 0)
            self.require(off >= x - float(aim[key]))
            self.require(off >= float(aim[key]) - x)
            total -= off
        return total

    def goal(self, stage: str) -> Any:
        """What a stage maximises."""
        name, _, k = stage.rpartition("-")
        if name == "settle-cover":
            need = {c: sum(n for key, n in self.wishes.items() if key[0] == c) for c in self.counties}
            return self.least("settle", int(k), {c: self.settled(c) for c in self.counties}, need)
        if name == "transfer-cover":
            need = {c: sum(self.formula(c, y) for y in YEARS) for c in self.counties}
            served = {c: pulp.lpSum(self.t[c, y] for y in YEARS) for c in self.counties}
            return self.least("transfer", int(k), served, need)
        if name == "reward-cover":
            years = {c: [y for y in YEARS if self.serves_well(c, y)] for c in self.counties}
            need = {c: sum(self.finance[c, y]["reward_most"] for y in ys) for c, ys in years.items() if ys}
            return self.least("reward", int(k), {c: pulp.lpSum(self.r[c, y] for y in YEARS) for c in need}, need)
        if name == "bond-cover":
            need = {c: sum(self.finance[c, y]["bonds_asked"] for y in YEARS) for c in self.counties}
            return self.least("bond", int(k), {c: pulp.lpSum(self.b[c, y] for y in YEARS) for c in need}, need)
        works = self.task.by("projects", "project")
        return {
            "settled": lambda: pulp.lpSum((2021 - k[4]) * x for k, x in self.s.items()),
            "land-given": lambda: 10 * pulp.lpSum(self.land.values()),
            "transfer-distance": lambda: self.away("td", self.t, {k: self.formula(*k) for k in self.plan}),
            "rewards": lambda: pulp.lpSum(self.r.values()),
            "bond-distance": lambda: self.away("bd", self.b, {k: r["bonds_asked"] for k, r in self.finance.items()}),
            "projects": lambda: pulp.lpSum(works[p]["places"] * x for (p, _), x in self.built.items()),
        }[stage]()

    def solve(self, stages: Iterable[str]) -> dict[str, float] | None:
        """Stage → value (less is negative), each kept while the next is solved; None where nothing is legal."""
        found: dict[str, float] = {}
        for stage in stages:
            goal = self.goal(stage)
            self.model.setObjective(goal)
            self.model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0, threads=1))
            if pulp.LpStatus[self.model.status] != "Optimal":
                return None
            found[stage] = float(pulp.value(goal) or 0)
            self.require(goal >= found[stage] - 1e-4)
        return found
