"""Exact whole numbers for money, land and floor area, and the Chinese unit words.

Everything inside the solver is a whole number of a *base unit*: money in fen (0.01 yuan), area in
dm² (0.01 m²), distance in metres, shares in basis points, counts as they are. A value typed by a
person is parsed as a decimal and must be a whole number of its base unit; nothing is rounded
silently. 1 mu (亩) is 2000/3 m², so an area in mu is exact only in multiples of 0.03 mu; it is
rounded half up to 0.01 m², and that is the one rounding in this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

BaseUnit = Literal["fen", "dm2", "m", "bp", "1"]


@dataclass(frozen=True)
class Unit:
    """A unit that people write: its words, its base unit and how many base units it holds."""

    id: str
    zh: str
    en: str
    base: BaseUnit
    size: Fraction


UNITS: dict[str, Unit] = {
    u.id: u
    for u in (
        Unit("fen", "分", "fen", "fen", Fraction(1)),
        Unit("yuan", "元", "yuan", "fen", Fraction(100)),
        Unit("wan_yuan", "万元", "10,000 yuan", "fen", Fraction(1_000_000)),
        Unit("yi_yuan", "亿元", "100 million yuan", "fen", Fraction(10_000_000_000)),
        Unit("dm2", "0.01平方米", "0.01 m²", "dm2", Fraction(1)),
        Unit("m2", "平方米", "m²", "dm2", Fraction(100)),
        Unit("mu", "亩", "mu", "dm2", Fraction(200_000, 3)),
        Unit("m", "米", "m", "m", Fraction(1)),
        Unit("km", "公里", "km", "m", Fraction(1000)),
        Unit("bp", "万分之一", "basis points", "bp", Fraction(1)),
        Unit("percent", "%", "%", "bp", Fraction(100)),
        Unit("whole", "", "", "bp", Fraction(10_000)),
        Unit("1", "", "", "1", Fraction(1)),
        Unit("households", "户", "households", "1", Fraction(1)),
        Unit("persons", "人", "persons", "1", Fraction(1)),
        Unit("flats", "套", "flats", "1", Fraction(1)),
        Unit("plots", "处", "plots", "1", Fraction(1)),
        Unit("hamlets", "个", "hamlets", "1", Fraction(1)),
        Unit("household_years", "户·年", "household-years", "1", Fraction(1)),
        Unit("milliplaces", "千分之一位", "thousandths of a place", "1", Fraction(1)),
        Unit("places", "位", "places", "1", Fraction(1000)),
        Unit("person_years", "人·年", "person-years", "1", Fraction(1)),
        Unit("points", "分值", "points", "1", Fraction(1)),
        Unit("year", "年", "year", "1", Fraction(1)),
    )
}


class NotExact(ValueError):
    """The number is not a whole number of its base unit."""


def to_base(value: str | int | Decimal, unit: str) -> int:
    """Parse a decimal in ``unit`` into whole base units.

    Raises ``NotExact`` when digits would be lost (mu is rounded half up to 0.01 m² instead) and
    ``ValueError`` when the text is no number at all.

    >>> to_base("12.5", "wan_yuan"), to_base("180", "m2"), to_base("1.5", "mu")
    (12500000, 18000, 100000)
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"not a number: {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"not a finite number: {value!r}")
    exact = Fraction(number) * UNITS[unit].size
    if exact.denominator == 1:
        return int(exact)
    if unit == "mu":
        return int((2 * exact + 1) // 2)
    raise NotExact(f"{value} {unit} is not a whole number of {UNITS[unit].base}")


def from_base(value: int, unit: str) -> Decimal:
    """Whole base units as a decimal of ``unit``: exact, except mu, which is given to 0.0001.

    >>> from_base(12_500_000, "wan_yuan"), from_base(100_000, "mu")
    (Decimal('12.5'), Decimal('1.5'))
    """
    exact = Fraction(int(value)) / UNITS[unit].size
    if unit == "mu":
        exact = Fraction(round(exact * 10_000), 10_000)
    quotient = Decimal(exact.numerator) / Decimal(exact.denominator)
    text = format(quotient, "f")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def display_unit(unit: str) -> str:
    """The unit in which a base unit is shown to people: fen as yuan, dm² as m², bp as %, thousandths as places."""
    return {"fen": "yuan", "dm2": "m2", "bp": "percent", "milliplaces": "places"}.get(unit, unit)


def show(value: int, unit: str) -> str:
    """A number of base units for people: thousands separated, no trailing zeros, without the word.

    >>> show(123_456_700, "yuan")
    '1,234,567'
    """
    return f"{from_base(value, unit):,}"
