"""The exact bound against brute force and against its definition in fractions; the guard against overflow, on both sides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.lagrangian import bound as arithmetic
from optimizer.lagrangian import replies
from optimizer.lagrangian.bound import exact_bound, exact_total, sign_correct, whole_prices
from optimizer.lagrangian.replies import exact_sum, stretches
from optimizer.program import FREE, Program, Stage, WholeGroups
from optimizer.wording import Wording
from tests.lagrangian.tiny_programs import ROWS, plans, programs, slow_bound


@settings(max_examples=150, deadline=None)
@given(programs(), st.data())
def test_no_plan_beats_the_bound_and_fractions_agree(program: Program, data: st.DataObject) -> None:
    """At any whole prices, sign-correct or not, with an earlier stage kept at what some plan reaches."""
    goal, earlier = program.stages
    legal = plans(program)
    kept: list[tuple[Stage, int]] = []
    if len(legal) and data.draw(st.booleans()):
        reached = np.unique(legal @ earlier.value).tolist()
        kept = [(earlier, data.draw(st.sampled_from(reached)))]
    prices = data.draw(st.lists(st.integers(-40, 40), min_size=ROWS + len(kept), max_size=ROWS + len(kept)))
    shift = data.draw(st.integers(0, 6))
    found = exact_bound(program, goal, kept, np.array(prices, dtype=np.int64), shift)
    assert found == slow_bound(program, goal, kept, prices, shift)
    for s, v in kept:
        legal = legal[s.sign * (legal @ s.value - v) >= 0]
    if len(legal):
        assert goal.sign * found >= (goal.sign * (legal @ goal.value)).max()


@settings(max_examples=60, deadline=None)
@given(programs(), st.data())
def test_groups_over_several_stretches_stay_exact(program: Program, data: st.DataObject) -> None:
    """One set a stretch, three matrix entries a look: the same bound."""
    prices = np.array(data.draw(st.lists(st.integers(-40, 40), min_size=ROWS, max_size=ROWS)), dtype=np.int64)
    whole = exact_total(program, program.stages[0], [], prices, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replies, "STRETCH", 1)
        patch.setattr(arithmetic, "ENTRIES", 3)
        assert [b - a for a, b in stretches(program)] == [1, 1, 1, 1]
        assert exact_total(program, program.stages[0], [], prices, 3) == whole
        floats = prices / 8
        fine = whole_prices(program, program.stages[0], [], floats)
    again = whole_prices(program, program.stages[0], [], floats)
    assert fine[1] == again[1]
    assert (fine[0] == again[0]).all()


@settings(max_examples=60, deadline=None)
@given(programs(), st.data())
def test_whole_prices_are_fine_and_within_the_guard(program: Program, data: st.DataObject) -> None:
    """Rounding moves no price by more than half a step, and the bound can be recomputed."""
    price = np.array(data.draw(st.lists(st.floats(-50, 50), min_size=ROWS, max_size=ROWS)))
    prices, shift = whole_prices(program, program.stages[0], [], price)
    assert np.abs(prices / 2.0**shift - price).max() <= 2.0**-shift
    exact_bound(program, program.stages[0], [], prices, shift)


@pytest.mark.parametrize(
    ("low", "high", "price", "counts"),
    [
        (-FREE, 3, -5, 0), (-FREE, 3, 5, 5), (3, FREE, 5, 0), (3, FREE, -5, -5), (3, 3, 5, 5), (3, 3, -5, -5),
        (-FREE, FREE, 5, 0), (-FREE, FREE, -5, 0),
    ],
)  # fmt: skip
def test_a_price_of_the_wrong_sign_counts_nothing(low: int, high: int, price: int, counts: int) -> None:
    """Both signs on every kind of row."""
    program = one_row([1], low, high)
    assert sign_correct(program, [], np.array([price])).tolist() == [counts]


def one_row(entries: list[int], low: int, high: int, group: bool = False) -> Program:
    """Choice sets of one option each over one row."""
    count = len(entries)
    matrix = sp.csr_array(np.array([entries], dtype=np.int64))
    rows = pd.DataFrame({"rule": ["r"], "clause": ["T-1"], "key": ["a"]})
    one, none = np.ones(1, dtype=np.int64), np.zeros(0, dtype=np.int64)
    groups = WholeGroups(np.zeros(count, np.int64), np.ones(count, np.int64), none, none, none) if group else None
    goal = Stage("s", "T-1", Wording("", ""), 1, "1", np.zeros(count, dtype=np.int64))
    sides = [np.array([side], dtype=np.int64) for side in (low, high)]
    return Program(
        matrix, *sides, np.ones(1), one, rows, np.ones(count, dtype=np.int64), np.arange(count + 1), ("h",) * count, {},
        groups, (goal,),
    )  # fmt: skip


HALF, NEXT = 2**62, 2**62 + 2**11


@pytest.mark.parametrize(
    ("entries", "price", "group", "total"),
    [
        ([1], -HALF, False, HALF),  # one set at the guard
        ([1], -NEXT, False, None),  # and above it
        ([-1], HALF, False, HALF),
        ([-1], NEXT, False, None),
        ([2], -(2**61), False, HALF),
        ([2], -(2**61) - 2**10, False, None),
        ([1, 1], -(2**61), True, HALF),  # a group's sets count together
        ([1, 1], -(2**61) - 2**10, True, None),
        ([1] * 8, -HALF, False, 8 * HALF),  # sets apart do not: their sum is a Python int
    ],
)
def test_numbers_that_do_not_fit_are_refused_never_wrapped(
    entries: list[int], price: int, group: bool, total: int | None
) -> None:
    """At the guard exact, one step above it an error."""
    program = one_row(entries, 0, 0, group)
    prices = np.array([price], dtype=np.int64)
    if total is None:
        with pytest.raises(OverflowError):
            exact_total(program, program.stages[0], [], prices, 0)
    else:
        assert exact_total(program, program.stages[0], [], prices, 0) == total


def test_limits_are_multiplied_as_python_numbers() -> None:
    """A price times a limit need not fit 64 bits."""
    program = one_row([0], -FREE, 2**61)
    assert exact_total(program, program.stages[0], [], np.array([2**60]), 0) == 2**121


@pytest.mark.parametrize("shift", [-1, 63, 200])
def test_a_shift_that_cannot_be_is_refused(shift: int) -> None:
    program = one_row([1], 0, 0)
    with pytest.raises(OverflowError):
        exact_total(program, program.stages[0], [], np.array([1]), shift)


@given(st.lists(st.integers(-(2**62), 2**62), max_size=30))
def test_sums_beyond_64_bits_are_exact(values: list[int]) -> None:
    assert exact_sum(np.array(values, dtype=np.int64)) == sum(values)
