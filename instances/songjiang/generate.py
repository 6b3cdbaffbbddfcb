"""Generate a Songjiang instance of any size: ``python generate.py --households 14000 --seed 1 --out DIR``.

Public: names and sides of the eleven towns, the six towns of SJ-09, the numbers of the policy (2022-03-15).
Assumed: standards that the document leaves to the city and the district (they stand in the policy file).
Generated: all the rest. No real village, hamlet, household, site or budget is described; the towns' positions
are approximate. The same seed gives the same tables. Needs numpy, pandas and networkx, nothing of the project.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Names = npt.NDArray[np.object_]

FULL = 14_000  # households of the district in the bundled instance
YEARS = range(2019, 2028)
LAST_GRANT = 2025
STEP = 5  # homesteads are approved in steps of 5 m²
HOME = 190  # m² of floor area that a household takes in the mean
PLOT = 180  # m² of a plot in the mean
RETURNS = ("石湖荡", "新浜", "泖港", "叶榭", "车墩", "佘山")  # SJ-09
NEW_TOWN = ("车墩", "佘山", "小昆山", "洞泾")


@dataclass(frozen=True)
class Town:
    """One town: its side, share of the households, approximate place in km, and how many sites of each kind."""

    name: str
    side: str
    weight: float
    place: tuple[float, float]
    bases: int
    points: int
    estates: int


TOWNS = (
    Town("泖港", "south", 0.18, (11.5, 4.5), 2, 4, 0),
    Town("石湖荡", "south", 0.12, (7.5, 6.5), 2, 4, 0),
    Town("新浜", "south", 0.16, (1.0, 1.0), 2, 4, 0),
    Town("叶榭", "south", 0.20, (25.0, 3.5), 3, 4, 0),
    Town("车墩", "north", 0.12, (25.0, 10.0), 2, 3, 1),
    Town("佘山", "north", 0.09, (13.5, 20.0), 1, 2, 1),
    Town("小昆山", "north", 0.06, (6.5, 12.0), 1, 1, 0),
    Town("泗泾", "north", 0.02, (20.0, 22.0), 1, 0, 1),
    Town("洞泾", "north", 0.02, (20.0, 18.0), 1, 0, 1),
    Town("新桥", "north", 0.015, (25.0, 16.5), 1, 0, 0),
    Town("九亭", "north", 0.015, (26.0, 23.0), 1, 0, 1),
)
SMALL_TOWNS = (Town("泖港", "south", 0.7, (11.5, 4.5), 1, 2, 1), Town("车墩", "north", 0.3, (25.0, 10.0), 1, 0, 0))
SMALL = 150  # below this many households there are two towns
MIDDLE = 600  # below this many, five: those with the most households

HOME_TYPES = (
    *((f"F{area}", "flat", area, 0) for area in (60, 75, 80, 90, 100, 105, 120)),
    *((f"P{footprint}", "plot", 2 * footprint, footprint) for footprint in (80, 90, 100)),
)
FLATS = (("F60", "F75", "F90", "F120"), ("F60", "F80", "F100", "F120"), ("F75", "F90", "F105", "F120"))
PLOTS = ("P80", "P90", "P100")


@dataclass(frozen=True)
class Knobs:
    """How tight an instance is. More room, money or quota: looser. Shares run from 0 to 1."""

    # who may move
    signed: float = 0.52  # hamlets where everybody consents
    consents_elsewhere: float = 0.58  # households that consent in the other hamlets
    equal_cases: float = 0.07  # households that equal the one before them (public lottery)
    qualifies: float = 0.80  # households that qualify for a homestead (SJ-14)
    other_home: float = 0.22  # households with another home (SJ-17)
    # what those who consent agree to
    wants_town: float = 0.86
    wants_second_base: float = 0.15  # of these, a second town site where there is one
    wants_estate: float = 0.20
    wants_settlement: float = 0.45  # of those who qualify
    wants_exit: float = 0.32  # of those with another home
    # priority classes, shares of hamlets (demonstration: of villages; new town: of hamlets of its towns)
    three_highs: float = 0.12
    two_zones: float = 0.12
    demonstration: float = 0.10
    planned_point: float = 0.62
    new_town: float = 0.60
    # room: households that the sites can hold, as a share of the town's (estates: the district's) households
    town_room: float = 0.64
    settlement_room: float = 0.30
    estate_room: float = 0.14
    homes_over: float = 1.35  # homes of all types a site may hold, against its capacity
    early_ready: tuple[int, ...] = (2019, 2023, 2019)  # ready years of a town's first, third, … site of a kind
    late_ready: tuple[int, ...] = (2023, 2024, 2024)  # of its second, fourth, …
    # money: yuan a m²; 万元 a household and year
    cost_south: tuple[int, int] = (5400, 6300)
    cost_north: tuple[int, int] = (6000, 6700)
    cost_estate: int = 6900
    cost_point: tuple[int, int] = (800, 1400)
    income_south: tuple[int, int] = (500, 1200)
    income_gap_north: tuple[int, int] = (1100, 1500)  # how far land-sale income stays below cost
    budget_early: float = 4.2  # a town's own money, 2019–2022
    budget_late: float = 4.6  # 2023–2027
    fund: float = 0.30  # new-town fund, 2019–2025, over all households of the district
    fund_other: float = 0.20  # of it, most for other work inside the new town
    # land quota, m² a household
    quota_south: float = 75.0  # in hand at the start
    quota_north: float = 15.0  # the less, the more is bought from the south (SJ-06) or borrowed (SJ-07)
    turnover: float = 25.0  # outstanding at a time, whole district
    link: float = 4.0  # a year between two towns
    use_base: tuple[int, int] = (45, 66)  # quota used, % of floor area
    use_point: tuple[int, int] = (55, 96)  # % of plot land
    # targets
    town_target: float = 0.33  # a town's 2022 target (SJ-19), share of its households


LOOSE = Knobs(
    signed=0.6, consents_elsewhere=0.75, town_room=0.9, settlement_room=0.5, early_ready=(2019,), late_ready=(2021,),
    budget_early=8.0, budget_late=9.0,
)  # fmt: skip
"""For a few dozen households: each weighs so much that the usual knobs leave no legal plan."""


def yes(values: Bools) -> Names:
    """是 / 否."""
    return np.where(values, "是", "否").astype(object)


def codes(letter: str, count: int) -> Names:
    """G0001 …, as wide as the count needs."""
    width = str(max(3, len(str(count))))
    digits = np.char.zfill(np.arange(1, count + 1).astype(str), int(width))
    return np.char.add(letter, digits).astype(object)


def portions(total: int, weights: npt.NDArray[np.float64]) -> Ints:
    """``total`` in whole parts as near to ``weights`` as can be (largest remainders)."""
    exact = weights / weights.sum() * total
    parts = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: total - parts.sum()]] += 1
    return parts


def bounded(total: int, wanted: npt.NDArray[np.float64], low: int, high: int) -> Ints:
    """Whole sizes near ``wanted`` within low … high that add up to ``total``."""
    sizes = np.clip(np.rint(wanted), low, high).astype(np.int64)
    while (gap := total - int(sizes.sum())) != 0:
        free = np.flatnonzero(sizes < high if gap > 0 else sizes > low)
        sizes[free[: abs(gap)]] += np.sign(gap)
    return sizes


class Draft:
    """The tables of one instance, made in order from one random stream."""

    def __init__(self, households: int, seed: int, knobs: Knobs) -> None:
        self.random = np.random.default_rng(seed)
        self.knobs, self.total = knobs, households
        towns = SMALL_TOWNS if households < SMALL else TOWNS[:1] + TOWNS[2:6] if households < MIDDLE else TOWNS
        self.towns = towns
        self.name = np.array([t.name for t in towns], dtype=object)
        self.share = portions(households, np.array([t.weight for t in towns]))
        self.mean, self.low, self.high = (5.0, 3, 7) if households < SMALL else (15.5, 3, 60)
        self.tables: dict[str, pd.DataFrame] = {}
        self.villages()
        self.people()
        self.hamlets()
        self.sites()
        self.consents()
        self.roads()
        self.money()

    def some(self, count: int, share: float) -> Bools:
        """A random choice of exactly that share of ``count`` (at least one)."""
        taken = np.zeros(count, dtype=np.bool_)
        taken[self.random.permutation(count)[: max(1, round(share * count))]] = True
        return taken

    # ------------------------------------------------------------ places and people

    def villages(self) -> None:
        """Villages and hamlets of every town, with the number of households in each hamlet."""
        size, village_of, town_of = [], [], []
        for t, share in enumerate(self.share.tolist()):
            hamlets = min(max(round(share / self.mean), -(-share // self.high)), max(1, share // self.low))
            most = min(max(round(hamlets / 9), 2 if self.total < SMALL and t == 0 else 1), hamlets)
            drawn = self.low + self.random.gamma(1.8, (self.mean - self.low) / 1.8, hamlets)
            size.append(bounded(share, drawn * share / drawn.sum(), self.low, self.high))
            others = self.random.integers(0, most, hamlets - most)
            village_of.append(np.sort(np.append(np.arange(most), others)) + len(town_of))
            town_of += [t] * most
        self.size = np.concatenate(size)
        self.village_of, self.town_of_village = np.concatenate(village_of), np.array(town_of, dtype=np.int64)
        self.town_of_hamlet = self.town_of_village[self.village_of]
        number = pd.Series(self.town_of_village).groupby(self.town_of_village).cumcount().to_numpy() + 1
        width = max(2, len(str(number.max())))
        digits = np.char.zfill(number.astype(str), width).astype(object)
        self.village = self.name[self.town_of_village] + digits + "村"
        side = np.array([t.side for t in self.towns], dtype=object)
        quota = np.where(side == "south", self.knobs.quota_south, self.knobs.quota_north)
        self.tables["towns"] = pd.DataFrame(
            {
                "town": self.name,
                "side": side,
                "land_income_returns": yes(np.isin(self.name, RETURNS)),
                "target_2022": np.floor(self.share * self.knobs.town_target).astype(np.int64),
                "quota": np.rint(self.share * quota).astype(np.int64),
            }
        )
        flags = yes(self.some(len(self.village), self.knobs.demonstration))
        columns = {"village": self.village, "town": self.name[self.town_of_village], "demonstration": flags}
        self.tables["villages"] = pd.DataFrame(columns)

    def people(self) -> None:
        """households; some are the equal case of the one before them in their hamlet."""
        random, knobs, count = self.random, self.knobs, self.total
        self.hamlet_of = np.repeat(np.arange(len(self.size)), self.size)
        persons = random.choice(np.arange(1, 9), count, p=(0.04, 0.14, 0.27, 0.26, 0.17, 0.08, 0.03, 0.01))
        area = 180 + 14 * persons + random.normal(0, 22, count)
        homestead = (np.clip(np.rint(area / STEP), 180 // STEP, 320 // STEP) * STEP).astype(np.int64)
        farm = random.random(count) < 0.9
        qualifies = random.random(count) < np.where(farm, knobs.qualifies * 1.05, knobs.qualifies * 0.55)
        other = random.random(count) < knobs.other_home
        residual = random.integers(80, 300, count) * 1000
        later = np.flatnonzero(self.hamlet_of[1:] == self.hamlet_of[:-1]) + 1
        self.twin = np.zeros(count, dtype=np.bool_)
        self.twin[later[self.some(len(later), knobs.equal_cases)]] = True
        self.twin[1:] &= ~self.twin[:-1]
        first = np.arange(count) - self.twin
        self.first = first
        self.qualifies, self.other, self.homestead = qualifies[first], other[first], homestead[first]
        self.household = codes("H", count)
        self.tables["households"] = pd.DataFrame(
            {
                "household": self.household,
                "hamlet": codes("G", len(self.size))[self.hamlet_of],
                "persons": persons[first],
                "homestead": self.homestead,
                "farm": yes(farm[first]),
                "qualifies": yes(self.qualifies),
                "other_home": yes(self.other),
                "residual": residual[first],
            }
        )

    def hamlets(self) -> None:
        """hamlets: the flags of SJ-04, the new town, and the land regained once a hamlet is gone."""
        random, knobs, count = self.random, self.knobs, len(self.size)
        homesteads = np.bincount(self.hamlet_of, weights=self.homestead, minlength=count)
        highs = self.some(count, knobs.three_highs)
        zones = np.zeros(count, dtype=np.bool_)
        zones[np.flatnonzero(~highs)] = self.some(int((~highs).sum()), knobs.two_zones)
        near = np.flatnonzero(np.isin(self.name[self.town_of_hamlet], NEW_TOWN))
        new_town = np.zeros(count, dtype=np.bool_)
        new_town[near] = self.some(len(near), knobs.new_town)
        self.tables["hamlets"] = pd.DataFrame(
            {
                "hamlet": codes("G", count),
                "village": self.village[self.village_of],
                "three_highs": yes(highs),
                "two_zones": yes(zones),
                "planned_point": yes(self.some(count, knobs.planned_point)),
                "new_town": yes(new_town),
                "node": codes("NG", count),
                "land": np.rint(homesteads * random.uniform(1.61, 1.99, count)).astype(np.int64),
            }
        )

    # ------------------------------------------------------------ sites and wishes

    def sites(self) -> None:
        """sites, home_types, site_homes: more sites of a kind where there are many more households than usual."""
        scale = (self.total / FULL) ** 0.5 if self.total > FULL else min(1.0, (self.total / 4000) ** 0.5)
        rows = []
        for t, town in enumerate(self.towns):
            for kind, sites in (("town", town.bases), ("settlement", town.points), ("estate", town.estates)):
                count = sites if self.total < SMALL else min(max(1, round(sites * scale)), 999) if sites else 0
                rows += [self.site(kind, t, count, j) for j in range(count)]
        columns = ["title", "kind", "town", "village", "ready", "capacity"]
        frame = pd.DataFrame(rows, columns=[*columns, "cost", "land_income", "quota_use", "farmland"])
        frame.insert(0, "site", codes("S", len(frame)))
        frame.insert(5, "node", codes("NS", len(frame)))
        self.tables["sites"] = frame
        self.tables["home_types"] = pd.DataFrame(HOME_TYPES, columns=["home_type", "use", "area", "footprint"])
        self.tables["site_homes"] = self.site_homes(frame)

    def site(self, kind: str, t: int, count: int, j: int) -> tuple[Any, ...]:
        """One site's row without its codes; ``j``: which of the ``count`` sites of this kind in its town it is."""
        knobs, draw, town = self.knobs, self.random.integers, self.towns[t]
        title = town.name + {"town": "镇区安置基地", "settlement": "居民点", "estate": "大型居住社区"}[kind]
        title += str(j + 1) if count > 1 else ""
        cycle = knobs.early_ready if j % 2 == 0 else knobs.late_ready
        ready = cycle[(t + j // 2) % len(cycle)]
        if kind == "estate":
            estates = sum(other.estates for other in self.towns) * count / town.estates
            room = round(self.total * knobs.estate_room / estates * HOME)
            return title, kind, town.name, "", ready, max(HOME, room), knobs.cost_estate, 0, 0, "否"
        if kind == "settlement":
            villages = np.flatnonzero(self.town_of_village == t)
            village = self.village[villages[(j * len(villages)) // count]]
            room = round(int(self.share[t]) * knobs.settlement_room / count * PLOT)
            cost, use = int(draw(*np.array(knobs.cost_point) // 100)) * 100, int(draw(*knobs.use_point))
            return title, kind, town.name, village, ready, max(PLOT, room), cost, 0, use, "否"
        room = round(int(self.share[t]) * knobs.town_room / count * HOME)
        south = town.side == "south"
        cost = int(draw(*np.array(knobs.cost_south if south else knobs.cost_north) // 100)) * 100
        income = int(draw(*np.array(knobs.income_south if south else knobs.income_gap_north) // 100)) * 100
        farmland = "是" if self.random.random() < 0.8 else "否"
        income = income if south else cost - income
        return title, kind, town.name, "", ready, max(HOME, room), cost, income, int(draw(*knobs.use_base)), farmland

    def site_homes(self, sites: pd.DataFrame) -> pd.DataFrame:
        """Which homes a site can hold and how many of each."""
        area = {name: size for name, _, size, _ in HOME_TYPES}
        rows = []
        for i, (site, kind, capacity) in enumerate(sites[["site", "kind", "capacity"]].itertuples(index=False)):
            types = PLOTS if kind == "settlement" else FLATS[i % len(FLATS)]
            mean = sum(area[h] for h in types) / len(types)
            parts = self.random.dirichlet(np.full(len(types), 6.0)) * self.knobs.homes_over * capacity / mean
            rows += [(site, h, max(2, int(part))) for h, part in zip(types, parts, strict=True)]
        return pd.DataFrame(rows, columns=["site", "home_type", "homes"])

    def consents(self) -> None:
        """consents: hamlets that signed whole, and single households elsewhere; ranks in the order of wishes."""
        random, knobs, count, hamlets = self.random, self.knobs, self.total, len(self.size)
        mean = knobs.consents_elsewhere
        chance = np.where(self.some(hamlets, knobs.signed), 1.0, random.beta(5 * mean, 5 * (1 - mean), hamlets))
        agrees = random.random(count) < chance[self.hamlet_of]
        rural = random.beta(1.4, 1.4, hamlets)[self.hamlet_of]
        settles = agrees & self.qualifies & (random.random(count) < 2 * knobs.wants_settlement * rural)
        exits = agrees & self.other & (random.random(count) < knobs.wants_exit)
        urban = agrees & (random.random(count) < knobs.wants_town)
        settled = self.choose("settlement", settles)
        left = np.ones(count, dtype=np.bool_)
        left[settled["row"]] = False
        urban |= agrees & left & ~exits
        parts = [
            self.choose("town", urban),
            self.choose("town", urban & (random.random(count) < knobs.wants_second_base)),
            self.choose("estate", urban & (random.random(count) < knobs.wants_estate)),
            settled,
            self.choose("exit", exits),
        ]
        wish = pd.concat(parts, ignore_index=True).drop_duplicates(["row", "mode", "site"], ignore_index=True)
        lean = wish["kind"].map({"town": 0.62, "estate": 0.25, "settlement": 0.30, "exit": 0.42}).to_numpy()
        lean = lean + np.where(wish["kind"] == "settlement", 0.5, -0.1) * rural[wish["row"]]
        wish["score"] = -lean - random.uniform(0, 0.35, len(wish))
        self.tables["consents"] = self.ranked(wish)

    def choose(self, kind: str, asks: Bools) -> pd.DataFrame:
        """For each household that asks: one site of the kind in its own town (estates: any), some more popular."""
        rows = np.flatnonzero(asks)
        site = np.full(len(rows), "", dtype=object)
        sites = self.tables["sites"]
        sites = sites[sites["kind"] == kind]
        town = self.town_of_hamlet[self.hamlet_of[rows]]
        for t, name in enumerate(self.name if kind in ("town", "settlement") else ()):
            options = sites.loc[sites["town"] == name, "site"].to_numpy()
            if len(options):
                here = np.flatnonzero(town == t)
                popular = np.sort(self.random.dirichlet(np.full(len(options), 4.0)))[::-1]
                site[here] = options[self.random.choice(len(options), len(here), p=popular)]
        if kind == "estate":
            site = sites["site"].to_numpy()[self.random.integers(0, len(sites), len(rows))]
        frame = pd.DataFrame({"row": rows, "mode": "town" if kind == "estate" else kind, "kind": kind, "site": site})
        return frame if kind == "exit" else frame[site != ""]

    def ranked(self, wish: pd.DataFrame) -> pd.DataFrame:
        """The table, where an equal case has the wishes of the household before it."""
        own = wish[~self.twin[wish["row"]]]
        after = np.append(self.twin[1:], False)[own["row"]]
        wish = pd.concat([own, own[after].assign(row=own.loc[after, "row"] + 1)], ignore_index=True)
        wish = wish.sort_values(["row", "score", "mode", "site"], kind="stable", ignore_index=True)
        wish["rank"] = wish.groupby("row").cumcount() + 1
        wish["household"] = self.household[wish["row"]]
        return wish[["household", "mode", "site", "rank"]]

    # ------------------------------------------------------------ roads and money

    def roads(self) -> None:
        """A connected network: towns to near towns, villages to their town and a neighbour, hamlets and sites on it."""
        random, sites = self.random, self.tables["sites"]
        town = np.array([t.place for t in self.towns]) * 1000
        village = town[self.town_of_village] + random.normal(0, 1800, (len(self.village), 2))
        hamlet = village[self.village_of] + random.normal(0, 500, (len(self.size), 2))
        site_town = pd.Index(self.name).get_indexer(sites["town"])
        site_village = pd.Index(self.village).get_indexer(sites["village"])
        inside = site_village >= 0
        home = np.where(inside[:, None], village[site_village], town[site_town])
        place = home + random.normal(0, 400, (len(sites), 2))
        towns, villages = "C" + self.name, codes("NV", len(self.village))
        parts = [
            self.between(towns, town),
            _road(villages, towns[self.town_of_village], village, town[self.town_of_village]),
            self.neighbours(villages, village),
            _road(codes("NG", len(hamlet)), villages[self.village_of], hamlet, village[self.village_of]),
            _road(sites["node"], np.where(inside, villages[site_village], towns[site_town]), place, home),
        ]
        self.tables["roads"] = pd.concat(parts, ignore_index=True)

    def between(self, names: Names, place: npt.NDArray[np.float64]) -> pd.DataFrame:
        """Roads between towns: a shortest tree, and every pair less than 8 km apart."""
        gap = np.linalg.norm(place[:, None] - place[None], axis=2)
        tree = nx.minimum_spanning_tree(nx.from_numpy_array(gap))
        joined = (nx.to_numpy_array(tree) > 0) | (gap < 8000)
        one, two = np.nonzero(np.triu(joined, 1))
        return _road(names[one], names[two], place[one], place[two])

    def neighbours(self, names: Names, place: npt.NDArray[np.float64]) -> pd.DataFrame:
        """Each village and the nearest one before it in its town."""
        one, two = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        for t in range(len(self.towns)):
            rows = np.flatnonzero(self.town_of_village == t)
            if len(rows) > 1:
                here = place[rows]
                gap = (here[:, None, 0] - here[None, :, 0]) ** 2 + (here[:, None, 1] - here[None, :, 1]) ** 2
                gap[np.triu_indices(len(rows))] = np.inf
                one.append(rows[1:])
                two.append(rows[np.argmin(gap[1:], axis=1)])
        first, second = np.concatenate(one), np.concatenate(two)
        return _road(names[first], names[second], place[first], place[second])

    def money(self) -> None:
        """town_budgets, new_town_fund, turnover, links."""
        random, knobs, total = self.random, self.knobs, self.total
        years = np.array(YEARS)
        lean = random.uniform(0.85, 1.15, len(self.towns)) * self.share
        budget = np.ceil(np.outer(lean, np.where(years <= 2022, knobs.budget_early, knobs.budget_late)))
        self.tables["town_budgets"] = pd.DataFrame(
            {
                "town": np.repeat(self.name, len(years)),
                "year": np.tile(years, len(self.towns)),
                "capacity": budget.astype(np.int64).ravel(),
            }
        )
        received = np.where(years <= LAST_GRANT, int(np.ceil(total * knobs.fund)), 0)
        other = int(np.ceil(total * knobs.fund * knobs.fund_other))
        self.tables["new_town_fund"] = pd.DataFrame({"year": years, "received": received, "other_inside": other})
        self.tables["turnover"] = pd.DataFrame({"year": years, "limit": round(total * knobs.turnover)})
        south = [t.name for t in self.towns if t.side == "south"]
        north = [t.name for t in self.towns if t.side == "north"][:4]
        pairs = pd.DataFrame([(a, b) for a in south for b in north], columns=["south", "north"])
        pairs["price"] = random.integers(8, 14, len(pairs)) * 100
        pairs["limit"] = round(total * knobs.link)
        self.tables["links"] = pairs


def _road(
    one: Any, two: Any, start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], bend: float = 1.25
) -> pd.DataFrame:
    """Roads of whole metres: a little longer than the straight line."""
    length = np.maximum(100, np.rint(np.linalg.norm(start - end, axis=1) * bend)).astype(np.int64)
    return pd.DataFrame({"from": np.asarray(one), "to": np.asarray(two), "length": length})


ORDER = ("towns", "villages", "hamlets", "households", "sites", "home_types", "site_homes", "consents", "roads")


def generate(households: int, seed: int, knobs: Knobs | None = None) -> dict[str, pd.DataFrame]:
    """All tables by name, values in the units of the policy file's columns."""
    if not 20 <= households <= 1_000_000:
        raise SystemExit(f"--households must be from 20 to 1,000,000, not {households}")
    tables = Draft(households, seed, knobs or (LOOSE if households < SMALL else Knobs())).tables
    return {name: tables[name] for name in (*ORDER, *(name for name in tables if name not in ORDER))}


DOCUMENT = "上海市松江区人民政府 2022-03-15《松江区关于进一步统筹城乡高质量发展推进农民相对集中居住的实施意见》"
SOURCES = (
    (
        "11个镇的名称 (names of the eleven towns)",
        "public",
        "松江区行政区划 (administrative division of the district)",
    ),
    (
        "浦南、浦北片区；土地出让净收益返还的六镇 (southern and northern side; the six towns of SJ-09)",
        "public",
        f"浦南、浦北以黄浦江分；六镇见{DOCUMENT}二(一)2(2) (sides by the Huangpu river; six towns in the document)",
    ),
    ("目标户数、面积、金额、比例、年限 (targets, areas, amounts, shares, years of the clauses)", "public", DOCUMENT),
    (
        "按户数缩放的目标 (targets scaled to the number of households)",
        "generated",
        "文件目标×户数÷14000，去尾 (targets of the document × households ÷ 14,000, rounded down)",
    ),
    (
        "市区补贴标准、退出补偿、收储价、超面积房价等 (subsidy standards, exit payments, storing price, …)",
        "assumed",
        "文件留待市、区确定；参数表中标“假定”的各项 (left to the city and district; parameters marked as assumed)",
    ),
    (
        "镇的相对位置、道路长度 (relative places of the towns, lengths of roads)",
        "generated",
        "镇中心位置为近似值，村、自然村、安置点和道路均随机生成 (centres approximate, all else drawn at random)",
    ),
    (
        "村、自然村、农户、意愿 (villages, hamlets, households, consents)",
        "generated",
        "“泖港01村”等为生成名称，不对应任何真实村、自然村或农户 (made-up names; no real village, hamlet or household)",
    ),
    (
        "安置点、大型居住社区、房型、成本 (sites, estates, home types, costs)",
        "generated",
        "名称、位置、规模、年份和成本均为生成 (names, places, sizes, years and costs are made up)",
    ),
    (
        "镇2022年目标、镇财力、新城专项资金、用地指标、跨镇挂钩 (town targets, budgets, fund, land quotas, links)",
        "generated",
        "按户数生成 (made up, in proportion to households)",
    ),
)


def description(households: int, seed: int) -> str:
    """instance.toml: what this is, its targets, and where the numbers come from."""
    targets = (("target_2022", 5000), ("stretch_2022", 6100), ("target_2025", 10_000))
    zh, en = f"松江区农民相对集中居住（{households}户，生成数据）", "Songjiang: villagers' concentrated living"
    lines = [
        "[instance]",
        'name = "songjiang"',
        f'title = {{ zh = "{zh}", en = "{en} ({households} households, generated data)" }}',
        'policy = "songjiang"',
        "generated = true",
        f"seed = {seed}",
        f"households = {households}",
        "",
        "[parameters]",
        *(f"{name} = {households * value // FULL}" for name, value in targets),
    ]
    for what, kind, note in SOURCES:
        lines += ["", "[[source]]", f'what = "{what}"', f'kind = "{kind}"', f'note = "{note}"']
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write one instance folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--households", type=int, default=FULL, help="from 20 to 1,000,000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    chosen = parser.parse_args()
    tables = generate(chosen.households, chosen.seed)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        if chosen.format == "csv":
            frame.to_csv(chosen.out / f"{name}.csv", index=False, lineterminator="\n")
        else:
            frame.to_parquet(chosen.out / f"{name}.parquet", index=False)
    (chosen.out / "instance.toml").write_text(description(chosen.households, chosen.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
