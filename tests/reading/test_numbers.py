"""Whole columns of numbers are judged as ``units.to_base`` judges one."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.reading.numbers import GOOD, NO_NUMBER, NOT_EXACT, TOO_LARGE, exact_text, parse_numbers
from optimizer.units import UNITS, NotExact, to_base

_TEXTS = st.one_of(
    st.decimals(-(10**13), 10**13, places=3).map(str),
    st.decimals(-1, 1, places=7).map(lambda d: format(d, "f")),
    st.integers(-(2**66), 2**66).map(str),
    st.from_regex(r"[+-]?[0-9]{1,12}(\.[0-9]{1,8})?(e[+-]?[0-9])?", fullmatch=True),
)


@given(st.lists(_TEXTS, min_size=1, max_size=8), st.sampled_from(sorted(UNITS)))
def test_same_as_one_by_one(texts: list[str], unit: str) -> None:
    parsed = parse_numbers(pd.Series(texts, dtype="str"), unit)
    for text, value, problem in zip(texts, parsed.values, parsed.problem, strict=True):
        try:
            expected = to_base(text, unit)
        except NotExact:
            assert problem == NOT_EXACT
        else:
            assert (value, problem) == ((expected, GOOD) if abs(expected) < 2**63 else (0, TOO_LARGE))


@pytest.mark.parametrize(
    "text", ["", "四", "１２", "1_000", "1,000", "nan", "inf", "1e999", "--1", "1.", ".5", "0x1", "1 2"]
)
def test_no_number(text: str) -> None:
    assert parse_numbers(pd.Series([text], dtype="str"), "yuan").problem.tolist() == [NO_NUMBER]


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(sorted(UNITS)))
def test_written_and_read_back(value: int, unit: str) -> None:
    parsed = parse_numbers(pd.Series([exact_text(value, unit)], dtype="str"), unit)
    assert (parsed.values.tolist(), parsed.problem.tolist()) == ([value], [GOOD])
