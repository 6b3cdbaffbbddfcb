"""``instalments``: what is paid within the money years adds up to what was granted."""

from __future__ import annotations

import pytest

from optimizer.build import build
from optimizer.check import audit
from tests.kit import Case, broken, named, plan_of, report_of, vectors

TERM = {"table": "moves", "measure": "size", "times": 5, "schedule": "parts"}


@pytest.mark.parametrize(("last", "late"), [(2, False), (3, True)])
def test_a_part_that_falls_after_the_last_money_year_is_missed(last: int, late: bool) -> None:
    """Money years end in 2023: a grant of 2021 has its part three years later outside."""
    schedule = {"id": "parts", "clause": "T-0", "after": [0, 1, last], "percent": [30, 50, 20]}
    case = Case({"kind": "instalments", "terms": [TERM], "per": ["site"]}, schedules=[schedule])
    model = build(case.instance())
    seen = set()
    for x in vectors(model):
        tables = plan_of(model, x)
        found = audit(case.instance(), tables)
        missed = late and bool((tables["moves"]["year"] == 2021).any())
        assert broken(found) is missed
        named(found)
        seen.add(missed)
        lines = report_of(found).query("key != ''")
        assert lines["limit"].sum() == sum(5 * {"p1": 2, "p2": 3, "p3": 4}[p] for p in tables["moves"]["person"])
    assert seen == ({True, False} if late else {False})
