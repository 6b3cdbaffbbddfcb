"""Stages on the touched columns alone: the same optimum as of the whole program."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from optimizer.program import FREE, Vector
from optimizer.solvers.direct import Found, WholeSolver
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.separate import by_separate_parts, touched
from optimizer.solvers.whole_highs import exact_with_bound
from tests.solvers.whole_programs import random_whole

AT_ONCE = (0.0, 20.0)


def whole(program: WholeProgram, start: Vector | None = None) -> Found:
    """HiGHS on the program as it is."""
    done = exact_with_bound(program, *AT_ONCE, start)
    return Found(done.x, done.bound)


def watched(sizes: list[int]) -> WholeSolver:
    """The whole solver, noting how many columns it is given."""

    def solve(program, gap, seconds, start, stop, tell):  # type: ignore[no-untyped-def]
        sizes.append(len(program.upper))
        done = exact_with_bound(program, gap, seconds, start, stop)
        return Found(done.x, done.bound)

    return solve


def two_parts(seed: int, counted: int) -> WholeProgram:
    """Two random programs side by side, of which the stage counts one."""
    parts = [random_whole(seed, 0), random_whole(seed, 1)]
    costs = [p.cost if number == counted else np.zeros(len(p.cost)) for number, p in enumerate(parts)]
    return WholeProgram(
        sp.csr_array(sp.block_diag([p.matrix for p in parts], format="csr")),
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("low", "high", "scale", "upper")),
        cost=np.concatenate(costs),
    )


def separately(program: WholeProgram, start: Vector | None = None) -> tuple[Found, list[int]]:
    """Solved by touched parts, and the sizes of what was solved."""
    sizes: list[int] = []
    found = by_separate_parts(watched(sizes))(program, *AT_ONCE, start, lambda: False, lambda value, bound: None)
    return found, sizes


@pytest.mark.parametrize("counted", [0, 1])
@pytest.mark.parametrize("seed", range(4))
def test_the_optimum_is_the_whole_programs(seed: int, counted: int) -> None:
    program = two_parts(seed, counted)
    expected = whole(program)
    assert expected.x is not None
    found, sizes = separately(program)
    assert found.x is not None
    assert len(program.broken(found.x)) == 0
    assert program.cost @ found.x == program.cost @ expected.x
    assert found.bound >= program.cost @ expected.x - 1e-6
    assert max(sizes) < len(program.upper)


def test_what_the_stage_does_not_touch_stays_as_it_was() -> None:
    program = two_parts(5, 0)
    start = whole(replace(program, cost=np.ones(len(program.cost)))).x
    assert start is not None
    found, sizes = separately(program, start)
    rest = ~touched(program)
    assert found.x is not None
    assert (found.x[rest] == start[rest]).all()
    assert sizes == [int(touched(program).sum())]
    assert program.cost @ found.x == program.cost @ whole(program).x


def test_a_row_over_both_parts_joins_them() -> None:
    program = two_parts(1, 0)
    assert not touched(program).all()
    row = sp.csr_array(np.ones((1, len(program.upper)), dtype=np.int64))
    joined = replace(
        program, matrix=sp.csr_array(sp.vstack([program.matrix, row], format="csr")), low=np.append(program.low, 0),
        high=np.append(program.high, int(FREE)), scale=np.append(program.scale, 1.0),
    )  # fmt: skip
    assert touched(joined).all()
    found, sizes = separately(joined)
    assert sizes == [len(joined.upper)]
    assert found.x is not None


def test_a_part_without_a_solution_leaves_the_whole_without() -> None:
    """The part that the stage does not count cannot be held."""
    program = two_parts(2, 0)
    column = int(np.flatnonzero(~touched(program))[0])
    row = sp.csr_array(([1], ([0], [column])), shape=(1, len(program.upper)), dtype=np.int64)
    shut = replace(
        program, matrix=sp.csr_array(sp.vstack([program.matrix, row], format="csr")),
        low=np.append(program.low, int(program.upper[column]) + 1), high=np.append(program.high, int(FREE)),
        scale=np.append(program.scale, 1.0),
    )  # fmt: skip
    assert separately(shut)[0].x is None
