"""Write the small Honghe instance: ``python generate.py --out DIR``. Made up for a proof; the townships' names are public."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

A, B = "迤萨镇", "三村乡"
TABLES: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "townships": (
        "township deep_poverty task potential issued homes_need services_need turnover need",
        [(A, "否", 180, 8600, 4200, 400, 150, 700, 300), (B, "是", 420, 8400, 3600, 450, 200, 800, 280)],
    ),
    "projects": (
        "project township approved extended resettles",
        [("X1", A, 2017, "否", "是"), ("X2", B, 2017, "否", "是"), ("X3", A, 2018, "否", "否")],
    ),
    "parcels": (
        "parcel project present area slope suits_farmland suits_woodland demolition consent",
        [
            ("P1", "X1", "homestead", 3000, 10, "是", "是", 60_000, "是"),
            ("P2", "X1", "homestead", 2000, 12, "是", "否", 50_000, "是"),
            ("P3", "X1", "collective", 800, 30, "否", "否", 20_000, "是"),
            ("P4", "X2", "homestead", 3500, 15, "是", "是", 70_000, "是"),
            ("P5", "X2", "homestead", 2500, 28, "是", "是", 50_000, "是"),
            ("P6", "X2", "collective", 900, 35, "否", "否", 20_000, "是"),
            ("P7", "X3", "mine", 2200, 8, "是", "是", 60_000, "是"),
            ("P8", "X2", "homestead", 1500, 9, "是", "是", 30_000, "否"),
            ("P9", "X3", "collective", 600, 40, "否", "是", 15_000, "是"),
        ],
    ),
    "parcel_uses": (
        "parcel use works grade",
        [
            ("P1", "farmland", 150_000, 9), ("P1", "woodland", 36_000, 0), ("P2", "farmland", 100_000, 8),
            ("P3", "building", 0, 0), ("P4", "farmland", 180_000, 7), ("P4", "woodland", 42_000, 0),
            ("P5", "farmland", 160_000, 5), ("P5", "woodland", 30_000, 0), ("P6", "building", 0, 0),
            ("P7", "farmland", 110_000, 9), ("P7", "building", 0, 0), ("P8", "farmland", 75_000, 9),
            ("P9", "woodland", 8_000, 0), ("P9", "building", 0, 0),
        ],
    ),
    "sites": (
        "site title kind project zone area farmland grade cost land_income",
        [
            ("A1", "迤萨镇安置点", "resettlement", "X1", "town", 420, 60, 7, 100, 0),
            ("A2", "三村乡安置点", "resettlement", "X2", "mountain", 500, 70, 6, 110, 0),
            ("B1", "迤萨镇产业用地", "business", "X3", "outside", 900, 50, 8, 150, 560),
        ],
    ),
    "site_groups": (
        "site group persons households",
        [("A1", "3人", 3, 3), ("A1", "4人", 4, 2), ("A2", "4人", 4, 4), ("A2", "5人", 5, 1)],
    ),
    "plot_types": (
        "plot area",
        [("Z040", 40), ("Z060", 60), ("Z080", 80), ("Z150", 150), ("Z200", 200)],
    ),
    "offers": (
        "market mode year price benchmark volume",
        [
            (market, mode, year, price + (5 if year == 2020 else 0), benchmark, volume)
            for market, mode, price, benchmark, volume in (
                ("inside", "agreement", 260, 255, 700), ("inside", "auction", 280, 255, 500),
                ("outside", "agreement", 450, 450, 400), ("outside", "auction", 440, 450, 600),
            )
            for year in range(2017, 2023)
        ],
    ),
    "years": (
        "year budget supply turnover",
        [(2017, 90, 1500, 900), (2018, 20, 1600, 900), (2019, 10, 1600, 600), (2020, 0, 1600, 300),
         (2021, 0, 1600, 0), (2022, 0, 1600, 0)],
    ),
}  # fmt: skip


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in TABLES.items():
        frame = pd.DataFrame(rows, columns=columns.split())
        frame.to_csv(given.out / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
