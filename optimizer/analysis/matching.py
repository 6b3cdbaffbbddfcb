"""A plan's rows among the options of the program."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from optimizer.build import Model
from optimizer.decisions import DecisionTable
from optimizer.program import Ints


def taken_options(model: Model, tables: Mapping[str, pd.DataFrame]) -> Ints:
    """1 for each option of the choice table that the plan takes, else 0; rows that are no option are passed over (the audit
    finds them)."""
    taken = np.zeros(model.program.options, dtype=np.int64)
    choice = next((t for t in model.tables.values() if t.set_column), None)
    if choice is None or choice.id not in tables or tables[choice.id].empty:
        return taken
    at = _places(choice, tables[choice.id])
    taken[at[at >= 0]] = 1
    return taken


def plan_columns(model: Model, tables: Mapping[str, pd.DataFrame]) -> Ints:
    """The whole plan, one number a column: options as ``taken_options``, and amounts in steps. Columns of goals' own are 0."""
    x = np.zeros(model.program.columns, dtype=np.int64)
    x[: model.program.options] = taken_options(model, tables)
    for name, table in model.tables.items():
        first, count = model.program.tables[name]
        if table.quantity is None or table.auxiliary or not count or name not in tables or tables[name].empty:
            continue
        at = _places(table, tables[name])
        steps = tables[name][table.quantity].to_numpy(dtype=np.int64)[at >= 0]
        x[first + at[at >= 0]] = steps // table.frame["_step"].to_numpy()[at[at >= 0]]
    return x


def _places(table: DecisionTable, rows: pd.DataFrame) -> Ints:
    """Where each row stands in the table, by its keys; −1 where it does not."""
    codes, wanted = np.zeros(len(table.frame), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    known = np.ones(len(rows), dtype=bool)
    for key in table.keys:
        values = pd.Index(pd.unique(table.frame[key].astype(object)))
        mine = values.get_indexer(pd.Index(table.frame[key].astype(object)))
        theirs = values.get_indexer(pd.Index(rows[key].astype(object)))
        known &= theirs >= 0
        codes, wanted = codes * len(values) + mine, wanted * len(values) + theirs
    if not len(codes):
        return np.full(len(rows), -1, dtype=np.int64)
    order = np.argsort(codes, kind="stable")
    place = np.minimum(np.searchsorted(codes[order], wanted), len(codes) - 1)
    found = order[place]
    return np.where(known & (codes[found] == wanted), found, -1)
