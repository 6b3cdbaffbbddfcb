"""Items into bins: the shape of assignment, single-source location and p-median, recognised in a program's matrix."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Ints, Program


@dataclass(frozen=True)
class Bins:
    """minimise Σ cost of the options taken + Σ opening of the bins used; every item takes one option.

    An option (arrays of equal length: ``item``, ``bin``, ``weight``, ``cost``; ``column`` in the program) puts its item
    into its bin. Bin b holds a total weight of ``capacity[b]``; it may be used where its column ``open_column[b]`` is 1
    (−1: always, at no cost), which costs ``opening[b]``. ``count``: exactly so many bins are open (None: any number).
    ``state``: of each bin, 1 where it is known to be open, 0 where closed, −1 where either may be.
    """

    items: int
    item: Ints
    bin: Ints
    weight: Ints
    cost: Ints
    column: Ints
    capacity: Ints
    opening: Ints
    open_column: Ints
    state: Ints
    count: int | None

    @property
    def bins(self) -> int:
        """How many bins there are."""
        return len(self.capacity)

    def kept(self, keep: np.ndarray, state: Ints | None = None) -> Bins:  # type: ignore[type-arg]
        """The same with the options ``keep`` alone."""
        part = {name: getattr(self, name)[keep] for name in ("item", "bin", "weight", "cost", "column")}
        return replace(self, **part, state=self.state if state is None else state)


def bins_of(program: Program, cost: Ints) -> Bins | None:
    """The program as items and bins with the (minimised) cost of every column; None where a row says anything else.

    Rows understood: each choice set at least once; Σ weight·x ≤ capacity or Σ weight·x ≤ capacity·y, each option in
    exactly one of them; x ≤ y (implied, so dropped); Σ y = count over all y. Columns beside the options must be such y.
    """
    if program.groups is not None or len(program.set_start) < 2 or (program.upper != 1).any():
        return None
    options, matrix = program.options, sp.csr_array(program.matrix)
    entries = np.diff(matrix.indptr)
    if (entries == 0).any():
        return None
    inside = sp.csr_array(matrix[:, :options])
    beside = sp.csr_array(matrix[:, options:])
    opens = np.diff(beside.indptr)
    ones = np.minimum.reduceat(matrix.data, matrix.indptr[:-1]) == 1
    ones &= np.maximum.reduceat(matrix.data, matrix.indptr[:-1]) == 1
    no_low = program.row_lower <= -FREE // 2
    once = (opens == 0) & ones & (program.row_lower == 1) & (program.row_upper >= 1)
    count = (entries == opens) & ones & (program.row_lower == program.row_upper)
    one_use = np.diff(inside.indptr) == 1
    last = np.zeros(matrix.shape[0], dtype=np.int64)
    last[opens == 1] = beside.data[beside.indptr[:-1][opens == 1]]
    link = (
        no_low
        & one_use
        & (opens == 1)
        & (last == -1)
        & (program.row_upper == 0)
        & (abs(matrix).max(axis=1).toarray().reshape(-1) == 1)
    )
    limit = no_low & ~once & ~count & ~link & (opens <= 1) & ((opens == 0) | (program.row_upper == 0))
    if not (once | count | link | limit).all() or count.sum() > 1:
        return None
    return _assembled(program, cost, inside, beside, once, count, limit)


def _assembled(
    program: Program, cost: Ints, inside: sp.csr_array, beside: sp.csr_array,
    once: np.ndarray, count: np.ndarray, limit: np.ndarray,
) -> Bins | None:  # type: ignore[type-arg]  # fmt: skip
    """The parts put together; None where an option is in no or several limits, or a set not whole in its row."""
    options, owner = program.options, program.set_of_option()
    sets = len(program.set_start) - 1
    covered = sp.csr_array(inside[np.flatnonzero(once)])
    row_of = np.repeat(np.arange(covered.shape[0]), np.diff(covered.indptr))
    if covered.nnz != options or len(np.unique(owner[covered.indices])) != sets or covered.shape[0] != sets:
        return None
    if len(np.unique(row_of * (sets + 1) + owner[covered.indices])) != sets:
        return None
    rows = np.flatnonzero(limit)
    weights = sp.coo_array(inside[rows])
    if weights.nnz != options or len(np.unique(weights.col)) != options or (weights.data < 0).any():
        return None
    opens = sp.csr_array(beside[rows])
    column = np.full(len(rows), -1)
    capacity = program.row_upper[rows].copy()
    with_open = np.diff(opens.indptr) == 1
    column[with_open] = opens.indices + options
    capacity[with_open] = -opens.data
    if (
        (capacity < 0).any()
        or len(np.unique(opens.indices)) != program.columns - options
        or len(opens.indices) != program.columns - options
    ):
        return None
    counting = np.flatnonzero(count)
    if len(counting) and (beside[counting].nnz != program.columns - options or not with_open.all()):
        return None
    order = np.argsort(weights.col)
    return Bins(
        sets, owner, weights.row[order].astype(np.int64), weights.data[order].astype(np.int64), cost[:options],
        np.arange(options), capacity, np.where(column >= 0, cost[column], 0), column,
        np.where(column >= 0, -1, 1), int(program.row_upper[counting[0]]) if len(counting) else None,
    )  # fmt: skip
