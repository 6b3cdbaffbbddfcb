"""``quota``: fair shares rounded down or up, with floors and caps."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.build import build
from optimizer.check import audit
from tests.kit import Case, conform, plan_of, report_of, vectors

NAME = {"zh": "份", "en": "share"}
PARTS = {
    "id": "parts", "kind": "amount", "clause": "T-0", "title": NAME, "source": "places", "key": ["site"],
    "at_most": 5, "quantity": "units",
}  # fmt: skip
RULE: dict[str, Any] = {
    "kind": "quota", "terms": [{"table": "parts"}], "per": ["site"], "total": "pot",
    "need": {"table": "places", "measure": "room"},
}  # fmt: skip


FEW = pd.DataFrame({"person": ["p1"], "mode": ["go"], "site": ["B"], "rank": [1]})
"""The kit's moves, as few as can be: they are no concern of the rule."""
ALL = 60


def places(room: list[int], least: list[int]) -> dict[str, pd.DataFrame]:
    """Two places with needs and floors."""
    frame = {"site": ["A", "B"], "sort": ["own", "far"], "room": room, "first": [2020, 2021], "least": least}
    return {"places": pd.DataFrame(frame), "consents": FEW}


@pytest.mark.parametrize("pot", [1, 4, 5])
def test_shares_between_the_quotas(pot: int) -> None:
    """2 : 3 of several totals; whole fair shares (5) are exact."""
    case = Case({**RULE}, amounts=[{**PARTS, "at_most": 4}], parameters={"pot": pot}, tables=places([2, 3], [0, 0]))
    conform(case, ALL)


def test_floors_hold_what_is_fair() -> None:
    """Of 6 units place B, with a small need, has 4 already: the fair shares are 2 and 4."""
    floor = {"table": "places", "measure": "least"}
    case = Case({**RULE, "floor": floor}, amounts=[PARTS], parameters={"pot": 6}, tables=places([9, 1], [0, 4]))
    conform(case, ALL)
    lines = report_of(audit(case.instance(), {"parts": pd.DataFrame({"site": ["A", "B"], "units": [2, 4]})}))
    assert list(lines.loc[lines["sense"] == "<=", "limit"]) == [2, 4]
    assert set(lines["status"]) == {"binding", "record"}


def test_caps_and_a_key_without_need() -> None:
    """A cap pushes units to the other; who needs nothing has no fair share and no limit."""
    cap = {"table": "places", "measure": "least"}
    case = Case({**RULE, "cap": cap}, amounts=[PARTS], parameters={"pot": 5}, tables=places([9, 1], [3, 5]))
    conform(case, ALL)
    alone = Case(RULE, amounts=[PARTS], parameters={"pot": 5}, tables=places([9, 0], [0, 0]))
    lines = report_of(audit(alone.instance(), {"parts": pd.DataFrame({"site": ["A", "B"], "units": [5, 5]})}))
    assert list(lines["key"][:2]) == ["A", "A"]
    assert "violated" not in set(lines["status"])


def test_a_total_that_the_floors_forbid_is_no_failure_of_ours() -> None:
    """The fair shares are then the floors: the clauses that ask for the impossible are named by their own rules."""
    floor = {"table": "places", "measure": "least"}
    case = Case({**RULE, "floor": floor}, amounts=[PARTS], parameters={"pot": 3}, tables=places([9, 1], [4, 4]))
    lines = report_of(audit(case.instance(), {"parts": pd.DataFrame({"site": ["A", "B"], "units": [4, 4]})}))
    assert "violated" not in set(lines["status"])


def test_a_stretch_aim_only_reports() -> None:
    case = Case({**RULE, "stretch": True}, amounts=[PARTS], parameters={"pot": 4}, tables=places([5, 9], [0, 0]))
    model = build(case.instance())
    assert "tested" not in set(model.program.rows["rule"])
    seen = {status for x in vectors(model) for status in report_of(audit(case.instance(), plan_of(model, x)))["status"]}
    assert {"stretch missed", "met"} <= seen
    assert "violated" not in seen


def test_the_records_say_where_the_house_is_not_monotone() -> None:
    """6 : 6 : 2 of 10 by largest remainders: with one more unit the smallest gets less."""
    three = {
        "site": ["A", "B", "C"], "sort": ["own"] * 3, "room": [6, 6, 2], "first": [2020] * 3, "least": [0] * 3
    }  # fmt: skip
    for method, expected in (("largest_remainder", [1, 0]), ("webster", [0, 0])):
        case = Case(
            {**RULE, "method": method},
            amounts=[PARTS],
            parameters={"pot": 10},
            tables={"places": pd.DataFrame(three), "consents": FEW},
        )
        lines = report_of(audit(case.instance(), {}))
        assert list(lines.loc[lines["sense"] == "record", "attained"]) == expected


@settings(max_examples=4, deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=2, max_size=2).filter(any),
    st.lists(st.integers(0, 3), min_size=2, max_size=2),
    st.integers(0, 6),
)
def test_rows_and_audit_agree(room: list[int], least: list[int], pot: int) -> None:
    """Any needs, floors and totals."""
    rule = {**RULE, "floor": {"table": "places", "measure": "least"}}
    case = Case(rule, amounts=[PARTS], parameters={"pot": pot}, tables=places(room, least))
    model = build(case.instance())
    rows = model.program.rows["rule"].to_numpy()
    for x in list(vectors(model))[::4]:
        may = not any(f >= 0 and rows[f] == "tested" for f in model.program.faults(x))
        found = audit(case.instance(), plan_of(model, x))
        assert may == (not any(v.rule == "tested" for v in found.violations))
