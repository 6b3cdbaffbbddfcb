"""Named methods of division: each against what characterises it, over all divisions of small cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.apportionment import METHODS, Method, divide, fair_shares, losers, off_quota
from tests.oracles.hunan_tables import bounded_shares

Shares = tuple[int, ...]
DIVISORS: tuple[Method, ...] = ("webster", "jefferson", "adams", "huntington_hill", "leximin")


@st.composite
def tasks(draw: st.DrawFn, most: int = 14) -> tuple[int, list[int], list[int], list[int]]:
    """A total with weights, floors and caps that it fits."""
    weights = draw(st.lists(st.integers(1, 60), min_size=2, max_size=4))
    floors = [draw(st.integers(0, 3)) for _ in weights]
    caps = [f + draw(st.integers(0, 8)) for f in floors]
    return draw(st.integers(sum(floors), max(sum(floors), min(most, sum(caps))))), weights, floors, caps


def divisions(total: int, floors: Sequence[int], caps: Sequence[int]) -> Iterator[Shares]:
    """Every whole division."""
    for shares in product(*(range(f, c + 1) for f, c in zip(floors, caps, strict=True))):
        if sum(shares) == total:
            yield shares


def leximin_key(weights: Sequence[int]) -> Callable[[Shares], Any]:
    """Worst ratios first; larger is better."""
    return lambda x: [-r for r in sorted(Fraction(k, w) for k, w in zip(x, weights, strict=True))]


@settings(max_examples=150, deadline=None)
@given(tasks())
def test_each_method_is_the_best_division_by_its_own_measure(task: tuple[int, list[int], list[int], list[int]]) -> None:
    total, weights, floors, caps = task
    every = list(divisions(total, floors, caps))
    fair = fair_shares(total, weights, floors, caps)
    mean = Fraction(total, sum(weights))
    measures: dict[Method, Callable[[Shares], Any]] = {
        "largest_remainder": lambda x: sum(abs(k - q) for k, q in zip(x, fair, strict=True)),
        "webster": lambda x: sum((k - w * mean) ** 2 / w for k, w in zip(x, weights, strict=True)),
        "jefferson": lambda x: sum(Fraction(k * (k + 1), w) for k, w in zip(x, weights, strict=True)),
        "adams": lambda x: sum(Fraction(k * (k - 1), w) for k, w in zip(x, weights, strict=True)),
        "leximin": leximin_key(weights),
    }
    for method, measure in measures.items():
        assert measure(divide(total, weights, method, floors, caps).shares) == min(map(measure, every)), method


@settings(max_examples=100, deadline=None)
@given(tasks())
def test_huntington_hill_spreads_need_per_unit_evenly(task: tuple[int, list[int], list[int], list[int]]) -> None:
    """Σ w²/x is least, where everybody has one."""
    total, weights, floors, caps = task
    floors = [max(1, f) for f in floors]
    caps = [max(f, c) for f, c in zip(floors, caps, strict=True)]
    total = min(max(total, sum(floors)), sum(caps))

    def measure(x: Shares) -> Fraction:
        return sum((Fraction(w * w, k) for k, w in zip(x, weights, strict=True)), Fraction(0))

    best = min(map(measure, divisions(total, floors, caps)))
    assert measure(divide(total, weights, "huntington_hill", floors, caps).shares) == best


@settings(max_examples=200, deadline=None)
@given(tasks(most=40), st.sampled_from(METHODS))
def test_shares_are_exact_and_within_their_bounds(
    task: tuple[int, list[int], list[int], list[int]], method: Method
) -> None:
    total, weights, floors, caps = task
    division = divide(total, weights, method, floors, caps)
    assert sum(division.shares) == total == sum(division.fair)
    for share, fair, floor, cap in zip(division.shares, division.fair, floors, caps, strict=True):
        assert floor <= share <= cap
        assert floor <= fair <= cap
    ratios = [q / w for q, w, f, c in zip(division.fair, weights, floors, caps, strict=True) if f < q < c]
    assert len(set(ratios)) <= 1  # one λ for all that no bound holds


@settings(max_examples=200, deadline=None)
@given(tasks(most=40))
def test_fair_shares_agree_with_holding_bounds_one_side_at_a_time(
    task: tuple[int, list[int], list[int], list[int]],
) -> None:
    total, weights, floors, caps = task
    claims = {str(i): c for i, c in enumerate(zip(weights, floors, caps, strict=True))}
    assert list(fair_shares(total, weights, floors, caps)) == list(bounded_shares(total, claims).values())


@settings(max_examples=200, deadline=None)
@given(tasks(most=40))
def test_largest_remainders_keep_the_quota_and_divisor_methods_the_house(
    task: tuple[int, list[int], list[int], list[int]],
) -> None:
    total, weights, floors, caps = task
    assert divide(total, weights, "largest_remainder", floors, caps).off_quota == ()
    for method in DIVISORS:
        assert losers(total, weights, method, floors, caps) == ()


def test_the_alabama_paradox() -> None:
    """Largest remainders: one unit more, and the smallest gets less."""
    assert divide(10, [6, 6, 2], "largest_remainder").shares == (4, 4, 2)
    assert divide(11, [6, 6, 2], "largest_remainder").shares == (5, 5, 1)
    assert losers(10, [6, 6, 2], "largest_remainder") == (2,)
    assert losers(10, [6, 6, 2], "webster") == ()


def test_jefferson_may_leave_the_quota() -> None:
    """The large gains more than its fair share rounded up; Adams the other way round."""
    weights = [86, 4, 4, 3, 3]
    jefferson, adams = divide(20, weights, "jefferson"), divide(20, weights, "adams")
    assert jefferson.shares[0] > jefferson.fair[0] + 1
    assert adams.shares[0] < adams.fair[0] - 1
    assert jefferson.off_quota
    assert adams.off_quota
    assert off_quota([18, 1, 1, 0, 0], jefferson.fair) == ()


def test_ties_go_by_the_order_given() -> None:
    """Equal needs differ by at most one, and the public lottery says who."""
    assert divide(4, [5, 5, 5], "webster").shares == (2, 1, 1)
    assert divide(4, [5, 5, 5], "webster", order=[3, 1, 2]).shares == (1, 2, 1)
    assert divide(4, [5, 5, 5], "largest_remainder", order=[3, 2, 1]).shares == (1, 1, 2)


@pytest.mark.parametrize(
    ("total", "weights", "floors", "caps", "words"),
    [
        (5, [1, 0], None, None, "weights must be above 0"),
        (5, [1, 1], [4, 4], None, "do not fit"),
        (5, [1, 1], None, [2, 2], "do not fit"),
        (5, [1, 1], [3, 0], [2, 9], "above its cap"),
        (5, [1, 1], [-1, 0], None, "floors at least 0"),
    ],
)
def test_what_cannot_be_divided(
    total: int, weights: list[int], floors: list[int] | None, caps: list[int] | None, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        divide(total, weights, "webster", floors, caps)
