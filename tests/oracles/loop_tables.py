"""Tables of the loop for the oracles, read straight from the files: nothing of ``optimizer`` is used.

Land in m², money in yuan (advance and repayment in 万元), counts whole.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from tests.oracles.honghe_tables import number

MODEL = Path(__file__).parents[2] / "models" / "loop.toml"
NAMES = ("townships", "home_types", "sites", "households", "wishes", "market", "years")
PLAN, MONEY = range(2018, 2023), range(2018, 2025)


class Task:
    """Every table as a list of dicts, ``p``: the parameters."""

    def __init__(self, folder: Path) -> None:
        """``folder``: an instance folder."""
        policy = tomllib.loads(MODEL.read_text(encoding="utf-8"))
        self.p = {q["id"]: q["value"] for q in policy["parameter"]}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        for name in NAMES:
            frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
            self.rows[name] = [{k: number(v) for k, v in row.items()} for row in frame.to_dict("records")]

    def by(self, table: str, key: str) -> dict[Any, dict[str, Any]]:
        """Rows of a table by a key."""
        return {r[key]: r for r in self.rows[table]}

    def fits(self, household: dict[str, Any]) -> bool:
        """GX-09: the home is no larger than 25 m² a person."""
        floor = self.by("home_types", "home")[household["home"]]["floor"]
        return bool(floor <= self.p["floor_person"] * household["persons"])
