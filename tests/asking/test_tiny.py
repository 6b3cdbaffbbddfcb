"""What relax rests on, against looking at every plan of tiny programs."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.analysis.few_places import demands_of, too_few
from optimizer.analysis.reach import out_of_reach
from optimizer.program import FREE, Ints, Program
from optimizer.solvers.base import Limits
from optimizer.solvers.feasible import any_plan
from optimizer.solvers.least_move import least_move
from tests.lagrangian.tiny_programs import plans, programs


@dataclass(frozen=True)
class Steps:
    """A limit that could be moved."""

    rows: Ints
    entries: Ints
    most: int = 40
    columns: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    room: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


def bare(program: Program) -> Program:
    """Without its groups, whose plans would be too many, and without the columns of them."""
    return replace(program, groups=None, upper=np.where(np.arange(program.columns) >= program.columns - 2, program.upper,
                   np.where(np.arange(program.columns) < program.options, program.upper, 0)))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(programs())
def test_any_plan_says_what_looking_at_all_says(program: Program) -> None:
    verdict = any_plan(program, Limits(0.0, 30.0))
    if len(plans(program)):
        assert verdict.x is not None
        assert not program.faults(verdict.x)
    else:
        assert verdict.impossible


@settings(max_examples=60, deadline=None)
@given(programs())
def test_what_is_out_of_reach_is_so_and_all_of_it_is_found(program: Program) -> None:
    program = bare(program)
    free = replace(program, row_lower=np.full(4, -FREE), row_upper=np.full(4, FREE))
    activity = plans(free) @ program.matrix.toarray().T
    told = {(b.row, b.sense): b.reach for b in out_of_reach(program)}
    for row in range(4):
        most, least = int(activity[:, row].max()), int(activity[:, row].min())
        assert ((row, 1) in told) == (program.row_lower[row] > most)
        assert ((row, -1) in told) == (program.row_upper[row] < least)
        assert told.get((row, 1), most) == most
        assert told.get((row, -1), least) == least


@settings(max_examples=60, deadline=None)
@given(programs(), st.integers(0, 3), st.sampled_from([1, -1]), st.integers(1, 3))
def test_the_least_move_is_the_least(program: Program, row: int, way: int, step: int) -> None:
    moved = least_move(program, [Steps(np.array([row]), np.array([way * step]))], np.ones(1), Limits(0.0, 30.0))

    def with_steps(steps: int) -> Program:
        low, high = program.row_lower.copy(), program.row_upper.copy()
        low[row] -= way * step * steps if low[row] > -FREE else 0
        high[row] -= way * step * steps if high[row] < FREE else 0
        return replace(program, row_lower=low, row_upper=high)

    least = next((n for n in range(41) if len(plans(with_steps(n)))), None)
    if least is None:
        assert moved.impossible
    else:
        assert moved.proven
        assert int(moved.steps[0]) == least


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(0, 2), min_size=1), min_size=2, max_size=5), st.lists(st.integers(0, 3), min_size=3, max_size=3), st.integers(1, 5))  # fmt: skip
def test_too_few_places_are_what_trying_all_says(agrees: list[set[int]], holds: list[int], asked: int) -> None:
    """Households that agree to some of three sites: the most that find a place, by trying everything."""
    program, site = households(agrees, asked)
    (demand,) = demands_of(program)
    most = 0
    for ways in itertools.product(*([None, *sorted(a)] for a in agrees)):
        used = [sum(w == s for w in ways) for s in range(3)]
        if all(u <= h for u, h in zip(used, holds, strict=True)):
            most = max(most, sum(used))
    few = too_few(program, demand, site, holds)
    assert (few is None) == (most >= asked)
    if few is not None:
        assert few.most == most == few.places + few.others
        assert all(agrees[s] <= set(few.sites.tolist()) for s in few.sets)
        assert few.places == sum(holds[s] for s in few.sites) or few.places <= len(agrees)


def households(agrees: list[set[int]], asked: int) -> tuple[Program, Ints]:
    """One row that asks for so many households, and the site of every option."""
    site = np.array([s for a in agrees for s in sorted(a)], dtype=np.int64)
    start = np.append(0, np.cumsum([len(a) for a in agrees])).astype(np.int64)
    one = np.ones(1, dtype=np.int64)
    matrix = sp.csc_array(np.ones((1, len(site)), dtype=np.int64))
    rows = pd.DataFrame({"rule": ["target"], "clause": ["T-1"], "key": [""]})
    names = [f"h{n}" for n in range(len(agrees))]
    program = Program(
        matrix, asked * one, FREE * one, np.ones(1), one, rows, np.ones(len(site), np.int64), start, names, {}, None, ()
    )
    return program, site
