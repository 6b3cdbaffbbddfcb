"""Write the small instance of the loop: ``python generate.py --out DIR``. Made up for a proof; the townships' names are public."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

A, B = "迤萨镇", "三村乡"
TABLES: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "townships": ("township deep_poverty", [(A, "否"), (B, "是")]),
    "home_types": ("home floor land", [("F50", 50, 60), ("F100", 100, 100)]),
    "sites": ("site title township cost room farmland", [("A1", "迤萨镇安置点", A, 1500, 4, 60), ("B1", "三村乡安置点", B, 1400, 2, 50)]),
    "households": (
        "household township persons home homestead works clears",
        [
            ("H1", A, 4, "F100", 330, 30_000, "是"), ("H2", A, 2, "F50", 260, 20_000, "是"),
            ("H3", A, 5, "F100", 300, 30_000, "否"), ("H4", B, 4, "F100", 420, 35_000, "是"),
            ("H5", B, 3, "F50", 280, 25_000, "是"), ("H6", B, 4, "F100", 250, 25_000, "是"),
        ],
    ),
    "wishes": (
        "household site",
        [("H1", "A1"), ("H2", "A1"), ("H3", "A1"), ("H4", "A1"), ("H4", "B1"), ("H5", "B1"), ("H6", "A1"), ("H6", "B1")],
    ),
    "market": ("year price volume", [(year, 400, 300) for year in range(2018, 2025)]),
    "years": (
        "year advance repay lent returned",
        [(2018, 26, 0, 260, 0), *((year, 0, 0, 0, 0) for year in range(2019, 2024)), (2024, 0, 26, 0, 260)],
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
