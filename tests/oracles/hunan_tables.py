"""Hunan tables and parameters for the oracles, read straight from the files: nothing of ``optimizer`` is used.

Money in 万元 as ``Fraction``, land in m² as ``Fraction``, counts whole.
"""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

MODEL = Path(__file__).parents[2] / "models" / "hunan.toml"
SHARES = {2021: Fraction(30, 100), 2022: Fraction(50, 100), 2023: Fraction(20, 100)}  # HN-05, assumed
NAMES = (
    "regions", "cities", "districts", "kinds", "estates", "settlers", "land_needs", "land_apart", "land_plan", "schools",
    "money", "groups", "fields", "towns", "projects", "town_support",
)  # fmt: skip


def number(text: str) -> Any:
    """A whole number or fraction where it is one, else the text."""
    try:
        value = Fraction(text)
    except ValueError:
        return text
    return int(value) if value.denominator == 1 else value


class Task:
    """Every table as a list of dicts, ``p``: the parameters with the instance's own over the policy's."""

    def __init__(self, folder: Path) -> None:
        """``folder``: an instance folder."""
        policy = tomllib.loads(MODEL.read_text(encoding="utf-8"))
        own = tomllib.loads((folder / "instance.toml").read_text(encoding="utf-8")).get("parameters", {})
        self.p = {q["id"]: own.get(q["id"], q["value"]) for q in policy["parameter"]}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        for name in NAMES:
            frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
            self.rows[name] = [{k: number(v) for k, v in row.items()} for row in frame.to_dict("records")]

    def by(self, table: str, *keys: str) -> dict[Any, dict[str, Any]]:
        """Rows of a table by one key, or by several as a tuple."""
        return {tuple(r[k] for k in keys) if len(keys) > 1 else r[keys[0]]: r for r in self.rows[table]}


def bounded_shares(total: int, claims: dict[str, tuple[int, int, int]]) -> dict[str, Fraction]:
    """Fair shares by setting keys at their bound one side at a time; claims: key → need, floor, cap."""
    held: dict[str, Fraction] = {}
    while True:
        free = {k: c for k, c in claims.items() if k not in held}
        rest = total - sum(held.values(), Fraction(0))
        needs = sum(c[0] for c in free.values())
        exact = {k: Fraction(c[0], needs) * rest for k, c in free.items()}
        below = {k: c[1] - exact[k] for k, c in free.items() if exact[k] < c[1]}
        above = {k: exact[k] - c[2] for k, c in free.items() if exact[k] > c[2]}
        if not below and not above:
            return {k: held[k] if k in held else exact[k] for k in claims}
        if sum(below.values()) >= sum(above.values()):
            held |= {k: Fraction(claims[k][1]) for k in below}
        else:
            held |= {k: Fraction(claims[k][2]) for k in above}
