"""Units: exact both ways, and unit changes that lose nothing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.units import UNITS, NotExact, from_base, show, to_base

EXACT = sorted(u for u in UNITS if u != "mu")
WHOLE = st.integers(-(10**15), 10**15)


@given(WHOLE, st.sampled_from(EXACT))
def test_base_units_come_back_exactly(value: int, unit: str) -> None:
    """from_base then to_base is the identity, also through the text that people read."""
    assert to_base(from_base(value, unit), unit) == value
    assert to_base(show(value, unit).replace(",", ""), unit) == value


@given(st.integers(0, 10**12))
def test_the_same_sum_in_other_units(wan: int) -> None:
    """万元, 元 and 分; 平方米 and 公里 likewise."""
    assert to_base(wan, "wan_yuan") == to_base(wan * 10_000, "yuan") == to_base(wan * 1_000_000, "fen")
    assert to_base(wan, "km") == to_base(wan * 1000, "m")
    assert to_base(wan, "percent") == 100 * to_base(wan, "bp")


@given(st.decimals(0, 10**9, places=6, allow_nan=False, allow_infinity=False), st.sampled_from(EXACT))
def test_nothing_is_rounded_silently(number: Decimal, unit: str) -> None:
    """Either a whole number of base units, or an error; never something near."""
    exact = Fraction(number) * UNITS[unit].size
    if exact.denominator == 1:
        assert to_base(str(number), unit) == exact
    else:
        with pytest.raises(NotExact):
            to_base(str(number), unit)


@given(st.integers(0, 10**9))
def test_mu_is_rounded_half_up_to_a_hundredth_of_a_square_metre(hundredths: int) -> None:
    """The one rounding: never off by more than half a base unit."""
    number = Decimal(hundredths) / 100
    exact = Fraction(hundredths, 100) * Fraction(200_000, 3)
    assert abs(to_base(number, "mu") - exact) <= Fraction(1, 2)
    assert to_base(number * 3, "mu") == round(exact * 3)


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1e", "1,000"])
def test_what_is_no_number_is_an_error(text: str) -> None:
    """Never a guess."""
    with pytest.raises(ValueError, match="not a"):
        to_base(text, "yuan")
