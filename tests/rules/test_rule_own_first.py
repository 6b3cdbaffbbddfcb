"""``own_first``: nobody is in a last resort while a legal first place of the same year is free."""

from __future__ import annotations

import pandas as pd

from optimizer.build import build
from optimizer.check import audit
from optimizer.instance import Instance
from tests.kit import Case, broken, named, plan_of, vectors
from tests.rules.replacing import ENOUGH, ROOM, legal, options_of, replaced

RULE = {"kind": "own_first", "table": "moves", "first": {"sort": "own"}, "last": {"sort": "far"}}


def better_place_free(instance: Instance, options: pd.DataFrame, moves: pd.DataFrame) -> bool:
    """By trying: a household in B has an option of A of the same year that it could take instead."""
    for at, (person, _, site, year) in enumerate(options_of(moves)):
        if site != "B":
            continue
        for other in options_of(options):
            same = other[0] == person and other[2] == "A" and other[3] == year
            if same and legal(instance, replaced(moves, at, other)):
                return True
    return False


def test_the_audit_finds_exactly_what_trying_finds() -> None:
    """Every plan that keeps the other rules."""
    instance = Case(RULE, more=[ROOM, ENOUGH]).instance()
    model = build(instance)
    options = model.tables["moves"].frame.astype({"person": str, "mode": str, "site": str})
    verdicts = []
    for x in vectors(model):
        moves = plan_of(model, x)["moves"].astype({"person": str, "mode": str, "site": str})
        if not legal(instance, moves):
            continue
        found = audit(instance, {"moves": moves})
        wanted = better_place_free(instance, options, moves)
        assert broken(found) is wanted, moves
        named(found)
        verdicts.append(wanted)
    assert True in verdicts
    assert False in verdicts
