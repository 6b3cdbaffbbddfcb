"""Filters on whole columns against the same tests row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.policy.filters import Where

CODES = ["a", "b", "c", ""]
ROWS = st.lists(
    st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.sampled_from(CODES), st.sampled_from(CODES), st.booleans()),
    max_size=12,
)
LIMIT = {"limit": 1}
Row = dict[str, Any]
TESTS: list[tuple[dict[str, Any], Callable[[Row], bool]]] = [
    ({}, lambda r: True),
    ({"x": 2}, lambda r: r["x"] == 2),
    ({"x": [1, 2]}, lambda r: r["x"] in (1, 2)),
    ({"code": "a"}, lambda r: r["code"] == "a"),
    ({"code": ["a", ""]}, lambda r: r["code"] in ("a", "")),
    ({"flag": True}, lambda r: r["flag"]),
    ({"flag": False}, lambda r: not r["flag"]),
    ({"x": {"at_least": 1}}, lambda r: r["x"] >= 1),
    ({"x": {"at_most": "limit"}}, lambda r: r["x"] <= 1),
    ({"x": {"below": 1}}, lambda r: r["x"] < 1),
    ({"x": {"at_least": -1, "at_most": 1}}, lambda r: -1 <= r["x"] <= 1),
    ({"code": {"not": "a"}}, lambda r: r["code"] != "a"),
    ({"code": {"same_as": "other"}}, lambda r: r["code"] == r["other"]),
    ({"code": {"differs_from": "other"}}, lambda r: r["code"] != r["other"]),
    ({"x": {"at_most_column": "y"}}, lambda r: r["x"] <= r["y"]),
    (
        {"x": {"at_least": 0}, "flag": True, "code": {"not": ""}},
        lambda r: r["x"] >= 0 and r["flag"] and r["code"] != "",
    ),
]


@pytest.mark.parametrize("number", range(len(TESTS)))
@given(rows=ROWS, coded=st.booleans())
def test_a_mask_is_what_the_rows_say(number: int, rows: list[tuple[Any, ...]], coded: bool) -> None:
    """Plain columns and categories, whatever their categories are."""
    where, passes = TESTS[number]
    frame = pd.DataFrame(rows, columns=["x", "y", "code", "other", "flag"])
    frame = frame.astype({"x": "int64", "y": "int64", "flag": bool})
    if coded:
        frame["code"] = pd.Categorical(frame["code"], categories=["c", "b", "a", ""])
        frame["other"] = pd.Categorical(frame["other"], categories=CODES)
    wanted = [passes(dict(zip(frame.columns, row, strict=True))) for row in rows]
    assert Where.model_validate(where).mask(frame, LIMIT).tolist() == wanted


def test_a_filter_names_every_column_that_it_reads() -> None:
    """Also those on the right side of a comparison."""
    where = {"x": {"at_most_column": "y"}, "code": {"same_as": "other"}, "flag": True}
    assert Where.model_validate(where).columns == {"x", "y", "code", "other", "flag"}
