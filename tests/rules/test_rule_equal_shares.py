"""``equal_shares``: each member of a class gets its part of what the class gets, within one unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.build import build
from optimizer.check import audit
from optimizer.errors import PolicyError
from tests.kit import Case, agree, conform, named, report_of
from tests.rules.test_rule_quota import FEW, PARTS

NAMES = ["A", "B", "C", "D"]
SORT = {"attribute": [{"name": "sort", "path": "site.sort"}]}
RULE: dict[str, Any] = {
    "kind": "equal_shares", "part": [{"table": "parts"}], "weight": [{"table": "places", "measure": "room"}],
    "per": ["sort"], "member": "site",
}  # fmt: skip


def case(weights: list[int], most: int = 4, sorts: str = "ooof") -> Case:
    """Places of one sort or two, with such weights."""
    count = len(weights)
    names = [{"o": "own", "f": "far"}[s] for s in sorts[:count]]
    places = pd.DataFrame(
        {"site": NAMES[:count], "sort": names, "room": weights, "first": [2020] * count, "least": [0] * count}
    )
    tables = {"places": places, "consents": FEW}
    return Case(RULE, amounts=[{**PARTS, **SORT, "at_most": most}], tables=tables)


def statuses(one: Case, units: list[int]) -> dict[str, str]:
    """Each member's status for these units."""
    lines = report_of(audit(one.instance(), {"parts": pd.DataFrame({"site": NAMES[: len(units)], "units": units})}))
    return dict(zip(lines["key"], lines["status"], strict=True))


def test_shares_of_two_to_three() -> None:
    """Of 5 exactly 2 and 3; of 4 (1.6 and 2.4) 1 and 3 or 2 and 2, not 0 and 4."""
    one = case([2, 3])
    conform(one, 24)
    assert "violated" not in statuses(one, [2, 3]).values()
    assert "violated" not in {*statuses(one, [1, 3]).values(), *statuses(one, [2, 2]).values()}
    assert statuses(one, [0, 4]) == {"own / A": "violated", "own / B": "violated"}
    assert statuses(one, [3, 2]) == {"own / A": "violated", "own / B": "violated"}


def test_three_of_a_class_and_one_apart() -> None:
    """D, of the other sort, is alone in its class and free."""
    conform(case([1, 1, 2, 5], most=2), 24)
    assert statuses(case([1, 1, 2, 5]), [1, 1, 2, 4])["far / D"] == "binding"


def test_who_weighs_nothing_gets_nothing() -> None:
    one = case([3, 0], most=3)
    conform(one, 20)
    assert statuses(one, [2, 0])["own / B"] == "binding"
    assert statuses(one, [2, 1])["own / B"] == "violated"


def test_a_class_without_weight_gets_nothing() -> None:
    """Nor less than nothing: what was there before is taken off the parts."""
    one = case([0, 0, 2], most=2, sorts="oof")
    conform(one, 20)
    before = {"table": "money", "measure": "amount", "times": -1, "where": {"year": 2021}, "fixed": {"sort": "own"}}
    money = pd.DataFrame({"site": ["A"], "year": [2021], "amount": [1]})
    less = replace(one.with_rule(part=[{"table": "parts"}, before]), tables={**one.tables, "money": money})
    conform(less, 20)
    assert statuses(less, [0, 0, 1])["own / A"] == "violated"
    assert statuses(less, [1, 0, 1])["own / A"] == "met"


def test_shares_of_all_years_so_far() -> None:
    """2020 weighs A alone; in 2021 B catches up. What a year gives is counted with the years before."""
    money = pd.DataFrame({"site": ["A", "B", "A"], "year": [2020, 2021, 2021], "amount": [1, 3, 1]})
    yearly = {**PARTS, "years": "plan", "at_most": 2}
    rule = {**RULE, "per": ["year"], "weight": [{"table": "money", "measure": "amount"}], "running": True}
    one = Case(rule, amounts=[yearly], tables={"money": money, "consents": FEW})
    conform(one, 30)
    given = {"site": ["A", "A", "B"], "year": [2020, 2021, 2021], "units": [1, 1, 2]}
    lines = report_of(audit(one.instance(), {"parts": pd.DataFrame(given)}))
    assert "violated" not in set(lines["status"])
    lines = report_of(audit(one.instance(), {"parts": pd.DataFrame({**given, "year": [2020, 2021, 2020]})}))
    assert {"2020 / A", "2020 / B"} <= set(lines.loc[lines["status"] == "violated", "key"])


def test_running_needs_years() -> None:
    with pytest.raises(PolicyError, match="running needs"):
        build(case([1, 1]).with_rule(running=True).instance())


def test_a_violation_names_clause_and_share() -> None:
    found = audit(case([2, 3]).instance(), {"parts": pd.DataFrame({"site": ["B"], "units": [4]})})
    named(found)
    text = next(v.text for v in found.violations if v.key == "own / A")
    assert "1.60" in text.zh
    assert "1.60" in text.en


@settings(max_examples=2, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=3))
def test_rows_and_audit_agree(weights: list[int]) -> None:
    """Any weights."""
    agree(case(weights, most=3), 16)
