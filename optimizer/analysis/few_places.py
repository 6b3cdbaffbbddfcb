"""Too few places where people agree to go: a minimum cut between households and sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from optimizer.program import FREE, Ints, Program


@dataclass(frozen=True)
class Demand:
    """A row that asks for ``limit`` of something that only options count for, each by ``weight`` (columns of the program)."""

    row: int
    limit: int
    columns: Ints
    weight: Ints


@dataclass(frozen=True)
class FewPlaces:
    """``sets`` (positions) have options at ``sites`` (codes) only, which hold ``places`` of them together; ``others``: what
    all others come to even if all of them got something. Together that is ``most``, less than ``limit``."""

    row: int
    limit: int
    sets: Ints
    sites: Ints
    places: int
    others: int
    most: int


def demands_of(program: Program) -> list[Demand]:
    """The rows that ask for choices: a lower limit above 0, entries above 0, all of them options."""
    by_row = sp.csr_array(program.matrix)
    found = []
    for row in np.flatnonzero((program.row_lower > 0) & (program.row_lower < FREE // 2)):
        part = slice(by_row.indptr[row], by_row.indptr[row + 1])
        columns, weight = by_row.indices[part].astype(np.int64), by_row.data[part]
        used = program.upper[columns] > 0
        if used.any() and (columns[used] < program.options).all() and (weight[used] > 0).all():
            limit = int(program.row_lower[row] * program.row_unit[row])
            found.append(Demand(int(row), limit, columns[used], weight[used] * program.row_unit[row]))
    return found


def too_few(program: Program, demand: Demand, site_of: Ints, holds: Sequence[int]) -> FewPlaces | None:
    """Whether the sites' places alone keep the demand out of reach. ``site_of``: the site of every option of the program
    (0 … n − 1); ``holds``: the most that each can have of what is asked for. None where the places would do."""
    sets, count = len(program.sets), len(holds)
    owner, site = program.set_of_option()[demand.columns], site_of[demand.columns]
    need = np.zeros(sets, dtype=np.int64)
    np.maximum.at(need, owner, demand.weight)
    if need.sum() >= 2**31:
        return None  # the flow is counted in 32 bits
    pairs = np.unique(owner * count + site)
    source, sink = sets + count, sets + count + 1
    room = np.minimum(np.array(holds, dtype=np.int64), int(need.sum()))
    row = np.concatenate([np.full(sets, source), pairs // count, sets + np.arange(count)])
    column = np.concatenate([np.arange(sets), sets + pairs % count, np.full(count, sink)])
    value = np.concatenate([need, need[pairs // count], room])
    network = sp.csr_array((value.astype(np.int32), (row, column)), shape=(sink + 1, sink + 1))
    network.eliminate_zeros()
    flow = maximum_flow(network, source, sink)
    if flow.flow_value >= demand.limit:
        return None
    left = sp.csr_array(network - flow.flow)
    left.data = np.maximum(left.data, 0)
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    crowd, sites = reached[reached < sets], reached[(reached >= sets) & (reached < source)] - sets
    crowd = crowd[need[crowd] > 0]
    inside = np.zeros(sets, dtype=bool)
    inside[crowd] = True
    return FewPlaces(
        demand.row, demand.limit, np.sort(crowd).astype(np.int64), np.sort(sites).astype(np.int64), int(room[sites].sum()),
        int(need[~inside].sum()), int(flow.flow_value),
    )  # fmt: skip
