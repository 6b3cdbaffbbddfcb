"""A plan's rows among the options of the program."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from optimizer.build import Model
from optimizer.program import Ints


def taken_options(model: Model, tables: Mapping[str, pd.DataFrame]) -> Ints:
    """1 for each option of the choice table that the plan takes, else 0; rows that are no option are passed over (the audit
    finds them)."""
    taken = np.zeros(model.program.options, dtype=np.int64)
    choice = next((t for t in model.tables.values() if t.set_column), None)
    if choice is None or choice.id not in tables or tables[choice.id].empty:
        return taken
    rows = tables[choice.id]
    codes, wanted = np.zeros(len(choice.frame), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    known = np.ones(len(rows), dtype=bool)
    for key in choice.keys:
        values = pd.Index(pd.unique(choice.frame[key].astype(object)))
        mine = values.get_indexer(pd.Index(choice.frame[key].astype(object)))
        theirs = values.get_indexer(pd.Index(rows[key].astype(object)))
        known &= theirs >= 0
        codes, wanted = codes * len(values) + mine, wanted * len(values) + theirs
    order = np.argsort(codes, kind="stable")
    place = np.minimum(np.searchsorted(codes[order], wanted), len(codes) - 1)
    found = order[place]
    taken[found[known & (codes[found] == wanted)]] = 1
    return taken


def as_vector(model: Model, tables: Mapping[str, pd.DataFrame]) -> Ints:
    """The plan as one number a column of the program: options, then amounts in steps; an objective's own amounts stay 0, and
    rows that are no column are passed over."""
    x = np.zeros(model.program.columns, dtype=np.int64)
    x[: model.program.options] = taken_options(model, tables)
    for name, (first, _) in model.program.tables.items():
        table, rows = model.tables[name], tables.get(name)
        if table.set_column or table.auxiliary or rows is None or rows.empty or not table.quantity:
            continue
        keys = list(table.keys)
        known = pd.MultiIndex.from_frame(table.frame[keys].astype(str))
        at = known.get_indexer(pd.MultiIndex.from_frame(rows[keys].astype(str)))
        there = at >= 0
        amount = rows[table.quantity].to_numpy(dtype=np.int64)[there]
        x[first + at[there]] = amount // table.frame["_step"].to_numpy(dtype=np.int64)[at[there]]
    return x
