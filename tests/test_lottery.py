"""The public lottery: repeatable, blind to order, and fair to equal cases."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from optimizer.lottery import by_lot, draw, equal_cases

CODES = st.lists(st.text("abcdefgh0123456789", min_size=1, max_size=6), min_size=1, max_size=12, unique=True)


@given(CODES, st.integers(0, 10**6))
def test_anyone_can_draw_again(codes: list[str], seed: int) -> None:
    """The number is the digest's first 52 bits; it depends on seed and code alone."""
    numbers = draw(codes, seed)
    assert ((numbers >= 0) & (numbers < 1)).all()
    assert (draw(codes[::-1], seed)[::-1] == numbers).all()
    digest = hashlib.sha256(f"{seed}:{codes[0]}".encode()).hexdigest()
    assert numbers[0] == int(digest[:13], 16) / 2**52


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=8))
def test_equal_cases_have_the_same_options_row_by_row(wishes: list[tuple[int, int]]) -> None:
    """Against a comparison one by one; the household's own code does not count."""
    rows = [(f"h{i}", site, rank) for i, (a, b) in enumerate(wishes) for rank, site in ((1, a), (2, b))]
    frame = pd.DataFrame(rows, columns=["household", "site", "rank"])
    case = equal_cases(frame, "household")
    for i, one in enumerate(wishes):
        for j, two in enumerate(wishes):
            assert (case[f"h{i}"] == case[f"h{j}"]) == (one == two)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=1, max_size=8), st.integers(0, 99))
def test_results_are_handed_out_by_number_within_a_case(households: list[tuple[int, int]], seed: int) -> None:
    """Two options each, household i takes option ``taken`` or none: totals stay, and the lower number is never behind."""
    count = len(households)
    start = np.arange(0, 2 * count + 1, 2)
    x = np.zeros(2 * count, dtype=np.int64)
    for i, (taken, _) in enumerate(households):
        if taken < 2:
            x[2 * i + taken] = 1
    case = np.array([c for _, c in households], dtype=np.int64)
    number = draw([f"h{i}" for i in range(count)], seed)
    after, decided = by_lot(x, start, case, number)
    result = np.array([next((k for k in (0, 1) if after[2 * i + k]), 2) for i in range(count)])
    for c in (0, 1):
        mine = np.flatnonzero(case == c)
        before = sorted(households[i][0] for i in mine)
        assert sorted(result[mine]) == before
        assert (np.diff(result[mine][np.argsort(number[mine])]) >= 0).all()
        assert decided[mine].all() == (len(set(before)) > 1) or not len(mine)
