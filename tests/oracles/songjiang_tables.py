"""Songjiang tables and parameters for the oracles, read straight from the files: nothing of ``optimizer`` is used.

Money in 万元 (as Fraction where it must be exact), areas in 0.01 m², so that all areas are whole.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

MODEL = Path(__file__).parents[2] / "models" / "songjiang.toml"
PLAN, MONEY = range(2019, 2026), range(2019, 2028)
SHARES = {0: Fraction(30, 100), 1: Fraction(50, 100), 2: Fraction(20, 100)}  # SJ-10, and cost of building (SJ-03)
TABLES = [
    "towns",
    "villages",
    "hamlets",
    "households",
    "sites",
    "home_types",
    "site_homes",
    "consents",
    "town_budgets",
    "new_town_fund",
    "turnover",
    "links",
]


@dataclass(frozen=True)
class Option:
    """One way to settle one household: money in 万元, areas in 0.01 m²."""

    household: str
    hamlet: str
    town: str
    south: bool
    mode: str
    site: str
    year: int
    homes: tuple[str, ...]
    kind: str
    rank: int
    priority: int
    city: Fraction
    district: Fraction
    cost: Fraction
    exit_payment: Fraction
    compensation: Fraction
    land_income: Fraction
    excess_payment: Fraction
    quota: int
    saving: int
    quarter: int
    new_town: bool
    farmland: bool
    returns: bool

    @property
    def years(self) -> int:
        """Years settled by the end of 2025."""
        return 2026 - self.year

    @property
    def points(self) -> int:
        """SJ-13: wish points × years."""
        return (20 - self.rank - (10 if self.kind == "estate" else 0)) * self.years


class Task:
    """Tables by name, parameters ``p`` in 万元, m², persons or plain numbers, and every option."""

    def __init__(self, folder: Path) -> None:
        self.tables = {name: pd.read_csv(folder / f"{name}.csv", keep_default_na=False, dtype=str) for name in TABLES}
        settings = tomllib.loads((folder / "instance.toml").read_text(encoding="utf-8")).get("parameters", {})
        listed = tomllib.loads(MODEL.read_text(encoding="utf-8"))["parameter"]
        given = {p["id"]: Fraction(str(settings.get(p["id"], p["value"]))) for p in listed}
        yuan = {p["id"] for p in listed if p["unit"] == "yuan"}
        self.p = SimpleNamespace(**{k: v / 10_000 if k in yuan else v for k, v in given.items()})
        self.index()
        self.options = list(self.every_option())

    def index(self) -> None:
        """Rows by key."""
        rows = {n: [SimpleNamespace(**r) for r in f.to_dict("records")] for n, f in self.tables.items()}
        self.rows = rows
        self.towns = {r.town: r for r in rows["towns"]}
        self.villages = {r.village: r for r in rows["villages"]}
        self.hamlets = {r.hamlet: r for r in rows["hamlets"]}
        self.sites = {r.site: r for r in rows["sites"]}
        self.types = {r.home_type: r for r in rows["home_types"]}
        self.households = {r.household: r for r in rows["households"]}
        self.members: dict[str, list[str]] = {}
        for r in rows["households"]:
            self.members.setdefault(r.hamlet, []).append(r.household)

    def town_of(self, hamlet: str) -> str:
        """The hamlet's town."""
        return str(self.villages[self.hamlets[hamlet].village].town)

    def priority(self, hamlet: str) -> int:
        """SJ-04: three highs, two zones, demonstration villages and scattered small hamlets, the others."""
        h = self.hamlets[hamlet]
        small = h.planned_point == "否" and len(self.members[hamlet]) < self.p.small_hamlet
        if h.three_highs == "是":
            return 1
        if h.two_zones == "是":
            return 2
        return 3 if self.villages[h.village].demonstration == "是" or small else 4

    def every_option(self) -> Iterator[Option]:
        """SJ-05, SJ-11 … SJ-17: what each household consents to and may have, in every year and mix of homes."""
        for consent in self.rows["consents"]:
            household = self.households[consent.household]
            first = int(self.sites[consent.site].ready) if consent.site else PLAN[0]
            for homes in self.mixes(household, consent):
                for year in range(first, PLAN[-1] + 1):
                    yield self.option(household, consent, homes, year)

    def mixes(self, household: SimpleNamespace, consent: SimpleNamespace) -> list[tuple[str, ...]]:
        """Every legal set of homes: flats up to 20 m² over the entitlement, or one plot."""
        site = self.sites.get(consent.site)
        own = self.town_of(household.hamlet)
        if consent.mode == "exit":
            return [()] if household.other_home == "是" else []
        if site.kind != "estate" and site.town != own:
            return []
        use = "plot" if consent.mode == "settlement" else "flat"
        offered = [
            r.home_type
            for r in self.rows["site_homes"]
            if r.site == consent.site and self.types[r.home_type].use == use and int(r.homes) > 0
        ]
        if consent.mode == "settlement":
            most = self.p.footprint_small if int(household.persons) <= 5 else self.p.footprint_large
            legal = [(t,) for t in offered if Fraction(self.types[t].footprint) <= most]
            return legal if household.qualifies == "是" else []
        limit = self.entitled(household) + self.p.area_over
        several = [c for n in (1, 2, 3) for c in combinations_with_replacement(sorted(offered), n)]
        return [c for c in several if sum(Fraction(self.types[t].area) for t in c) <= limit]

    def entitled(self, household: SimpleNamespace) -> Fraction:
        """SJ-11: 180 m² up to four persons, 20 m² for each further one."""
        return self.p.area_base + self.p.area_step * max(0, int(household.persons) - self.p.area_persons)

    def option(self, r: SimpleNamespace, consent: SimpleNamespace, homes: tuple[str, ...], year: int) -> Option:
        """Money and land of one option (SJ-08, SJ-09, SJ-11, SJ-14, SJ-15, SJ-17, SJ-18)."""
        p, mode = self.p, consent.mode
        hamlet = self.hamlets[r.hamlet]
        town = self.town_of(r.hamlet)
        south, site = self.towns[town].side == "south", self.sites.get(consent.site)
        homestead = Fraction(r.homestead)
        area = sum((Fraction(self.types[t].area) for t in homes), Fraction(0))
        excess = max(Fraction(0), area - self.entitled(r)) if mode == "town" else Fraction(0)
        exit_grant = homestead * 3 / 2000 * p.exit_city_land + p.infrastructure_town
        rate = p.exit_farm if r.farm == "是" else p.exit_non_farm
        other_village = mode == "settlement" and site.village != hamlet.village
        uses = site is not None and site.kind in ("town", "settlement")
        return Option(
            household=r.household, hamlet=r.hamlet, town=town, south=south, mode=mode, site=consent.site, year=year,
            homes=homes, kind=site.kind if site else "", rank=int(consent.rank), priority=self.priority(r.hamlet),
            city={"town": p.city_town, "settlement": p.city_settlement, "exit": exit_grant}[mode],
            district={"town": p.district_town * south, "settlement": p.district_settlement, "exit": exit_grant}[mode],
            cost=area * Fraction(site.cost) / 10_000 if site else Fraction(0),
            exit_payment=homestead * rate + Fraction(r.residual) / 10_000 if mode == "exit" else Fraction(0),
            compensation=area * p.village_compensation if other_village else Fraction(0),
            land_income=area * Fraction(site.land_income) / 10_000 if site and site.kind == "town" else Fraction(0),
            excess_payment=excess * p.excess_price,
            quota=int(area * Fraction(site.quota_use)) if uses else 0,
            saving=int(100 * (homestead - area)) if mode == "settlement" else 0,
            quarter=int(300 * homestead - 400 * area) if mode == "settlement" else 0,
            new_town=hamlet.new_town == "是", farmland=site is not None and site.farmland == "是",
            returns=self.towns[town].land_income_returns == "是",
        )  # fmt: skip
