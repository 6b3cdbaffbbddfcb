"""Tiny programs with everything that a bound must get right, all their plans, and the bound once more in fractions."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import scipy.sparse as sp
from hypothesis import strategies as st

from optimizer.program import FREE, Ints, Program, Stage, WholeGroups, group_rows, scale_of
from optimizer.wording import Wording

SETS, ROWS, AMOUNTS = 4, 4, 2
UPPER = (2, 3)
small = st.integers(-5, 6)


def stage(sign: int, value: list[int]) -> Stage:
    """A stage without a constant part."""
    return Stage("s", "T-1", Wording("目标", "goal"), sign, "1", np.array(value, dtype=np.int64))


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Four choice sets of one to three options, two groups with whole-group columns at two levels, two amounts, rows with
    ≤, ≥ and = limits; one stage to solve and one to keep."""
    size = draw(st.lists(st.integers(1, 3), min_size=SETS, max_size=SETS))
    start = np.append(0, np.cumsum(size)).astype(np.int64)
    options = int(start[-1])
    grouped = draw(st.booleans())
    whole = 4 if grouped else 0
    columns = options + whole + AMOUNTS
    groups = WholeGroups(
        np.array(draw(st.permutations([0, 0, 1, -1])), dtype=np.int64),
        np.array(draw(st.lists(st.integers(1, 2), min_size=options, max_size=options)), dtype=np.int64),
        options + np.arange(4, dtype=np.int64),
        np.array([0, 0, 1, 1], dtype=np.int64),
        np.array([1, 2, 1, 2], dtype=np.int64),
    )
    entries = draw(st.lists(small, min_size=ROWS * columns, max_size=ROWS * columns))
    matrix = sp.csr_array(np.array(entries, dtype=np.int64).reshape(ROWS, columns))
    lower, upper = np.full(ROWS, -FREE), np.full(ROWS, FREE)
    for row in range(ROWS):
        sense, limit = draw(st.sampled_from(["<=", ">=", "=", "both"])), draw(st.integers(-4, 8))
        if sense != "<=":
            lower[row] = limit
        if sense != ">=":
            upper[row] = limit + (3 if sense == "both" else 0)
    values = st.lists(small, min_size=columns, max_size=columns)
    stages = tuple(stage(draw(st.sampled_from([1, -1])), draw(values)) for _ in range(2))
    most = np.append(np.ones(options + whole, dtype=np.int64), UPPER).astype(np.int64)
    rows = pd.DataFrame({"rule": ["r"] * ROWS, "clause": ["T-1"] * ROWS, "key": list("abcd")})
    one = np.ones(ROWS, dtype=np.int64)
    names = tuple(f"h{i}" for i in range(SETS))
    return Program(
        matrix, lower, upper, scale_of(matrix), one, rows, most, start, names, {}, groups if grouped else None, stages
    )


def plans(program: Program) -> Ints:
    """Every x that keeps bounds, choice sets, groups and rows, one a line."""
    start, columns = program.set_start, program.columns
    parts = []
    for a, b in itertools.pairwise(start):  # none, or one option of the set
        lines = np.zeros((b - a + 1, columns), dtype=np.int64)
        lines[np.arange(1, b - a + 1), np.arange(a, b)] = 1
        parts.append(lines)
    for column in range(program.options, columns):
        lines = np.zeros((program.upper[column] + 1, columns), dtype=np.int64)
        lines[:, column] = np.arange(program.upper[column] + 1)
        parts.append(lines)
    found = np.zeros((1, columns), dtype=np.int64)
    for lines in parts:
        found = (found[:, None, :] + lines[None, :, :]).reshape(-1, columns)
    groups, low, high = group_rows(program)
    together = np.concatenate([found @ program.matrix.toarray().T, found @ groups.toarray().T], axis=1)
    low, high = np.append(program.row_lower, low), np.append(program.row_upper, high)
    return found[((together >= low) & (together <= high)).all(axis=1)]


def slow_bound(program: Program, goal: Stage, kept: list[tuple[Stage, int]], prices: list[int], shift: int) -> int:
    """The Lagrangian bound from its definition, in fractions, set by set and group by group, without any array tricks."""
    rows = [(program.row_lower[r], program.row_upper[r]) for r in range(ROWS)]
    rows += [(v, FREE) if s.sign > 0 else (-FREE, v) for s, v in kept]
    matrix = np.vstack([program.matrix.toarray(), *(s.value.reshape(1, -1) for s, _ in kept)])
    total, price = Fraction(0), []
    for p, (low, high) in zip(prices, rows, strict=True):
        allowed = (p > 0 and high < FREE) or (p < 0 and low > -FREE)
        price.append(Fraction(p, 2**shift) if allowed else Fraction(0))
        if allowed:
            total += price[-1] * int(high if p > 0 else low)
    worth = [
        goal.sign * int(goal.value[j]) - sum((y * int(a) for y, a in zip(price, matrix[:, j], strict=True)), Fraction(0))
        for j in range(program.columns)
    ]  # fmt: skip
    for j, most in zip(range(program.columns - AMOUNTS, program.columns), UPPER, strict=True):
        total += max(Fraction(0), worth[j]) * most
    sets = [range(a, b) for a, b in itertools.pairwise(program.set_start)]
    groups = program.groups
    alone = [s for s in range(SETS) if groups is None or groups.group_of_set[s] < 0]
    total += sum((max([Fraction(0), *(worth[j] for j in sets[s])]) for s in alone), Fraction(0))
    for g in range(groups.count) if groups is not None else ():
        members = [s for s in range(SETS) if groups.group_of_set[s] == g]
        best = [sum((max([Fraction(0), *(worth[j] for j in sets[s])]) for s in members), Fraction(0))]
        for column, owner, at in zip(groups.column, groups.group, groups.at, strict=True):
            early = [[worth[j] for j in sets[s] if groups.level[j] <= at] for s in members]
            if owner == g and all(early):
                best.append(worth[column] + sum(map(max, early), Fraction(0)))
        total += max(best)
    unit = max(1, math.gcd(*map(int, goal.value)))  # every plan's value is a multiple of it
    return goal.sign * (total.numerator // total.denominator // unit * unit)
