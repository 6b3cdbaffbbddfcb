"""Whole plans of one place under its shares: who is decided by the prices stays, the rest goes to HiGHS, wider if need be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.levels.county import County
from optimizer.program import Floats, Ints
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import restricted
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.whole_highs import exact_with_bound

ALL_AT_MOST = 2_500
"""Places of at most so many columns are opened whole at once."""
OPEN = (80, 250, 800)
"""How many choice sets are opened, one after the other, beside those that the prices leave undecided."""
CHOICES = 4
"""Options that an opened set may take: those that lose least at the prices, and the one it has."""
SECONDS = 6.0


@dataclass(frozen=True)
class Proposal:
    """A whole plan that a place sends up: ``x`` over its columns, what it uses of its joining rows, what it is worth."""

    x: Ints
    use: Ints
    value: int


def proposal(county: County, x: Ints) -> Proposal:
    """A plan with what it uses and is worth."""
    return Proposal(x, np.asarray(county.use @ x, dtype=np.int64), int(county.cost @ x))


def within(proposed: Proposal, low: Ints, high: Ints) -> bool:
    """Whether a plan keeps to its shares."""
    return not ((proposed.use < low) | (proposed.use > high)).any()


def whole_plan(
    county: County, low: Ints, high: Ints, price: Floats, start: Floats, limits: Limits, widths: tuple[int, ...] = OPEN
) -> Proposal | None:  # fmt: skip
    """The best whole plan found under shares told as limits of the joining rows; where none is found, one that misses
    least; None where not even that. ``price``: of the place's rows; ``start``: a plan, perhaps in parts."""
    best: Proposal | None = None
    for missing in (False, True):
        program = _limited(county, county.program(missing), low, high)
        for number, width in enumerate(widths):
            if limits.over() and best is not None:
                break
            free, every = _opened(county, price, start, width)
            found = _solved(county, program, start, free, limits, missing)
            if found is not None and (best is None or _better(best, found, low, high, county.scale)):
                best = found
            if best is not None and within(best, low, high):
                return best
            if every or (missing and best is not None and number > 0):
                break
    return best


def _better(old: Proposal, new: Proposal, low: Ints, high: Ints, scale: Floats) -> bool:
    def missing(each: Proposal) -> float:
        return float((np.maximum(low - each.use, 0) / scale + np.maximum(each.use - high, 0) / scale).sum())

    return (missing(new), -new.value) < (missing(old), -old.value)


def _limited(county: County, program: WholeProgram, low: Ints, high: Ints) -> WholeProgram:
    lower, upper = program.low.copy(), program.high.copy()
    lower[county.joining], upper[county.joining] = low, high
    return WholeProgram(
        program.matrix, lower, upper, program.scale, program.upper, program.cost, program.offset, program.continuous
    )


def _opened(county: County, price: Floats, start: Floats, width: int) -> tuple[Ints, bool]:
    """The columns that are free, and whether these are all: sets that ``start`` splits, then those whose second choice costs
    least at the prices; all amounts."""
    program = county.place.program
    options, owner = program.options, program.set_of_option()
    if program.columns <= ALL_AT_MOST or program.groups is not None:
        return np.arange(program.columns), True
    loss = np.asarray(county.cost - program.matrix.T @ price, dtype=np.float64)[:options]
    loss = np.where(program.upper[:options] > 0, loss, -np.inf)
    sets = len(program.set_start) - 1
    taken = start[:options]
    kept = np.zeros(sets)  # what a set is worth as it is: nothing taken is worth 0
    np.add.at(kept, owner, np.where(taken > 0, np.where(np.isfinite(loss), loss, 0.0), 0.0) * taken)
    other = np.full(sets, -np.inf)
    np.maximum.at(other, owner, np.where(taken < 0.5, loss, -np.inf))
    whole = np.zeros(sets)
    np.add.at(whole, owner, taken)
    other = np.where(whole > 0.5, np.maximum(other, 0.0), other)  # to take nothing is a choice too
    split = np.zeros(sets, dtype=bool)
    split[owner[(taken > 1e-6) & (taken < 1 - 1e-6)]] = True
    regret = np.where(split, -np.inf, kept - other)
    chosen = np.argsort(regret, kind="stable")[: width + int(split.sum())]
    inside = np.zeros(sets, dtype=bool)
    inside[chosen] = True
    among = np.flatnonzero(inside[owner] & (program.upper[:options] > 0))
    order = np.lexsort((-(loss[among] + np.where(taken[among] > 1e-6, np.inf, 0.0)), owner[among]))
    among = among[order]
    rank = np.arange(len(among)) - np.searchsorted(owner[among], owner[among], side="left")
    free = np.append(np.sort(among[rank < CHOICES]), np.arange(options, program.columns)).astype(np.int64)
    return free, len(chosen) >= sets


def _solved(
    county: County, program: WholeProgram, start: Floats, free: Ints, limits: Limits, missing: bool
) -> Proposal | None:
    """The columns ``free`` by HiGHS, the others as ``start`` has them."""
    fixed = np.zeros(len(program.upper), dtype=np.int64)
    fixed[: county.columns] = np.rint(start)
    fixed[free] = 0
    more = county.columns + np.arange(len(program.upper) - county.columns)
    free = np.append(free, more) if missing else free
    part = restricted(program, fixed, free)
    at = np.append(np.rint(start), np.zeros(len(more)))[free]
    seed = at if len(part.broken(at)) == 0 else None
    found = exact_with_bound(part, limits.gap / 10, limits.allow(SECONDS), seed, limits.over)
    if found.x is None:
        return None
    x = fixed.copy()
    x[free] = np.rint(found.x).astype(np.int64)
    done = x[: county.columns]
    return proposal(county, done) if _keeps_own(county, done) else None


def _keeps_own(county: County, x: Ints) -> bool:
    """Whether the place's own rows, sets and groups hold."""
    return county.place.program.faults(x) == []
