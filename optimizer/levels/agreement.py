"""What the upper level makes of the plans that places sent up: one of each place, its own amounts, all joining limits held."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.levels.household_plans import Proposal
from optimizer.levels.split import Split
from optimizer.program import FREE, Ints, Stage, scale_of
from optimizer.solvers.base import Limits
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.whole_highs import exact_with_bound

SECONDS = 20.0
PENALTY = 1e3


@dataclass(frozen=True)
class Agreement:
    """``chosen``: which of its plans each place gets. ``outer``: the upper level's own amounts. ``missing``: of each joining
    row, in base units, by how much it is broken (positive: too little, negative: too much); all 0 where both levels agree."""

    chosen: tuple[int, ...]
    outer: Ints
    missing: Ints

    @property
    def holds(self) -> bool:
        """Whether every joining row holds."""
        return not self.missing.any()


def agree(
    split: Split, stage: Stage, sent: list[list[Proposal]], limits: Limits, start: Agreement | None
) -> Agreement | None:  # fmt: skip
    """The best choice among the plans sent up; where no choice holds every joining row, the one that misses least."""
    for penalty in (0.0, PENALTY):
        program = _program(split, stage, sent, penalty)
        first = _started(split, sent, start, len(program.upper)) if not penalty else None
        found = exact_with_bound(program, limits.gap / 10, limits.allow(SECONDS), first, limits.over)
        if found.x is not None:
            x = np.rint(found.x).astype(np.int64)
            edges = np.append(0, np.cumsum([len(each) for each in sent]))
            chosen = tuple(int(np.argmax(x[a:b])) for a, b in itertools.pairwise(edges.tolist()))
            return agreement(split, sent, chosen, x[edges[-1] : edges[-1] + len(split.outer)])
        if start is not None:
            return start
    return None


def agreement(split: Split, sent: list[list[Proposal]], chosen: tuple[int, ...], outer: Ints) -> Agreement:
    """A choice, with what is missing of the joining rows."""
    program = split.program
    total = np.zeros(program.matrix.shape[0], dtype=np.int64)
    total[split.joining] = split.outer_use() @ outer
    for place, plans, number in zip(split.places, sent, chosen, strict=True):
        total[place.joining] += plans[number].use
    here = total[split.joining]
    low, high = program.row_lower[split.joining], program.row_upper[split.joining]
    return Agreement(chosen, outer, np.maximum(low - here, 0) - np.maximum(here - high, 0))


def _started(split: Split, sent: list[list[Proposal]], start: Agreement | None, width: int) -> Ints | None:
    if start is None or not start.holds:
        return None
    x = np.zeros(width, dtype=np.int64)
    edges = np.append(0, np.cumsum([len(each) for each in sent]))
    x[edges[:-1] + np.array(start.chosen)] = 1
    x[edges[-1] : edges[-1] + len(split.outer)] = start.outer
    return x


def _program(
    split: Split, stage: Stage, sent: list[list[Proposal]], penalty: float
) -> WholeProgram:  # fmt: skip
    """Plans of the places, then own amounts, then (with a ``penalty``) what is missing of each joining row."""
    program, joining = split.program, split.joining
    count = sum(map(len, sent))
    uses = np.zeros((len(joining), count), dtype=np.int64)
    owner = np.repeat(np.arange(len(sent)), [len(each) for each in sent])
    value = np.array([each.value for plans in sent for each in plans], dtype=np.float64)
    column = 0
    for place, plans in zip(split.places, sent, strict=True):
        at = np.searchsorted(joining, place.joining)
        for each in plans:
            uses[at, column] = each.use
            column += 1
    own = split.outer_use()
    one = sp.csr_array((np.ones(count, np.int64), (owner, np.arange(count))), shape=(len(sent), count + own.shape[1]))
    matrix = sp.csr_array(sp.vstack([sp.hstack([sp.csr_array(uses), own]), one], format="csr"))
    scale = scale_of(matrix)
    low = np.append(program.row_lower[joining], np.ones(len(sent), np.int64))
    high = np.append(program.row_upper[joining], np.ones(len(sent), np.int64))
    upper = np.concatenate([np.ones(count, np.int64), program.upper[split.outer]])
    cost = np.append(value, stage.sign * stage.value[split.outer].astype(np.float64))
    if not penalty:
        return WholeProgram(matrix, low, high, scale, upper, cost)
    rows = np.arange(len(joining))
    entries = program.row_scale[joining].astype(np.int64)
    shape = (matrix.shape[0], len(joining))
    more = sp.csr_array((entries, (rows, rows)), shape=shape)
    matrix = sp.csr_array(sp.hstack([matrix, more, -more], format="csr"))
    many = 2 * len(joining)
    dear = penalty * max(1.0, float(np.abs(stage.value).max(initial=1)))
    continuous = np.append(np.zeros(len(upper), dtype=bool), np.ones(many, dtype=bool))
    upper = np.append(upper, np.full(many, FREE // 4))
    return WholeProgram(matrix, low, high, scale, upper, np.append(cost, np.full(many, -dear)), 0.0, continuous)
