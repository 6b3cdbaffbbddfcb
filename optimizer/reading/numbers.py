"""Decimal texts of a whole column to whole base units: exact, and without a loop over rows.

The same judgement as ``units.to_base``, cell by cell; ``to_base`` itself is only asked for the few
cells that the fast path does not cover (exponents, very many digits).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.units import UNITS, NotExact, to_base

GOOD, NO_NUMBER, NOT_EXACT, TOO_LARGE = range(4)
_SIMPLE = r"[+-]?[0-9]{1,11}(?:\.[0-9]{1,6})?"
_ANY = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_PLACES = 6
_MOST = 2**63 - 1


@dataclass(frozen=True)
class Parsed:
    """``values``: base units (0 where not good); ``problem``: one of the codes above, a row each."""

    values: npt.NDArray[np.int64]
    problem: npt.NDArray[np.uint8]


def parse_numbers(texts: pd.Series[str], unit: str) -> Parsed:
    """Stripped decimal texts in ``unit`` as base units."""
    places, uniques = pd.factorize(texts)
    known = pd.Series(uniques, dtype="str")
    values = np.zeros(len(known), dtype=np.int64)
    problem = np.full(len(known), NO_NUMBER, dtype=np.uint8)
    simple = known.str.fullmatch(_SIMPLE).to_numpy(dtype=bool)
    if simple.any():
        values[simple], problem[simple] = _fast(known[simple], unit)
    for at in np.flatnonzero(~simple | (problem == TOO_LARGE)):
        values[at], problem[at] = _slow(str(known.iloc[int(at)]), unit)
    return Parsed(values[places], problem[places])


def _fast(texts: pd.Series[str], unit: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Millionths of the unit as int64, times the base units in a millionth."""
    parts = texts.str.lstrip("+-").str.partition(".")
    digits = parts[0].str.cat(parts[2].str.pad(_PLACES, side="right", fillchar="0"))
    millionths = digits.astype("int64").to_numpy(dtype=np.int64)
    sign = np.where(texts.str.startswith("-").to_numpy(dtype=bool), -1, 1)
    ratio = UNITS[unit].size / 10**_PLACES
    up, down = ratio.numerator, ratio.denominator
    too_large = millionths > (_MOST - down) // (2 * up)
    product = np.where(too_large, 0, millionths) * up
    if unit == "mu":
        whole = sign * ((2 * product + down) // (2 * down))
        whole = np.where((sign < 0) & ((2 * product) % (2 * down) == down), whole + 1, whole)
        exact = np.ones(len(texts), dtype=bool)
    else:
        whole, exact = sign * (product // down), product % down == 0
    problem = np.where(too_large, TOO_LARGE, np.where(exact, GOOD, NOT_EXACT)).astype(np.uint8)
    return np.where(problem == GOOD, whole, 0).astype(np.int64), problem


def _slow(text: str, unit: str) -> tuple[int, int]:
    if _ANY.fullmatch(text) is None:
        return 0, NO_NUMBER
    try:
        value = to_base(text, unit)
    except NotExact:
        return 0, NOT_EXACT
    return (value, GOOD) if abs(value) <= _MOST else (0, TOO_LARGE)


def exact_text(value: int, unit: str) -> str:
    """Base units as a decimal text of ``unit`` that ``parse_numbers`` turns back into ``value``."""
    exact = Fraction(int(value)) / UNITS[unit].size
    scaled = round(exact * 10**10) if unit != "mu" else round(exact * 10**_PLACES)
    places = 10 if unit != "mu" else _PLACES
    whole, rest = divmod(abs(scaled), 10**places)
    fraction = f"{rest:0{places}d}".rstrip("0")
    return ("-" if scaled < 0 else "") + (f"{whole}.{fraction}" if fraction else str(whole))
