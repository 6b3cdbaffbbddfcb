"""``precedence``: nobody of a higher class waits for a place that a lower class holds and could legally give up."""

from __future__ import annotations

import pandas as pd

from optimizer.build import build
from optimizer.check import audit
from optimizer.instance import Instance
from tests.kit import Case, broken, named, plan_of, vectors
from tests.rules.replacing import ENOUGH, ROOM, legal, options_of, replaced

RULE = {"kind": "precedence", "table": "moves", "rank": "class", "slot": ["mode", "site", "year"]}
CLASS = {"p1": 2, "p2": 1, "p3": 2}


def envied(instance: Instance, options: pd.DataFrame, moves: pd.DataFrame) -> bool:
    """By trying: somebody without a place, of a higher class, could take the very place of a lower one."""
    placed = set(moves["person"])
    for person, *slot in options_of(options):
        if person in placed:
            continue
        for at, (holder, *held) in enumerate(options_of(moves)):
            higher = CLASS[str(person)] < CLASS[holder]
            if higher and held == slot and legal(instance, replaced(moves, at, (person, *slot))):
                return True
    return False


def test_the_audit_finds_exactly_what_trying_finds() -> None:
    """Every plan that keeps the other rules; room and a least number of farm households can stop a replacement."""
    instance = Case(RULE, more=[ROOM, ENOUGH]).instance()
    model = build(instance)
    options = model.tables["moves"].frame.astype({"person": str, "mode": str, "site": str})
    verdicts = []
    for x in vectors(model):
        moves = plan_of(model, x)["moves"].astype({"person": str, "mode": str, "site": str})
        if not legal(instance, moves):
            continue
        found = audit(instance, {"moves": moves})
        wanted = envied(instance, options, moves)
        assert broken(found) is wanted, moves
        named(found)
        verdicts.append(wanted)
    assert True in verdicts
    assert False in verdicts
