"""Brute force for rules about single replacements: try each one and audit the plan again."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from optimizer.check import audit
from optimizer.instance import Instance
from tests.kit import broken

ROOM = {
    "id": "room", "clause": "T-2", "title": {"zh": "容量", "en": "room"}, "kind": "total", "per": ["site"],
    "terms": [{"table": "moves", "measure": "size"}],
    "at_most": {"table": "places", "measure": "room", "keys": {"site": "site"}},
}  # fmt: skip
ENOUGH = {
    "id": "enough", "clause": "T-3", "title": {"zh": "户数", "en": "households"}, "kind": "total",
    "table": "moves", "where": {"farm": True}, "at_least": 1,
}  # fmt: skip
KEYS = ["person", "mode", "site", "year"]


def legal(instance: Instance, moves: pd.DataFrame) -> bool:
    """Whether the further rules hold."""
    return not broken(audit(instance, {"moves": moves}), None)


def replaced(moves: pd.DataFrame, out: int, row: tuple[object, ...]) -> pd.DataFrame:
    """The plan with one row taken out and another put in."""
    return pd.concat([moves.drop(index=out), pd.DataFrame([row], columns=KEYS)], ignore_index=True)


def options_of(frame: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Every option's keys."""
    yield from frame[KEYS].itertuples(index=False, name=None)
