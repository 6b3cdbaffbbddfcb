"""A second formulation of the whole Honghe policy, in PuLP for CBC, written from the clauses and not from ``models``.

Nothing of ``optimizer`` is used. Land in m², money in yuan, grants in whole 万元. Where the engine has switches in one form, here each
clause says plainly what holds while a switch is on and what while it is off, with one large constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

import pulp

from tests.oracles.honghe_tables import MU, Task

PLAN = range(2017, 2021)
MONEY = range(2017, 2023)
STAGES = ("own-needs", "farmland", "lean", "early", "relief")
AREA, FUND = 1e5, 1e8
"""More than any area (m²) and any money (yuan) of an instance made for a proof."""

Sum = pulp.LpAffineExpression


class Formulation:
    """All clauses; ``solve`` goes through the stages."""

    def __init__(self, task: Task) -> None:
        """Variables and rows."""
        self.task, self.p = task, task.p
        self.model = pulp.LpProblem("honghe", pulp.LpMaximize)
        self.count = 0
        self.townships = task.by("townships", "township")
        self.projects = task.by("projects", "project")
        self.sites = task.by("sites", "site")
        self.parcels()
        self.homesteads()
        self.business()
        self.market()
        self.land_balances()
        self.quota()
        self.money()
        self.fees()
        self.freed_land()
        self.turnover()

    def require(self, condition: Any) -> None:
        """One row."""
        self.model += condition

    def variable(self, name: str, most: Any) -> pulp.LpVariable:
        """A whole number from 0 to ``most``."""
        self.count += 1
        return pulp.LpVariable(f"{name}_{self.count}", 0, int(most), pulp.LpInteger)

    def last_year(self, project: str) -> int:
        """HH-03: two years from approval, three where extended."""
        row = self.projects[project]
        more = self.p["extension_years"] if row["extended"] else 0
        return min(row["approved"] + self.p["build_years"] + more, PLAN[-1])

    def town(self, project: str) -> str:
        """The township of a project area."""
        return str(self.projects[project]["township"])

    def parcels(self) -> None:
        """HH-01, HH-03, HH-06: which parcel becomes what, in which year."""
        rows = self.task.by("parcels", "parcel")
        self.taken: list[dict[str, Any]] = []
        for use in self.task.rows["parcel_uses"]:
            row = rows[use["parcel"]]
            fits = {
                "farmland": row["suits_farmland"] and row["slope"] <= self.p["steepest"],
                "woodland": row["suits_woodland"],
                "building": True,
            }[use["use"]]
            if not (row["consent"] and fits):
                continue
            project, area = row["project"], row["area"]
            share = {"farmland": 1.0, "woodland": self.p["woodland_quota"] / 100, "building": 0.0}[use["use"]]
            for year in range(self.projects[project]["approved"], self.last_year(project) + 1):
                self.taken.append(
                    {
                        "x": self.variable("parcel", 1), "parcel": use["parcel"], "year": year, "project": project,
                        "town": self.town(project), "quota": share * area,
                        "reclaimed": 0 if use["use"] == "building" else area,
                        "farmland": area if use["use"] == "farmland" else 0, "grade": use["grade"],
                        "kept": area if use["use"] == "building" else 0,
                        "spent": row["demolition"] + use["works"], "approved": self.projects[project]["approved"],
                    }
                )  # fmt: skip
        for parcel in rows:
            self.require(pulp.lpSum(r["x"] for r in self.taken if r["parcel"] == parcel) <= 1)
        for town in self.townships:
            mine = self.over(self.taken, "reclaimed", lambda r, t=town: r["town"] == t)
            self.require(mine >= float(self.p["township_target"] * MU) - 1e-6)
        self.require(self.over(self.taken, "reclaimed") >= float(self.p["county_target"] * MU) - 1e-6)

    def over(self, rows: Iterable[dict[str, Any]], measure: str, keep: Callable[[Any], bool] = lambda r: True) -> Sum:
        """Σ measure · variable over some rows."""
        return pulp.lpSum(float(r[measure]) * r["x"] for r in rows if keep(r) and r[measure])

    def homesteads(self) -> None:
        """HH-04: one homestead for each household, within the standards and the site's land."""
        p = self.p
        household = {z: p[f"{z}_household"] for z in ("town", "outside", "mountain")}
        person = {"town": p["town_person"], "outside": p["outside_person"]}
        self.plots: list[dict[str, Any]] = []
        for group in self.task.rows["site_groups"]:
            site, persons = self.sites[group["site"]], group["persons"]
            zone, project = site["zone"], site["project"]
            most = min(household[zone], person[zone] * persons if zone in person else household[zone])
            here = []
            for plot in self.task.rows["plot_types"]:
                if not p["least_person"] * persons <= plot["area"] <= most:
                    continue
                land = plot["area"] * (100 + p["site_services"]) / 100
                here += [
                    {
                        "x": self.variable("plot", group["households"]), "site": group["site"], "year": year,
                        "project": project, "town": self.town(project), "plot": plot["area"], "land": land,
                        "farmland": land * site["farmland"] / 100, "grade": site["grade"],
                        "cost": land * site["cost"], "approved": self.projects[project]["approved"],
                    }
                    for year in range(self.projects[project]["approved"], self.last_year(project) + 1)
                ]  # fmt: skip
            self.require(pulp.lpSum(r["x"] for r in here) == group["households"])
            self.plots += here
        for code, site in self.sites.items():
            if site["kind"] == "resettlement":
                self.require(self.over(self.plots, "plot", lambda r, s=code: r["site"] == s) <= float(site["area"]))

    def business(self) -> None:
        """HH-10: business sites are approved once, and only in a year with enough surplus quota used."""
        self.builds: list[dict[str, Any]] = []
        for code, site in self.sites.items():
            if site["kind"] != "business":
                continue
            mine = [
                {
                    "x": self.variable("build", 1), "site": code, "year": year, "project": site["project"],
                    "town": self.town(site["project"]), "land": site["area"],
                    "farmland": site["area"] * site["farmland"] / 100, "grade": site["grade"],
                    "income": site["area"] * (site["land_income"] - site["cost"]),
                }
                for year in PLAN
            ]  # fmt: skip
            self.require(pulp.lpSum(r["x"] for r in mine) <= 1)
            self.builds += mine
        self.used = [
            {"x": self.variable("used", 200_000), "town": t, "year": y, "area": 1, "income": self.p["county_price"]}
            for t in self.townships for y in MONEY
        ]  # fmt: skip
        for row in self.task.rows["years"]:
            used = self.over(self.used, "area", lambda r, y=row["year"]: r["year"] == y)
            self.require(used <= float(row["supply"]))
            enough = self.variable("enough", 1)
            self.require(self.p["use_one_in"] * used >= float(row["supply"]) * enough)
            for r in self.builds:
                if r["year"] == row["year"]:
                    self.require(r["x"] <= enough)

    def market(self) -> None:
        """HH-08, HH-09: what can be sold at all, and within each market's volume."""
        self.sales: list[dict[str, Any]] = []
        for offer in self.task.rows["offers"]:
            here = [
                {
                    "x": self.variable("sale", 100 * offer["volume"]), "town": town, "year": offer["year"], "area": 0.01,
                    "income": offer["price"] / 100, "stage": stage,
                }
                for town in self.townships
                for stage in ("presale", "certified")
                if offer["price"] >= offer["benchmark"]
                and (stage == "certified" or offer["year"] <= self.p["presale_last"])
            ]  # fmt: skip
            self.require(self.over(here, "area") <= float(offer["volume"]))
            self.sales += here

    def land_balances(self) -> None:
        """HH-05, HH-07."""
        surplus = self.over(self.taken, "quota") - self.over(self.plots, "land")
        self.require(surplus >= 0.5 * float(sum(r["issued"] for r in self.townships.values())))
        for project in self.projects:

            def here(r: dict[str, Any], p: str = project) -> bool:
                return bool(r["project"] == p)

            self.require(self.over(self.taken, "farmland", here) >= self.over(self.plots, "farmland", here))
            self.require(self.graded(self.taken, here) >= self.graded(self.plots, here))
            self.require(self.over(self.taken, "reclaimed", here) >= self.over(self.plots, "land", here))
        both = [*self.plots, *self.builds]
        self.require(self.over(self.taken, "farmland") >= self.over(both, "farmland"))
        self.require(self.graded(self.taken) >= self.graded(both))

    def graded(self, rows: Iterable[dict[str, Any]], keep: Callable[[Any], bool] = lambda r: True) -> Sum:
        """Σ farmland · grade."""
        return pulp.lpSum(float(r["farmland"] * r["grade"]) * r["x"] for r in rows if keep(r))

    def each(self, town: str, year: int, after: int = 0) -> Callable[[Any], bool]:
        """Of a township, up to a year (or so many years before)."""
        return lambda r: r["town"] == town and r["year"] + after <= year

    def quota(self) -> None:
        """HH-08: what a township has, sells ahead, and buys back; HH-14: what it owes."""
        self.back = [
            {"x": self.variable("back", 200_000), "town": t, "year": y, "area": 1, "cost": self.p["buyback_price"]}
            for t in self.townships for y in MONEY
        ]  # fmt: skip
        most = {t: r["turnover"] for t, r in self.townships.items()}
        self.borrowed = [
            {"x": self.variable("borrowed", most[t]), "town": t, "year": y, "area": 1}
            for t in self.townships
            for y in PLAN
        ]
        self.returned = [
            {"x": self.variable("returned", most[t]), "town": t, "year": y, "area": 1}
            for t in self.townships
            for y in MONEY
        ]
        presold = [r for r in self.sales if r["stage"] == "presale"]
        certified = [r for r in self.sales if r["stage"] == "certified"]
        for town in self.townships:
            for year in MONEY:
                now, due = self.each(town, year), self.each(town, year, 2)
                made = self.over(self.taken, "quota", self.each(town, year, 1))
                sold, delivered = self.over(certified, "area", now), self.over(presold, "area", due)
                back = self.over(self.back, "area", now)
                taken = [*self.plots, *self.builds]
                self.require(
                    made + back + self.owed(town, year) >=
                    self.over(taken, "land", now) + self.over(self.used, "area", now) + sold + delivered
                )  # fmt: skip
                self.require(made >= sold)
                self.require(delivered >= back)

                def approved(r: dict[str, Any], t: str = town, y: int = year) -> bool:
                    return bool(r["town"] == t and r["approved"] <= y)

                declared = self.over(self.taken, "quota", approved) - self.over(self.plots, "land", approved)
                self.require(self.over(presold, "area", now) <= self.p["presale_share"] / 100 * declared)

    def owed(self, town: str, year: int) -> Sum:
        """Turnover quota outstanding."""
        now = self.each(town, year)
        return self.over(self.borrowed, "area", now) - self.over(self.returned, "area", now)

    def money(self) -> None:
        """HH-11, HH-15: the county's account, costs first, no township above its need."""
        self.grants = [
            {"x": self.variable("grant", r["need"]), "town": t, "year": y, "yuan": 10_000, "wan": 1}
            for t, r in self.townships.items()
            for y in MONEY
        ]
        for town, row in self.townships.items():
            self.require(self.over(self.grants, "wan", lambda r, t=town: r["town"] == t) <= float(row["need"]))
        self.waived = [
            {"x": self.variable("waived", 20_000_000), "project": q, "year": y, "dm2": 1, "yuan": self.p["fee"] / 100}
            for q, r in self.projects.items() if r["resettles"] for y in PLAN
        ]  # fmt: skip
        for year in MONEY:

            def now(r: dict[str, Any], y: int = year) -> bool:
                return bool(r["year"] <= y)

            granted = self.over(self.grants, "yuan", now)
            left = (
                self.over(self.sales, "income", now) + self.over(self.used, "income", now)
                - self.over(self.taken, "spent", now) - self.over(self.back, "cost", now) - granted
            )  # fmt: skip
            other = (
                10_000 * float(sum(r["budget"] for r in self.task.rows["years"] if r["year"] <= year))
                + self.over(self.builds, "income", now) + self.over(self.waived, "yuan", now)
                - self.p["work_fund"] * self.over(self.taken, "reclaimed", now) - self.over(self.plots, "cost", now)
                - self.p["fee"] * self.over(self.plots, "farmland", now)
            )  # fmt: skip
            self.require(left + other >= 0)
            paid = self.variable("paid", 1)
            self.require(left >= -FUND * (1 - paid))
            here = self.over(self.grants, "yuan", lambda r, y=year: r["year"] == y)
            self.require(here <= FUND * paid)
        self.require(left >= 0)

    def fees(self) -> None:
        """HH-12: no fee exactly where the farmland taken so far is at most the farmland reclaimed so far."""
        for row in self.waived:
            project, year = row["project"], row["year"]

            def now(r: dict[str, Any], p: str = project, y: int = year) -> bool:
                return bool(r["project"] == p and r["year"] <= y)

            gained = self.over(self.taken, "farmland", now) - self.over(self.plots, "farmland", now)
            this = [r for r in self.plots if r["project"] == project and r["year"] == year]
            due, free = 100 * self.over(this, "farmland"), self.variable("free", 1)
            self.require(gained >= -AREA * (1 - free))
            self.require(gained <= -0.01 + AREA * free)
            self.require(row["x"] <= due)
            self.require(row["x"] <= 100 * AREA * free)
            self.require(row["x"] >= due - 100 * AREA * (1 - free))

    def freed_land(self) -> None:
        """HH-13: homes, then services, then quota may be sold; a reserve for business. In dm²."""
        self.own_needs = Sum()
        for town, row in self.townships.items():
            use = {name: self.variable(name, 20_000_000) for name in ("homes", "services", "business")}
            kept = 100 * self.over(self.taken, "kept", lambda r, t=town: r["town"] == t)
            self.require(pulp.lpSum(use.values()) <= kept)
            self.require(use["business"] >= self.p["reserve_share"] / 100 * kept)
            for name, before in (("homes", None), ("services", "homes")):
                need = 100 * float(row[f"{name}_need"])
                self.require(use[name] <= need)
                if before is not None:
                    met = self.variable("met", 1)
                    self.require(use[before] >= 100 * float(row[f"{before}_need"]) * met)
                    self.require(use[name] <= need * met)
            open_ = self.variable("open", 1)
            self.require(use["services"] >= 100 * float(row["services_need"]) * open_)
            self.require(self.over(self.sales, "area", lambda r, t=town: r["town"] == t) <= AREA * open_)
            self.own_needs += use["homes"] + use["services"]

    def turnover(self) -> None:
        """HH-14: borrowed for resettlement only, returned before certified quota is sold, and all of it by the end."""
        limits = self.task.by("years", "year")
        for town, row in self.townships.items():
            for year in MONEY:
                owed = self.owed(town, year)
                self.require(owed >= 0)
                self.require(owed <= float(row["turnover"]))
                free = self.variable("free", 1)
                self.require(owed <= AREA * (1 - free))
                sold = [r for r in self.sales if (r["town"], r["year"], r["stage"]) == (town, year, "certified")]
                self.require(self.over(sold, "area") <= AREA * free)
                if year in PLAN:
                    new = [r for r in self.borrowed if (r["town"], r["year"]) == (town, year)]
                    land = self.over(self.plots, "land", lambda r, t=town, y=year: (r["town"], r["year"]) == (t, y))
                    self.require(self.over(new, "area") <= land)
            self.require(self.owed(town, MONEY[-1]) <= 0)
        for year in MONEY:
            self.require(pulp.lpSum(self.owed(t, year) for t in self.townships) <= float(limits[year]["turnover"]))

    def leaning(self, town: str) -> bool:
        """HH-02: at least two of three grounds."""
        row = self.townships[town]
        grounds = (
            row["deep_poverty"], row["task"] >= self.p["heavy_task"], row["potential"] >= self.p["good_potential"] * MU,
        )  # fmt: skip
        return sum(grounds) >= 2

    def goal(self, stage: str) -> Sum:
        """What a stage maximises: areas in dm², money in yuan, coverage in percent."""
        if stage.startswith("shares-"):
            return self.least(int(stage.removeprefix("shares-")))
        early = [{**r, "early": r["reclaimed"] * (2021 - r["year"])} for r in self.taken]
        return {
            "own-needs": lambda: self.own_needs,
            "farmland": lambda: 100 * self.over(self.taken, "farmland"),
            "lean": lambda: 100 * self.over(early, "early", lambda r: self.leaning(r["town"])),
            "early": lambda: 100 * self.over(early, "early"),
            "relief": lambda: self.over(self.grants, "yuan"),
        }[stage]()

    def least(self, count: int) -> Sum:
        """HH-15: the sum of the smallest whole percentages of need covered, by subsets."""
        if not hasattr(self, "covered"):
            self.covered = {}
            for town, row in self.townships.items():
                self.covered[town] = self.variable("covered", 100)
                given = self.over(self.grants, "wan", lambda r, t=town: r["town"] == t)
                self.require(float(row["need"]) * self.covered[town] <= 100 * given)
        least = pulp.LpVariable(f"least_{count}", 0)
        for some in combinations(self.covered.values(), count):
            self.require(least <= pulp.lpSum(some))
        return Sum(least)

    def solve(self) -> dict[str, float] | None:
        """Stage → value, each kept while the next is solved; None where nothing is legal."""
        found: dict[str, float] = {}
        for stage in (*STAGES, *(f"shares-{k + 1}" for k in range(len(self.townships)))):
            goal = self.goal(stage)
            self.model.setObjective(goal)
            self.model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0))
            if pulp.LpStatus[self.model.status] != "Optimal":
                return None
            found[stage] = float(pulp.value(goal) or 0)
            self.require(goal >= round(found[stage]) - 1e-3)
        return found
