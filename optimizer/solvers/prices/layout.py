"""Choice sets and amounts of one part of a program (a county), laid out for pricing.

A part's rows are numbered locally: first the rows that are its own, then those that link it to other parts. Entries are
whole numbers held as float64 (exact below 2^53), so that one copy serves fast prices and exact totals alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.program import Floats, Ints, Program
from optimizer.solvers.prices.partition import Partition


@dataclass(frozen=True)
class Layout:
    """``use``: columns × local rows, options set by set, then amounts. ``worth``: of each column. ``start``: where each set's
    options begin (and the last one's end). ``most``: upper bounds of the amounts."""

    use: sp.csr_array
    worth: Floats
    start: Ints
    most: Floats

    @property
    def sets(self) -> int:
        """How many choice sets."""
        return len(self.start) - 1

    @property
    def options(self) -> int:
        """How many columns are options."""
        return int(self.start[-1])

    def owner(self) -> Ints:
        """The set of each option."""
        return np.repeat(np.arange(self.sets), np.diff(self.start))

    def best(self, reduced: Floats) -> tuple[Floats, Ints]:
        """Each set's best value (at least 0: none) and its first option of that value (−1: none)."""
        many = self.options
        if not many:
            return np.zeros(0), np.zeros(0, dtype=np.int64)
        top = np.maximum.reduceat(reduced[:many], self.start[:-1])
        hit = np.flatnonzero(reduced[:many] == np.repeat(top, np.diff(self.start)))
        owner = np.searchsorted(self.start, hit, side="right") - 1
        option = np.full(self.sets, -1, dtype=np.int64)
        option[owner[::-1]] = hit[::-1]
        return np.maximum(top, 0.0), np.where(top > 0, option, -1)

    def sampled(self, sets: Ints) -> Layout:
        """The same with these choice sets only, and no smaller amounts."""
        columns, start = positions(self.start, sets)
        every = np.append(columns, np.arange(self.options, len(self.worth)))
        return Layout(sp.csr_array(self.use[every]), self.worth[every], start, self.most)


@dataclass(frozen=True)
class Part:
    """One part: its ``layout`` over the program's ``rows`` (``own`` of them first), and the program's ``columns``."""

    layout: Layout
    columns: Ints
    rows: Ints
    own: int


def bundled(parts: Sequence[Part], options: int) -> list[Part]:
    """Neighbouring parts put together up to about so many options: fewer, longer passes. Only for pricing: without columns."""
    bundles: list[Part] = []
    first = 0
    size = np.cumsum([part.layout.options for part in parts])
    while first < len(parts):
        before = size[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(size, before + options, side="right")))
        bundles.append(_together(parts[first:last]) if last > first + 1 else parts[first])
        first = last
    return bundles


def _together(parts: Sequence[Part]) -> Part:
    rows = np.unique(np.concatenate([part.rows for part in parts]))
    blocks = []
    for kind in (True, False):  # options of all first, then amounts of all
        for part in parts:
            use, many = part.layout.use, part.layout.options
            use = use[:many] if kind else use[many:]
            place = np.searchsorted(rows, part.rows).astype(np.int32)
            blocks.append(sp.csr_array((use.data, place[use.indices], use.indptr), shape=(use.shape[0], len(rows))))
    layouts = [part.layout for part in parts]
    worth = [p.worth[: p.options] for p in layouts] + [p.worth[p.options :] for p in layouts]
    widths = np.concatenate([np.diff(p.start) for p in layouts])
    start = np.append(0, np.cumsum(widths)).astype(np.int64)
    use = sp.csr_array(sp.vstack(blocks, format="csr"))
    together = Layout(use, np.concatenate(worth), start, np.concatenate([p.most for p in layouts]))
    return Part(together, np.zeros(0, dtype=np.int64), rows, 0)


def positions(start: Ints, sets: Ints) -> tuple[Ints, Ints]:
    """The options of some sets, set by set, and where each set's options begin among them."""
    width = np.diff(start)[sets]
    first = np.append(0, np.cumsum(width)).astype(np.int64)
    return np.repeat(start[sets] - first[:-1], width) + np.arange(int(first[-1])), first


def part_of(program: Program, split: Partition, number: int, by_column: sp.csr_array, worth: Floats) -> Part:
    """One part of the program; ``by_column`` is its matrix by columns, ``worth`` the stage's value with tie-breaks."""
    columns, own = split.columns[number], split.rows[number]
    size = np.diff(program.set_start)[split.sets[number]]
    start = np.append(0, np.cumsum(size)).astype(np.int64)
    return _laid_out(program, by_column, worth, columns, own, split.linking, start)


def outer_part(program: Program, split: Partition, by_column: sp.csr_array, worth: Floats) -> Part:
    """The amounts that belong to no part, over the linking rows."""
    none = np.zeros(0, dtype=np.int64)
    return _laid_out(program, by_column, worth, split.outer, none, split.linking, np.zeros(1, dtype=np.int64))


def _laid_out(
    program: Program, by_column: sp.csr_array, worth: Floats, columns: Ints, own: Ints, linking: Ints, start: Ints
) -> Part:
    block = sp.csr_array(by_column[columns])
    touched = np.zeros(program.matrix.shape[0], dtype=bool)
    touched[block.indices] = True
    rows = np.concatenate([own, linking[touched[linking]]])
    local = np.full(program.matrix.shape[0], -1, dtype=np.int32)
    local[rows] = np.arange(len(rows), dtype=np.int32)
    entries = (block.data.astype(np.float64), local[block.indices], block.indptr.astype(np.int32))
    use = sp.csr_array(entries, shape=(len(columns), len(rows)))
    layout = Layout(use, worth[columns], start, program.upper[columns[start[-1] :]].astype(np.float64))
    return Part(layout, columns, rows, len(own))
