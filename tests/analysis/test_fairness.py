"""Gini, ratio and envy: by hand, and against the definition."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import api
from optimizer.analysis.fairness import by_groups, gini
from optimizer.errors import OptimizerError
from tests.asking.small_task import task


def test_gini_by_hand() -> None:
    """All to one of n: 1 − 1/n. Halves and wholes of 3, 2 and 1 households: (2·4·½ / 6²) / (2·5/6) = 2/15."""
    assert gini([0, 0, 0, 7], [1, 1, 1, 1]) == Fraction(3, 4)
    assert gini([1, 2, 3], [1, 1, 1]) == Fraction(2, 9)
    assert gini([3, 1, 1], [3, 2, 1]) == Fraction(2, 15)
    assert gini([4, 8], [1, 2]) == 0
    assert gini([0, 0], [1, 1]) is None
    assert gini([-1, 5], [1, 1]) is None


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 6)), min_size=1, max_size=7))
def test_gini_is_half_the_mean_difference_over_the_mean(groups: list[tuple[int, int]]) -> None:
    heads = [Fraction(amount, weight) for amount, weight in groups for _ in range(weight)]
    total = sum(heads)
    found = gini([a for a, _ in groups], [w for _, w in groups])
    if total == 0:
        assert found is None
        return
    differences = sum(abs(a - b) for a in heads for b in heads)
    assert found == differences / (2 * len(heads) * total)


def test_a_plan_by_groups_by_hand() -> None:
    """p2 and p3 to A, p1 and p4 to B; p5 and p6 get nothing. Prices a person 5 and 2 yuan."""
    moves = pd.DataFrame(
        [("p1", "go", "B", 2021), ("p2", "go", "A", 2021), ("p3", "go", "A", 2021), ("p4", "go", "B", 2021)],
        columns=["person", "mode", "site", "year"],
    )
    found = by_groups(task(), {"moves": moves}, "hamlet")
    share, money = found.spreads
    assert (share.groups, share.amount, share.weight) == (("h1", "h2", "h3"), (3, 1, 0), (3, 2, 1))
    assert (share.mean, share.worst, share.best, share.ratio) == (Fraction(2, 3), 2, 0, 0)
    # 3 at 1, 2 at ½, 1 at 0: differences 2·(3·2·½ + 3·1·1 + 2·1·½) = 14, over 2·6·4 = 48
    assert share.gini == Fraction(7, 24)
    # 2·2, 3·5, 4·5 yuan in h1; 1·2 yuan in h2; h3 has nobody placed
    assert (money.groups, money.amount, money.weight) == (("h1", "h2"), (3900, 200), (3, 1))
    assert money.ratio == Fraction(2, 13)
    assert money.gini_each == gini([400, 1500, 2000, 200], [1, 1, 1, 1])
    assert found.envy is not None
    assert found.envy.cases == 0


def test_envy_between_equals_is_counted_and_judged_by_the_lottery() -> None:
    """Four equal households, two places: two got less; whether justly is for the draw to say."""
    names = [f"e{n}" for n in range(4)]
    people = pd.DataFrame({"person": names, "hamlet": "h1", "size": 1, "class": 1, "farm": True})
    consents = pd.DataFrame({"person": names, "mode": "go", "site": "A", "rank": 1})
    equals = task(rooms=(2, 1), people=people, consents=consents)
    plan = api.solve(equals, gap=0)
    envy = by_groups(equals, plan.tables, "hamlet", plan.seed).envy
    assert envy is not None
    assert (envy.cases, envy.households, envy.less, envy.unjustified) == (1, 4, 2, 0)
    placed = set(plan.tables["moves"]["person"])
    turned = plan.tables["moves"].assign(person=sorted(set(names) - placed))
    wrong = by_groups(equals, {"moves": turned}, "hamlet", plan.seed).envy
    assert wrong is not None
    assert (wrong.less, wrong.unjustified) == (2, 2)


def test_an_unknown_column_is_a_mistake_with_the_list() -> None:
    with pytest.raises(OptimizerError, match="hamlet, size, class, farm") as error:
        by_groups(task(), {}, "hamlt")
    assert error.value.exit_code == 2
