"""What objectives with amounts of their own share: their tables, and terms laid on rows that are already numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from optimizer.codes import as_codes
from optimizer.decisions import DecisionTable
from optimizer.policy.terms import Term
from optimizer.program import Ints
from optimizer.rules import RuleData
from optimizer.rules.rows import Entries, entries_of

Key = tuple[object, ...]


def auxiliary_table(name: str, frame: pd.DataFrame, keys: Sequence[str], upper: int) -> DecisionTable:
    """An auxiliary amount for each row of ``frame`` (its key columns), 0 … ``upper``."""
    done = frame.reset_index(drop=True).copy()
    for key in keys:
        if done[key].dtype.kind not in "iu":
            done[key] = as_codes(done[key].astype(object))
    done["_step"] = np.int64(1)
    most = np.full(len(done), upper, dtype=np.int64)
    return DecisionTable(name, done, most, tuple(keys), None, "value", auxiliary=True)


def keys_of(frame: pd.DataFrame | Mapping[str, object], per: Sequence[str]) -> list[Key]:
    """The key of each row, as plain values."""
    return list(pd.DataFrame(dict(frame))[list(per)].astype(object).itertuples(index=False, name=None))


def index_keys(index: pd.Index) -> list[Key]:  # type: ignore[type-arg]
    """The keys of grouped sums."""
    return [key if isinstance(key, tuple) else (key,) for key in index]


def laid_on(
    place: Mapping[Key, int], terms: Sequence[Term], per: Sequence[str], data: RuleData, offset: Mapping[str, int]
) -> tuple[list[Entries], list[Ints]]:
    """Entries of terms and their rows, where their key has one; the others are left out."""
    parts, rows = [], []
    for term in terms:
        entries = entries_of(term, per, data, offset)
        row = np.array([place.get(key, -1) for key in keys_of(entries.keys, per)], dtype=np.int64)
        inside = np.flatnonzero(row >= 0)
        parts.append(entries.repeated(inside))
        rows.append(row[inside])
    return parts, rows
