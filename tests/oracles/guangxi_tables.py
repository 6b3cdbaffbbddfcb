"""The Guangxi tables read plainly, and what each option costs: written from the clauses, nothing of ``optimizer`` is used.

Money in yuan, areas in m² (fractions where a percentage makes them so).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pandas as pd

YEARS = (2016, 2017, 2018)
MONEY_YEARS = range(2016, 2021)
WISH = {1: 12, 2: 6, 3: 2}
SUPPORT, AWARD, PERSON, HOUSEHOLD = 6_000, 20_000, 60_000, 200_000


@dataclass(frozen=True)
class Option:
    """A household at a site in a plan year, with its persons, area, money, land and points."""

    household: str
    kind: str
    mode: str
    county: str
    site: str
    site_kind: str
    year: int
    persons: int
    workers: int
    area: int
    home: int
    own: Fraction
    own_mean: Fraction
    cost: Fraction
    works: int
    deducted: Fraction
    land: int
    reclaimed: int
    points: int


class Task:
    """Tables by name, parameters, and every option that the clauses admit."""

    def __init__(self, folder: Path) -> None:
        read = {p.stem: pd.read_csv(p, dtype=str, keep_default_na=False) for p in folder.glob("*.csv")}
        self.rows = {name: frame.to_dict("records") for name, frame in read.items()}
        self.p = tomllib.loads((folder / "instance.toml").read_text(encoding="utf-8"))["parameters"]
        self.counties = {r["county"]: r for r in self.rows["counties"]}
        self.sites = {r["site"]: r for r in self.rows["sites"]}
        self.step = {(r["county"], r["level"]): int(r["amount"]) for r in self.rows["steps"]}
        self.cap = {(r["class"], r["level"]): int(r["cap"]) for r in self.rows["caps"]}
        self.classes = {r["class"]: r for r in self.rows["classes"]}
        self.townships = {r["township"]: r for r in self.rows["townships"]}
        self.households = {r["household"]: r for r in self.rows["households"]}
        made = [self._option(r, year) for r in self.rows["consents"] for year in YEARS]
        self.options = [o for o in made if o is not None]

    def _admits(self, home: dict[str, str], site: dict[str, str], mode: str, year: int) -> bool:
        """GX-01, 02, 06, 07, 09, 11, 17: who may go where and when."""
        township = self.townships[home["township"]]
        early = {"first": 2016, "second": 2017}.get(home["earlier"], year)
        return (
            year >= int(site["ready"])
            and year == early
            and site["county"] == township["county"]
            and home["displaced"] == "否"
            and (home["kind"] == "registered" or township["origin"] == "是")
            and (mode != "county" or int(home["workers"]) >= 1)
            and (site["kind"] != "care" or home["free"] == "是")
            and (home["free"] == "否" or mode in ("town", "village"))
            and int(site["plot"]) <= 80
            and int(site["land"]) <= 100
        )

    def _option(self, consent: dict[str, str], year: int) -> Option | None:
        home, site = self.households[consent["household"]], self.sites[consent["site"]]
        if not self._admits(home, site, consent["mode"], year):
            return None
        county = site["county"]
        klass, persons = self.counties[county]["class"], int(home["persons"])
        area = min(25 * persons, int(site["largest"]))
        cost = area * int(self.counties[county]["unit_cost"])
        registered = home["kind"] == "registered"
        subsidy = self._subsidy(home, county, cost)
        own = cost - subsidy
        agrees = home["agrees"] == "是"
        award = min(Fraction(AWARD), own) if agrees else Fraction(0)
        if registered and (own > persons * self.cap[klass, home["level"]] or cost > HOUSEHOLD):
            return None
        if not registered and subsidy > persons * self.step[county, "1"]:
            return None
        mean = Fraction(persons * int(self.classes[klass]["average"])) if registered else Fraction(0)
        works = persons * int(site["works"])
        return Option(
            consent["household"], home["kind"], consent["mode"], county, consent["site"], site["kind"], year, persons,
            int(home["workers"]), area, cost, own, mean, cost + award + (SUPPORT * persons if registered else 0), works,
            min(Fraction(home["paid"]), subsidy), persons * int(site["land"]), int(home["homestead"]) if agrees else 0,
            persons * (int(home["score"]) * (2019 - year) + WISH[int(consent["rank"])]),
        )  # fmt: skip

    def _subsidy(self, home: dict[str, str], county: str, cost: int) -> Fraction:
        """GX-10 to GX-15."""
        persons = int(home["persons"])
        if home["kind"] == "registered":
            if home["free"] == "是" or home["waiver"] == "是":
                return Fraction(cost)
            return Fraction(min(persons * self.step[county, home["level"]], cost))
        klass = self.counties[county]["class"]
        least = min(int(self.classes[klass]["along_least"]), cost)
        return min(Fraction(80, 100) * persons * self.step[county, "1"], Fraction(cost - least))
