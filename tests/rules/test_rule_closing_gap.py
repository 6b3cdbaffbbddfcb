"""``closing_gap``: the rate that the plan decides comes nearer to a given one each year."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.build import build
from optimizer.check import audit
from tests.kit import Case, agree, conform, named, report_of
from tests.rules.test_rule_quota import FEW, PARTS

RATES = {
    "name": "rates", "zh": "率",
    "column": [{"name": "year", "zh": "年", "type": "year", "key": True},
               *({"name": n, "zh": n, "type": "whole"} for n in ("whole", "reference", "level"))],
}  # fmt: skip
RULE: dict[str, Any] = {
    "kind": "closing_gap", "flow": [{"table": "parts"}], "whole": {"table": "rates", "measure": "whole"},
    "reference": {"table": "rates", "measure": "reference"},
}  # fmt: skip
YEARLY = {**PARTS, "years": "plan", "at_most": 5, "where": {"site": "A"}}


def case(whole: list[int], reference: list[int], years: list[int], level: list[int] | None = None) -> Case:
    """Rates of some years; the plan adds parts in 2020 and 2021."""
    rates = {"year": years, "whole": whole, "reference": reference, "level": level or [0] * len(years)}
    tables = {"rates": pd.DataFrame(rates), "consents": FEW}
    return Case(RULE, amounts=[YEARLY], tables=tables, schema=[RATES])


def lines(one: Case, first: int, second: int) -> pd.DataFrame:
    """The report for so many parts in the two years."""
    plan = {"parts": pd.DataFrame({"site": ["A", "A"], "year": [2020, 2021], "units": [first, second]})}
    return report_of(audit(one.instance(), plan))


def test_the_gap_shrinks_by_more_than_nothing() -> None:
    """Of ten, the other rate rises by a tenth: two are needed, as one keeps the gap as it is."""
    one = case([10, 10], [5000, 6000], [2020, 2021])
    conform(one, 20)
    assert list(lines(one, 1, 2)["status"]) == ["binding"]
    assert list(lines(one, 1, 1)["status"]) == ["violated"]
    assert list(lines(one, 0, 3)["status"]) == ["met"]


def test_a_gap_that_may_stay() -> None:
    """By 0: one is enough."""
    one = case([10, 10], [5000, 6000], [2020, 2021]).with_rule(by="step")
    one = replace(one, parameters={"step": 0})
    conform(one, 20)
    assert list(lines(one, 1, 1)["status"]) == ["binding"]
    assert list(lines(one, 1, 0)["status"]) == ["violated"]


def test_a_whole_that_grows_needs_more() -> None:
    """5 of 10 is 50 %; of 12 it is less, though nothing else moves."""
    one = case([10, 12], [9000, 9000], [2020, 2021])
    conform(one, 20)
    assert list(lines(one, 5, 1)["status"]) == ["violated"]
    assert list(lines(one, 5, 2)["limit"]) == [7]


def test_a_reference_that_falls_asks_nothing() -> None:
    """The rate may even fall; the second step, 3001 points of 8, needs three."""
    conform(case([8, 8, 8], [9000, 4000, 4001], [2019, 2020, 2021]).with_rule(by=3000), 24)
    assert list(lines(case([8, 8], [9000, 4000], [2020, 2021]), 4, 0)["status"]) == ["met"]


def test_a_level_of_the_year_beside_flows() -> None:
    """The level is the year's own, not added up over the years."""
    one = case([10, 10], [5000, 6000], [2020, 2021], level=[4, 3]).with_rule(
        level=[{"table": "rates", "measure": "level"}]
    )
    conform(one, 20)
    assert list(lines(one, 0, 3)["attained"]) == [6]
    assert list(lines(one, 0, 3)["status"]) == ["binding"]
    assert list(lines(one, 5, 2)["status"]) == ["violated"]


def test_flows_before_and_between_the_years_of_the_rate() -> None:
    """2020 lies between the years that have a rate; what flows then counts in 2021 (and before them, in all)."""
    between = case([10, 10], [5000, 6000], [2019, 2021])
    conform(between, 40)
    assert list(lines(between, 2, 0)["status"]) == ["binding"]
    before = case([10, 20], [5000, 5000], [2021, 2022], level=[0, 9]).with_rule(
        level=[{"table": "rates", "measure": "level"}]
    )
    conform(before, 40)


def test_one_year_alone_has_no_gap_before_it() -> None:
    one = case([10], [5000], [2020])
    assert "tested" not in set(build(one.instance()).program.rows["rule"])
    assert list(lines(one, 0, 0)["status"]) == ["record"]


def test_a_violation_names_clause_and_gaps() -> None:
    found = audit(case([10, 10], [5000, 6000], [2020, 2021]).instance(), {})
    named(found)
    text = next(v.text for v in found.violations if v.rule == "tested")
    assert "60.000" in text.zh
    assert "60.000" in text.en


@settings(max_examples=2, deadline=None)
@given(
    st.lists(st.integers(1, 12), min_size=3, max_size=3),
    st.lists(st.integers(0, 10_000), min_size=3, max_size=3),
    st.integers(0, 500),
)
def test_rows_and_audit_agree(whole: list[int], reference: list[int], by: int) -> None:
    """Any rates."""
    agree(case(whole, reference, [2019, 2020, 2021]).with_rule(by=by), 20)
