"""Arrivals: whatever the order and the prices, no limit is ever broken, a target once reached stays, and each choice is the one
that looking at every option gives."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.analysis.arrivals import Forecast, Prices, by_prices, choice_at, greedily, moments
from optimizer.analysis.standing import Offer, Standing
from optimizer.program import FREE

SETS, ROWS = 9, 5
small = st.integers(-4, 6)


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    """Nine households of none to three options; capacities, a target, a balance, a share and a row with two sides."""
    size = draw(st.lists(st.integers(0, 3), min_size=SETS, max_size=SETS))
    start = np.append(0, np.cumsum(size)).astype(np.int64)
    many = int(start[-1])
    plus = np.array(draw(st.lists(st.integers(0, 5), min_size=2 * many, max_size=2 * many))).reshape(2, many)
    any_ = np.array(draw(st.lists(small, min_size=2 * many, max_size=2 * many))).reshape(2, many)
    town = np.array(draw(st.lists(st.sampled_from([-3, 1]), min_size=many, max_size=many)))
    use = np.vstack([plus, any_, town.reshape(1, many)]).T.astype(np.int64)
    low = np.array([-FREE, draw(st.integers(1, 6)), draw(st.integers(-6, 0)), -FREE, 0], dtype=np.int64)
    high = np.array([draw(st.integers(0, 9)), 12, FREE, draw(st.integers(0, 5)), FREE], dtype=np.int64)
    opened = np.array(draw(st.lists(st.booleans(), min_size=many, max_size=many)), dtype=bool)
    off = np.array([0, 0, 0, 0, 3], dtype=np.int64)
    return Offer(sp.csr_array(use), start, low, high, opened, low > 0, off)


prices = st.lists(st.integers(-3, 3), min_size=ROWS, max_size=ROWS)
orders = st.permutations(range(SETS))
worths = st.lists(st.integers(-2, 9), min_size=3 * SETS, max_size=3 * SETS)


def histories(offer: Offer, option: np.ndarray, order: list[int]) -> list[np.ndarray]:
    """Use of every row after each household, added up afresh."""
    dense, used, found = offer.use.toarray(), np.zeros(ROWS, dtype=np.int64), []
    for household in order:
        if option[household] >= 0:
            assert offer.start[household] <= option[household] < offer.start[household + 1]
            assert offer.open[option[household]]
            used = used + dense[option[household]]
        found.append(used.copy())
    return found


def assert_legal(offer: Offer, option: np.ndarray, order: list[int]) -> None:
    history = histories(offer, option, order)
    for row in range(ROWS):
        reached = False
        for used in history:
            assert used[row] <= offer.high[row] + offer.off[row]
            reached |= bool(used[row] >= offer.low[row])
            if not offer.asked[row] and offer.low[row] > -FREE // 2:
                assert used[row] >= offer.low[row] - offer.off[row]
            if offer.asked[row] and reached:
                assert used[row] >= offer.low[row]


@settings(max_examples=60, deadline=None)
@given(offers(), orders, worths, prices)
def test_no_limit_is_ever_broken_whatever_the_order(offer, order, worth, price) -> None:
    worth = np.array(worth[: int(offer.start[-1])], dtype=float)
    asked: list[Forecast] = []

    def reprice(forecast: Forecast) -> Prices:
        asked.append(forecast)
        return Prices(np.array(price, dtype=float))

    followed = by_prices(offer, worth, order, reprice, pool=4, known=np.array([0, 1]))
    assert len(asked) == followed.forecasts == 1
    assert_legal(offer, followed.option, order)
    assert not len(followed.standing.broken()) or offer.off[followed.standing.broken()].all()
    last = histories(offer, followed.option, order)[-1]
    assert (followed.short == np.where(offer.low > -FREE // 2, np.maximum(offer.low - last, 0), 0)).all()
    assert_legal(offer, greedily(offer, worth, order).option, order)


@settings(max_examples=60, deadline=None)
@given(offers(), worths, prices, st.lists(st.integers(0, 2), min_size=SETS, max_size=SETS))
def test_each_choice_is_the_one_that_enumeration_gives(offer, worth, price, before) -> None:
    worth, price = np.array(worth[: int(offer.start[-1])], dtype=float), np.array(price, dtype=float)
    standing, dense = Standing(offer), offer.use.toarray()
    for household, wish in enumerate(before[:-1]):  # something is taken already
        option = int(offer.start[household]) + wish
        if option < offer.start[household + 1] and standing.fits(slice(option, option + 1))[0]:
            standing.take(option)
    options = offer.options_of(SETS - 1)
    best = None
    for option in range(options.start, options.stop):
        after = standing.used + dense[option]
        worse_high = (after > standing.high) & (dense[option] > 0)
        worse_low = (after < standing.low) & (dense[option] < 0)
        net = worth[option] - dense[option] @ price
        if offer.open[option] and not worse_high.any() and not worse_low.any() and net > 0:
            best = max(best or (-np.inf, 0), (net, -option))
    found = choice_at(offer, standing, worth, price, options, None)
    assert found == (-1 if best is None else -best[1])


def test_a_pressing_target_comes_before_price() -> None:
    use = sp.csr_array(np.array([[1, 0], [1, 1]], dtype=np.int64))
    offer = Offer(
        use, np.array([0, 2]), np.array([-FREE, 1]), np.array([9, 9]), np.ones(2, dtype=bool), np.array([False, True]),
        np.zeros(2, dtype=np.int64),
    )  # fmt: skip
    worth, price = np.array([9.0, 1.0]), np.array([0.0, 0.0])
    assert choice_at(offer, Standing(offer), worth, price, slice(0, 2), None) == 0
    assert choice_at(offer, Standing(offer), worth, price, slice(0, 2), np.array([1])) == 1


def test_moments_grow_and_then_shrink() -> None:
    found = moments(5_000)
    gaps = np.diff(found)
    assert (found > 0).all()
    assert (found < 5_000).all()
    middle = len(gaps) // 2
    assert gaps[0] < gaps[middle - 1]
    assert gaps[-1] < gaps[middle]
    assert list(itertools.chain(moments(0), moments(1), moments(3))) == []
