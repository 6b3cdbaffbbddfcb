"""The small Songjiang instance whose optimum is proven: ``python generate.py [--out DIR]``.

Twenty made-up households in five hamlets of two towns. Places open late and there is one size of flat, so that all plans
can be looked at one by one (``tests/oracles``). Town names, the six towns of SJ-09 and the clauses' numbers are public;
everything else is made up for the proof.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

YEARS = range(2019, 2028)

TOWNS = [("泖港", "south", "是", 0, 700), ("车墩", "north", "是", 3, 150)]
VILLAGES = [("泖港一村", "泖港", "否"), ("泖港二村", "泖港", "是"), ("车墩一村", "车墩", "否")]
HAMLETS = [
    # hamlet, village, three_highs, two_zones, planned_point, new_town, node, land
    ("HA", "泖港一村", "是", "否", "否", "否", "NA", 900),
    ("HB", "泖港一村", "否", "否", "是", "否", "NB", 1500),
    ("HC", "泖港二村", "否", "否", "否", "否", "NC", 800),
    ("HD", "车墩一村", "否", "是", "否", "是", "ND", 1000),
    ("HE", "车墩一村", "否", "否", "是", "是", "NE", 1300),
]
GROUPS = [
    # hamlet, households, persons, homestead, farm, qualifies, other_home, residual, consents (mode, site) in order
    ("HA", 3, 4, 210, "是", "是", "否", 0, [("town", "S1"), ("town", "S5")]),
    ("HB", 3, 4, 260, "是", "是", "否", 0, [("settlement", "S2"), ("town", "S1")]),
    ("HB", 2, 3, 200, "是", "是", "否", 0, []),
    ("HC", 2, 5, 220, "是", "否", "否", 0, [("town", "S1")]),
    ("HC", 1, 2, 180, "否", "否", "是", 60_000, [("exit", "")]),
    ("HD", 4, 4, 200, "是", "是", "否", 0, [("town", "S3"), ("town", "S5")]),
    ("HE", 2, 6, 240, "是", "是", "否", 0, [("town", "S3")]),
    ("HE", 3, 3, 190, "是", "是", "否", 0, []),
]
SITES = [
    # site, title, kind, town, village, node, ready, capacity, cost, land_income, quota_use, farmland
    ("S1", "泖港镇区基地", "town", "泖港", "", "C1", 2024, 900, 7600, 800, 60, "是"),
    ("S2", "泖港一村居民点", "settlement", "泖港", "泖港一村", "NB", 2025, 380, 1000, 0, 90, "否"),
    ("S3", "车墩镇区基地", "town", "车墩", "", "C2", 2022, 900, 7000, 5600, 55, "是"),
    ("S5", "车墩大型居住社区", "estate", "车墩", "", "C2", 2025, 400, 6900, 0, 0, "否"),
]
HOME_TYPES = [("F180", "flat", 180, 0), ("P90", "plot", 180, 90)]
SITE_HOMES = [("S1", "F180", 6), ("S2", "P90", 2), ("S3", "F180", 6), ("S5", "F180", 2)]
ROADS = [
    ("C1", "NA", 2400), ("C1", "NB", 3100), ("C1", "NC", 1800), ("C2", "ND", 2100), ("C2", "NE", 2600), ("C1", "C2", 14000)
]  # fmt: skip
BUDGET = {"泖港": (18, 30), "车墩": (20, 26)}  # 万元 a year: 2019–2022, 2023–2027


def tables() -> dict[str, pd.DataFrame]:
    """All tables by name, values in the units of the policy file's columns."""
    households, consents = [], []
    for hamlet, count, persons, homestead, farm, qualifies, other, residual, wishes in GROUPS:
        for _ in range(count):
            code = f"M{len(households) + 1:02d}"
            households.append((code, hamlet, persons, homestead, farm, qualifies, other, residual))
            consents += [(code, mode, site, rank + 1) for rank, (mode, site) in enumerate(wishes)]
    money = [(town, year, BUDGET[town][year > 2022]) for town, *_ in TOWNS for year in YEARS]
    fund = [(year, 60 if year == 2024 else 0, 10 if year == 2024 else 0) for year in YEARS]
    return {
        "towns": pd.DataFrame(TOWNS, columns=["town", "side", "land_income_returns", "target_2022", "quota"]),
        "villages": pd.DataFrame(VILLAGES, columns=["village", "town", "demonstration"]),
        "hamlets": pd.DataFrame(
            HAMLETS,
            columns=["hamlet", "village", "three_highs", "two_zones", "planned_point", "new_town", "node", "land"],
        ),
        "households": pd.DataFrame(
            households,
            columns=["household", "hamlet", "persons", "homestead", "farm", "qualifies", "other_home", "residual"],
        ),
        "sites": pd.DataFrame(
            SITES,
            columns=[
                "site", "title", "kind", "town", "village", "node", "ready", "capacity", "cost", "land_income",
                "quota_use", "farmland",
            ],
        ),
        "home_types": pd.DataFrame(HOME_TYPES, columns=["home_type", "use", "area", "footprint"]),
        "site_homes": pd.DataFrame(SITE_HOMES, columns=["site", "home_type", "homes"]),
        "consents": pd.DataFrame(consents, columns=["household", "mode", "site", "rank"]),
        "roads": pd.DataFrame(ROADS, columns=["from", "to", "length"]),
        "town_budgets": pd.DataFrame(money, columns=["town", "year", "capacity"]),
        "new_town_fund": pd.DataFrame(fund, columns=["year", "received", "other_inside"]),
        "turnover": pd.DataFrame({"year": list(YEARS), "limit": 160}),
        "links": pd.DataFrame([("泖港", "车墩", 900, 60)], columns=["south", "north", "price", "limit"]),
    }  # fmt: skip


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables().items():
        frame.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
