"""``leximin``: of all plans the one whose coverages, worst first, are the largest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.objectives.tiny import all_plans, solved, units

GOAL: dict[str, Any] = {
    "kind": "leximin", "served": [{"table": "parts"}], "need": [{"table": "places", "measure": "room"}], "per": ["site"]
}  # fmt: skip


def coverages(given: tuple[int, ...] | list[int], needs: list[int], steps: int) -> list[int]:
    """Worst first, in whole steps, of those who need anything."""
    return sorted(min(steps, steps * g // n) for g, n in zip(given, needs, strict=True) if n)


def compare(needs: list[int], caps: list[int], prices: list[int], pot: int, steps: int = 10_000) -> None:
    """Plan, stages and bounds against all plans."""
    plan = solved({**GOAL, "steps": steps}, needs, caps, prices, pot)
    best = max(coverages(given, needs, steps) for given in all_plans(caps, prices, pot))
    assert coverages(units(plan, len(needs)), needs, steps) == best
    sums = [sum(best[:k]) * (10_000 // steps) for k in range(1, len(best) + 1)]
    assert [stage.value for stage in plan.stages] == sums
    assert [stage.bound for stage in plan.stages] == sums


@pytest.mark.parametrize("pot", [0, 4, 9])
def test_ties_and_caps(pot: int) -> None:
    """A cannot have more than 1 of 4; equal needs of B and C must not hide that one more unit goes to one of them."""
    compare([4, 3, 3], [1, 5, 5], [1, 1, 1], pot)


def test_who_needs_nothing_has_no_coverage() -> None:
    compare([0, 3, 2], [3, 3, 3], [1, 1, 1], 3)


def test_more_than_the_need_covers_nothing_more() -> None:
    """B and C can be covered in full and stay at that; whoever is dearer still comes first where it is worst off."""
    compare([5, 1, 1], [5, 5, 5], [3, 1, 1], 8)


def test_coarse_steps_do_not_tell_small_differences() -> None:
    compare([7, 5], [7, 5], [1, 1], 5, steps=4)


def test_the_first_stages_only() -> None:
    plan = solved({**GOAL, "stages": 1}, [4, 2], [4, 2], [1, 1], 3)
    assert [stage.value for stage in plan.stages] == [5000]


@settings(max_examples=4, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=3, max_size=3),
    st.lists(st.integers(0, 4), min_size=3, max_size=3),
    st.lists(st.integers(1, 3), min_size=3, max_size=3),
    st.integers(0, 12),
    st.sampled_from([10, 1000, 10_000]),
)
def test_against_all_plans(needs: list[int], caps: list[int], prices: list[int], pot: int, steps: int) -> None:
    compare(needs, caps, prices, pot, steps)
