"""From prices to a whole plan: fix what is decided, give the rest to HiGHS, widen until it is tight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, group_rows
from optimizer.solvers.direct import mask_of
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.prices.candidates import Candidates
from optimizer.solvers.prices.problem import StageProblem
from optimizer.solvers.whole_highs import least_violation, solve_whole


@dataclass(frozen=True)
class Opening:
    """Which columns the small program may still choose, and what the others are fixed at."""

    free: Ints
    fixed: Ints


def opening(
    problem: StageProblem, weights: Candidates, reduced: Floats, share: float, incumbent: Ints | None
) -> Opening:
    """Columns with weight stay free where their set is open; ``share`` opens that part of the other sets too,
    those with the smallest regret, each with its ``BEST_FEW`` best options. Amounts are always free."""
    program, pricing = problem.program, problem.pricing
    owner, start = program.set_of_option(), program.set_start
    value = reduced[: program.options]
    keep = weights.option > 1e-6
    none = weights.none > 1e-6
    if share > 0:
        wide = _lowest_regret(problem, value, share)
        keep |= wide[owner] & (rank_in_set(value, owner, start) < BEST_FEW)
        none |= wide
    if incumbent is not None:
        keep |= incumbent[: program.options] > 0
    count = np.bincount(owner, weights=keep, minlength=pricing.sets) + none
    fixed = np.zeros(program.columns, dtype=np.int64)
    fixed[: program.options][keep & (count[owner] == 1)] = 1
    free = [np.flatnonzero(keep & (count[owner] > 1)), problem.amounts]
    if len(pricing.whole_column):
        group_open = np.zeros(pricing.units, dtype=bool)
        group_open[pricing.unit[count > 1]] = True
        settled = (weights.whole > 1 - 1e-6) & ~group_open[pricing.whole_group]
        fixed[pricing.whole_column[settled & (share == 0)]] = 1
        free.append(pricing.whole_column[(weights.whole > 1e-6) & ~(settled & (share == 0))])
        if share > 0:
            free.append(pricing.whole_column[possible_whole(problem, keep)])
    columns = np.unique(np.concatenate(free))
    return Opening(columns[program.upper[columns] > 0], fixed)


def with_room(problem: StageProblem, opened: Opening, rows: Ints) -> Opening:
    """The opening, with every decided set that uses one of the rows free to take none, and every whole-group column
    of those rows free: where rounding broke a row, somebody must be able to give way."""
    program = problem.program
    touching = np.unique(sp.csr_array(problem.matrix[rows]).indices)
    giving = touching[(opened.fixed[touching] > 0)]
    free = np.union1d(opened.free, giving)
    if len(problem.pricing.whole_column):
        whole = problem.pricing.whole_column
        free = np.union1d(free, whole[np.isin(whole, touching) | (opened.fixed[whole] > 0)])
    fixed = opened.fixed.copy()
    fixed[free] = 0
    return Opening(free[program.upper[free] > 0], fixed)


BEST_FEW = 4


def _lowest_regret(problem: StageProblem, value: Floats, share: float) -> np.ndarray:  # type: ignore[type-arg]
    """The sets whose best option is the least ahead of the next best (or of none)."""
    start, owner = problem.program.set_start, problem.program.set_of_option()
    best = np.maximum.reduceat(value, start[:-1])
    others = np.where(value >= best[owner], -np.inf, value)
    second = np.maximum(np.maximum.reduceat(others, start[:-1]), 0.0)
    regret = np.where(best > 0, best - np.minimum(second, best), -best)
    return np.asarray(regret <= np.quantile(regret, share))


def rank_in_set(value: Floats, owner: Ints, start: Ints) -> Ints:
    """Each option's place among its set's options by value: 0 is the best."""
    order = np.lexsort((-value, owner))
    rank = np.empty(len(value), dtype=np.int64)
    rank[order] = np.arange(len(value)) - start[owner[order]]
    return rank


def possible_whole(problem: StageProblem, keep: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """Whole-group columns that the kept options could still fill."""
    program, pricing = problem.program, problem.pricing
    groups = program.groups
    if groups is None:
        return np.zeros(0, dtype=bool)
    owner = program.set_of_option()
    earliest = np.full(pricing.sets, 10**9, dtype=np.int64)
    np.minimum.at(earliest, owner[keep], groups.level[keep])
    latest = np.zeros(pricing.units, dtype=np.int64)
    np.maximum.at(latest, pricing.unit, earliest)
    return np.asarray(latest[pricing.whole_group] <= groups.at)


def small_program(problem: StageProblem, opened: Opening, cost: Floats) -> tuple[WholeProgram, Ints]:
    """The program over the opening, and which rows of the whole it kept."""
    program = problem.program
    groups, group_low, group_high = group_rows(program)
    choice = _choice_rows(problem)
    matrix = sp.csr_array(sp.vstack([problem.matrix, groups, choice], format="csr"))
    low = np.concatenate([problem.lower, group_low, np.full(choice.shape[0], -FREE)])
    high = np.concatenate([problem.upper, group_high, np.ones(choice.shape[0], dtype=np.int64)])
    given = matrix @ opened.fixed
    part = sp.csr_array(sp.csc_array(matrix)[:, opened.free])
    touched = np.flatnonzero(np.diff(part.indptr))
    scale = np.concatenate([problem.scale, np.ones(groups.shape[0] + choice.shape[0])])
    small = WholeProgram(
        matrix=part[touched],
        low=np.where(low > -FREE, low - given, low)[touched],
        high=np.where(high < FREE, high - given, high)[touched],
        scale=scale[touched],
        upper=program.upper[opened.free],
        cost=cost[opened.free],
        offset=float(cost @ opened.fixed),
        continuous=mask_of(program.continuous, opened.free),
    )
    return small, touched


def breaking_rows(problem: StageProblem, opened: Opening, seconds: float, stop: Callable[[], bool]) -> Ints:
    """Joining rows that no choice over the opening can hold together: those that a least-violation solve breaks."""
    small, touched = small_program(problem, opened, np.zeros(problem.program.columns))
    return np.array(
        [r for r in touched[least_violation(small, seconds, stop)] if r < problem.matrix.shape[0]], dtype=np.int64
    )


def finish(
    problem: StageProblem,
    opened: Opening,
    goal: float,
    seconds: float,
    start: Ints | None,
    stop: Callable[[], bool],
    cost: Floats,
) -> Ints | None:
    """The best whole plan over the opening, or None. Stops early once it is as good as ``goal``."""
    small, _ = small_program(problem, opened, cost)
    begin = start[opened.free] if start is not None else None
    found = solve_whole(small, goal=goal if np.isfinite(goal) else None, seconds=seconds, start=begin, stop=stop)
    if found is None:
        return None
    x = opened.fixed.astype(found.dtype)
    x[opened.free] = found
    return x


def _choice_rows(problem: StageProblem) -> sp.csr_array:
    options = problem.program.options
    entries = (np.ones(options, dtype=np.int64), (problem.program.set_of_option(), np.arange(options)))
    return sp.csr_array(entries, shape=(problem.pricing.sets, problem.program.columns))
