"""A second formulation of the whole Songjiang policy, in PuLP for CBC, written from the clauses and not from ``models``.

Nothing of ``optimizer`` is used. Money in 万元, areas in 0.01 m² (whole numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pulp

from tests.oracles.songjiang_tables import MONEY, PLAN, SHARES, Option, Task

Sum = pulp.LpAffineExpression
BIG = 20_000_000
STAGES = ("three-highs", "two-zones", "demonstration", "settled", "wishes", "balance")


@dataclass(frozen=True)
class Found:
    """Value of each stage (household-years, points, fen) and the number of homes or areas of every variable above 0."""

    values: dict[str, int]
    moves: list[Option]
    amounts: dict[tuple[Any, ...], int]


def whole(name: str, keys: Iterable[Any], most: int | Mapping[Any, int]) -> dict[Any, pulp.LpVariable]:
    """Whole-number variables by key."""
    keys = list(keys)
    return {
        key: pulp.LpVariable(f"{name}_{i}", 0, most if isinstance(most, int) else most[key], pulp.LpInteger)
        for i, key in enumerate(keys)
    }


class Formulation:
    """All clauses over variables ``x`` (one an option) and the amounts."""

    def __init__(self, task: Task, choices: Mapping[int, int] | None = None) -> None:
        """``choices``: option number → 0 or 1 where the moves are already decided."""
        self.task, self.p = task, task.p
        self.model = pulp.LpProblem("songjiang", pulp.LpMaximize)
        every = range(len(task.options))
        self.x: dict[int, Any] = whole("x", every, 1) if choices is None else dict(choices)
        self.variables()
        self.clauses()

    def variables(self) -> None:
        """Amounts by key."""
        task = self.task
        towns, south = list(task.towns), [t for t, r in task.towns.items() if r.side == "south"]
        points = [s for s, r in task.sites.items() if r.kind == "settlement"]
        self.built = whole(
            "built", [(r.site, r.home_type) for r in task.rows["site_homes"]],
            {(r.site, r.home_type): int(r.homes) for r in task.rows["site_homes"]},
        )  # fmt: skip
        self.cleared = whole("cleared", [(h, y) for h in task.hamlets for y in PLAN], 1)
        self.borrowed = whole("borrowed", [(t, y) for t in towns for y in PLAN], BIG)
        self.returned = whole("returned", [(t, y) for t in towns for y in MONEY], BIG)
        self.stored = whole("stored", [(t, y) for t in south for y in MONEY], BIG)
        limit = {(r.south, r.north): int(100 * Fraction(r.limit)) for r in task.rows["links"]}
        self.price = {(r.south, r.north): Fraction(r.price) / 1_000_000 for r in task.rows["links"]}
        self.linked = whole(
            "linked", [(*k, y) for k in limit for y in MONEY], {(*k, y): v for k, v in limit.items() for y in MONEY}
        )
        back = [t for t, r in task.towns.items() if r.land_income_returns == "是"]
        self.mainly, self.bonus = whole("mainly", back, 1), whole("bonus", [(t, y) for t in back for y in PLAN], 10**6)
        self.on_time = whole("on_time", towns, 1)
        self.reward = whole("reward", [(t, m) for t in towns for m in ("town", "settlement")], 10**6)
        self.quarter, self.saved = (
            whole("quarter", points, 1),
            whole("saved", [(s, y) for s in points for y in PLAN], BIG),
        )
        received = {int(r.year): int(r.received) for r in task.rows["new_town_fund"]}
        keys = [(y, t, a) for y in received for t in towns for a in ("inside", "outside")]
        self.grant = whole("grant", keys, {k: received[k[0]] for k in keys})
        self.other = whole("other", received, {int(r.year): int(r.other_inside) for r in task.rows["new_town_fund"]})

    def taken(self, value: Callable[[Option], Any], where: Callable[[Option], bool] = lambda o: True) -> Sum:
        """Σ value over the options taken."""
        total = Sum()
        for number, option in enumerate(self.task.options):
            if where(option):
                total += float(value(option)) * self.x[number]
        return total

    def require(self, condition: Any) -> None:
        """One row; a row without variables is decided at once."""
        if isinstance(condition, pulp.LpConstraint) and len(condition) == 0:
            good = {pulp.LpConstraintLE: condition.constant <= 1e-7, pulp.LpConstraintGE: condition.constant >= -1e-7}
            if not good[condition.sense]:
                self.model += pulp.LpVariable("never", 0, 0) >= 1
            return
        self.model += condition

    def clauses(self) -> None:
        """Every clause that joins options."""
        self.households()
        self.homes()
        self.hamlets()
        self.quota()
        self.land_saving()
        self.bonus_and_reward()
        self.fund()
        for town in self.task.towns:
            for year in MONEY:
                self.require(self.money(town, range(MONEY[0], year + 1)) >= 0)
            if self.task.towns[town].side == "north":
                self.north_balance(town)

    def households(self) -> None:
        """SJ-01, SJ-02, SJ-05."""
        p, mine = self.p, {}
        for number, option in enumerate(self.task.options):
            mine.setdefault(option.household, []).append(self.x[number])
        for options in mine.values():
            self.require(pulp.lpSum(options) + 0 * Sum() <= 1)
        everybody, into_town = self.taken(lambda o: 1), self.taken(lambda o: 1, lambda o: o.mode == "town")
        self.require(self.taken(lambda o: 1, lambda o: o.year <= 2022) >= int(p.target_2022))
        self.require(everybody >= int(p.target_2025))
        self.require(100 * into_town - int(p.share_from) * everybody >= 0)
        self.require(100 * into_town - int(p.share_to) * everybody <= 0)

    def homes(self) -> None:
        """SJ-12: whole homes, within what is built, within the site's capacity."""
        for (site, kind), built in self.built.items():
            self.require(self.taken(lambda o, k=kind: o.homes.count(k), lambda o, s=site: o.site == s) - built <= 0)
        for site, row in self.task.sites.items():
            area = [float(self.task.types[k].area) * b for (s, k), b in self.built.items() if s == site]
            if area:
                self.require(pulp.lpSum(area) <= float(row.capacity))

    def hamlets(self) -> None:
        """SJ-21: cleared once, and only where every member has gone by then."""
        for hamlet, members in self.task.members.items():
            self.require(pulp.lpSum(self.cleared[hamlet, y] for y in PLAN) <= 1)
            for year in PLAN:
                for member in members:
                    gone = self.taken(lambda o: 1, lambda o, m=member, y=year: o.household == m and o.year <= y)
                    self.require(gone - self.cleared[hamlet, year] >= 0)

    def land(self, town: str, until: int) -> Sum:
        """0.01 m² regained by the end of a year: a year after clearing."""
        return pulp.lpSum(
            int(100 * Fraction(self.task.hamlets[h].land)) * v
            for (h, y), v in self.cleared.items()
            if self.task.town_of(h) == town and y + 1 <= until
        )

    def flow(self, variables: Mapping[Any, Any], until: int, which: Callable[[Any], bool], last: int = -1) -> Sum:
        """Σ of variables whose year (``last`` in the key) is not later than ``until``."""
        return pulp.lpSum(v for k, v in variables.items() if k[last] <= until and which(k))

    def quota(self) -> None:
        """SJ-06 and SJ-07: stock of land quota, turnover quota borrowed and returned within five years, linking."""
        for town, row in self.task.towns.items():
            own = lambda k, t=town: k[0] == t  # noqa: E731
            start = int(100 * Fraction(row.quota))
            for year in MONEY:
                uses = self.taken(lambda o: o.quota, lambda o, t=town, y=year: o.town == t and o.year <= y)
                bought = self.flow(self.linked, year, lambda k, t=town: k[1] == t)
                sold = self.flow(self.linked, year, own) + self.flow(self.stored, year, own)
                debt = self.flow(self.borrowed, year, own) - self.flow(self.returned, year, own)
                self.require(start + self.land(town, year) + debt + bought - sold - uses >= 0)
                self.require(debt >= 0)
                self.require(self.flow(self.returned, year, own) - self.flow(self.borrowed, year - 5, own) >= 0)
                if year in PLAN:
                    for_sites = self.taken(
                        lambda o: o.quota,
                        lambda o, t=town, y=year: o.town == t and o.year == y and o.kind == "town" and o.farmland,
                    )
                    self.require(self.borrowed[town, year] - for_sites <= 0)
            end = MONEY[-1] + 1
            surplus = self.land(town, end) + self.flow(self.linked, end, lambda k, t=town: k[1] == t)
            spent = self.flow(self.linked, end, own) + self.flow(self.stored, end, own)
            self.require(start + surplus - spent - self.taken(lambda o: o.quota, lambda o, t=town: o.town == t) >= 0)
        limits = {int(r.year): int(100 * Fraction(r.limit)) for r in self.task.rows["turnover"]}
        for year in MONEY:
            out = self.flow(self.borrowed, year, lambda k: True) - self.flow(self.returned, year, lambda k: True)
            self.require(out <= limits.get(year, 0))

    def land_saving(self) -> None:
        """SJ-15: a settlement point that saves a quarter has its saved land subsidised."""
        for site, met in self.quarter.items():
            here = lambda o, s=site: o.site == s and o.mode == "settlement"  # noqa: E731
            self.require(self.taken(lambda o: o.quarter, here) + BIG * (1 - met) >= 0)
            for year in PLAN:
                self.require(self.saved[site, year] - BIG * met <= 0)
                saving = self.taken(lambda o: o.saving, lambda o, h=here, y=year: h(o) and o.year == y)
                self.require(self.saved[site, year] - saving <= 0)

    def bonus_and_reward(self) -> None:
        """SJ-09: half into town; SJ-19: the town's target by 2022."""
        most = len(self.task.households)
        for town, met in self.mainly.items():
            into = self.taken(lambda o: 1, lambda o, t=town: o.town == t and o.mode == "town")
            rest = self.taken(lambda o: 1, lambda o, t=town: o.town == t and o.mode != "town")
            self.require(into - rest + most * (1 - met) >= 0)
            for year in PLAN:
                self.require(self.bonus[town, year] - most * met <= 0)
                moved = self.taken(
                    lambda o: 1, lambda o, t=town, y=year: o.town == t and o.kind == "town" and o.year == y
                )
                self.require(self.bonus[town, year] - moved <= 0)
        for town, met in self.on_time.items():
            early = self.taken(lambda o: 1, lambda o, t=town: o.town == t and o.year <= 2022)
            self.require(early - int(self.task.towns[town].target_2022) * met >= 0)
            for mode in ("town", "settlement"):
                moved = self.taken(
                    lambda o: 1, lambda o, t=town, m=mode: o.town == t and o.mode == m and o.year <= 2022
                )
                self.require(self.reward[town, mode] - moved <= 0)
                self.require(self.reward[town, mode] - most * met <= 0)

    def fund(self) -> None:
        """SJ-20: within what is received, at least half inside the new town, inside within that work's cost."""
        for row in self.task.rows["new_town_fund"]:
            year, received = int(row.year), int(row.received)
            grants = {k: v for k, v in self.grant.items() if k[0] == year}
            inside = pulp.lpSum(v for k, v in grants.items() if k[2] == "inside") + self.other[year]
            self.require(pulp.lpSum(grants.values()) + self.other[year] <= received)
            self.require(2 * inside >= received)
            for town in self.task.towns:
                work = self.instalments(lambda o: o.cost, year, lambda o, t=town: o.town == t and o.new_town)
                self.require(self.grant[year, town, "inside"] - work <= 0)

    def instalments(self, value: Callable[[Option], Fraction], year: int, where: Callable[[Option], bool]) -> Sum:
        """What falls in one year of amounts paid 30/50/20 from the year of approval (SJ-10)."""
        total = Sum()
        for after, share in SHARES.items():
            total += self.taken(lambda o, s=share: s * value(o), lambda o, a=after: where(o) and o.year + a == year)
        return total

    def money(self, town: str, years: range) -> Sum:
        """SJ-03: a town's money over some years, 万元."""
        p, own = self.p, lambda o: o.town == town
        total = Sum()
        total += sum(
            float(Fraction(r.capacity))
            for r in self.task.rows["town_budgets"]
            if r.town == town and int(r.year) in years
        )
        for year in years:
            total += self.instalments(lambda o: o.city + o.district - o.cost, year, own)
            total += self.taken(lambda o: -o.exit_payment - o.compensation, lambda o, y=year: own(o) and o.year == y)
            total += self.taken(lambda o: o.land_income, lambda o, y=year: own(o) and o.year + 1 == y)
            total += self.taken(lambda o: o.excess_payment, lambda o, y=year: own(o) and o.year + 2 == y)
        total += pulp.lpSum(float(p.bonus_town) * v for (t, y), v in self.bonus.items() if t == town and y in years)
        for mode, rate in (("town", p.reward_town), ("settlement", p.reward_settlement)):
            total += float(2 * rate) * self.reward[town, mode] * (2023 in years)  # the city's and the district's match
        saving = float(p.land_saving_settlement) / 100
        total += pulp.lpSum(
            saving * v for (s, y), v in self.saved.items() if self.task.sites[s].town == town and y + 2 in years
        )
        total += pulp.lpSum(v for (y, t, _), v in self.grant.items() if t == town and y in years)
        total += pulp.lpSum(
            float(p.store_price) / 100 * v for (t, y), v in self.stored.items() if t == town and y in years
        )
        for (south, north, y), v in self.linked.items():
            if y in years and town in (south, north):
                total += float(self.price[south, north]) * v * (1 if town == south else -1)
        if self.task.towns[town].side == "north":
            total += self.own_linking(town, [y - 1 for y in years])
        return total

    def own_linking(self, town: str, years: Iterable[int]) -> Sum:
        """SJ-08: a northern town's land regained, cleared in ``years``, at its value."""
        worth = self.p.north_land_value
        return pulp.lpSum(
            float(worth * Fraction(self.task.hamlets[h].land)) * v
            for (h, y), v in self.cleared.items()
            if self.task.town_of(h) == town and y in years
        )

    def north_balance(self, town: str) -> None:
        """SJ-08: a northern town's linking project balances its own money over all years."""
        own = self.taken(
            lambda o: o.city + o.district + o.land_income - o.cost - o.exit_payment - o.compensation + o.excess_payment,
            lambda o: o.town == town,
        )
        bonus = pulp.lpSum(float(self.p.bonus_town) * v for (t, _), v in self.bonus.items() if t == town)
        self.require(own + bonus + self.own_linking(town, PLAN) >= 0)

    def goal(self, stage: str) -> Sum:
        """The objective of a stage."""
        classes = {"three-highs": 1, "two-zones": 2, "demonstration": 3}
        if stage in classes:
            return self.taken(lambda o: o.years, lambda o: o.priority == classes[stage])
        if stage == "settled":
            return self.taken(lambda o: o.years)
        if stage == "wishes":
            return self.taken(lambda o: o.points)
        # What falls after the last money year is nothing here: the latest payment is two years after 2025.
        return pulp.lpSum(self.money(town, MONEY) for town in self.task.towns)

    def solve(self, goal: Any) -> bool:
        """Maximise; whether there is a legal plan."""
        self.model.setObjective(goal)
        self.model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=1e-9))
        return self.model.status == pulp.LpStatusOptimal


def optimum(task: Task) -> Found | None:
    """All stages in order, each kept for the next; the last one over the amounts alone, with the moves as they are."""
    form = Formulation(task)
    values = {}
    for stage in STAGES[:-1]:
        if not form.solve(form.goal(stage)):
            return None
        values[stage] = round(pulp.value(form.goal(stage)))
        form.model += form.goal(stage) >= values[stage]
    chosen = {number: round(v.value()) for number, v in form.x.items()}
    last = Formulation(task, chosen)
    if not last.solve(last.goal(STAGES[-1])):
        return None
    values[STAGES[-1]] = round(1_000_000 * pulp.value(last.goal(STAGES[-1])))
    return Found(values, [task.options[n] for n, v in chosen.items() if v], {})
