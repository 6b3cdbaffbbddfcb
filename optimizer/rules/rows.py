"""Build side: terms over option tables become labelled matrix entries, from whole arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.codes import index_of
from optimizer.policy.filters import Number, resolve
from optimizer.policy.terms import Term
from optimizer.program import Builder, Ints, RowBlock
from optimizer.rules.base import KEY_JOIN, RuleData

WIDE = 1_000_000
"""Numbers this far apart are counted in a table of all of them; wider ones are sorted."""


@dataclass(frozen=True)
class Entries:
    """Matrix entries before rows are numbered: ``column`` −1 for constants of input tables; ``keys``
    one array a rule key: numbers, texts, or a Categorical (codes of options, which never become texts)."""

    column: Ints
    value: Ints
    keys: dict[str, Any]

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
    keep: Any = np.flatnonzero(term.where.mask(frame, data.parameters)) if term.where.root else slice(None)
    value = step[keep] * resolve(term.times, data.parameters)
    if term.measure is not None:
        value = value * frame[term.measure].to_numpy(dtype=np.int64)[keep]
    if term.divide != 1 and (value % term.divide).any():
        raise ValueError(f"{term.table}.{term.measure} is not a multiple of {term.divide}")
    spread_as = term.spread_as if term.spread else None
    keys = {
        key: np.full(len(value), term.fixed[key], dtype=object if isinstance(term.fixed[key], str) else np.int64)
        if key in term.fixed
        else _plain(frame[term.keys.get(key, key)])[keep]
        for key in dict.fromkeys([*per, *(["year"] if term.schedule else [])])
        if key != spread_as and key not in term.every
    }
    entries = Entries(column[keep], value // term.divide if term.divide != 1 else value, keys)
    for key, listed in term.every.items():
        entries = _for_every(entries, key, _plain(data.instance.tables[listed][key]))
    if term.spread:
        entries = _spread(entries, [_plain(frame[c])[keep] for c in term.spread], term.spread_as)
    if term.schedule:
        entries = _scheduled(entries, term.schedule, data)
    if term.after and "year" in entries.keys:
        entries.keys["year"] = entries.keys["year"] + term.after
    return entries


def _plain(column: pd.Series) -> Any:  # type: ignore[type-arg]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array
    return column.to_numpy(dtype=np.int64) if column.dtype.kind in "iu" else column.to_numpy(dtype=object)


def _for_every(entries: Entries, key: str, values: Any) -> Entries:
    """Each entry once for each of the values."""
    count, many = len(entries.value), len(values)
    fuller = entries.repeated(np.repeat(np.arange(count), many))
    fuller.keys[key] = values[np.tile(np.arange(many), count)]
    return fuller


def _spread(entries: Entries, slots: list[Any], name: str) -> Entries:
    parts = [(np.flatnonzero(np.asarray(slot != "")), slot) for slot in slots]
    rows = np.concatenate([p for p, _ in parts])
    spread = entries.repeated(rows)
    codes, values = _levels([slot[p] for p, slot in parts])
    spread.keys[name] = pd.Categorical.from_codes(codes, categories=index_of(values))  # type: ignore[arg-type]
    return spread


def _scheduled(entries: Entries, name: str, data: RuleData) -> Entries:
    schedule = data.schedule(name)
    count, parts = len(entries.value), len(schedule.after)
    shares = [entries.value * percent // 100 for percent in schedule.percent[:-1]]
    shares.append(entries.value - sum(shares, np.zeros(count, dtype=np.int64)))
    fallen = entries.repeated(np.tile(np.arange(count), parts))
    fallen.keys["year"] = fallen.keys["year"] + np.repeat(np.array(schedule.after, dtype=np.int64), count)
    return Entries(fallen.column, np.concatenate(shares), fallen.keys)


def carried(entries: Entries, data: RuleData) -> Entries:
    """Each entry again in every later money year; what falls after the last year counts in none."""
    last = data.instance.policy.policy.money_years[1]
    left = np.maximum(last - entries.keys["year"] + 1, 0).astype(np.int64)
    rows = np.repeat(np.arange(len(left)), left)
    later = entries.repeated(rows)
    start = np.repeat(np.cumsum(left) - left, left)
    later.keys["year"] = later.keys["year"] + (np.arange(len(rows)) - start)
    return later


def number_rows(parts: Sequence[Entries], per: Sequence[str]) -> tuple[pd.DataFrame, list[Ints]]:
    """The distinct keys over all parts (one row each, sorted), and each part's row numbers."""
    if not per:
        return pd.DataFrame(index=range(1)), [np.zeros(len(p.value), dtype=np.int64) for p in parts]
    sizes = np.cumsum([len(p.value) for p in parts])[:-1]
    code, count = np.zeros(sum(len(p.value) for p in parts), dtype=np.int64), 1
    levels = []
    for key in per:
        codes, values = _levels([p.keys[key] for p in parts])
        code = code * max(len(values), 1) + codes if count > 1 else codes
        count *= max(len(values), 1)
        levels.append(values)
    distinct, number = _distinct(code, count)
    frame, rest = {}, distinct
    for key, values in zip(reversed(per), reversed(levels), strict=True):
        frame[key] = np.asarray(values)[rest % max(len(values), 1)]
        rest = rest // max(len(values), 1)
    return pd.DataFrame({k: frame[k] for k in per}), np.split(number.astype(np.int64, copy=False), sizes)


def _levels(arrays: Sequence[Any]) -> tuple[Ints, np.ndarray]:  # type: ignore[type-arg]
    """The place of each value among the distinct ones of all arrays, and these, sorted."""
    found = [_factorized(a) for a in arrays]
    some = [values for _, values in found if len(values)]
    if not some:
        return np.zeros(sum(len(a) for a in arrays), dtype=np.int64), np.zeros(0, dtype=object)
    together = np.unique(np.concatenate(some))
    codes = [
        np.searchsorted(together, values)[codes] if len(values) else np.zeros(0, np.int64) for codes, values in found
    ]
    return (codes[0] if len(codes) == 1 else np.concatenate(codes)), together


def _factorized(array: Any) -> tuple[Ints, np.ndarray]:  # type: ignore[type-arg]
    """Codes and the values that occur."""
    if isinstance(array, pd.Categorical):
        if len(array) and array.codes.min() < 0:
            raise ValueError("a key is missing")
        used = np.flatnonzero(np.bincount(array.codes, minlength=len(array.categories)))
        place = np.zeros(len(array.categories), dtype=np.int64)
        place[used] = np.arange(len(used))
        return place[array.codes], np.asarray(array.categories.take(used), dtype=object)
    if array.dtype.kind in "iu" and len(array):
        least, most = int(array.min()), int(array.max())
        if most - least <= WIDE:
            distinct, codes = _distinct(array - least, most - least + 1)
            return codes, distinct + least
    codes, values = pd.factorize(array)
    return codes.astype(np.int64), np.asarray(values)


def _distinct(code: Ints, count: int) -> tuple[Ints, Ints]:
    """The numbers (0 … count − 1) that occur, sorted, and the place of each among them; without sorting where they are
    close together."""
    if count > max(WIDE, 4 * len(code)):
        distinct, place = np.unique(code, return_inverse=True)
        return distinct, place
    here = np.zeros(count, dtype=bool)
    here[code] = True
    distinct = np.flatnonzero(here)
    place = np.zeros(count, dtype=np.int64)
    place[distinct] = np.arange(len(distinct))
    return distinct, place[code]


def add_at(total: Ints, place: Ints, value: Ints) -> None:
    """``total[place] += value`` where ``place`` is not negative, repeated places too."""
    if len(place) and place.min() < 0:
        real = place >= 0
        place, value = place[real], value[real]
    np.add.at(total, place, value)


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
    given = np.zeros(len(keys), dtype=np.int64)
    real: Any = slice(None)
    if len(column) and column.min() < 0:
        real = column >= 0
        np.add.at(given, row[~real], value[~real])
    free = 2**61
    low = np.where(lower > -free, lower - given, lower)
    high = np.where(upper < free, upper - given, upper)
    entries = (value[real], (row[real], column[real]))
    matrix = sp.csr_array(entries, shape=(len(keys), builder.columns), dtype=np.int64)
    builder.add(RowBlock(rule[0], rule[1], labels(keys), low, high, matrix, keys))
