"""``every`` in a term: one thing decided stands for each key of a table (a chosen town for all fields of work, a county's
residents for all years). Rows and audit agree on every plan, for names and for years."""

from __future__ import annotations

import pandas as pd
import pytest

from optimizer.check import audit
from tests.kit import Case, column, conform, report_of
from tests.rules.test_rule_total import HOMES

CALENDAR = {"name": "calendar", "zh": "年份", "column": [column("year", "year", key=True), column("share")]}
YEARS = pd.DataFrame({"year": [2020, 2021], "share": [1, 2]})


def for_every_hamlet() -> Case:
    """What the homes of all places offer, twice over, is there for the people of each hamlet."""
    people = {"table": "moves", "measure": "size"}
    homes = {"table": "homes", "times": -2, "every": {"hamlet": "hamlets"}}
    return Case({"kind": "total", "terms": [people, homes], "per": ["hamlet"], "at_most": 1}, amounts=[HOMES])


def for_every_year() -> Case:
    """Room of a place, given once, counts in each year of the calendar."""
    people = {"table": "moves", "measure": "size", "times": -1}
    room = {"table": "places", "measure": "room", "every": {"year": "calendar"}}
    rule = {"kind": "total", "terms": [room, people], "per": ["site", "year"], "at_least": 1}
    return Case(rule, tables={"calendar": YEARS}, schema=[CALENDAR])


@pytest.mark.parametrize("case", [for_every_hamlet(), for_every_year()], ids=["names", "years"])
def test_rows_and_audit_agree_on_every_plan(case: Case) -> None:
    conform(case)


def test_an_amount_counts_once_for_each_key() -> None:
    """One home at A and nobody moves: both hamlets' lines have it, in full."""
    plan = {"homes": pd.DataFrame({"site": ["A"], "built": [1]})}
    lines = report_of(audit(for_every_hamlet().instance(), plan))
    assert dict(zip(lines["key"], lines["attained"], strict=True)) == {"h1": -2, "h2": -2}


def test_a_year_from_a_table_is_the_same_year_as_a_plans() -> None:
    """Room 5 at A less the 2 people who come in 2020; in 2021 all of the room. Keys are not split by their type."""
    case = for_every_year()
    plan = {"moves": pd.DataFrame({"person": ["p1"], "mode": ["go"], "site": ["A"], "year": [2020]})}
    clauses = report_of(audit(case.instance(), plan))
    found = dict(zip(clauses["key"], clauses["attained"], strict=True))
    assert found == {"A / 2020": 3, "A / 2021": 5, "B / 2020": 9, "B / 2021": 9}
