"""Pricing against brute force, and the exact bound at any prices against the true optimum."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from optimizer.lagrangian import exact_bound, whole_prices
from optimizer.program import FREE, Ints, Program, Stage, WholeGroups, scale_of
from optimizer.solvers.prices.pricing import Pricing
from optimizer.wording import Wording

SEEDS = range(20)


def random_program(seed: int) -> Program:
    """Four choice sets of up to three options, two groups with clearing columns at two levels, two amounts, four rows."""
    draw = np.random.default_rng(seed)
    size = draw.integers(1, 4, 4)
    start = np.append(0, np.cumsum(size)).astype(np.int64)
    options = int(start[-1])
    columns = options + 4 + 2
    groups = WholeGroups(
        np.array([0, 0, 1, -1], dtype=np.int64),
        draw.integers(1, 3, options).astype(np.int64),
        options + np.arange(4, dtype=np.int64),
        np.array([0, 0, 1, 1], dtype=np.int64),
        np.array([1, 2, 1, 2], dtype=np.int64),
    )
    matrix = sp.csr_array(draw.integers(-4, 6, (4, columns)), dtype=np.int64)
    lower = np.where(draw.random(4) < 0.4, draw.integers(-6, 3, 4), -FREE).astype(np.int64)
    upper = np.where(draw.random(4) < 0.8, draw.integers(3, 12, 4), FREE).astype(np.int64)
    value = draw.integers(-5, 10, columns).astype(np.int64)
    stage = Stage("s", "T-1", Wording("", ""), 1 if draw.random() < 0.7 else -1, "1", value)
    most = np.append(np.ones(options + 4, dtype=np.int64), [2, 3])
    rows = pd.DataFrame({"rule": ["r"] * 4, "clause": ["T-1"] * 4, "key": list("abcd")})
    names = tuple(f"h{i}" for i in range(4))
    one = np.ones(4, dtype=np.int64)
    return Program(matrix, lower, upper, scale_of(matrix), one, rows, most, start, names, {}, groups, (stage,))


def replies(program: Program) -> list[Ints]:
    """Every vector of options and clearing columns that keeps choice sets and whole groups (amounts 0)."""
    start = program.set_start
    sets = [[-1, *range(a, b)] for a, b in itertools.pairwise(start)]
    found = []
    for taken in itertools.product(*sets):
        for clearing in itertools.product([0, 1], repeat=4):
            x = np.zeros(program.columns, dtype=np.int64)
            x[[j for j in taken if j >= 0]] = 1
            x[program.options : program.options + 4] = clearing
            if -3 not in program.faults(x):
                found.append(x)
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_the_reply_is_the_best_there_is(seed: int, kind: type) -> None:
    """Worth in total, and the reply itself is legal and worth what it says."""
    program = random_program(seed)
    value = np.random.default_rng(seed + 99).integers(-9, 9, program.columns).astype(kind)
    pricing = Pricing(program)
    answer = pricing.answer(value[: program.options], value[pricing.whole_column])
    best = max(float(value @ x) for x in replies(program))
    assert float(answer.worth.sum()) == best
    x = np.zeros(program.columns, dtype=np.int64)
    x[answer.option[answer.option >= 0]] = 1
    x[pricing.whole_column[answer.whole]] = 1
    assert -3 not in program.faults(x)
    assert float(value @ x) == best


@pytest.mark.parametrize("seed", SEEDS)
def test_no_legal_plan_is_better_than_the_exact_bound(seed: int) -> None:
    """At random prices, of whatever sign; and with an earlier stage kept at a value that some plan reaches."""
    program, draw = random_program(seed), np.random.default_rng(seed + 7)
    stage = program.stages[0]
    legal = []
    for x in replies(program):
        for amounts in itertools.product(range(3), range(4)):
            x[-2:] = amounts
            if not program.faults(x):
                legal.append(x.copy())
    if not legal:
        pytest.skip("this program has no legal plan")
    kept = [(Stage("k", "T-1", Wording("", ""), 1, "1", draw.integers(0, 4, program.columns).astype(np.int64)), 0)]
    kept = [(s, max(int(s.value @ x) for x in legal) - 1) for s, _ in kept]
    for stages in ([], kept):
        plans = [x for x in legal if all(int(s.value @ x) >= v for s, v in stages)]
        best = max(stage.sign * int(stage.value @ x) for x in plans)
        for _ in range(5):
            price = draw.normal(0, 2, 4 + len(stages))
            whole, shift = whole_prices(program, stage, stages, price)
            assert stage.sign * exact_bound(program, stage, stages, whole, shift) >= best
