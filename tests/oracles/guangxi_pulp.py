"""A second formulation of the whole Guangxi policy, in PuLP for CBC, written from the clauses and not from ``models``.

Nothing of ``optimizer`` is used. Money in 万元, persons and m² as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pulp

from tests.oracles.guangxi_tables import MONEY_YEARS, PERSON, YEARS, Option, Task

KINDS, STEPS, SOURCES = ("registered", "along"), (1, 2, 3), ("central", "fund", "bonds", "loans")
WAN = 10_000


def whole(name: str, keys: list[Any], most: int | None = None) -> dict[Any, pulp.LpVariable]:
    """Whole-number variables by key."""
    return {key: pulp.LpVariable(f"{name}_{i}", 0, most, pulp.LpInteger) for i, key in enumerate(keys)}


class Formulation:
    """All clauses over variables ``x`` (one an option; fixed where ``choices`` gives them) and the amounts."""

    def __init__(self, task: Task, choices: dict[int, int] | None = None) -> None:
        self.task, self.given = task, choices
        self.model = pulp.LpProblem("guangxi", pulp.LpMaximize)
        every = list(range(len(task.options)))
        self.x: dict[int, Any] = whole("x", every, 1) if choices is None else dict(choices)
        places = list(task.counties)
        plan = [(c, y, k) for c in places for y in YEARS for k in KINDS]
        built = [(*p, s) for p in plan for s in STEPS]
        self.invest, self.settled = whole("invest", built), whole("settled", built)
        self.costs, self.owns = whole("costs", plan), whole("owns", plan)
        self.exits, self.local = (whole(n, [(c, y) for c in places for y in MONEY_YEARS]) for n in ("exits", "local"))
        self.funds = whole("funds", [(s, c, y) for s in SOURCES for c in places for y in MONEY_YEARS])
        self.sold = whole("sold", [c for c in places if task.counties[c]["tradable"] == "是"])
        parks = [r["site"] for r in task.rows["parks"]]
        self.earned, self.met = (
            whole(n, [(s, b) for s in parks for b in ("share", "number")], m) for n, m in (("earned", None), ("met", 1))
        )
        self._moves()
        self._money()
        self._land()

    def total(self, value: Callable[[Option], Any], keep: Callable[[Option], bool] = lambda o: True) -> Any:
        """Σ value over the options that ``keep`` keeps."""
        chosen = [(self.x[n], value(o)) for n, o in enumerate(self.task.options) if keep(o)]
        return pulp.lpSum(x * float(v) for x, v in chosen)

    def _say(self, row: Any) -> None:
        """A row of numbers alone is checked, not added."""
        if isinstance(row, bool):
            assert row
        elif len(row) or self.given is None:
            self.model += row
        else:
            assert row.valid(1e-6)

    def _moves(self) -> None:
        task, p = self.task, self.task.p
        for home in task.households:
            self._say(self.total(lambda o: 1, lambda o, h=home: o.household == h) <= 1)  # type: ignore[misc]
        off = p["task_tolerance"]
        for r in task.rows["county_tasks"]:
            for kind in KINDS:
                persons = self.persons(r["county"], int(r["year"]), kind)
                self._say(persons >= int(r[kind]) - off)
                self._say(persons <= int(r[kind]) + off)
        for r in task.rows["plan_years"]:
            for kind in KINDS:
                persons = pulp.lpSum(self.persons(c, int(r["year"]), kind) for c in task.counties)
                self._say(persons >= int(r[kind]) - p["province_tolerance"])
                self._say(persons <= int(r[kind]) + p["province_tolerance"])
        reg = [self.persons(c, y, "registered") for c in task.counties for y in YEARS]
        self._say(pulp.lpSum(reg) >= p["registered_total"])
        for c, county in task.counties.items():
            here = lambda o, c=c: o.county == c  # noqa: E731
            self._say(self.total(lambda o: (100 if o.mode == "dispersed" else 0) - p["dispersed_share"], here) <= 0)
            mine = lambda o, c=c: o.county == c and o.kind == "registered"  # noqa: E731
            self._say(self.total(lambda o: 4 * o.own - o.own_mean, mine) <= 0)
            self._say(self.total(lambda o: o.land - o.reclaimed, here) <= int(county["land_quota"]))
            money = self.total(lambda o: o.works + (o.cost - PERSON * o.persons if o.kind == "registered" else 0), here)
            self._say(money <= 0)
        for s, site in task.sites.items():
            area = self.total(lambda o: o.area, lambda o, s=s: o.site == s)  # type: ignore[misc]
            self._say(area <= int(site["floor"]))
            if site["landless"] == "是":
                self._say(area <= 9 * int(site["shops"]))

    def persons(self, county: str, year: int, kind: str) -> Any:
        """Persons of a county's plan of one year."""
        return self.total(lambda o: o.persons, lambda o: (o.county, o.year, o.kind) == (county, year, kind))

    def _money(self) -> None:
        task, p = self.task, self.task.p
        for c, y, k in self.costs:
            here = lambda o, c=c, y=y: (o.county, o.year) == (c, y)  # noqa: E731
            cost = self.total(
                lambda o, k=k: (o.cost if o.kind == k else 0) + (o.works if k == "registered" else 0), here
            )  # type: ignore[misc]
            own = self.total(lambda o: o.own, lambda o, h=here, k=k: h(o) and o.kind == k)  # type: ignore[misc]
            self._rounded(self.costs[c, y, k], cost, up=True)
            self._rounded(self.owns[c, y, k], own, up=False)
            people = self.persons(c, y, k)
            inv, into = ([v[c, y, k, s] for s in STEPS] for v in (self.invest, self.settled))
            self.model += 5 * inv[0] >= self.costs[c, y, k]
            self.model += 5 * (inv[0] + inv[1]) >= 4 * self.costs[c, y, k]
            self.model += pulp.lpSum(inv) == self.costs[c, y, k]
            self.model += 5 * into[0] >= people
            self.model += 2 * (into[0] + into[1]) >= people
            self.model += pulp.lpSum(into) == people
        for c, county in task.counties.items():
            home = 25 * int(county["unit_cost"]) / WAN
            for y in YEARS:
                for last in (1, 2):
                    spent, inside = (
                        pulp.lpSum(v[c, y, k, s] for k in KINDS for s in STEPS if s <= last)
                        for v in (self.invest, self.settled)
                    )
                    self.model += spent >= home * inside
            self._accounts(c, county)
        for y in MONEY_YEARS:
            self.model += pulp.lpSum(self.exits[c, y] for c in task.counties) >= p["out_of_poverty"]
        self._sources()

    def _rounded(self, amount: Any, money: Any, up: bool) -> None:
        """Whole 万元, rounded up (costs) or down (contributions) to the fen."""
        slack = WAN * amount - money if up else money - WAN * amount
        self.model += slack >= 0
        self.model += slack <= WAN - 0.01

    def _accounts(self, c: str, county: dict[str, str]) -> None:
        """GX-05, 06 and 20: running accounts of persons and money."""
        for until in MONEY_YEARS:
            by = lambda v, k, u=until, c=c: pulp.lpSum(v[c, y, k, s] for y in YEARS for s in STEPS if y + s - 1 <= u)  # noqa: E731
            left = [y for y in MONEY_YEARS if y <= until]
            self.model += by(self.settled, "registered") >= pulp.lpSum(self.exits[c, y] for y in left)
            owns = {k: pulp.lpSum(self.owns[c, y, k] for y in YEARS if y + 1 <= until) for k in KINDS}
            deducted = self.total(lambda o: o.deducted / WAN, lambda o, c=c, u=until: o.county == c and o.year <= u)  # type: ignore[misc]
            drawn = pulp.lpSum(self.funds[s, c, y] for s in SOURCES for y in left)
            self.model += drawn + owns["registered"] + deducted >= by(self.invest, "registered")
            self.model += pulp.lpSum(self.local[c, y] for y in left) + owns["along"] >= by(self.invest, "along")
            rate = {r["source"]: float(r["rate"]) / 100 for r in self.task.rows["sources"]}
            interest = pulp.lpSum(rate[s] * self.funds[s, c, y] for s in SOURCES for y in left)
            self.model += interest <= int(county["repayment"])
        for y in MONEY_YEARS:
            self.model += self.local[c, y] <= int(county["local"])

    def _sources(self) -> None:
        places = list(self.task.counties)
        drawn = {(s, y): pulp.lpSum(self.funds[s, c, y] for c in places) for s in SOURCES for y in MONEY_YEARS}
        for r in self.task.rows["source_years"]:
            s, until = r["source"], int(r["year"])
            self.model += pulp.lpSum(drawn[s, y] for y in MONEY_YEARS if y <= until) <= int(r["limit"])
        in_all = {s: pulp.lpSum(drawn[s, y] for y in MONEY_YEARS) for s in SOURCES}
        capital = in_all["fund"] + in_all["bonds"]
        self.model += 5 * capital >= capital + in_all["loans"]
        pool = sum(int(r["limit"]) for r in self.task.rows["sources"])
        reg = [k for k in self.costs if k[2] == "registered"]
        need = pulp.lpSum(self.costs[k] - self.owns[k] for k in reg) - self.total(lambda o: o.deducted / WAN)
        self.model += need <= pool
        people = self.total(lambda o: o.persons, lambda o: o.kind == "registered")
        self.model += 4 * pulp.lpSum(self.owns[k] for k in reg) <= 3.4 * people

    def _land(self) -> None:
        for c, sold in self.sold.items():
            back = self.total(lambda o: o.reclaimed, lambda o, c=c: o.county == c)  # type: ignore[misc]
            used = self.total(lambda o: o.land, lambda o, c=c: o.county == c)  # type: ignore[misc]
            self.model += sold <= 100 * back
            self.model += sold <= 100 * (int(self.task.counties[c]["land_quota"]) + back - used)
        for r in self.task.rows["parks"]:
            s, reward = r["site"], 100 * int(r["reward"])
            workers = self.total(lambda o: o.workers, lambda o, s=s: o.site == s)  # type: ignore[misc]
            others, number = int(r["workforce"]), self.task.p["park_number"]
            self.model += 65 * workers >= 35 * others * self.met[s, "share"]
            self.model += workers >= number * self.met[s, "number"]
            for basis in ("share", "number"):
                self.model += self.earned[s, basis] <= reward * self.met[s, basis]
            self.model += self.earned[s, "share"] + self.earned[s, "number"] <= reward

    def goal(self, stage: str) -> Any:
        """What a stage maximises; interest in fen, land in 0.01 m²."""
        if stage == "points":
            return self.total(lambda o: o.points)
        if stage == "interest":
            points = {r["source"]: round(100 * float(r["rate"])) for r in self.task.rows["sources"]}
            return -pulp.lpSum(100 * points[s] * (2036 - y) * v for (s, _, y), v in self.funds.items())
        return pulp.lpSum(self.sold.values()) + pulp.lpSum(self.earned.values())

    def solve(self, goal: Any) -> float | None:
        """The best value of a goal, or None."""
        self.model.setObjective(goal)
        self.model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, threads=1, timeLimit=120))
        return float(pulp.value(goal) or 0.0) if self.model.sol_status == pulp.LpSolutionOptimal else None


def values(task: Task, choices: dict[int, int] | None = None) -> dict[str, int] | None:
    """Every stage's best value, each keeping the earlier ones; ``choices``: moves that are already decided."""
    first = Formulation(task, choices)
    points = first.solve(first.goal("points"))
    if points is None:
        return None
    taken = choices or {n: round(v.value() or 0) for n, v in first.x.items()}
    form = Formulation(task, taken)
    interest = form.solve(form.goal("interest"))
    assert interest is not None
    form.model += form.goal("interest") >= interest - 0.5
    land = form.solve(form.goal("land"))
    assert land is not None
    return {"points": math.floor(points + 0.5), "interest": -round(interest), "land": round(land)}
