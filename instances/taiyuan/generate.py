"""Generate the Taiyuan instance: ``python generate.py [--seed 1] [--out DIR]``.

Public: the names of the ten districts and counties, the clauses' numbers (2018-02-08), the city's resident population.
Approximate: the counties' resident populations, rounded to thousands so that they add up to the city's. Assumed: registered
population and rates beside the published ones. Generated: all the rest; no real budget, capacity, project or register is
described. The same seed gives the same tables. Needs numpy and pandas, nothing of the project.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

YEARS = (2018, 2019, 2020)
NEW_SHARE = {"long": (0.72, 0.16, 0.12), "new": (0.30, 0.34, 0.36)}  # when people come to wish it, by standing


@dataclass(frozen=True)
class County:
    """One district or county. ``residents``: rounded; the other numbers are made up: share of the residents that wish to settle,
    how much of them schools, homes and health services can take in, and whether it is short of money."""

    name: str
    kind: str
    residents: int
    willing: float
    school: float
    homes: float
    health: float
    poor: bool = False
    service_level: int = 85


COUNTIES = (
    County("小店区", "urban", 862_000, 0.042, 0.72, 1.05, 0.90, service_level=91),
    County("迎泽区", "urban", 608_000, 0.030, 1.05, 1.02, 0.71, service_level=90),
    County("杏花岭区", "urban", 666_000, 0.033, 1.08, 1.10, 0.74, service_level=88),
    County("尖草坪区", "urban", 435_000, 0.036, 1.06, 1.12, 0.79, service_level=83),
    County("万柏林区", "urban", 786_000, 0.038, 1.10, 1.08, 0.68, service_level=87),
    County("晋源区", "urban", 234_000, 0.035, 1.12, 1.15, 0.81, service_level=82),
    County("清徐县", "outer", 350_000, 0.024, 1.20, 1.22, 0.88, service_level=81),
    County("阳曲县", "outer", 122_000, 0.026, 1.22, 1.16, 0.86, poor=True, service_level=78),
    County("娄烦县", "outer", 107_000, 0.022, 1.15, 1.14, 0.83, poor=True, service_level=74),
    County("古交市", "outer", 210_000, 0.028, 1.18, 1.20, 0.92, service_level=80),
)
KINDS = [("urban", 50, 30, 20), ("outer", 60, 30, 30)]
GROUPS = [
    # group, title, school, homes, health (a person), share of the willing, standing
    ("five_years", "在城镇就业居住五年以上的人口", "0.110", "0.170", "1", 0.27, "long"),
    ("families", "举家迁徙的农业转移人口", "0.270", "0.230", "1", 0.19, "long"),
    ("new_generation", "新生代农民工", "0.120", "0.190", "1", 0.15, "long"),
    ("skilled", "技术工人", "0.100", "0.150", "1", 0.10, "new"),
    ("graduates", "高校和职业院校毕业生、留学归国人员", "0.030", "0.160", "1", 0.15, "new"),
    ("students", "农村学生升学进入城镇的人口", "0.010", "0.080", "1", 0.10, "new"),
    ("veterans", "参军进入城镇的人口", "0.060", "0.150", "1", 0.04, "new"),
]
POPULATION = [
    # year, registered, urban registered without this plan, urbanisation rate of residents (%)
    (2017, 3_698_000, 2_918_000, "84.70"),
    (2018, 3_722_000, 2_934_000, "84.88"),
    (2019, 3_746_000, 2_951_000, "85.10"),
    (2020, 3_771_000, 2_968_000, "85.30"),
]
SERVICES = ("school", "homes", "health")
STANDARD = {2018: 1200, 2019: 1260, 2020: 1320}  # yuan a permit holder, as in the policy file


def near(chance: np.random.Generator, value: float, spread: float = 0.08) -> float:
    """``value``, up to ``spread`` more or less."""
    return float(value * chance.uniform(1 - spread, 1 + spread))


def applicants(chance: np.random.Generator) -> pd.DataFrame:
    """Who newly wishes to settle, by county, group, standing, origin and year."""
    rows = []
    for county in COUNTIES:
        outside = near(chance, 0.52 if county.kind == "urban" else 0.28, 0.2)
        for group, _, _, _, _, weight, standing in GROUPS:
            total = near(chance, county.residents * county.willing * weight)
            for origin, share in (("local", 1 - outside), ("outside", outside)):
                of_this = near(chance, total * share)
                for year, part in zip(YEARS, NEW_SHARE[standing], strict=True):
                    rows.append((county.name, group, standing, origin, year, round(of_this * part)))
    frame = pd.DataFrame(rows, columns=["county", "group", "standing", "origin", "year", "willing"])
    return frame.loc[frame["willing"] > 0].reset_index(drop=True)


def services(wishing: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    """Free capacity by county, service and year, as a share of what all the willing would take."""
    use = pd.DataFrame([(g[0], *map(float, g[2:5])) for g in GROUPS], columns=["group", *SERVICES])
    need = wishing.merge(use, on="group")
    rows = []
    for county in COUNTIES:
        own = need.loc[need["county"] == county.name]
        for service in SERVICES:
            whole = float((own["willing"] * own[service]).sum())
            for year, part in zip(YEARS, (0.42, 0.31, 0.27), strict=True):
                rows.append((county.name, service, year, round(near(chance, whole * part * getattr(county, service)))))
    return pd.DataFrame(rows, columns=["county", "service", "year", "places"])


def finance(wishing: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    """Permit holders, absorption, gaps, earlier transfers, thresholds and bonds by county and year; money in 万元."""
    rows = []
    for county in COUNTIES:
        holders = near(chance, county.residents * (0.10 if county.kind == "urban" else 0.05), 0.25)
        absorbed = near(chance, county.residents * (0.024 if county.kind == "urban" else 0.016), 0.25)
        lack = near(chance, 2_600 if county.poor else 1_500, 0.3)  # yuan a permit holder
        before = round(near(chance, county.residents * (0.028 if county.poor else 0.012)))
        basic = round(before * (0.74 if county.poor else near(chance, 0.97, 0.04)))
        asked = near(chance, county.residents * 0.024, 0.3)
        new = wishing.loc[wishing["county"] == county.name].groupby("year")["willing"].sum()
        willing = new.cumsum()
        for number, year in enumerate(YEARS):
            held, taken = round(holders * 1.04**number, -1), round(absorbed * 1.06**number, -1)
            rows.append((
                county.name, year, int(held), int(taken),
                round(held * lack * 1.05**number / 10_000), before, basic, county.service_level,
                round(0.55 * new[year], -1), round(0.05 * willing[year]), round(asked * 1.15),
                round(asked * near(chance, 1.0)),
            ))  # fmt: skip
    columns = ["county", "year", "holders", "absorbed", "gap", "before", "basic", "service_level", "threshold"]
    return pd.DataFrame(rows, columns=[*columns, "reward_most", "debt_room", "bonds_asked"]).astype({"threshold": int})


def pools(money: pd.DataFrame, wishing: pd.DataFrame) -> pd.DataFrame:
    """What the city has to give in each year, short of what is asked; money in 万元, land in m²."""
    rows = []
    for number, year in enumerate(YEARS):
        own = money.loc[money["year"] == year]
        formula = int(own["basic"].sum() + (own["holders"] * STANDARD[year]).sum() // 10_000)
        settling = wishing["willing"].sum() / len(YEARS)
        rows.append((
            year, round(formula * 0.93), round(settling * (0.050, 0.042, 0.028)[number]),
            round(own["bonds_asked"].sum() * 0.72), round(settling * (78, 66, 46)[number], -2),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=["year", "transfers", "reward", "bonds", "land"]).astype(int)


def projects(wishing: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    """Two supporting projects a county; names are codes, sizes and costs made up."""
    cost = {"school": 12, "homes": 8, "health": 1}  # 万元 a place
    rows = []
    for county in COUNTIES:
        people = int(wishing.loc[wishing["county"] == county.name, "willing"].sum())
        wanted = sorted(SERVICES, key=lambda s: getattr(county, s))[:2]
        for service in wanted:
            share = {"school": 0.011, "homes": 0.012, "health": 0.06}[service]
            places = max(20, round(near(chance, people * share, 0.3), -1))
            rows.append(
                (
                    f"P{len(rows) + 1:02d}",
                    county.name,
                    service,
                    places,
                    round(near(chance, places * cost[service], 0.2)),
                )
            )
    return pd.DataFrame(rows, columns=["project", "county", "service", "places", "cost"]).astype({"places": int})


def tables(seed: int = 1) -> dict[str, pd.DataFrame]:
    """All tables by name, values in the units of the policy file's columns."""
    chance = np.random.default_rng(seed)
    wishing = applicants(chance)
    money = finance(wishing, chance)
    before = money.drop_duplicates("county").set_index("county")["before"]
    counties = [(c.name, c.kind, c.residents, "是" if c.poor else "否", before[c.name]) for c in COUNTIES]
    return {
        "kinds": pd.DataFrame(KINDS, columns=["kind", "land_homes", "land_services", "land_industry"]),
        "counties": pd.DataFrame(counties, columns=["county", "kind", "residents", "poor", "before"]),
        "groups": pd.DataFrame([g[:5] for g in GROUPS], columns=["group", "title", *SERVICES]),
        "applicants": wishing,
        "population": pd.DataFrame(POPULATION, columns=["year", "registered", "urban", "resident_rate"]),
        "services": services(wishing, chance),
        "finance": money.drop(columns="before"),
        "pools": pools(money, wishing),
        "projects": projects(wishing, chance),
    }


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables(given.seed).items():
        frame.to_csv(given.out / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
