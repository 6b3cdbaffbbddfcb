"""Build side: terms over option tables become labelled matrix entries, from whole arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.policy.filters import Number, resolve
from optimizer.policy.terms import Term
from optimizer.program import Builder, Ints, RowBlock
from optimizer.rules.base import RuleData

KEY_JOIN = " / "


@dataclass(frozen=True)
class Entries:
    """Matrix entries before rows are numbered: ``column`` −1 for constants of input tables; ``keys``
    one array a rule key."""

    column: Ints
    value: Ints
    keys: dict[str, np.ndarray]  # type: ignore[type-arg]

    def repeated(self, rows: Ints) -> Entries:
        """The entries at ``rows`` (with repetition)."""
        return Entries(self.column[rows], self.value[rows], {k: v[rows] for k, v in self.keys.items()})


def entries_of(term: Term, per: Sequence[str], data: RuleData, offset: Mapping[str, int]) -> Entries:
    """All entries of one term: filtered, valued, then spread and scheduled."""
    if term.table in data.tables:
        table = data.tables[term.table]
        frame, start = table.frame, offset[term.table]
        column = start + np.arange(len(frame), dtype=np.int64)
        step = frame["_step"].to_numpy() if table.quantity else np.ones(len(frame), dtype=np.int64)
    else:
        frame = data.instance.tables[term.table]
        column = np.full(len(frame), -1, dtype=np.int64)
        step = np.ones(len(frame), dtype=np.int64)
    keep = np.flatnonzero(term.where.mask(frame, data.parameters))
    value = step[keep] * resolve(term.times, data.parameters)
    if term.measure is not None:
        value = value * frame[term.measure].to_numpy(dtype=np.int64)[keep]
    if (value % term.divide).any():
        raise ValueError(f"{term.table}.{term.measure} is not a multiple of {term.divide}")
    spread_as = term.spread_as if term.spread else None
    keys = {
        key: np.full(len(keep), term.fixed[key], dtype=object if isinstance(term.fixed[key], str) else np.int64)
        if key in term.fixed
        else _plain(frame[term.keys.get(key, key)])[keep]
        for key in dict.fromkeys([*per, *(["year"] if term.schedule else [])])
        if key != spread_as
    }
    entries = Entries(column[keep], value // term.divide, keys)
    if term.spread:
        entries = _spread(entries, [_plain(frame[c])[keep] for c in term.spread], term.spread_as)
    if term.schedule:
        entries = _scheduled(entries, term.schedule, data)
    if term.after and "year" in entries.keys:
        entries.keys["year"] = entries.keys["year"] + term.after
    return entries


def _plain(column: pd.Series) -> np.ndarray:  # type: ignore[type-arg]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.categories.to_numpy(dtype=object)[column.cat.codes.to_numpy()]
    return column.to_numpy(dtype=np.int64) if column.dtype.kind in "iu" else column.to_numpy(dtype=object)


def _spread(entries: Entries, slots: list[np.ndarray], name: str) -> Entries:  # type: ignore[type-arg]
    parts = [(np.flatnonzero(slot != ""), slot) for slot in slots]
    rows = np.concatenate([p for p, _ in parts])
    spread = entries.repeated(rows)
    spread.keys[name] = np.concatenate([slot[p] for p, slot in parts])
    return spread


def _scheduled(entries: Entries, name: str, data: RuleData) -> Entries:
    schedule = data.schedule(name)
    count, parts = len(entries.value), len(schedule.after)
    shares = [entries.value * percent // 100 for percent in schedule.percent[:-1]]
    shares.append(entries.value - sum(shares, np.zeros(count, dtype=np.int64)))
    fallen = entries.repeated(np.tile(np.arange(count), parts))
    fallen.keys["year"] = fallen.keys["year"] + np.repeat(np.array(schedule.after, dtype=np.int64), count)
    return Entries(fallen.column, np.concatenate(shares), fallen.keys)


def number_rows(parts: Sequence[Entries], per: Sequence[str]) -> tuple[pd.DataFrame, list[Ints]]:
    """The distinct keys over all parts (one row each, sorted), and each part's row numbers."""
    if not per:
        return pd.DataFrame(index=range(1)), [np.zeros(len(p.value), dtype=np.int64) for p in parts]
    sizes = np.cumsum([len(p.value) for p in parts])[:-1]
    code = np.zeros(sum(len(p.value) for p in parts), dtype=np.int64)
    levels = []
    for key in per:
        together = np.concatenate([p.keys[key] for p in parts])
        codes, values = pd.factorize(together, sort=True)
        code = code * max(len(values), 1) + codes
        levels.append(values)
    distinct, number = np.unique(code, return_inverse=True)
    frame, rest = {}, distinct
    for key, values in zip(reversed(per), reversed(levels), strict=True):
        frame[key] = np.asarray(values)[rest % max(len(values), 1)]
        rest = rest // max(len(values), 1)
    return pd.DataFrame({k: frame[k] for k in per}), np.split(number.astype(np.int64), sizes)


def labels(keys: pd.DataFrame) -> list[str]:
    """One text a row of keys: ``泖港 / 2021``."""
    if keys.shape[1] == 0:
        return [""] * len(keys)
    return [KEY_JOIN.join(map(str, row)) for row in keys.itertuples(index=False)]


def limit_of(limit: Number | Term | None, keys: pd.DataFrame, data: RuleData, none: int) -> Ints:
    """The limit for each row of keys; a table's limit is 0 where the table has no row for the key, and
    holds for every value of a key that the table does not have (a yearly limit without years)."""
    if limit is None:
        return np.full(len(keys), none, dtype=np.int64)
    if not isinstance(limit, Term):
        return np.full(len(keys), resolve(limit, data.parameters), dtype=np.int64)
    per = [k for k in keys.columns if limit.keys.get(k, k) in data.instance.tables[limit.table].columns]
    entries = entries_of(limit, per, data, {})
    if not per:
        return np.full(len(keys), int(entries.value.sum()), dtype=np.int64)
    known: dict[str, int] = {}
    for label, value in zip(labels(pd.DataFrame(entries.keys)[per]), entries.value, strict=True):
        known[label] = known.get(label, 0) + int(value)
    return np.array([known.get(label, 0) for label in labels(keys[per])], dtype=np.int64)


def add_rows(
    builder: Builder,
    rule: tuple[str, str],
    keys: pd.DataFrame,
    numbers: Sequence[Ints],
    parts: Sequence[Entries],
    lower: Ints,
    upper: Ints,
) -> None:
    """One block of rows: constants of input tables go to the limits' side."""
    row = np.concatenate(numbers)
    column = np.concatenate([p.column for p in parts])
    value = np.concatenate([p.value for p in parts])
    constant = column < 0
    given = np.zeros(len(keys), dtype=np.int64)
    np.add.at(given, row[constant], value[constant])
    free = 2**61
    low = np.where(lower > -free, lower - given, lower)
    high = np.where(upper < free, upper - given, upper)
    real = ~constant
    entries = (value[real], (row[real], column[real]))
    matrix = sp.csr_array(entries, shape=(len(keys), builder.columns), dtype=np.int64)
    builder.add(RowBlock(rule[0], rule[1], labels(keys), low, high, matrix))
