"""The small Guangxi instance whose optimum is proven: ``python instances/guangxi-mini/generate.py [--out DIR]``.

Fifteen made-up households in two counties, so that all plans of a county can be looked at one by one (``tests/oracles``).
County names and the clauses' numbers are public; everything else is made up for the proof.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

YEARS = (2016, 2017, 2018)
COUNTIES = [
    # county, city, class, tradable, unit_cost, land_quota, local, repayment
    ("都安瑶族自治县", "河池市", "1", "是", 1400, 1060, 9, 6),
    ("宾阳县", "南宁市", "2", "否", 1300, 1180, 12, 8),
]
STEPS = {"都安瑶族自治县": (24_000, 26_000, 28_000, 30_000), "宾阳县": (18_500, 20_500, 22_500, 24_500)}
CLASSES = [("1", 24_000, 24_000, 32_000, 50_000), ("2", 18_000, 21_000, 44_000, 60_000)]
CAPS = {"1": (11_000, 9_000, 7_000, 5_000), "2": (14_000, 12_000, 10_000, 8_000)}
LEVELS = [("1", "一般贫困", "2"), ("2", "中等贫困", "3"), ("3", "特别贫困", "4"), ("4", "极度贫困", "")]
TOWNSHIPS = [("T1", "都安瑶族自治县", "是"), ("T2", "都安瑶族自治县", "否"), ("T3", "宾阳县", "是")]
SITES = [
    # site, title, county, kind, ready, floor, largest, plot, land, works, landless, shops
    ("S1", "都安县城安置区", "都安瑶族自治县", "seat", 2017, 360, 120, 0, 46, 17_000, "是", 38),
    ("S2", "都安产业园安置区", "都安瑶族自治县", "park", 2016, 230, 110, 0, 52, 15_000, "是", 30),
    ("S3", "都安中心村安置点", "都安瑶族自治县", "village", 2016, 240, 130, 78, 74, 10_500, "否", 0),
    ("S4", "都安分散安置", "都安瑶族自治县", "dispersed", 2016, 200, 130, 0, 25, 4_000, "否", 0),
    ("S5", "宾阳县城安置区", "宾阳县", "seat", 2016, 330, 120, 0, 44, 16_000, "是", 40),
    ("S6", "宾阳乡镇安置点", "宾阳县", "town", 2017, 400, 150, 0, 60, 13_500, "否", 0),
    ("S7", "宾阳敬老院", "宾阳县", "care", 2016, 60, 50, 0, 48, 9_000, "否", 0),
]
HOUSEHOLDS = [
    # township, kind, level, score, persons, workers, free, waiver, earlier, paid, displaced, homestead, agrees, consents
    ("T1", "registered", "4", 88, 4, 2, 0, 0, "none", 0, 0, 120, 1, "S1 S2 S3"),
    ("T1", "registered", "3", 71, 5, 3, 0, 0, "first", 9_000, 0, 140, 1, "S2 S3"),
    ("T1", "registered", "2", 55, 3, 1, 0, 0, "none", 0, 0, 90, 0, "S1 S3"),
    ("T2", "registered", "1", 34, 4, 2, 0, 0, "none", 0, 0, 110, 1, "S1 S2"),
    ("T1", "registered", "3", 66, 2, 0, 0, 1, "none", 0, 0, 80, 1, "S3 S4"),
    ("T2", "registered", "1", 30, 3, 1, 0, 0, "second", 6_000, 0, 100, 1, "S1 S4"),
    ("T1", "along", "", 20, 4, 2, 0, 0, "none", 0, 0, 130, 1, "S1 S2"),
    ("T2", "along", "", 12, 3, 1, 0, 0, "none", 0, 0, 90, 1, "S1 S3"),
    ("T3", "registered", "4", 92, 1, 0, 1, 0, "none", 0, 0, 70, 1, "S7 S6"),
    ("T3", "registered", "3", 74, 4, 2, 0, 0, "none", 0, 0, 120, 1, "S5 S6"),
    ("T3", "registered", "2", 51, 6, 3, 0, 0, "first", 8_000, 0, 150, 0, "S6 S5"),
    ("T3", "registered", "2", 47, 3, 2, 0, 0, "none", 0, 0, 100, 1, "S5 S6"),
    ("T3", "registered", "1", 28, 5, 2, 0, 0, "none", 0, 0, 130, 1, "S6"),
    ("T3", "registered", "1", 39, 3, 1, 0, 0, "none", 0, 1, 100, 1, "S5"),
    ("T3", "along", "", 15, 4, 2, 0, 0, "none", 0, 0, 120, 0, "S5 S6"),
]
FLAGS = (6, 7, 10, 12)  # places of yes and no in a row of HOUSEHOLDS
TASKS = {
    "都安瑶族自治县": [(7, 0), (6, 4), (5, 0)],
    "宾阳县": [(7, 0), (6, 0), (5, 4)],
}
MONEY = {"central": (24, "0"), "fund": (15, "1.2"), "bonds": (30, "3"), "loans": (140, "0.49")}
BY_YEAR = {"central": (25, 50, 75, 100, 100), "fund": (100,) * 5, "bonds": (40, 80, 100, 100, 100), "loans": (40, 70, 90, 100, 100)}  # fmt: skip
MODE = {"seat": "county", "park": "county", "scenic": "county", "town": "town", "village": "village", "care": "village", "dispersed": "dispersed"}  # fmt: skip


def tables() -> dict[str, pd.DataFrame]:
    """All tables by name, values in the units of the policy file's columns."""
    kind = {s[0]: s[3] for s in SITES}
    households, consents = [], []
    for number, (*row, wishes) in enumerate(HOUSEHOLDS):
        code = f"M{number + 1:02d}"
        words = [("是" if v else "否") if i in FLAGS else v for i, v in enumerate(row)]
        households.append((code, *words))
        consents += [(code, MODE[kind[s]], s, rank + 1) for rank, s in enumerate(wishes.split())]
    tasks = [(c, y, *parts) for c, rows in TASKS.items() for y, parts in zip(YEARS, rows, strict=True)]
    frame = pd.DataFrame(tasks, columns=["county", "year", "registered", "along"])
    cost, klass = {c[0]: 25 * c[4] for c in COUNTIES}, {c[0]: c[2] for c in COUNTIES}
    steps = [
        (c, level, amounts[k], cost[c] - amounts[k], above, klass[c])
        for c, amounts in STEPS.items() for k, (level, _, above) in enumerate(LEVELS)
    ]  # fmt: skip
    return {
        "cities": pd.DataFrame({"city": sorted({c[1] for c in COUNTIES})}),
        "classes": pd.DataFrame(CLASSES, columns=["class", "floor", "reference", "average", "along_least"]),
        "levels": pd.DataFrame(LEVELS, columns=["level", "title", "above"]),
        "caps": pd.DataFrame(
            [(c, str(k + 1), v) for c, caps in CAPS.items() for k, v in enumerate(caps)], columns=["class", "level", "cap"]
        ),
        "counties": pd.DataFrame(
            COUNTIES, columns=["county", "city", "class", "tradable", "unit_cost", "land_quota", "local", "repayment"]
        ),
        "steps": pd.DataFrame(steps, columns=["county", "level", "amount", "own", "above", "class"]),
        "townships": pd.DataFrame(TOWNSHIPS, columns=["township", "county", "origin"]),
        "sites": pd.DataFrame(
            SITES,
            columns=[
                "site", "title", "county", "kind", "ready", "floor", "largest", "plot", "land", "works", "landless", "shops",
            ],
        ),
        "parks": pd.DataFrame([("S2", 5, 2_000)], columns=["site", "workforce", "reward"]),
        "households": pd.DataFrame(
            households,
            columns=[
                "household", "township", "kind", "level", "score", "persons", "workers", "free", "waiver", "earlier", "paid",
                "displaced", "homestead", "agrees",
            ],
        ),
        "consents": pd.DataFrame(consents, columns=["household", "mode", "site", "rank"]),
        "county_tasks": frame,
        "plan_years": frame.groupby("year")[["registered", "along"]].sum().reset_index(),
        "sources": pd.DataFrame([(s, v, r) for s, (v, r) in MONEY.items()], columns=["source", "limit", "rate"]),
        "source_years": pd.DataFrame(
            [(s, 2016 + y, MONEY[s][0] * p // 100) for s, parts in BY_YEAR.items() for y, p in enumerate(parts)],
            columns=["source", "year", "limit"],
        ),
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
