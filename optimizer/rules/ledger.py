"""Check side: terms over the rows of a finished plan, summed exactly with pandas.

Written apart from ``rows`` on purpose: a fault in one must show against the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from optimizer.decisions import DecisionTable
from optimizer.policy.filters import Number, resolve
from optimizer.policy.terms import Term
from optimizer.rules.base import Line, RuleData


def postings(term: Term, per: Sequence[str], data: RuleData) -> pd.DataFrame:
    """One row for each thing that the term counts: the keys of ``per`` (year too where it has a schedule), amount,
    and ``row``, the position in the term's table."""
    if term.table in data.tables:
        table = data.tables[term.table]
        frame = table.frame
        amount = frame[table.quantity] if table.quantity else pd.Series(1, index=frame.index)
    else:
        frame = data.instance.tables[term.table]
        amount = pd.Series(1, index=frame.index)
    if term.measure is not None:
        amount = amount * frame[term.measure]
    amount = amount.astype("int64") * resolve(term.times, data.parameters)
    if (amount % term.divide != 0).any():
        raise ValueError(f"{term.table}.{term.measure} is not a multiple of {term.divide}")
    posted = pd.DataFrame({"amount": amount // term.divide, "row": range(len(frame))})
    wanted = [*per, *(["year"] if term.schedule and "year" not in per else [])]
    for key in wanted:
        if key in term.fixed:
            posted[key] = term.fixed[key]
        elif key not in term.every and not (term.spread and key == term.spread_as):
            source = frame[term.keys.get(key, key)]
            posted[key] = source.astype("int64") if source.dtype.kind in "iu" else source.astype(object)
    for slot in term.spread:
        posted[f"_{slot}"] = frame[slot].astype(object)
    posted = posted.loc[term.where.mask(frame, data.parameters)]
    for key, listed in term.every.items():
        values = data.instance.tables[listed][[key]]
        posted = posted.merge(values if values[key].dtype.kind in "iu" else values.astype(object), how="cross")
    if term.spread:
        rest = [c for c in posted.columns if not c.startswith("_")]
        posted = posted.melt(id_vars=rest, value_vars=[f"_{s}" for s in term.spread], value_name=term.spread_as)
        posted = posted.loc[posted[term.spread_as] != ""].drop(columns="variable")
    if term.schedule:
        posted = _fall(posted, term.schedule, data)
    if term.after and "year" in posted:
        posted["year"] = posted["year"] + term.after
    return posted[[*wanted, "amount", "row"]].reset_index(drop=True)


def _fall(posted: pd.DataFrame, name: str, data: RuleData) -> pd.DataFrame:
    """Each amount in its instalments: all but the last floored, the last is the rest."""
    schedule = data.schedule(name)
    rest = posted["amount"].copy()
    parts = []
    for number, (after, percent) in enumerate(zip(schedule.after, schedule.percent, strict=True)):
        last = number == len(schedule.after) - 1
        part = rest if last else posted["amount"] * percent // 100
        rest = rest - part
        parts.append(posted.assign(amount=part, year=posted["year"] + after))
    return pd.concat(parts, ignore_index=True)


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
        texts = wanted.agg(" / ".join, axis=1) if len(own) > 1 else wanted[own[0]]
        return pd.Series(texts.map(known).fillna(0).to_numpy(dtype="int64"), index=sums.index)
    return pd.Series(resolve(limit, data.parameters), index=sums.index, dtype="int64")


def key_text(key: object) -> str:
    """The same text for a key as the clause report's rows: ``泖港 / 2021``."""
    return " / ".join(map(str, key)) if isinstance(key, tuple) else str(key)


ROOMY = 2**60
"""Room on a line without a limit on that side."""


def effects(
    terms: Sequence[tuple[Term, int]], per: Sequence[str], table: DecisionTable, data: RuleData, balance: bool
) -> pd.DataFrame:
    """What rows of ``table`` alone add to each key: row, key (text), amount. ``terms`` come with a factor;
    ``balance`` adds each amount to every later money year as well."""
    alone = replace(data, tables={**data.tables, table.id: table})
    parts = [postings(term, per, alone).assign(factor=factor) for term, factor in terms if term.table == table.id]
    if not parts:
        return pd.DataFrame({"row": [], "key": [], "amount": []}).astype(
            {"row": "int64", "key": "str", "amount": "int64"}
        )
    posted = pd.concat(parts, ignore_index=True)
    posted["amount"] = posted["amount"] * posted["factor"]
    if balance:
        first, last = data.instance.policy.policy.money_years
        posted = posted.rename(columns={"year": "_from"}).merge(
            pd.DataFrame({"year": range(first, last + 1)}), how="cross"
        )
        posted = posted.loc[posted["year"] >= posted["_from"]]
    keys = [posted[key].astype(str) for key in per]
    posted["key"] = keys[0].str.cat(keys[1:], sep=" / ") if keys else ""
    summed = posted.groupby(["row", "key"], sort=False)["amount"].sum().reset_index()
    return summed.astype({"key": "str"})  # also where nothing is left: a share writes its sense behind the key


def with_room(
    found: pd.DataFrame, lines: Sequence[Line], least: Mapping[str, int] | None, most: Mapping[str, int] | None
) -> pd.DataFrame:
    """``effects`` with the room left on each line. A key without a line has attained 0 of its ``least`` and ``most``
    (by key; None where there is no such limit)."""
    below = {line.key: line.attained - (line.limit or 0) for line in lines if line.sense in (">=", "=")}
    above = {line.key: (line.limit or 0) - line.attained for line in lines if line.sense in ("<=", "=")}
    none_below = {} if least is None else {key: -value for key, value in least.items()}
    return found.assign(
        below=found["key"].map({**none_below, **below}).fillna(ROOMY).astype("int64"),
        above=found["key"].map({**(most or {}), **above}).fillna(ROOMY).astype("int64"),
    )
