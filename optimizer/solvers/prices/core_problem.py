"""A part's core problem: the choice sets nearest to a tie, everybody else staying as the prices decide.

At good prices nearly every choice set is decided; what is left to choose from is small (Balas and Zemel 1980 call it the core).
A wide core is solved as an LP first; what the LP leaves undecided, or nearest to a tie, goes to HiGHS as a small whole program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Program
from optimizer.solvers.highs import WholeProgram, passed
from optimizer.solvers.prices.layout import Part, positions
from optimizer.solvers.whole_highs import solve_whole

SECONDS = 30.0
"""A core that takes longer than this is given up; the limit that decides is that of nodes."""


@dataclass(frozen=True)
class Core:
    """``program``: over the part's columns ``free``, all others ``fixed``; ``sets``: which of the core's choice sets a free
    column belongs to (−1: an amount). ``split``, ``near``: by the LP, which sets are undecided, and how near each is to a tie;
    ``value``, ``reduced``: by column; ``best``: what its LP is worth."""

    program: WholeProgram
    free: Ints
    fixed: Ints
    sets: Ints
    near: Floats
    value: Floats
    reduced: Floats
    best: float

    def solve(
        self, open_sets: int, few: int, aim: float, nodes: int, seed: int, stop: Callable[[], bool]
    ) -> Ints | None:
        """The part's best plan with about ``open_sets`` of the core's sets open, each with ``few`` columns in the mean; stops
        as soon as it is worth ``aim``."""
        amount = self.sets < 0
        undecided = int(np.count_nonzero(self.near < 0))
        open_sets = max(open_sets, undecided + open_sets // 2)
        opened = np.zeros(len(self.near), dtype=bool)
        opened[np.argsort(self.near, kind="stable")[:open_sets]] = True
        mine = opened[np.where(amount, 0, self.sets)] & ~amount if len(opened) else ~amount
        ranked = np.sort(self.reduced[mine])
        enough = ranked[min(len(ranked), few * open_sets) - 1] if len(ranked) else 0.0
        keep = amount | (mine & ((self.value > 1e-6) | (self.reduced <= enough)))
        decided = np.where(mine | amount, 0, np.rint(self.value)).astype(np.int64)
        small = _restricted(self.program, keep, decided)
        found = solve_whole(small, goal=aim, seconds=SECONDS, start=None, stop=stop, seed=seed, nodes=nodes)
        if found is None:
            return None
        decided[keep] = found
        x = self.fixed.copy()
        x[self.free] = decided
        return x


@dataclass(frozen=True)
class PartLimits:
    """Whole limits of a part's local rows: its own, and what it may use of the linking ones."""

    low: Ints
    high: Ints


def core_of(
    part: Part,
    program: Program,
    price: Floats,
    reduced: Floats,
    nearest: Ints,
    plan: Ints,
    few: int,
    limits: PartLimits,
) -> Core | None:
    """The core of the sets ``nearest`` with their ``few`` best options (by ``reduced``) and what they hold in ``plan``, and the
    part's amounts. Worth less ``price`` · use is to be maximised. None where its LP has no solution."""
    layout = part.layout
    mine, first = positions(layout.start, nearest)
    place = np.repeat(np.arange(len(nearest)), np.diff(first))
    order = np.lexsort((-reduced[mine], place))
    rank = np.empty(len(mine), dtype=np.int64)
    rank[order] = np.arange(len(mine)) - first[place[order]]
    keep = (rank < few) | (plan[mine] > 0)
    amounts = np.arange(layout.options, len(layout.worth))
    free, sets = np.append(mine[keep], amounts), np.append(place[keep], np.full(len(amounts), -1))
    fixed = plan.copy()
    fixed[mine] = 0
    fixed[amounts] = 0
    given = np.rint(layout.use.T @ fixed).astype(np.int64)
    many = len(nearest)
    options = np.flatnonzero(sets >= 0)
    choice = sp.csr_array((np.ones(len(options)), (sets[options], options)), shape=(many, len(free)))
    matrix = sp.csr_array(sp.vstack([layout.use[free].T, choice], format="csr")).astype(np.int64)
    whole = WholeProgram(
        matrix,
        np.append(left_of(limits.low, given), np.full(many, -FREE)),
        np.append(left_of(limits.high, given), np.ones(many, dtype=np.int64)),
        np.append(program.row_scale[part.rows], np.ones(many)),
        program.upper[part.columns[free]],
        layout.worth[free] - layout.use[free] @ price,
        float(layout.worth @ fixed - price @ given),
    )
    return _relaxed(whole, free, fixed, sets, many)


def _relaxed(whole: WholeProgram, free: Ints, fixed: Ints, sets: Ints, many: int) -> Core | None:
    """The LP of a core: how near each set is to a tie at its duals, and which are undecided."""
    highs = passed(whole, whole.low, whole.high, np.zeros(len(sets), dtype=bool))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = highs.getSolution()
    value, reduced = np.asarray(solution.col_value), np.abs(np.asarray(solution.col_dual))
    amount = sets < 0
    near = np.abs(np.asarray(solution.row_dual)[len(solution.row_dual) - many :])
    inside = np.where(amount, 0, sets)
    other = np.where((value < 1e-6) & ~amount, reduced, np.inf)
    if many:
        np.minimum.at(near, inside, other)
    split = (value > 1e-6) & (value < 1 - 1e-6) & ~amount
    near[sets[split]] = -1.0
    return Core(whole, free, fixed, sets, near, value, reduced, highs.getInfo().objective_function_value)


def _restricted(program: WholeProgram, keep: np.ndarray, decided: Ints) -> WholeProgram:  # type: ignore[type-arg]
    """The program over the columns ``keep``, the others as ``decided``, without rows that are left empty."""
    part = sp.csr_array(sp.csr_array(program.matrix.tocsc()[:, np.flatnonzero(keep)]))
    rows = np.flatnonzero(np.diff(part.indptr))
    given = program.matrix @ decided
    return WholeProgram(
        sp.csr_array(part[rows]), left_of(program.low, given)[rows], left_of(program.high, given)[rows],
        program.scale[rows], program.upper[keep], program.cost[keep], program.offset + float(program.cost @ decided),
    )  # fmt: skip


def left_of(limit: Ints, given: Ints) -> Ints:
    """What is left of a limit, where there is one."""
    return np.where(np.abs(limit) < FREE // 2, limit - given, limit).astype(np.int64)
