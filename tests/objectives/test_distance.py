"""``distance``: the least sum of absolute differences from the aim."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.objectives.tiny import all_plans, solved, units

GOAL: dict[str, Any] = {
    "kind": "distance", "target": [{"table": "places", "measure": "room"}], "per": ["site"]
}  # fmt: skip


def away(given: tuple[int, ...] | list[int], aims: list[int], times: int) -> int:
    """Σ |times · x − aim|."""
    return sum(abs(times * g - aim) for g, aim in zip(given, aims, strict=True))


def compare(aims: list[int], caps: list[int], prices: list[int], pot: int, times: int = 1) -> None:
    """Plan, value and bound against all plans."""
    plan = solved({**GOAL, "terms": [{"table": "parts", "times": times}]}, aims, caps, prices, pot)
    best = min(away(given, aims, times) for given in all_plans(caps, prices, pot))
    assert away(units(plan, len(aims)), aims, times) == best
    assert plan.stages[0].value == best
    assert plan.stages[0].bound == best


@pytest.mark.parametrize("times", [1, 3, 1_000_000])
def test_above_below_and_reached(times: int) -> None:
    """Aims that lie between two steps, beyond the cap, and at a whole step."""
    compare([2 * times + times // 2, 9 * times, times], [5, 4, 5], [1, 1, 1], 20, times)


def test_the_pot_decides_where_to_fall_short() -> None:
    compare([4, 4, 4], [4, 4, 4], [3, 2, 1], 9)


def test_an_aim_of_nothing() -> None:
    compare([0, 0], [3, 3], [1, 1], 6)


def test_a_part_of_the_aim_that_is_given_counts_off() -> None:
    """What is there already (``first``, here 2 each) goes into the terms with a negative factor."""
    terms = [{"table": "parts"}, {"table": "places", "measure": "first", "times": -1}]
    plan = solved({**GOAL, "terms": terms}, [1, 0], [2, 2], [1, 1], 3)
    best = min(abs(a - 2 - 1) + abs(b - 2) for a, b in all_plans([2, 2], [1, 1], 3))
    assert plan.stages[0].value == plan.stages[0].bound == best


@settings(max_examples=5, deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=3, max_size=3),
    st.lists(st.integers(0, 4), min_size=3, max_size=3),
    st.lists(st.integers(1, 3), min_size=3, max_size=3),
    st.integers(0, 12),
    st.integers(1, 9),
)
def test_against_all_plans(aims: list[int], caps: list[int], prices: list[int], pot: int, times: int) -> None:
    compare(aims, caps, prices, pot, times)
