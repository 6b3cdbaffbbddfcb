"""The least that limits must be moved for a plan to exist: limits as columns of the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Program, Stage, Vector, powers_of_ten
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import written_out
from optimizer.solvers.engines import engine_named
from optimizer.solvers.feasible import WHOLE_AT_MOST, decided
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
    by_row = sp.csr_array(matrix)
    largest = np.array([int(np.abs(by_row.data[a:b]).max(initial=1)) for a, b in zip(by_row.indptr, by_row.indptr[1:], strict=False)])  # fmt: skip
    return replace(
        program,
        matrix=matrix,
        row_lower=np.append(program.row_lower, np.full(added, -FREE)),
        row_upper=np.append(program.row_upper, program.upper[bounded]),
        row_scale=powers_of_ten(largest),
        row_unit=np.append(program.row_unit, np.ones(added, dtype=np.int64)),
        rows=rows,
        upper=upper,
        tables={**program.tables, "_moves": (columns, count)},
        continuous=None if program.continuous is None else np.append(program.continuous, np.zeros(count, dtype=bool)),
    )


def least_move(program: Program, moves: Sequence[Movable], weights: Floats, limits: Limits) -> Moved:
    """The steps with the least Σ weight · steps for which the program has a plan."""
    widened = with_moves(program, moves)
    cost = np.zeros(widened.columns)
    cost[program.columns :] = -weights
    if widened.columns <= WHOLE_AT_MOST or not program.options or program.mixed:
        grain = _grain(weights)
        found = decided(written_out(widened, [], np.rint(cost * grain)), limits)
        if found.x is None:
            return Moved(np.zeros(len(moves), np.int64), None, found.infeasible, found.infeasible)
        proven = bool(found.bound < float(np.rint(cost * grain) @ found.x) + 1 - 1e-6)
        return Moved(_steps(found.x, program), found.x[: program.columns], proven)
    value = np.rint(-cost * _grain(weights)).astype(np.int64)
    stage = Stage("moves", "", Wording("改动最少", "least change"), -1, "1", value)
    asked = replace(widened, stages=(stage,))
    engine = engine_named(None, asked)
    within = replace(limits, gap=1e-6, report=lambda event: None)
    outcome = engine.solve(asked, within, np.zeros(len(program.sets)))
    if outcome is None:
        return Moved(np.zeros(len(moves), np.int64), None, False)
    return Moved(
        _steps(outcome.x, program), outcome.x[: program.columns], outcome.stages[0].bound == outcome.stages[0].value
    )


def _grain(weights: Floats) -> float:
    """What weights are multiplied with to become whole numbers: each at least 1, in proportion to a part in a thousand."""
    if np.array_equal(np.rint(weights), weights):
        return 1.0
    return min(1000.0 / float(weights.min()), 1e9 / float(weights.max()))


def _steps(x: Vector, program: Program) -> Ints:
    return np.rint(x[program.columns :]).astype(np.int64)
