"""Tiny relocation tasks (one county, two sites, five households) and all of their legal plans, one by one."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

Tables = dict[str, pd.DataFrame]
Option = tuple[str, str, int]
"""Mode, site and year of one household."""
Plan = Mapping[str, Option]

YEARS = (2018, 2019, 2020)
SITES = {"S1": "town", "S2": "village"}
TOML = """[instance]
name = "tiny"
title = { zh = "小例", en = "tiny" }
policy = "relocation"
generated = true

[[source]]
what = "all"
kind = "generated"
note = "random"
"""


def tables(seed: int) -> Tables:
    """Random numbers: homes, costs, wishes and budgets that leave some out."""
    chance = random.Random(seed)
    names = [f"H{n}" for n in range(1, 6)]
    households = [(h, "T1", chance.randint(1, 4), chance.randint(100, 900)) for h in names]
    consents = []
    for h in names:
        sites = chance.sample(list(SITES), chance.choice([1, 2, 2]))
        consents += [(h, SITES[s], s, rank, 1000 * chance.randint(1, 9)) for rank, s in enumerate(sites, start=1)]
    return {
        "provinces": pd.DataFrame({"province": ["P"]}),
        "counties": pd.DataFrame({"county": ["C"], "province": ["P"], "land": [chance.choice([500, 900])]}),
        "townships": pd.DataFrame({"township": ["T1"], "county": ["C"]}),
        "sites": pd.DataFrame(
            [(s, "C", tier, chance.randint(1, 3), 10000 * chance.randint(3, 6), 50) for s, tier in SITES.items()],
            columns=["site", "county", "tier", "homes", "cost", "land"],
        ),
        "households": pd.DataFrame(households, columns=["household", "township", "persons", "need"]),
        "consents": pd.DataFrame(consents, columns=["household", "mode", "site", "rank", "distance"]),
        "county_plans": pd.DataFrame(
            [("C", y, chance.choice([12, 18, 30]), 0) for y in YEARS], columns=["county", "year", "budget", "task"]
        ),
        "province_plans": pd.DataFrame(
            [("P", y, 100, 0) for y in YEARS], columns=["province", "year", "budget", "task"]
        ),
    }


def write(folder: Path, frames: Tables) -> Path:
    """The instance as a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    (folder / "instance.toml").write_text(TOML, encoding="utf-8")
    return folder


class Tiny:
    """One task: what its options are worth and which plans are legal, written apart from the engine."""

    def __init__(self, frames: Tables) -> None:
        self.households = {r.household: r for r in frames["households"].itertuples()}
        self.sites = {r.site: r for r in frames["sites"].itertuples()}
        self.budget = {r.year: 10_000 * r.budget for r in frames["county_plans"].itertuples()}
        self.land = int(frames["counties"]["land"].iloc[0])
        self.wishes = {(r.household, r.mode, r.site): r for r in frames["consents"].itertuples()}

    def options(self, household: str) -> list[Option | None]:
        """Nothing, or a wish in a year."""
        mine = [(m, s, y) for (h, m, s) in self.wishes if h == household for y in YEARS]
        return [None, *mine]

    def points(self, household: str, option: Option) -> int:
        """What a move is worth."""
        person, wish = self.households[household], self.wishes[household, option[0], option[1]]
        worth = person.persons * person.need + 600 - 10 * wish.distance // 1000 - 40 * wish.rank
        return max(1, worth) * (2021 - option[2])

    def value(self, plan: Plan) -> int:
        """What a plan is worth."""
        return sum(self.points(h, o) for h, o in plan.items())

    def legal(self, plan: Plan) -> bool:
        """Homes, money of each year and land."""
        homes, money, land = dict.fromkeys(self.sites, 0), dict.fromkeys(YEARS, 0), 0
        for h, (_, site, year) in plan.items():
            persons = self.households[h].persons
            homes[site] += 1
            money[year] += persons * self.sites[site].cost
            land += persons * self.sites[site].land
        return (
            all(homes[s] <= self.sites[s].homes for s in homes)
            and all(money[y] <= self.budget[y] for y in YEARS)
            and land <= self.land
        )

    def plans(self) -> Iterator[dict[str, Option]]:
        """Every legal plan."""
        names = list(self.households)
        for chosen in itertools.product(*(self.options(h) for h in names)):
            plan = {h: o for h, o in zip(names, chosen, strict=True) if o is not None}
            if self.legal(plan):
                yield plan


def as_plan(moves: pd.DataFrame) -> dict[str, Option]:
    """A plan's table as a mapping."""
    return {str(r.household): (str(r.mode), str(r.site), int(r.year)) for r in moves.itertuples()}
