"""Taiyuan tables and parameters for the oracle, read straight from the files: nothing of ``optimizer`` is used.

Money in 万元, land in m², places and counts as they are, all exact.
"""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

MODEL = Path(__file__).parents[2] / "models" / "taiyuan.toml"
YEARS = (2018, 2019, 2020)
NAMES = (
    "kinds", "counties", "groups", "applicants", "population", "services", "finance", "pools", "projects",
)  # fmt: skip


def number(text: str) -> Any:
    """A whole number or fraction where it is one, else the text."""
    try:
        value = Fraction(text)
    except ValueError:
        return text
    return int(value) if value.denominator == 1 else value


class Task:
    """Every table as a list of dicts; ``p``: the parameters with the instance's own over the policy's."""

    def __init__(self, folder: Path) -> None:
        """``folder``: an instance folder."""
        policy = tomllib.loads(MODEL.read_text(encoding="utf-8"))
        own = tomllib.loads((folder / "instance.toml").read_text(encoding="utf-8")).get("parameters", {})
        self.p = {q["id"]: number(str(own.get(q["id"], q["value"]))) for q in policy["parameter"]}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        for name in NAMES:
            frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
            self.rows[name] = [{k: number(v) for k, v in row.items()} for row in frame.to_dict("records")]

    def by(self, table: str, *keys: str) -> dict[Any, dict[str, Any]]:
        """Rows of a table by one key, or by several as a tuple."""
        return {tuple(r[k] for k in keys) if len(keys) > 1 else r[keys[0]]: r for r in self.rows[table]}
