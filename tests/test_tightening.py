"""Tighter constants of switched rows: no plan is lost or won, and what other rows say is used."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.program import FREE, Program, scale_of
from optimizer.tightening import tightened

UPPER = (1, 3, 2, 3)
"""Bounds of the amounts; the first is the switch."""
OPTIONS = 4
"""Two sets of two options stand before the amounts."""


def program_of(matrix: list[list[int]], low: list[int], high: list[int]) -> Program:
    """A program whose first two rows are the switched rule's."""
    entries = sp.csc_array(np.array(matrix, dtype=np.int64))
    rules = ["rule", "rule", *("other" for _ in matrix[2:])]
    return Program(
        entries, np.array(low, dtype=np.int64), np.array(high, dtype=np.int64), scale_of(entries),
        np.ones(len(matrix), dtype=np.int64), pd.DataFrame({"rule": rules, "clause": "T-1", "key": ""}),
        np.array([1] * OPTIONS + list(UPPER), dtype=np.int64), np.array([0, 2, 4]), ("a", "b"),
        {"moves": (0, OPTIONS), "switch": (OPTIONS, 1), "amounts": (OPTIONS + 1, len(UPPER) - 1)}, None, (),
    )  # fmt: skip


SETS = [(0, 0), (1, 0), (0, 1)]
EVERY = np.array(
    [(*a, *b, *x) for a, b in itertools.product(SETS, SETS) for x in itertools.product(*(range(u + 1) for u in UPPER))]
)


def plans(program: Program) -> set[tuple[int, ...]]:
    """All that hold every row."""
    reached = EVERY @ program.matrix.toarray().T
    held = ((reached >= program.row_lower) & (reached <= program.row_upper)).all(axis=1)
    return set(map(tuple, EVERY[held].tolist()))


entry = st.integers(-4, 4)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Two switched rows (one of each sense) with large constants, and two or three ordinary ones."""
    row = st.lists(entry, min_size=OPTIONS + len(UPPER), max_size=OPTIONS + len(UPPER))
    matrix = draw(st.lists(row, min_size=4, max_size=5))
    for line, switch in zip(matrix, (draw(st.integers(-40, 40)), draw(st.integers(-40, 40))), strict=False):
        line[OPTIONS] = switch
    for line in matrix[2:]:
        line[OPTIONS] = 0
    low, high = [-int(FREE)] * len(matrix), [int(FREE)] * len(matrix)
    high[0], low[1] = draw(st.integers(-5, 40)), draw(st.integers(-40, 5))
    for number in range(2, len(matrix)):
        high[number] = draw(st.integers(0, 8))
    return program_of(matrix, low, high)


@settings(max_examples=200, deadline=None)
@given(programs())
def test_the_plans_stay_the_same(program: Program) -> None:
    assert plans(tightened(program, {"rule": "switch"})) == plans(program)


def test_a_constant_falls_to_what_the_market_takes() -> None:
    """Σ amounts ≤ 100·m, but another row lets them have 4 together; the options of a set count once."""
    claims = [0, 0, 0, 0, -100, 1, 1, 1]
    terms = [2, 3, 5, 0, 100, 0, 0, 0]  # at most 100: no limit while the switch is off
    market = [0, 0, 0, 0, 0, 1, 1, 1]
    free = int(FREE)
    program = program_of([claims, terms, market], [-free] * 3, [0, 100, 4])
    found = tightened(program, {"rule": "switch"})
    dense = found.matrix.toarray()
    assert dense[0].tolist() == [0, 0, 0, 0, -4, 1, 1, 1]
    assert (dense[1].tolist(), int(found.row_upper[1])) == ([2, 3, 5, 0, 8, 0, 0, 0], 8)
    assert plans(found) == plans(program)


def test_rows_without_a_switch_stay() -> None:
    row = [0, 0, 0, 0, -100, 1, 1, 1]
    program = program_of([row, row, row], [-int(FREE)] * 3, [0, 0, 0])
    found = tightened(program, {})
    assert found is program
    assert tightened(program, {"other": "switch"}).matrix.toarray()[0].tolist() == row
