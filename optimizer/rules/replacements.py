"""Could one row of a finished plan be replaced by another, all clauses still holding? Exactly, many at once.

Every rule that is a sum tells what a row adds to each of its lines and how much room that line has
left (``Rule.footprint``, ``Rule.room``). A replacement is legal if no line leaves its limits and no
cleared group loses a member. Amounts (homes built, money claimed) stay as they are in the plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.decisions import DecisionTable
from optimizer.program import Ints
from optimizer.rules.base import RuleData

PAIRS_AT_ONCE = 200_000


@dataclass(frozen=True)
class Room:
    """Footprints of plan rows (``out``) and options (``into``) over all lines, with the room left on each line."""

    out: sp.csr_array
    into: sp.csr_array
    below: Ints
    above: Ints
    lines: list[tuple[str, str]]
    anchored: np.ndarray  # type: ignore[type-arg]

    def legal(self, into: Ints, out: list[Ints], stays: bool = False) -> tuple[np.ndarray, Ints]:  # type: ignore[type-arg]
        """For each pair (option in, plan rows out): whether it is legal, and the first line that stops it (−1).
        ``stays``: the household itself changes place within its year, so that its cleared group keeps it."""
        verdict, stop = np.zeros(len(into), dtype=bool), np.full(len(into), -1, dtype=np.int64)
        for start in range(0, len(into), PAIRS_AT_ONCE):
            part = slice(start, start + PAIRS_AT_ONCE)
            change = self.into[into[part]]
            for rows in out:
                change = change - self.out[rows[part]]
            change = sp.csr_array(change)
            column = change.indices
            bad = (change.data > self.above[column]) | (-change.data > self.below[column])
            owner = np.repeat(np.arange(change.shape[0]), np.diff(change.indptr))
            count = np.bincount(owner[bad], minlength=change.shape[0])
            first = np.full(change.shape[0], -1, dtype=np.int64)
            first[owner[bad][::-1]] = column[bad][::-1]
            verdict[part], stop[part] = count == 0, first
        for rows in out if not stays else ():
            verdict &= ~self.anchored[rows]
        return verdict, stop


def room_for(data: RuleData, taken: DecisionTable, options: DecisionTable) -> Room:
    """Footprints and room for the plan rows ``taken`` and the candidate ``options`` of the same decision."""
    parts = []
    for side, table in enumerate((taken, options)):
        for rule in data.others:
            found = rule.footprint(table, data)
            if found is not None and len(found):
                parts.append(found.assign(rule=rule.id, side=side))
    columns = ["row", "key", "amount", "below", "above", "rule", "side"]
    together = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    code, names = pd.factorize(together["rule"] + "\0" + together["key"])
    lines = [(n.split("\0")[0], n.split("\0")[1]) for n in names]
    below, above = np.zeros(len(names), dtype=np.int64), np.zeros(len(names), dtype=np.int64)
    below[code], above[code] = together["below"].to_numpy(np.int64), together["above"].to_numpy(np.int64)
    matrices = []
    for side, table in enumerate((taken, options)):
        mine = (together["side"] == side).to_numpy()
        entries = (together["amount"].to_numpy(np.int64)[mine], (together["row"].to_numpy(np.int64)[mine], code[mine]))
        matrix = sp.csr_array(entries, shape=(len(table.frame), len(names)), dtype=np.int64)
        matrix.sum_duplicates()
        matrices.append(matrix)
    anchored = np.zeros(len(taken.frame), dtype=bool)
    for rule in data.others:
        held = rule.anchored(taken, data)
        if held is not None:
            anchored |= held
    return Room(matrices[0], matrices[1], below, above, lines, anchored)
