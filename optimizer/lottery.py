"""The seeded public lottery, and equal cases treated by it (X-03).

A household's number is the SHA-256 digest of ``seed:code``: anyone can draw it again. Equal cases are
households whose options are the same row by row; swapping what two of them get changes no total, so
the plan gives the better result to the lower number, exactly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def draw(codes: Sequence[str] | pd.Index[Any], seed: int) -> Floats:
    """One number in [0, 1) a code: the first 52 bits of sha256("seed:code")."""
    names = codes.tolist() if isinstance(codes, pd.Index) else codes
    heads = b"".join(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8] for name in names)
    return (np.frombuffer(heads, dtype=">u8") >> np.uint64(12)).astype(np.float64) / 2.0**52


def equal_cases(frame: pd.DataFrame, set_column: str, single: Bools | None = None) -> pd.Series:  # type: ignore[type-arg]
    """Household → number of its case. ``frame``: options with all attributes and measures; two households are
    equal when every column but their own code is the same on every option, in order, and none is ``single`` (see
    ``case_hashes``)."""
    names = frame[set_column].astype("category").cat
    codes = names.codes.to_numpy()
    if (codes[1:] < codes[:-1]).any():
        order = np.argsort(codes, kind="stable")
        frame, codes = frame.iloc[order], codes[order]
        single = single[order] if single is not None else None
    first = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])[: len(codes)])
    case = case_hashes(frame, set_column, first, single)
    return pd.Series(case, index=names.categories.take(codes[first]).astype(str))


def case_hashes(
    frame: pd.DataFrame, set_column: str, first: Ints, single: Bools | None = None
) -> npt.NDArray[np.uint64]:  # fmt: skip
    """One number a choice set, the same for sets whose options are the same in every column of ``frame`` but their own
    code, and in order. ``first``: the row where each set begins; sets stand one after the other. ``single``: rows of sets
    that are like no other, so that their code counts too."""
    mixed = np.zeros(len(frame), dtype=np.uint64)
    for column in frame.columns.drop(set_column):
        own = pd.util.hash_pandas_object(frame[column], index=False).to_numpy()
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + own
    if not len(first):
        return np.zeros(0, dtype=np.uint64)
    size = np.diff(np.append(first, len(frame)))
    order = (np.arange(len(frame)) - np.repeat(first, size)).astype(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * (np.uint64(2) * order + np.uint64(0xBF58476D1CE4E5B9))
    case = np.add.reduceat(mixed, first)
    if single is not None:
        alone = first[single[first]]
        case[single[first]] ^= pd.util.hash_pandas_object(
            frame[set_column].iloc[alone].astype("str"), index=False
        ).to_numpy()
    return case


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
    done[taken] = 0
    placed = after < 10**9
    done[set_start[:-1][placed] + after[placed]] = 1
    first, last = _ends(case[by_case])
    same = position[by_result][first] == position[by_result][last]
    decided = np.zeros(len(case), dtype=bool)
    decided[by_case] = ~np.repeat(same, last - first + 1)
    return done, decided


def _ends(ordered: Ints) -> tuple[Ints, Ints]:
    """First and last position of each run of equal numbers."""
    change = np.flatnonzero(ordered[1:] != ordered[:-1]) if len(ordered) else np.zeros(0, np.int64)
    if not len(ordered):
        return change, change
    return np.append(0, change + 1), np.append(change, len(ordered) - 1)
