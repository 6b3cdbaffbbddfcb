"""A stage solved place by place where nothing that joins places holds it down: ten small searches for one large one.

Branch and bound over places side by side has to settle them all in one tree. Without the rows that join places each is a
program of its own, and the sum of their bounds bounds the whole. Where what they come to can be put together to a plan that
holds every row, the stage is proven.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Bools, Floats, Ints, Number, Program, Stage, Vector
from optimizer.solvers.at_once import relaxed_bound
from optimizer.solvers.direct import restricted, written_out
from optimizer.solvers.highs import WholeProgram, passed, run
from optimizer.solvers.implied_bounds import implied
from optimizer.solvers.separate import touched
from optimizer.solvers.whole_highs import by_highs

Kept = Sequence[tuple[Stage, Number]]
EACH = 0.7
"""Of the time, what the places may take together."""
APART = 1e-3
"""Where the relaxation loses more than this share of its value by what joins places, they are not searched one by one."""


@dataclass(frozen=True)
class Together:
    """A legal plan that is worth the sum of the places' bounds: ``parts`` says of each place what every plan
    that keeps the stage is worth there."""

    x: Vector
    bound: int
    parts: tuple[tuple[Stage, int], ...]


def solve_by_place(
    program: Program, kept: Kept, stage: Stage, before: Vector | None, seconds: float, stop: Callable[[], bool]
) -> Together | None:  # fmt: skip
    """The optimum of ``stage``; None where places hang together in it, or it is not found so in time. ``before``: the last
    plan, of which stays what the stage does not touch."""
    place = program.place_of_amount
    if place is None or program.options or program.mixed:
        return None
    counted = stage.value != 0
    if (place[counted] < 0).any() or len(np.unique(place[counted])) < 2:
        return None
    began = time.perf_counter()
    whole = written_out(program, kept, (stage.sign * stage.value).astype(np.float64))
    best = relaxed_bound(program, kept, stage, seconds, stop)
    if best is None:
        return None
    plan, worth = _places(whole, place, counted, stage.sign * best, EACH * seconds, stop)
    if plan is None:
        return None
    parts = tuple(
        (replace(stage, id=f"{stage.id}/{k}", value=np.where(place == k, stage.value, 0), base=0), stage.sign * v)
        for k, v in worth.items()
    )
    moving = touched(whole) if before is not None else np.ones(len(counted), dtype=bool)
    base = np.zeros(len(counted), dtype=np.int64) if before is None else np.where(moving, 0, before)
    rest, given = np.flatnonzero(moving), np.where(moving, plan, base)
    left = restricted(whole, base, rest)
    mine = [replace(s, value=s.value[rest]) for s, _ in parts]
    asked = [v - int(s.value @ base) for s, v in parts]
    found = _joined(
        left, given[rest], counted[rest], list(zip(mine, asked, strict=True)),
        lambda: seconds - (time.perf_counter() - began), stop,
    )  # fmt: skip
    if found is None:
        return None
    base[rest] = found
    return None if len(whole.broken(base)) else Together(base, stage.sign * sum(worth.values()), parts)


def _places(
    whole: WholeProgram, place: Ints, counted: Bools, best: int, seconds: float, stop: Callable[[], bool]
) -> tuple[Vector | None, dict[int, int]]:
    """The counted columns at each place's optimum, and these; None where they come to more than ``best`` together (what
    joins places holds them down), or one is not proven in time."""
    ranges = implied(whole)
    if ranges.empty:
        return None, {}
    fixed = ranges.least == ranges.most
    given = np.where(fixed, ranges.least, 0)
    free = np.flatnonzero(~fixed)
    part = restricted(replace(whole, upper=ranges.most), given, free)
    owner = _owners(part, place[free])
    if not _nearly_apart(part, owner, float(whole.cost @ given), best, seconds, stop):
        return None, {}
    plan, worth, began = given.copy(), {}, time.perf_counter()
    numbers = np.unique(place[counted])
    for number in numbers.tolist():
        columns = np.flatnonzero(place[free] == number)
        mine = int(whole.cost[place == number] @ given[place == number])
        if len(columns) and part.cost[columns].any():
            rows = np.flatnonzero(owner == number)
            alone = WholeProgram(
                sp.csr_array(sp.csc_array(part.matrix[rows])[:, columns]), part.low[rows], part.high[rows],
                part.scale[rows], part.upper[columns], part.cost[columns],
            )  # fmt: skip
            reached = np.flatnonzero(touched(alone))  # what else the place has does not matter here
            columns = columns[reached]
            alone = restricted(alone, np.zeros(len(alone.upper), dtype=np.int64), reached)
            found = by_highs(alone, 0.0, seconds - (time.perf_counter() - began), None, stop, None)
            if found.x is None or np.floor(found.bound + 1e-6) > alone.cost @ found.x:
                return None, {}
            plan[free[columns]] = found.x
            mine += int(alone.cost @ found.x)
        worth[number] = mine
    return (plan, worth) if sum(worth.values()) <= best else (None, {})


def _nearly_apart(
    part: WholeProgram, owner: Ints, given: float, best: int, seconds: float, stop: Callable[[], bool]
) -> bool:  # fmt: skip
    """Whether the relaxation without what joins places is worth hardly more than with it (``best``)."""
    rows = np.flatnonzero(owner >= 0)
    alone = replace(part, matrix=part.matrix[rows], low=part.low[rows], high=part.high[rows], scale=part.scale[rows])
    highs = passed(alone, alone.low, alone.high, np.zeros(len(part.upper), dtype=bool))
    run(highs, seconds, stop)
    worth = float(highs.getInfo().objective_function_value) + given
    return highs.getModelStatus() == highspy.HighsModelStatus.kOptimal and worth <= best + APART * max(1.0, abs(best))


def _owners(part: WholeProgram, place: Ints) -> Ints:
    """The place of each row; −1 where it joins places or has a column without one."""
    rows, _ = part.matrix.shape
    coordinates = part.matrix.tocoo()
    least, most = np.full(rows, FREE), np.full(rows, -1, dtype=np.int64)
    np.minimum.at(least, coordinates.row, place[coordinates.col])
    np.maximum.at(most, coordinates.row, place[coordinates.col])
    return np.where(least == most, least, -1)


def _joined(
    whole: WholeProgram,
    plan: Vector,
    counted: Bools,
    parts: Sequence[tuple[Stage, int]],
    left: Callable[[], float],
    stop: Callable[[], bool],
) -> Vector | None:
    """A plan that holds every row and is worth as much at each place: with the counted columns as they are, or with any
    that are worth the same."""
    rest = np.flatnonzero(~counted)
    fixed = np.where(counted, plan, 0)
    beside = restricted(replace(whole, cost=np.zeros(len(plan))), fixed, rest)
    if not beside.contradicted():
        found = by_highs(beside, 1.0, left() / 2, None, stop, None).x
        if found is not None:
            fixed[rest] = found
            return None if len(whole.broken(fixed)) else fixed
    if left() <= 0 or stop():
        return None
    worth = sp.csr_array(np.array([s.sign * s.value for s, _ in parts]))
    least = np.array([s.sign * v for s, v in parts], dtype=np.int64)
    asked: Floats = np.ones(len(parts))
    wanted = WholeProgram(
        sp.csr_array(sp.vstack([whole.matrix, worth], format="csr")), np.append(whole.low, least),
        np.append(whole.high, np.full(len(parts), FREE)), np.append(whole.scale, asked), whole.upper, np.zeros(len(plan)),
    )  # fmt: skip
    return by_highs(wanted, 1.0, left(), None, stop, None).x
