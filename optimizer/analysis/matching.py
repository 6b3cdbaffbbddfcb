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
