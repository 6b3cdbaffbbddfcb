"""Could one row of a finished plan be replaced by another, all clauses still holding? Exactly, many at once.

Every rule that is a sum tells what a row adds to each of its lines and how much room that line has
left (``Rule.footprint``, ``Rule.room``). A replacement is legal if no line leaves its limits and no
cleared group loses a member. Amounts (homes built, money claimed) stay as they are in the plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
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
    place: dict[tuple[str, str], int] = {}
    room: dict[int, tuple[int, int]] = {}
    matrices = []
    for table in (taken, options):
        entries = [np.zeros((3, 0), dtype=np.int64)]
        for rule in data.others:
            found = rule.footprint(table, data)
            if found is None:
                continue
            line = np.array([place.setdefault((rule.id, key), len(place)) for key in found.key], dtype=np.int64)
            room |= dict(zip(line.tolist(), zip(found.below.tolist(), found.above.tolist(), strict=True), strict=True))
            entries.append(np.stack([found.amount, found.row, line[found.line]]))
        amount, row, column = np.concatenate(entries, axis=1)
        matrices.append((amount, row, column, len(table.frame)))
    lines = list(place)
    both = [
        sp.csr_array((amount, (row, column)), shape=(count, len(lines)), dtype=np.int64)
        for amount, row, column, count in matrices
    ]
    below, above = np.array([room[at] for at in range(len(lines))], dtype=np.int64).reshape(-1, 2).T
    anchored = np.zeros(len(taken.frame), dtype=bool)
    for rule in data.others:
        held = rule.anchored(taken, data)
        if held is not None:
            anchored |= held
    return Room(both[0], both[1], below, above, lines, anchored)
