"""The small Hunan instance whose optimum is proven: ``python generate.py [--out DIR]``.

Three cities, three districts, four county towns, made up so that every plan of each part can be looked at (``tests/oracles``).
Names of cities, regions, districts and counties are public; every number is made up for the proof.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

TABLES = {
    "regions": (["region", "people"], [("长株潭", 3000), ("湘南", 2500)]),
    "cities": (
        ["city", "region", "residents", "urban", "standard"],
        [("长沙市", "长株潭", 9000, 7500, 60), ("株洲市", "长株潭", 4000, 2800, 80), ("衡阳市", "湘南", 6600, 3600, 100)],
    ),
    "districts": (
        ["district", "city", "need", "started", "room", "home_land", "land"],
        [
            ("芙蓉区", "长沙市", 500, 3, 30, 20, 600), ("岳麓区", "长沙市", 900, 5, 30, 25, 350),
            ("长沙县", "长沙市", 300, 9, 30, 30, 900),
        ],
    ),
    "kinds": (["kind", "least"], [("estate", 0), ("factory", 1), ("street", 1), ("village", 1)]),
    "estates": (
        ["city", "kind", "stock", "started", "room", "cost"],
        [
            ("长沙市", "estate", 50, 1, 9, 300), ("长沙市", "factory", 3, 0, 1, 700), ("长沙市", "street", 2, 0, 1, 1100),
            ("株洲市", "estate", 31, 5, 9, 250), ("株洲市", "factory", 2, 0, 2, 600), ("株洲市", "village", 1, 0, 1, 1900),
            ("衡阳市", "estate", 24, 0, 3, 200), ("衡阳市", "street", 2, 0, 1, 900), ("衡阳市", "village", 2, 0, 1, 2100),
        ],
    ),
    "settlers": (
        ["city", "group", "willing", "insured", "threshold"],
        [
            ("长沙市", "long_resident", 12, 5, "是"), ("长沙市", "young", 9, 1, "是"), ("长沙市", "graduate", 4, 0, "否"),
            ("株洲市", "long_resident", 6, 5, "否"), ("株洲市", "young", 5, 1, "否"), ("衡阳市", "whole_family", 7, 2, "否"),
        ],
    ),
    "land_needs": (
        ["city", "use", "least", "most"],
        [
            ("长沙市", "rural", 20, 300), ("长沙市", "rental", 0, 1200), ("长沙市", "settled", 0, 700), ("长沙市", "general", 400, 2000),
            ("株洲市", "rural", 40, 200), ("株洲市", "rental", 0, 300), ("株洲市", "settled", 0, 1000), ("株洲市", "general", 300, 900),
            ("衡阳市", "rural", 60, 400), ("衡阳市", "rental", 0, 300), ("衡阳市", "settled", 0, 900), ("衡阳市", "general", 100, 1500),
        ],
    ),
    "land_apart": (["city", "village", "rental"], [("长沙市", 90, 0), ("株洲市", 150, 110), ("衡阳市", 260, 140)]),
    "land_plan": (["year", "quota"], [(2021, 7000)]),
    "schools": (
        ["city", "stage", "children", "spare", "seats", "class_cost", "most_classes", "on_offer", "price"],
        [
            ("长沙市", "primary", 800, 590, 45, 310, 6, 60, 9000), ("长沙市", "junior", 300, 190, 50, 360, 4, 30, 11000),
            ("株洲市", "primary", 220, 180, 45, 240, 2, 20, 8000), ("衡阳市", "primary", 260, 150, 45, 230, 4, 12, 8000),
        ],
    ),
    "money": (["city", "schools", "renewal"], [("长沙市", 1500, 1400), ("株洲市", 100, 900), ("衡阳市", 400, 300)]),
    "groups": (["group"], [("service",), ("sanitation",), ("municipal",), ("industry",)]),
    "fields": (
        ["field", "group"],
        [("教育", "service"), ("医疗卫生", "service"), ("污水处理", "sanitation"), ("市政管网", "municipal"), ("农贸市场", "industry")],
    ),
    "towns": (
        ["town", "city", "people"],
        [("浏阳市", "长沙市", 1600), ("醴陵市", "株洲市", 1400), ("耒阳市", "衡阳市", 1500), ("祁东县", "衡阳市", 1000)],
    ),
    "projects": (
        ["town", "field", "cost", "served"],
        [
            ("浏阳市", "教育", 60, 900), ("浏阳市", "医疗卫生", 80, 1500), ("浏阳市", "污水处理", 40, 1200),
            ("浏阳市", "市政管网", 70, 1300), ("浏阳市", "农贸市场", 30, 500),
            ("醴陵市", "教育", 50, 800), ("醴陵市", "污水处理", 30, 700), ("醴陵市", "市政管网", 50, 900), ("醴陵市", "农贸市场", 20, 600),
            ("耒阳市", "教育", 60, 1100), ("耒阳市", "医疗卫生", 50, 600), ("耒阳市", "污水处理", 50, 1000),
            ("耒阳市", "市政管网", 60, 1000), ("耒阳市", "农贸市场", 40, 700),
            ("祁东县", "教育", 30, 600), ("祁东县", "污水处理", 20, 500), ("祁东县", "市政管网", 40, 700),
        ],
    ),
    "town_support": (["year", "amount"], [(2021, 130), (2022, 205), (2023, 100)]),
}  # fmt: skip


def tables() -> dict[str, pd.DataFrame]:
    """All tables by name, values in the units of the policy file's columns."""
    return {name: pd.DataFrame(rows, columns=columns) for name, (columns, rows) in TABLES.items()}


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
