"""``equal_treatment``: inside an equal case the lottery decides."""

from __future__ import annotations

import itertools

import pandas as pd

from optimizer.build import build
from optimizer.check import audit
from optimizer.lottery import draw
from tests.kit import Case, broken, named, plan_of, vectors

PEOPLE = pd.DataFrame(
    {
        "person": ["p1", "p2", "p3"], "hamlet": ["h1", "h1", "h2"], "size": [2, 2, 2], "class": [1, 1, 1],
        "farm": [True, True, True],
    }
)  # fmt: skip
CONSENTS = pd.DataFrame(
    {
        "person": ["p1", "p1", "p2", "p2", "p3"], "mode": ["go"] * 5, "site": ["A", "B", "A", "B", "A"],
        "rank": [1, 2, 1, 2, 1],
    }
)  # fmt: skip


def test_the_lower_number_has_the_better_result() -> None:
    """p1 and p2 are equal, p3 lives elsewhere: for two seeds that order them differently, over all plans."""
    case = Case({"kind": "equal_treatment", "table": "moves"}, tables={"people": PEOPLE, "consents": CONSENTS})
    instance = case.instance()
    model = build(instance)
    start = model.program.set_start
    orders = set()
    for seed in (1, 2):
        one, two = draw(["p1", "p2"], seed)
        orders.add(bool(one < two))
        verdicts = set()
        for x in vectors(model):
            place = [next((int(j - a) for j in range(a, b) if x[j]), 99) for a, b in itertools.pairwise(start[:3])]
            better, worse = place if one < two else place[::-1]
            found = audit(instance, plan_of(model, x), seed)
            assert broken(found) is (better > worse)
            named(found)
            verdicts.add(better > worse)
        assert verdicts == {True, False}
    assert orders == {True, False}
