"""``one_option``: a household, and a key of an amount, stands once."""

from __future__ import annotations

import pandas as pd

from optimizer.build import build
from optimizer.check import audit
from tests.kit import Case, broken, named, plan_of, vectors

CASE = Case({"kind": "one_option", "table": "moves"})


def test_every_plan_of_the_program_passes() -> None:
    """Choice sets take at most one option by themselves."""
    model = build(CASE.instance())
    assert not any(broken(audit(CASE.instance(), plan_of(model, x))) for x in vectors(model))


def test_a_household_that_stands_twice_is_found() -> None:
    """Also where both rows are the same, and where they are two options."""
    rows = [("p1", "go", "A", 2020), ("p2", "go", "A", 2021)]
    for again in (rows[0], ("p1", "go", "B", 2021)):
        moves = pd.DataFrame([*rows, again], columns=["person", "mode", "site", "year"])
        found = audit(CASE.instance(), {"moves": moves})
        assert broken(found)
        named(found)
        assert "p1" in found.violations[0].text.zh
    assert not broken(audit(CASE.instance(), {"moves": pd.DataFrame(rows, columns=["person", "mode", "site", "year"])}))
