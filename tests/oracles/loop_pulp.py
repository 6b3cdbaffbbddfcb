"""A second formulation of the loop in PuLP for CBC, written from the clauses and not from ``models``.

Nothing of ``optimizer`` is used. Land in m², money in yuan.
"""

from __future__ import annotations

from typing import Any

import pulp

from tests.oracles.loop_tables import MONEY, PLAN, Task

STAGES = ("people", "early")


class Formulation:
    """All clauses; ``solve`` goes through the stages."""

    def __init__(self, task: Task) -> None:
        """Variables and rows."""
        self.task = task
        self.model = pulp.LpProblem("loop", pulp.LpMaximize)
        households, homes = task.by("households", "household"), task.by("home_types", "home")
        sites = task.by("sites", "site")
        self.moves: list[tuple[dict[str, Any], str, int, pulp.LpVariable]] = []
        for i, wish in enumerate(task.rows["wishes"]):
            row = households[wish["household"]]
            for year in PLAN if task.fits(row) else ():
                self.moves.append((row, wish["site"], year, pulp.LpVariable(f"move_{i}_{year}", cat="Binary")))
        for name in households:
            self.model += pulp.lpSum(x for r, _, _, x in self.moves if r["household"] == name) <= 1
        self.builds = {
            (s, h, y): pulp.LpVariable(f"build_{i}_{j}_{y}", 0, int(sites[s]["room"]), pulp.LpInteger)
            for i, s in enumerate(sites) for j, h in enumerate(homes) for y in PLAN
        }  # fmt: skip
        self.sales = {
            r["year"]: pulp.LpVariable(f"sale_{r['year']}", 0, int(r["volume"]), pulp.LpInteger)
            for r in task.rows["market"]
        }
        self.homes()
        self.accounts()

    def homes(self) -> None:
        """GX-04, HH-04: finished a year after the start, none left over, within the site's plan."""
        for site, row in self.task.by("sites", "site").items():
            self.model += pulp.lpSum(x for (s, _, _), x in self.builds.items() if s == site) <= row["room"]
            for home in self.task.by("home_types", "home"):
                built = {y: x for (s, h, y), x in self.builds.items() if (s, h) == (site, home)}
                moved = [(y, x) for r, s, y, x in self.moves if (s, r["home"]) == (site, home)]
                for year in MONEY:
                    done = pulp.lpSum(x for y, x in built.items() if y + 1 <= year)
                    self.model += done >= pulp.lpSum(x for y, x in moved if y <= year)
                self.model += pulp.lpSum(built.values()) <= pulp.lpSum(x for _, x in moved)

    def accounts(self) -> None:
        """HH-07, HH-08, HH-11, HH-14: land and money, year by year."""
        task = self.task
        homes, sites, market = task.by("home_types", "home"), task.by("sites", "site"), task.by("market", "year")
        cleared = [(y + 1, r["homestead"], x) for r, _, y, x in self.moves if r["clears"]]
        self.model += pulp.lpSum(a * x for _, a, x in cleared) >= pulp.lpSum(
            float(homes[h]["land"] * sites[s]["farmland"]) / 100 * x for (s, h, _), x in self.builds.items()
        )
        grant = task.p["grant_person"] * 10_000
        for year in MONEY:
            own = pulp.lpSum(a * x for y, a, x in cleared if y <= year)
            sold = pulp.lpSum(x for y, x in self.sales.items() if y <= year)
            started = [(homes[h], sites[s], x) for (s, h, y), x in self.builds.items() if y <= year]
            given = [r for r in task.rows["years"] if r["year"] <= year]
            self.model += own >= sold
            lent = sum(r["lent"] - r["returned"] for r in given)
            self.model += lent + own - pulp.lpSum(h["land"] * x for h, _, x in started) - sold >= 0
            here = [(r, x) for r, _, y, x in self.moves if y <= year]
            self.model += (
                10_000 * sum(r["advance"] - r["repay"] for r in given)
                + pulp.lpSum((r["persons"] * grant - (r["works"] if r["clears"] else 0)) * x for r, x in here)
                + pulp.lpSum(market[y]["price"] * x for y, x in self.sales.items() if y <= year)
                - pulp.lpSum(h["floor"] * s["cost"] * x for h, s, x in started) >= 0
            )  # fmt: skip

    def solve(self) -> dict[str, int]:
        """Stage → value, each kept while the next is solved."""
        weight = {"people": lambda y: 1, "early": lambda y: 2023 - y}
        found = {}
        for stage in STAGES:
            goal = pulp.lpSum(r["persons"] * weight[stage](y) * x for r, _, y, x in self.moves)
            self.model.setObjective(goal)
            self.model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0))
            assert pulp.LpStatus[self.model.status] == "Optimal"
            found[stage] = round(pulp.value(goal) or 0)
            self.model += goal >= found[stage]
        return found
