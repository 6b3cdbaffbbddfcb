"""The small Taiyuan instance whose optimum is proven: ``python generate.py [--out DIR]``.

Three counties, three groups, three years, made up so that every clause has something to decide and a second formulation
(``tests/oracles/taiyuan_pulp.py``) can prove each stage. Names of the counties are public; every number is made up.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

YEARS = (2018, 2019, 2020)
WILLING = {
    # county, group, standing, origin: people who newly wish to settle in each year
    ("小店区", "five_years", "long", "local"): (14, 3, 2), ("小店区", "five_years", "long", "outside"): (19, 4, 0),
    ("小店区", "families", "long", "local"): (11, 2, 2), ("小店区", "graduates", "new", "local"): (5, 7, 8),
    ("清徐县", "five_years", "long", "local"): (12, 3, 1), ("清徐县", "five_years", "long", "outside"): (5, 2, 0),
    ("清徐县", "graduates", "new", "local"): (6, 5, 7),
    ("娄烦县", "families", "long", "local"): (9, 2, 1), ("娄烦县", "graduates", "new", "local"): (2, 3, 2),
}  # fmt: skip
PLACES = {
    # county, service: capacity that becomes free in each year
    ("小店区", "school"): (4, 2, 2), ("小店区", "homes"): (8, 3, 4), ("小店区", "health"): (38, 22, 13),
    ("清徐县", "school"): (4, 2, 2), ("清徐县", "homes"): (4, 2, 2), ("清徐县", "health"): (14, 9, 8),
    ("娄烦县", "school"): (2, 1, 1), ("娄烦县", "homes"): (2, 1, 1), ("娄烦县", "health"): (7, 5, 4),
}  # fmt: skip
FINANCE = {
    # county: permit holders, absorbed, gap (万元), other factors (万元), service score, threshold, most reward (万元), room for
    # debt, bonds asked (万元), three years each
    "小店区": ((713, 742, 771), (255, 270, 288), (130, 140, 148), (90, 91, 93), (91, 91, 91), (25, 9, 8), (4, 3, 2), (70, 66, 62), (64, 58, 60)),
    "清徐县": ((185, 190, 196), (62, 66, 70), (31, 33, 35), (41, 41, 42), (79, 81, 82), (9, 6, 6), (2, 1, 1), (26, 25, 24), (22, 20, 23)),
    "娄烦县": ((58, 60, 62), (17, 18, 18), (9, 9, 10), (22, 22, 23), (74, 75, 75), (4, 3, 3), (1, 1, 1), (9, 9, 9), (8, 8, 8)),
}  # fmt: skip
TABLES = {
    "kinds": (["kind", "land_homes", "land_services", "land_industry"], [("urban", 50, 30, 20), ("outer", 60, 30, 30)]),
    "counties": (
        ["county", "kind", "residents", "poor", "before"],
        [("小店区", "urban", 8600, "否", 95), ("清徐县", "outer", 3500, "否", 43), ("娄烦县", "outer", 1070, "是", 32)],
    ),
    "groups": (
        ["group", "title", "school", "homes", "health"],
        [
            ("five_years", "在城镇就业居住五年以上的人口", "0.110", "0.170", "1"),
            ("families", "举家迁徙的农业转移人口", "0.270", "0.230", "1"),
            ("graduates", "高校和职业院校毕业生、留学归国人员", "0.030", "0.160", "1"),
        ],
    ),
    "population": (
        ["year", "registered", "urban", "resident_rate"],
        [(2017, 6400, 5080, "84.70"), (2018, 6440, 5126, "84.88"), (2019, 6480, 5134, "85.10"), (2020, 6520, 5167, "85.30")],
    ),
    "pools": (
        ["year", "transfers", "reward", "bonds", "land"],
        [(2018, 250, 4, 68, 5000), (2019, 262, 3, 62, 3300), (2020, 275, 2, 66, 2900)],
    ),
    "projects": (
        ["project", "county", "service", "places", "cost"],
        [("P1", "小店区", "school", 2, 41), ("P2", "小店区", "health", 6, 12), ("P3", "清徐县", "health", 4, 9), ("P4", "娄烦县", "homes", 1, 7)],
    ),
}  # fmt: skip


def tables() -> dict[str, pd.DataFrame]:
    """All tables by name, values in the units of the policy file's columns."""
    wishes = [(*key, year, n) for key, all_years in WILLING.items() for year, n in zip(YEARS, all_years, strict=True)]
    places = [(*key, year, n) for key, all_years in PLACES.items() for year, n in zip(YEARS, all_years, strict=True)]
    money = [(name, year, *row) for name, given in FINANCE.items() for year, row in zip(YEARS, zip(*given, strict=True), strict=True)]  # fmt: skip
    parts = ["holders", "absorbed", "gap", "basic", "service_level", "threshold", "reward_most", "debt_room", "bonds_asked"]  # fmt: skip
    return {
        **{name: pd.DataFrame(rows, columns=columns) for name, (columns, rows) in TABLES.items()},
        "applicants": pd.DataFrame(wishes, columns=["county", "group", "standing", "origin", "year", "willing"]),
        "services": pd.DataFrame(places, columns=["county", "service", "year", "places"]),
        "finance": pd.DataFrame(money, columns=["county", "year", *parts]),
    }


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
