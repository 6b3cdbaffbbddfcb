"""The smoothed dual: derivatives against differences, its limit against the exact dual, barriers against their equations."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.solvers.prices.layout import Layout, Part, outer_part, part_of
from optimizer.solvers.prices.partition import partition
from optimizer.solvers.prices.row_limits import RowLimits, limits_of
from optimizer.solvers.prices.smoothed import boxed, curvature, smoothed
from tests.solvers.places import program_of_places


def parts_of(seed: int) -> tuple[list[Part], RowLimits]:
    program = program_of_places(seed, pool=True)
    by_column = sp.csr_array(program.matrix.T)
    assert program.part_of_set is not None
    split = partition(program, program.part_of_set, by_column)
    worth = program.stages[0].value.astype(np.float64)
    parts = [part_of(program, split, p, by_column, worth) for p in range(len(split.sets))]
    return [*parts, outer_part(program, split, by_column, worth)], limits_of(
        program, np.full(len(program.row_lower), 1e3)
    )


def prices(part: Part, limits: RowLimits, seed: int) -> np.ndarray:  # type: ignore[type-arg]
    draw = np.random.default_rng(seed)
    size = np.maximum(1.0, np.abs(part.layout.use).max(axis=0).toarray().ravel())
    return limits.sign_correct(draw.normal(0, 200, limits.count))[part.rows] / size


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("temperature", [300.0, 20.0])
def test_use_is_the_slope_and_curvature_its_derivative(seed: int, temperature: float) -> None:
    parts, limits = parts_of(seed)
    for part in parts:
        price = prices(part, limits, seed)
        reply = smoothed(part.layout, price, temperature)
        second = curvature(part.layout, reply, temperature).toarray()
        for row in range(len(part.rows)):
            step = np.zeros(len(part.rows))
            step[row] = 1e-4 * temperature / max(1.0, abs(part.layout.use[:, [row]].toarray()).max())
            above, below = (smoothed(part.layout, price + sign * step, temperature) for sign in (1, -1))
            width = 2 * step[row]
            slope = (above.value - below.value) / width
            assert slope == pytest.approx(-reply.use[row], rel=1e-4, abs=1e-4 * (1 + abs(reply.use[row])))
            bend = -(above.use - below.use) / width
            scale = np.abs(second).max() + 1e-12
            assert np.allclose(bend / scale, second[row] / scale, atol=2e-3)


@pytest.mark.parametrize("seed", range(4))
def test_smoothing_is_from_above_and_vanishes_with_the_temperature(seed: int) -> None:
    parts, limits = parts_of(seed)
    for part in parts:
        if not part.layout.options:
            continue
        layout = Layout(part.layout.use[: part.layout.options], part.layout.worth[: part.layout.options],
                        part.layout.start, np.zeros(0))  # fmt: skip
        price = prices(part, limits, seed)
        values = [smoothed(layout, price, t).value for t in (100.0, 10.0, 1.0, 1e-3)]
        exact = smoothed(layout, price, 1.0).exact
        assert values == sorted(values, reverse=True)
        assert exact <= values[-1] <= exact + 1e-2
        best, option = layout.best(layout.worth - layout.use @ price)
        assert best.sum() == pytest.approx(exact)
        taken = option[option >= 0]
        assert (layout.worth - layout.use @ price)[taken] == pytest.approx(best[option >= 0])


@given(st.floats(-1e6, 1e6), st.floats(1e-2, 1e9), st.floats(1e-3, 1e3))
@settings(max_examples=300, deadline=None)
def test_amounts_between_barriers_are_where_their_derivative_is_zero(worth: float, most: float, barrier: float) -> None:
    amount, value, give = boxed(np.array([worth]), np.array([most]), barrier)
    x = amount[0]
    assert 0 < x <= most
    left = most - x
    if min(x, left) > 1e-9 * most:  # else the difference has no digits left
        assert worth + barrier / x - barrier / left == pytest.approx(
            0, abs=1e-6 * (abs(worth) + barrier / x + barrier / left)
        )
        other = np.clip(x * np.array([0.9, 1.05]), 0, most * (1 - 1e-12))
        beside = worth * other + barrier * (np.log(other) + np.log(most - other))
        assert (beside <= value + 1e-7 * (1 + abs(value))).all()
    assert give[0] > 0


def test_a_sample_has_the_sets_asked_for() -> None:
    parts, _ = parts_of(1)
    layout = parts[0].layout
    some = layout.sampled(np.array([3, 0, 7]))
    for place, of in enumerate((3, 0, 7)):
        mine = slice(some.start[place], some.start[place + 1])
        whole = slice(layout.start[of], layout.start[of + 1])
        assert (some.worth[mine] == layout.worth[whole]).all()
        assert (some.use[mine].toarray() == layout.use[whole].toarray()).all()


def test_limits_of_ranges_equalities_and_one_side() -> None:
    low, high = np.array([-np.inf, 3.0, 2.0, 5.0]), np.array([4.0, np.inf, 9.0, 5.0])
    limits = RowLimits(low, high, np.full(4, 50.0))
    price = np.array([2.0, -3.0, 1.0, -4.0])
    assert limits.worth(price) == 2 * 4 - 3 * 3 + 1 * 9 - 4 * 5
    assert limits.worth(np.array([0, 0, -1.0, 0])) == -2
    value, left, steep = limits.smoothed(price, 1e-6)
    assert value == pytest.approx(limits.worth(price), abs=1e-3)
    assert left == pytest.approx([4, 3, 9, 5], abs=1e-3)
    assert (steep > 0).all()
    shifted = [
        limits.smoothed(price + 1e-5 * np.eye(4)[i], 0.1)[0] - limits.smoothed(price - 1e-5 * np.eye(4)[i], 0.1)[0]
        for i in range(4)
    ]
    assert np.array(shifted) / 2e-5 == pytest.approx(limits.smoothed(price, 0.1)[1], rel=1e-4, abs=1e-4)
    assert limits.sign_correct(np.array([-1.0, 1.0, -1.0, -1.0])).tolist() == [0.0, 0.0, -1.0, -1.0]
