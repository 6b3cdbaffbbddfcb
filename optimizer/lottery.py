"""The seeded public lottery, and equal cases treated by it (X-03).

A household's number is the SHA-256 digest of ``seed:code``: anyone can draw it again. Equal cases are
households whose options are the same row by row; swapping what two of them get changes no total, so
the plan gives the better result to the lower number, exactly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def draw(codes: Sequence[str], seed: int) -> Floats:
    """One number in [0, 1) a code: the first 52 bits of sha256("seed:code")."""
    digests = (hashlib.sha256(f"{seed}:{code}".encode()).digest() for code in codes)
    return np.array([int.from_bytes(d[:8], "big") >> 12 for d in digests], dtype=np.float64) / 2.0**52


def equal_cases(frame: pd.DataFrame, set_column: str) -> pd.Series:  # type: ignore[type-arg]
    """Household → number of its case. ``frame``: options with all attributes and measures; two households are
    equal when every column but their own code is the same on every option, in order."""
    hashed = np.zeros(len(frame), dtype=np.uint64)
    for column in frame.columns:
        if column != set_column:
            own = pd.util.hash_pandas_object(frame[column], index=False).to_numpy()
            hashed = hashed * np.uint64(0x9E3779B97F4A7C15) + own
    names = frame[set_column].astype("category").cat
    codes = names.codes.to_numpy()
    order = pd.Series(codes).groupby(codes, sort=False).cumcount().to_numpy(dtype=np.uint64)
    mixed = (hashed ^ (hashed >> np.uint64(29))) * (np.uint64(2) * order + np.uint64(0xBF58476D1CE4E5B9))
    case = np.zeros(len(names.categories), dtype=np.uint64)
    np.add.at(case, codes, mixed)
    used = np.bincount(codes, minlength=len(case)) > 0
    return pd.Series(case[used], index=names.categories[used].astype(str))


def by_lot(x: Ints, set_start: Ints, case: Ints, number: Floats) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Within each case, outcomes handed out again: the lower the number, the better the outcome (a place before
    none, earlier options in order first). Returns the new option values and which sets it decided."""
    taken = np.flatnonzero(x[: set_start[-1]])
    owner = np.searchsorted(set_start, taken, side="right") - 1
    position = np.full(len(set_start) - 1, 10**9, dtype=np.int64)
    position[owner] = taken - set_start[owner]
    by_case = np.lexsort((number, case))
    by_result = np.lexsort((position, case))
    after = position.copy()
    after[by_case] = position[by_result]
    done = x.copy()
    done[: set_start[-1]] = 0
    placed = after < 10**9
    done[set_start[:-1][placed] + after[placed]] = 1
    return done, _mixed(case, position)


def _mixed(case: Ints, position: Ints) -> npt.NDArray[np.bool_]:
    """Sets whose case has more than one outcome."""
    frame = pd.DataFrame({"case": case, "position": position})
    return (frame.groupby("case")["position"].transform("nunique") > 1).to_numpy()
