"""Check side: terms over the rows of a finished plan, summed exactly with pandas.

Written apart from ``rows`` on purpose: a fault in one must show against the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.policy.filters import Number, resolve
from optimizer.policy.terms import Term
from optimizer.program import Ints
from optimizer.rules.base import KEY_JOIN, RuleData

Values = npt.NDArray[Any]


def postings(term: Term, per: Sequence[str], data: RuleData) -> pd.DataFrame:
    """One row for each thing that the term counts: the keys of ``per`` (year too where it has a schedule), amount,
    and ``row``, the position in the term's table.

    Works on arrays and makes one frame at the end: an audit posts hundreds of terms, most of them small."""
    table = data.tables.get(term.table)
    frame = data.instance.tables[term.table] if table is None else table.frame
    row = np.flatnonzero(term.where.mask(frame, data.parameters))
    columns = {"amount": _amounts(term, frame, table.quantity if table is not None else None, row, data), "row": row}
    wanted = [*per, *(["year"] if term.schedule and "year" not in per else [])]
    for key in wanted:
        if key in term.fixed:
            columns[key] = np.full(
                len(row), term.fixed[key], dtype=object if isinstance(term.fixed[key], str) else None
            )
        elif key not in term.every and not (term.spread and key == term.spread_as):
            columns[key] = _keys(frame[term.keys.get(key, key)], row)
    for key, listed in term.every.items():
        whole = data.instance.tables[listed]
        known = _keys(whole[key], np.arange(len(whole)))
        columns = {name: np.repeat(values, len(known)) for name, values in columns.items()}
        columns[key] = np.tile(known, len(row))
    if term.spread:
        columns = _spread(columns, term, frame)
    if term.schedule:
        columns = _fall(columns, term.schedule, data)
    if term.after and "year" in columns:
        columns["year"] = columns["year"] + term.after
    return pd.DataFrame({name: columns[name] for name in (*wanted, "amount", "row")})


def _amounts(term: Term, frame: pd.DataFrame, quantity: str | None, row: Ints, data: RuleData) -> Ints:
    """What each counted row adds: quantity × measure × times ÷ divide, exactly."""
    amount = np.ones(len(row), dtype=np.int64)
    for column in (quantity, term.measure):
        if column is not None:
            amount = amount * frame[column].to_numpy()[row].astype(np.int64)
    amount = amount * resolve(term.times, data.parameters)
    if (amount % term.divide).any():
        raise ValueError(f"{term.table}.{term.measure} is not a multiple of {term.divide}")
    return amount // term.divide


def _keys(source: pd.Series, row: Ints) -> Values:  # type: ignore[type-arg]
    """A key column's values at some rows: whole numbers, or texts as objects."""
    if source.dtype.kind in "iu":
        return source.to_numpy()[row].astype(np.int64)
    return source.iloc[row].to_numpy(dtype=object)


def _spread(columns: dict[str, Values], term: Term, frame: pd.DataFrame) -> dict[str, Values]:
    """Each row once more for each slot that is not empty."""
    homes = [_keys(frame[slot], columns["row"]) for slot in term.spread]
    many = {name: np.tile(values, len(homes)) for name, values in columns.items()}
    many[term.spread_as] = np.concatenate(homes)
    used = many[term.spread_as] != ""
    return {name: values[used] for name, values in many.items()}


def _fall(columns: dict[str, Values], name: str, data: RuleData) -> dict[str, Values]:
    """Each amount in its instalments: all but the last floored, the last is the rest."""
    schedule = data.schedule(name)
    *parts, last = zip(schedule.after, schedule.percent, strict=True)
    amounts = [columns["amount"] * percent // 100 for _, percent in parts]
    rest = columns["amount"] - sum(amounts)
    many = {key: np.tile(values, len(schedule.after)) for key, values in columns.items()}
    many["amount"] = np.concatenate([*amounts, rest])
    many["year"] = np.concatenate([columns["year"] + after for after, _ in (*parts, last)])
    return many


def totals(terms: Sequence[Term], per: Sequence[str], data: RuleData) -> pd.Series:  # type: ignore[type-arg]
    """Σ of all terms by key (a plain index for one key, a MultiIndex for more; one entry "" for none)."""
    posted = pd.concat([postings(term, per, data) for term in terms], ignore_index=True)
    if not per:
        return pd.Series([int(posted["amount"].sum())], index=[""], dtype="int64")
    return posted.groupby(list(per), sort=True, observed=True)["amount"].sum().astype("int64")


def running(sums: pd.Series, per: Sequence[str], first: int, last: int) -> pd.Series:  # type: ignore[type-arg]
    """Sums by key and year as balances: every year from first to last, carried forward."""
    others = [key for key in per if key != "year"]
    if not others:
        by_year = sums.reindex(range(first, last + 1), fill_value=0)
        return by_year.cumsum().rename_axis("year")
    wide = sums.unstack("year", fill_value=0).reindex(columns=range(first, last + 1), fill_value=0)
    balance = wide.cumsum(axis=1).rename_axis(columns="year").stack()
    return balance.reorder_levels(list(per)).astype("int64")


def limit_for(limit: Number | Term | None, sums: pd.Series, per: Sequence[str], data: RuleData) -> pd.Series | None:  # type: ignore[type-arg]
    """The limit by key, aligned with ``sums``; None where there is no limit."""
    if limit is None:
        return None
    if isinstance(limit, Term):
        if sums.empty:
            return sums.astype("int64")
        columns = data.instance.tables[limit.table].columns
        own = [key for key in per if limit.keys.get(key, key) in columns]
        if not own:
            return pd.Series(int(totals([limit], (), data).iloc[0]), index=sums.index, dtype="int64")
        known = {key_text(k): int(v) for k, v in totals([limit], own, data).items()}
        wanted = sums.index.to_frame(index=False).set_axis(list(per), axis=1)[own].astype(str)
        texts = wanted[own[0]].str.cat([wanted[key] for key in own[1:]], sep=KEY_JOIN)
        return pd.Series(texts.map(known).fillna(0).to_numpy(dtype="int64"), index=sums.index)
    return pd.Series(resolve(limit, data.parameters), index=sums.index, dtype="int64")


def key_text(key: object) -> str:
    """The same text for a key as the clause report's rows: ``泖港 / 2021``."""
    return KEY_JOIN.join(map(str, key)) if isinstance(key, tuple) else str(key)
