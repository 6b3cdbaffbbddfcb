"""Instalments: every part whole, nothing lost, the same on the side that builds and the side that checks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.build import build
from optimizer.check import audit
from tests.kit import Case, frames, plan_of, report_of


@st.composite
def percents(draw: st.DrawFn) -> list[int]:
    """Two to four parts that make 100."""
    cuts = sorted(draw(st.lists(st.integers(1, 99), min_size=1, max_size=3, unique=True)))
    return [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]


@settings(max_examples=40, deadline=None)
@given(percents(), st.lists(st.integers(0, 10**9), min_size=3, max_size=3))
def test_parts_add_up_and_both_sides_agree(percent: list[int], sizes: list[int]) -> None:
    """Every household at its first option: the activity of each year's row is what the audit counts in that year."""
    schedule = {"id": "parts", "clause": "T-0", "after": list(range(len(percent))), "percent": percent}
    people = frames()["people"].assign(size=sizes)
    term = {"table": "moves", "measure": "size", "schedule": "parts"}
    rule = {"kind": "total", "terms": [term], "per": ["year"], "at_most": 10**12}
    case = Case(rule, schedules=[schedule], tables={"people": people})
    model = build(case.instance())
    x = np.zeros(model.program.columns, dtype=np.int64)
    x[model.program.set_start[:-1]] = 1
    activity = (model.program.matrix @ x) * model.program.row_unit
    built = dict(zip(model.program.rows["key"], activity.tolist(), strict=True))
    lines = report_of(audit(case.instance(), plan_of(model, x)))
    counted = dict(zip(lines["key"], lines["attained"], strict=True))
    assert {k: v for k, v in built.items() if v} == {k: v for k, v in counted.items() if v}
    assert sum(counted.values()) == sum(sizes)
