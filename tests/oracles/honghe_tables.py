"""Honghe tables and parameters for the oracle, read straight from the files: nothing of ``optimizer`` is used.

Land in m², money in yuan (needs, budgets and grants in 万元), counts whole.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

MODEL = Path(__file__).parents[2] / "models" / "honghe.toml"
NAMES = (
    "townships", "projects", "parcels", "parcel_uses", "sites", "site_groups", "plot_types", "offers", "years",
)  # fmt: skip
MU = Fraction(2000, 3)


def number(text: str) -> Any:
    """A whole number or fraction where it is one, True or False for 是 and 否, else the text."""
    if text in ("是", "否"):
        return text == "是"
    try:
        value = Fraction(text)
    except ValueError:
        return text
    return int(value) if value.denominator == 1 else value


class Task:
    """Every table as a list of dicts, ``p``: the parameters; the instance's own stand over the policy's, and ``changes`` over
    both."""

    def __init__(self, folder: Path, changes: Mapping[str, Any] | None = None) -> None:
        """``folder``: an instance folder."""
        policy = tomllib.loads(MODEL.read_text(encoding="utf-8"))
        own = tomllib.loads((folder / "instance.toml").read_text(encoding="utf-8")).get("parameters", {})
        given = {**own, **(changes or {})}
        self.p = {q["id"]: given.get(q["id"], q["value"]) for q in policy["parameter"]}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        for name in NAMES:
            frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
            self.rows[name] = [{k: number(v) for k, v in row.items()} for row in frame.to_dict("records")]

    def by(self, table: str, *keys: str) -> dict[Any, dict[str, Any]]:
        """Rows of a table by one key, or by several as a tuple."""
        return {tuple(r[k] for k in keys) if len(keys) > 1 else r[keys[0]]: r for r in self.rows[table]}
