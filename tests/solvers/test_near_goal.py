"""A goal that touches few columns: its bound holds for the whole program, its plan is legal and never worse than the start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from optimizer.program import FREE, scale_of
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.near_goal import near, near_goal
from optimizer.solvers.whole_highs import exact_with_bound, within


def shares(seed: int, towns: int = 4, others: int = 150) -> WholeProgram:
    """Money is made by ``others`` (one long row) and shared among towns: the least share is to be as large as can be.

    Columns: the least share t, then for each town a share and what it gets, then the others. Rows: t ≤ each share; need ·
    share ≤ what it gets; Σ gets ≤ Σ price · other; a few random rows over the others; the whole sum is kept."""
    draw = np.random.default_rng(seed)
    columns = 1 + 2 * towns + others
    need, price = draw.integers(2, 9, towns), draw.integers(0, 4, others)
    rows, low, high = [], [], []

    def row(entries: dict[int, int], least: int, most: int) -> None:
        line = np.zeros(columns, dtype=np.int64)
        for column, value in entries.items():
            line[column] = value
        rows.append(line)
        low.append(least)
        high.append(most)

    free = int(FREE)
    gets = [1 + towns + j for j in range(towns)]
    rest = range(1 + 2 * towns, columns)
    for j in range(towns):
        row({0: 1, 1 + j: -1}, -free, 0)
        row({1 + j: int(need[j]), gets[j]: -1}, -free, 0)
    row({**dict.fromkeys(gets, 1), **{c: -int(p) for c, p in zip(rest, price, strict=True)}}, -free, 0)
    for _ in range(3):
        row({c: int(v) for c, v in zip(rest, draw.integers(0, 3, others), strict=True)}, -free, 60)
    matrix = sp.csr_array(np.array(rows))
    cost = np.zeros(columns)
    cost[0] = 1.0
    upper = np.array([50] * (1 + towns) + [200] * towns + [1] * others, dtype=np.int64)
    return WholeProgram(matrix, np.array(low), np.array(high), scale_of(matrix), upper, cost)


def with_sum_kept(program: WholeProgram, start: np.ndarray, towns: int = 4) -> WholeProgram:  # type: ignore[type-arg]
    """The same with Σ gets held where it is."""
    line = np.zeros((1, len(program.upper)), dtype=np.int64)
    line[0, 1 + towns : 1 + 2 * towns] = 1
    total = int((line @ start)[0])
    matrix = sp.csr_array(sp.vstack([program.matrix, line], format="csr"))
    return replace(
        program, matrix=matrix, low=np.append(program.low, total), high=np.append(program.high, total), scale=scale_of(matrix)
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_a_settled_sum_is_shared_without_the_rest(seed: int) -> None:
    program = shares(seed)
    money = replace(program, cost=np.zeros(len(program.upper)))
    money.cost[5:9] = 1.0
    start = exact_with_bound(money, 0.0, 20.0, None).x
    assert start is not None
    kept = with_sum_kept(program, start)
    assert set(range(9)) == set(near(kept).tolist())
    found = near_goal(kept, 0.0, 20.0, start, lambda: False)
    best = exact_with_bound(kept, 0.0, 20.0, start)
    assert found is not None
    assert found.x is not None
    assert best.x is not None
    assert not len(kept.broken(found.x))
    assert within(kept, found, 0.0)
    assert kept.cost @ found.x == kept.cost @ best.x


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_holds_where_the_rest_matters(seed: int) -> None:
    """Where the sum is open the columns near the goal promise more than the rest lets them have: a bound, no proof."""
    program = shares(seed)
    start = np.zeros(len(program.upper), dtype=np.int64)
    found = near_goal(program, 0.0, 20.0, start, lambda: False)
    best = exact_with_bound(program, 0.0, 20.0, None)
    assert found is not None
    assert found.x is not None
    assert best.x is not None
    assert found.bound >= program.cost @ best.x
    assert not len(program.broken(found.x))
    assert not within(program, found, 0.0)


def test_a_goal_that_touches_all_is_left_alone() -> None:
    program = shares(1)
    everywhere = replace(program, cost=np.ones(len(program.upper)))
    start = np.zeros(len(program.upper), dtype=np.int64)
    assert near_goal(everywhere, 0.0, 20.0, start, lambda: False) is None
