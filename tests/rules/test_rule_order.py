"""``order``: at least as much a head where every ground is at least as large."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.build import build
from optimizer.check import audit
from optimizer.rules.order import reduction
from tests.kit import Case, agree, conform, named, report_of
from tests.rules.test_rule_quota import FEW, PARTS

RULE: dict[str, Any] = {
    "kind": "order", "amount": [{"table": "parts"}], "item": "site", "head": {"table": "places", "measure": "room"},
    "by": [{"terms": [{"table": "places", "measure": "least"}]}],
}  # fmt: skip
SECOND = {"terms": [{"table": "places", "measure": "first"}]}
NAMES = ["A", "B", "C", "D"]


def case(heads: list[int], grounds: list[int], most: int = 4, second: list[int] | None = None, **more: Any) -> Case:
    """Places with heads and one ground or two (the kit's columns ``room``, ``least`` and ``first``)."""
    count = len(heads)
    frame = {"site": NAMES[:count], "sort": ["own", "own", "far", "far"][:count], "room": heads, "least": grounds}
    places = pd.DataFrame({**frame, "first": second or [2020] * count})
    tables = {"places": places, "consents": FEW}
    return Case({**RULE, **more}, amounts=[{**PARTS, "at_most": most}], tables=tables)


def pairs(one: Case, units: list[int]) -> dict[str, str]:
    """The status of each pair that is compared, for these units."""
    plan = {"parts": pd.DataFrame({"site": NAMES[: len(units)], "units": units})}
    lines = report_of(audit(one.instance(), plan))
    return dict(zip(lines["key"], lines["status"], strict=True))


def test_more_of_the_ground_gets_no_less_a_head() -> None:
    """Two heads against three: 2 and 3 units are the same a head, 1 and 2 are not enough."""
    one = case([2, 3], [5, 4])
    conform(one, 18)
    assert pairs(one, [2, 3]) == {"A / ≥ B": "binding"}
    assert pairs(one, [3, 3]) == {"A / ≥ B": "met"}
    assert pairs(one, [1, 2]) == {"A / ≥ B": "violated"}


@pytest.mark.parametrize("step", [1, 2, "grain"])
def test_equals_differ_by_less_than_a_step_a_head(step: object) -> None:
    conform(replace(case([2, 3], [4, 4], most=5, step=step), parameters={"grain": 3}), 20)


def test_a_chain_holds_all_its_pairs() -> None:
    """Rows stand for neighbours only, the audit compares everybody."""
    model = build(case([1, 2, 3], [9, 5, 1], most=3).instance())
    assert int((model.program.rows["rule"] == "tested").sum()) == 2
    conform(case([1, 2, 3], [9, 5, 1], most=3), 20)


def test_two_grounds_that_disagree_compare_nobody() -> None:
    """A has more of one and B of the other; C has less of both."""
    one = case([1, 1, 1], [9, 5, 1], most=2, second=[2020, 2021, 2020], by=[*RULE["by"], SECOND])
    conform(one, 18)
    assert set(pairs(one, [0, 2, 0])) == {"A / ≥ C", "B / ≥ C"}
    assert set(pairs(one, [2, 2, 2]).values()) == {"binding"}


def test_a_ground_a_head() -> None:
    """6 of 3 heads is less a head than 5 of 2, though more in all."""
    by = [{**RULE["by"][0], "a_head": True}]
    one = case([3, 2], [6, 5], by=by)
    conform(one, 18)
    assert set(pairs(one, [1, 1])) == {"B / ≥ A"}
    assert set(pairs(case([3, 2], [6, 5]), [1, 1])) == {"A / ≥ B"}


def test_only_within_the_group() -> None:
    """A and B are own places, C is far: C is compared with nobody, whatever it gets."""
    sorts = [{"name": "sort", "path": "site.sort"}]
    one = replace(case([1, 1, 1], [5, 4, 3], per=["sort"]), amounts=[{**PARTS, "at_most": 2, "attribute": sorts}])
    conform(one, 18)
    assert pairs(one, [1, 1, 2]) == {"own / A / ≥ B": "binding"}


def test_what_was_there_before_counts_off() -> None:
    """The raise is ordered, not the level: B, with 3 before, may have 3 more units than A."""
    before = {"table": "money", "measure": "amount", "times": -1, "where": {"year": 2021}}
    money = pd.DataFrame({"site": ["A", "B"], "year": [2021, 2021], "amount": [0, 3]})
    one = case([1, 1], [5, 4], most=5, amount=[{"table": "parts"}, before])
    one = replace(one, tables={**one.tables, "money": money})
    conform(one, 20)
    assert pairs(one, [1, 4]) == {"A / ≥ B": "binding"}


def test_nobody_without_a_head_is_compared() -> None:
    """One place alone has heads: no rows, no lines."""
    one = case([3, 0], [1, 9])
    assert "tested" not in set(build(one.instance()).program.rows["rule"])
    assert pairs(one, [0, 4]) == {"": "record"}


def test_a_violation_names_clause_and_numbers() -> None:
    one = case([2, 3], [5, 4])
    found = audit(one.instance(), {"parts": pd.DataFrame({"site": ["B"], "units": [4]})})
    named(found)
    assert [v.key for v in found.violations if v.rule == "tested"] == ["A / ≥ B"]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=6))
def test_the_reduction_says_the_same_as_all_pairs(scores: list[tuple[int, int]]) -> None:
    """What is reached along its pairs is exactly who has at least as much of everything; equals are all told."""
    found = list(reduction(scores))
    count = len(scores)
    reach = [[a == b for b in range(count)] for a in range(count)]
    for a, b, _ in found:
        reach[a][b] = True
    for k in range(count):
        for a in range(count):
            for b in range(count):
                reach[a][b] |= reach[a][k] and reach[k][b]
    for a in range(count):
        for b in range(count):
            assert reach[a][b] == all(x >= y for x, y in zip(scores[a], scores[b], strict=True))
    assert {(a, b) for a, b, equal in found if equal} == {
        (a, b) for a in range(count) for b in range(count) if a != b and scores[a] == scores[b]
    }


@settings(max_examples=2, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=3, max_size=3),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.integers(1, 2),
)
def test_rows_and_audit_agree(heads: list[int], grounds: list[int], step: int) -> None:
    """Any heads and grounds."""
    agree(case(heads, grounds, most=3, step=step), 16)
