"""The least that limits must be moved for a plan to exist: limits as columns of the program."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Number, Program, Stage, Vector, largest_entries, powers_of_ten
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import proven_bound, with_choices, written_out
from optimizer.solvers.feasible import WHOLE_AT_MOST, decided
from optimizer.solvers.prices.lexicographic import solve_stages
from optimizer.solvers.prices.settings import Settings
from optimizer.wording import Wording


class Movable(Protocol):
    """What one step of a limit changes: see ``analysis.levers.Lever``."""

    @property
    def rows(self) -> Ints:
        """Rows of the program."""

    @property
    def entries(self) -> Ints:
        """What a step adds to the left side of each."""

    @property
    def columns(self) -> Ints:
        """Columns whose bound it raises."""

    @property
    def room(self) -> Ints:
        """By how much."""

    @property
    def most(self) -> int:
        """Steps at most."""


@dataclass(frozen=True)
class Moved:
    """``steps`` of each limit with which there is a plan ``x``; ``proven``: fewer (weighed) are not enough. ``impossible``:
    no number of steps is enough."""

    steps: Ints
    x: Vector | None
    proven: bool
    impossible: bool = False


def with_moves(program: Program, moves: Sequence[Movable]) -> Program:
    """The program with a column for each limit's steps after its own, and a row for each bound that they raise."""
    count, columns = len(moves), program.columns
    upper = np.append(program.upper, np.array([m.most for m in moves], dtype=np.int64))
    row = np.concatenate([np.asarray(m.rows, np.int64) for m in moves])
    at = np.concatenate([np.full(len(m.rows), n, dtype=np.int64) for n, m in enumerate(moves)])
    value = np.concatenate([np.asarray(m.entries, np.int64) for m in moves])
    beside = sp.csc_array((value, (row, at)), shape=(program.matrix.shape[0], count), dtype=np.int64)
    bounded = np.unique(np.concatenate([np.asarray(m.columns, np.int64) for m in moves]))
    place = {int(column): n for n, column in enumerate(bounded)}
    entries = [(n, place[int(c)], -int(r)) for n, m in enumerate(moves) for c, r in zip(m.columns, m.room, strict=True)]
    below = sp.lil_array((len(bounded), columns + count), dtype=np.int64)
    below[np.arange(len(bounded)), bounded] = 1
    for n, line, room in entries:
        below[line, columns + n] = room
    matrix = sp.csc_array(sp.vstack([sp.hstack([program.matrix, beside]), below], format="csc"), dtype=np.int64)
    upper[bounded] = np.minimum(upper[bounded] + 10**12, 10**15)
    added = len(bounded)
    rows = program.rows.reindex(range(len(program.rows) + added), fill_value="")
    return replace(
        program,
        matrix=matrix,
        row_lower=np.append(program.row_lower, np.full(added, -FREE)),
        row_upper=np.append(program.row_upper, program.upper[bounded]),
        row_scale=powers_of_ten(largest_entries(sp.csr_array(matrix))),
        row_unit=np.append(program.row_unit, np.ones(added, dtype=np.int64)),
        rows=rows,
        upper=upper,
        tables={**program.tables, "_moves": (columns, count)},
        continuous=None if program.continuous is None else np.append(program.continuous, np.zeros(count, dtype=bool)),
    )


Kept = Sequence[tuple[Stage, Number]]
"""Stages that stay at least as good as the value beside them."""


def least_move(
    program: Program, moves: Sequence[Movable], weights: Floats, limits: Limits, kept: Kept = (),
    choices: Ints | None = None,
) -> Moved:  # fmt: skip
    """The steps with the least Σ weight · steps for which the program has a plan (that keeps the stages, and the choices)."""
    if (
        _large(program)
        and choices is None
        and len(moves) == 1
        and len(moves[0].rows) == 1
        and not len(moves[0].columns)
    ):
        return _single_row(program, moves[0], limits, kept)
    widened = with_moves(program, moves)
    value = np.zeros(widened.columns, dtype=np.int64)
    value[program.columns :] = np.rint(weights * _grain(weights))
    stage = Stage("moves", "", Wording("改动最少", "least change"), -1, "1", value)
    best = furthest(widened, stage, [(wider(s, widened), v) for s, v in kept], choices, limits)
    if best.x is None:
        return Moved(np.zeros(len(moves), np.int64), None, best.impossible, best.impossible)
    return Moved(_steps(best.x, program), best.x[: program.columns], best.value == best.bound)


def _large(program: Program) -> bool:
    return program.columns > WHOLE_AT_MOST and bool(program.options) and not program.mixed


def _single_row(program: Program, move: Movable, limits: Limits, kept: Kept) -> Moved:
    """The same for one limit of one row: how far the row gets without it is a goal like others, which prices are good at."""
    row, entry = int(move.rows[0]), int(move.entries[0])
    sign, low, high = (1 if entry > 0 else -1), program.row_lower.copy(), program.row_upper.copy()
    limit = int(low[row] if sign > 0 else high[row])
    if sign > 0:
        low[row] = -FREE
    else:
        high[row] = FREE
    value = np.zeros(program.columns, dtype=np.int64)
    part = sp.coo_array(sp.csr_array(program.matrix)[[row]])
    value[part.col] = part.data
    stage = Stage("moves", "", Wording("改动最少", "least change"), sign, "1", value)
    best = furthest(replace(program, row_lower=low, row_upper=high), stage, kept, None, limits)
    if best.x is None or best.value is None or best.bound is None:
        return Moved(np.zeros(1, np.int64), None, best.impossible, best.impossible)
    steps, least = (max(0, -(-sign * (limit - int(v)) // abs(entry))) for v in (best.value, best.bound))
    if steps > move.most:
        return Moved(np.zeros(1, np.int64), None, least > move.most, least > move.most)
    return Moved(np.array([steps], dtype=np.int64), best.x, steps == least)


def wider(stage: Stage, program: Program) -> Stage:
    """The stage over a program with more columns at its end, which it does not count."""
    value = np.zeros(program.columns, dtype=np.int64)
    value[: len(stage.value)] = stage.value
    return replace(stage, value=value)


@dataclass(frozen=True)
class Furthest:
    """A plan ``x``, what it is worth to the stage, and what none can be worth more than (without the stage's base; None: not
    known); or whether there provably is no plan."""

    x: Vector | None
    value: Number | None
    bound: Number | None
    impossible: bool = False


def furthest(
    program: Program, stage: Stage, kept: Kept, choices: Ints | None, limits: Limits
) -> Furthest:  # fmt: skip
    """The best plan for one stage that keeps others (and the ``choices``: one number an option), to the end where time
    allows."""
    if not _large(program) or choices is not None:
        whole = written_out(program, kept, (stage.sign * stage.value).astype(np.float64))
        found = decided(whole if choices is None else with_choices(whole, choices, program.options), limits)
        if found.x is None:
            return Furthest(None, None, None, found.infeasible)
        value = program.reached(stage, found.x)
        return Furthest(found.x, value, proven_bound(program, stage, value, found.bound))
    asked = replace(with_kept(program, kept), stages=(stage,))
    within = time.perf_counter() - limits.began + limits.allow(LARGE_SECONDS)
    quiet = replace(limits, gap=FINE_GAP, seconds=within, report=lambda event: None)
    outcome = solve_stages(asked, quiet, np.zeros(len(program.sets)), Settings())
    if outcome is None or asked.faults(outcome.x):
        return Furthest(None, None, None)
    return Furthest(outcome.x, outcome.stages[0].value, outcome.stages[0].bound)


FINE_GAP = 1e-4
"""To this relative gap large programs are solved where a small change is to be measured."""

LARGE_SECONDS = 90.0
"""What one solve of a large program may take."""


def with_kept(program: Program, kept: Kept) -> Program:
    """The program with stages as rows that stay at least as good as the value beside them."""
    if not kept:
        return program
    rows = sp.csr_array(np.vstack([s.value for s, _ in kept]))
    low = [int(v) if s.sign > 0 else -int(FREE) for s, v in kept]
    high = [int(FREE) if s.sign > 0 else int(v) for s, v in kept]
    named = pd.DataFrame({"rule": "", "clause": [s.clause for s, _ in kept], "key": [s.id for s, _ in kept]})
    return replace(
        program,
        matrix=sp.csc_array(sp.vstack([program.matrix, rows], format="csc")),
        row_lower=np.append(program.row_lower, low),
        row_upper=np.append(program.row_upper, high),
        row_scale=np.append(program.row_scale, powers_of_ten(largest_entries(rows))),
        row_unit=np.append(program.row_unit, np.ones(len(kept), dtype=np.int64)),
        rows=pd.concat([program.rows, named], ignore_index=True),
    )


def _grain(weights: Floats) -> float:
    """What weights are multiplied with to become whole numbers: each at least 1, in proportion to a part in a thousand."""
    if np.array_equal(np.rint(weights), weights):
        return 1.0
    return min(1000.0 / float(weights.min()), 1e9 / float(weights.max()))


def _steps(x: Vector, program: Program) -> Ints:
    return np.rint(x[program.columns :]).astype(np.int64)
