"""Branching on the switches that matter: the same optimum as of the whole program, bounds that hold."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from optimizer.program import FREE, scale_of
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.switches import by_switches
from optimizer.solvers.whole_highs import exact_with_bound
from tests.solvers.whole_programs import random_whole


def sites(seed: int, count: int = 8, free: int = 12) -> WholeProgram:
    """Sites (0/1) that bring something where enough is used, which costs; and switches of what may be sold at no loss.

    Columns: site j, use u, its switch m, sale k, its switch n_k. Rows: Σ size · site ≤ 40; site ≤ m; use ≥ 10 m; sale k ≤ 5 n_k;
    Σ sales + use ≤ 45. Worth: site by its gain, 2 a sale, nothing for use."""
    draw = np.random.default_rng(seed)
    columns = count + 2 + 2 * free
    size, gain = draw.integers(3, 12, count), draw.integers(1, 9, count)
    use, enough = count, count + 1
    sale = [count + 2 + k for k in range(free)]
    rows: list[dict[int, int]] = [{j: int(s) for j, s in enumerate(size)}]
    high = [40]
    rows += [{j: 1, enough: -1} for j in range(count)]
    rows += [{use: -1, enough: 10}]
    rows += [{k: 1, k + free: -5} for k in sale]
    high += [0] * (count + 1 + free)
    rows.append({**dict.fromkeys(sale, 1), use: 1})
    high.append(45)
    dense = np.zeros((len(rows), columns), dtype=np.int64)
    for number, row in enumerate(rows):
        for column, value in row.items():
            dense[number, column] = value
    matrix = sp.csr_array(dense)
    cost = np.zeros(columns)
    cost[:count] = gain
    cost[sale] = 2.0
    upper = np.array([1] * count + [50, 1] + [5] * free + [1] * free, dtype=np.int64)
    low = np.full(len(rows), -int(FREE), dtype=np.int64)
    return WholeProgram(matrix, low, np.array(high, dtype=np.int64), scale_of(matrix), upper, cost)


@pytest.mark.parametrize("seed", range(8))
def test_sites_and_sales_to_the_optimum(seed: int) -> None:
    program = sites(seed)
    best = exact_with_bound(program, 0.0, 20.0, None)
    assert best.x is not None
    start = np.zeros(len(program.upper), dtype=np.int64)
    found = by_switches(program, 0.0, 20.0, start, lambda: False)
    assert found is not None
    assert found.x is not None
    assert not len(program.broken(found.x))
    assert found.bound >= program.cost @ best.x - 1e-6
    assert program.cost @ found.x == program.cost @ best.x


@pytest.mark.parametrize("seed", range(6))
def test_other_programs_get_a_bound_and_keep_their_start(seed: int) -> None:
    """Where 0/1 columns are no switches (raising them breaks rows) the bound still holds and the start is not lost."""
    program = random_whole(seed, 3)
    program.upper[:3] = 1
    best = exact_with_bound(program, 0.0, 20.0, None)
    found = by_switches(program, 0.0, 20.0, best.x, lambda: False)
    if best.x is None or found is None:
        assert found is None or found.x is None
        return
    assert found.x is not None
    assert not len(program.broken(found.x))
    assert program.cost @ found.x >= program.cost @ best.x
    assert found.bound >= program.cost @ best.x - 1e-6


def test_without_switches_there_is_nothing_to_do() -> None:
    program = random_whole(1, 2)
    assert by_switches(program, 0.0, 20.0, None, lambda: False) is None
