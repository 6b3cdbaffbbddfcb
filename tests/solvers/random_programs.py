"""Small random programs of every shape that a policy can have, legal by construction or illegal for a known reason.

The limits of a legal program are drawn around a hidden plan, so that it has one. An illegal one gets a few more rows (and amounts)
that no plan can hold: by choices, by amounts, or by whole numbers alone, its LP having a solution. In a "shifted" program
the limits were moved, so that nobody knows beforehand.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.program import FREE, Bools, Ints, Program, Stage, Vector, WholeGroups, common_divisors, scale_of
from optimizer.wording import Wording

SHAPES = ("choices", "parts", "groups", "money", "amounts", "mixed", "flows")
"""choices: choice sets and small amounts. parts: with places. groups: all-or-nothing groups with levels. money: entries up to
10^9 and large whole amounts. amounts: whole amounts alone. mixed: choice sets and continuous amounts. flows: continuous and whole
amounts."""
TROUBLES = ("choices", "amounts", "parity")
BILLION = 10**9


@dataclass(frozen=True)
class Case:
    """``trouble``: why it has no plan ("" where it has one, the ``hidden`` one; "shifted" where that is not known)."""

    number: int
    shape: str
    trouble: str
    program: Program
    hidden: Vector


@dataclass
class Draft:
    """Columns and rows while they are drawn; ``rows`` are (entries, lower, upper), ``hidden`` a plan of the drawn columns."""

    start: Ints
    groups: WholeGroups | None
    upper: list[int]
    hidden: list[int]
    continuous: list[bool]
    rows: list[tuple[dict[int, int], int, int]]

    @property
    def options(self) -> int:
        """How many columns are options."""
        return int(self.start[-1])

    def amount(self, upper: int, hidden: int, continuous: bool = False) -> int:
        """One more column; its number."""
        self.upper.append(upper)
        self.hidden.append(hidden)
        self.continuous.append(continuous)
        return len(self.upper) - 1


def random_case(number: int, seed: int = 1) -> Case:
    """Program ``number`` of a run: shape and trouble go in turn; about a fifth of the programs has no plan."""
    draw = np.random.default_rng([seed, number])
    shape, turn = SHAPES[number % len(SHAPES)], number // len(SHAPES)
    trouble = TROUBLES[turn // 5 % len(TROUBLES)] if turn % 5 == 4 else "shifted" if turn % 10 == 1 else ""
    draft = _columns(draw, shape)
    for _ in range(int(draw.integers(2, 8))):
        draft.rows.append(_row(draw, draft, shape, shifted=trouble == "shifted" and draw.random() < 0.4))
    if trouble in TROUBLES:
        _add_trouble(draw, draft, trouble)
        draw.shuffle(draft.rows)  # type: ignore[arg-type]
    program = _program(draw, draft, shape)
    return Case(
        number, shape, trouble, program, np.array(draft.hidden, dtype=np.float64 if program.mixed else np.int64)
    )


def _columns(draw: np.random.Generator, shape: str) -> Draft:
    sets = 0 if shape in ("amounts", "flows") else int(draw.integers(1, 11))
    start = np.append(0, np.cumsum(draw.integers(1, 6, sets))).astype(np.int64)
    options = int(start[-1])
    upper = (draw.random(options) > 0.08).astype(int).tolist()
    hidden = [0] * options
    for first, after in itertools.pairwise(start):
        open_ones = [j for j in range(first, after) if upper[j]]
        if open_ones and draw.random() < 0.75:
            hidden[int(draw.choice(open_ones))] = 1
    draft = Draft(start, None, upper, hidden, [False] * options, [])
    if sets and (shape == "groups" or draw.random() < 0.15):
        _add_groups(draw, draft)
    for _ in range(int(draw.integers(2, 7)) if not sets else int(draw.integers(0, 4))):
        _add_amount(draw, draft, shape)
    if shape in ("mixed", "flows") and not any(draft.continuous):
        draft.amount(9, int(draw.integers(0, 10)), True)
    return draft


def _add_amount(draw: np.random.Generator, draft: Draft, shape: str) -> None:
    """Small (0 … 9, also none at all), large, practically without limit, or continuous."""
    kind = draw.random()
    if shape in ("mixed", "flows") and kind < 0.6:
        upper = int(draw.choice([0, 1, 9, 250, BILLION]))
        draft.amount(upper, int(draw.integers(0, min(upper, 1000) + 1)), True)
    elif shape in ("money", "amounts") and kind < 0.5:
        upper = int(draw.choice([10**4, 10**6, BILLION, 10**13]))
        draft.amount(upper, int(draw.integers(0, min(upper, 10**7) + 1)))
    else:
        upper = int(draw.integers(0, 10))
        draft.amount(upper, int(draw.integers(0, upper + 1)))


def _add_groups(draw: np.random.Generator, draft: Draft) -> None:
    """One to three groups over some of the sets, levels 1 … 3, a clearing column for some of the levels."""
    sets = len(draft.start) - 1
    names = draw.integers(-1, 3, sets)
    names[int(draw.integers(sets))] = 0
    kept = np.unique(names[names >= 0])
    group_of_set = np.where(names < 0, -1, np.searchsorted(kept, names)).astype(np.int64)
    level = draw.integers(1, 4, draft.options).astype(np.int64)
    column, group, at = [], [], []
    for number in range(len(kept)):
        filled = False
        for when in range(1, 4):
            if draw.random() < 0.6:
                ready = not filled and all(
                    any(draft.hidden[j] and level[j] <= when for j in range(draft.start[s], draft.start[s + 1]))
                    for s in np.flatnonzero(group_of_set == number)
                )
                filled |= ready
                column.append(draft.amount(1, int(ready)))
                group.append(number)
                at.append(when)
    if column:
        parts = (np.array(v, dtype=np.int64) for v in (column, group, at))
        draft.groups = WholeGroups(group_of_set, level, *parts)


def _row(draw: np.random.Generator, draft: Draft, shape: str, shifted: bool) -> tuple[dict[int, int], int, int]:
    """Entries on some columns, and limits around what the hidden plan uses: ≤, ≥, =, or both."""
    density = draw.choice([0.0, 0.3, 0.6, 0.9], p=[0.05, 0.35, 0.4, 0.2])
    money = shape == "money" and draw.random() < 0.7
    entries = {}
    for column in np.flatnonzero(draw.random(len(draft.upper)) < density):
        large = draft.upper[column] > 1000
        entry = int(draw.integers(1, BILLION)) if money and not large else int(draw.integers(1, 10))
        entries[int(column)] = -entry if draw.random() < 0.25 else entry
    used = sum(v * draft.hidden[j] for j, v in entries.items())
    size = max([1, *map(abs, entries.values())])
    if shifted and entries:
        used += int(draw.integers(-2, 3)) * (size if draw.random() < 0.5 else 1)
    slack = [int(draw.integers(0, 3 * size)) if draw.random() < 0.6 else int(draw.integers(0, 2)) for _ in range(2)]
    kind = draw.random()
    lower = -int(FREE) if kind < 0.45 else used if kind > 0.85 else used - slack[0]
    upper = int(FREE) if 0.45 <= kind < 0.7 else used if kind > 0.85 else used + slack[1]
    return entries, lower, upper


def _add_trouble(draw: np.random.Generator, draft: Draft, trouble: str) -> None:
    sets = len(draft.start) - 1
    if trouble == "choices" and sets:
        _choice_trouble(draw, draft, sets)
    elif trouble == "parity":
        _parity_trouble(draw, draft, sets)
    else:
        _amount_trouble(draw, draft)


def _choice_trouble(draw: np.random.Generator, draft: Draft, sets: int) -> None:
    some = draw.permutation(sets)[: int(draw.integers(1, sets + 1))]
    columns = [int(j) for s in some for j in range(draft.start[s], draft.start[s + 1])]
    weight = {j: int(draw.integers(1, 10)) for j in columns}
    kind = int(draw.integers(4))
    if kind == 0:  # more sets than there are
        draft.rows.append((dict.fromkeys(columns, 1), len(some) + 1, int(FREE)))
    elif kind == 1:  # a row without entries asks for something
        draft.rows.append(({}, 1, int(FREE)) if draw.random() < 0.5 else ({}, -int(FREE), -1))
    elif kind == 2 or draft.groups is None:  # two limits exclude each other
        draft.rows.append((weight, 3, int(FREE)))
        draft.rows.append(({j: 2 * v for j, v in weight.items()}, -int(FREE), 5))
    else:  # a group must be cleared, one of its sets must take nothing
        number = int(draw.integers(len(draft.groups.column)))
        own = np.flatnonzero(draft.groups.group_of_set == draft.groups.group[number])[0]
        draft.rows.append(({int(draft.groups.column[number]): 1}, 1, 1))
        draft.rows.append((dict.fromkeys(range(draft.start[own], draft.start[own + 1]), 1), -int(FREE), 0))


def _amount_trouble(draw: np.random.Generator, draft: Draft) -> None:
    continuous = any(draft.continuous) and draw.random() < 0.7
    most = [int(draw.choice([3, 40, 10**6])) for _ in range(3)]
    a, b, c = (draft.amount(m, 0, continuous) for m in most)
    kind = int(draw.integers(3))
    if kind == 0:  # more than all of it
        draft.rows.append(({a: 1, b: 2, c: 1}, most[0] + 2 * most[1] + most[2] + 1, int(FREE)))
    elif kind == 1:  # a ≥ b + 1 ≥ c + 2 ≥ a + 3
        draft.rows += [({a: 1, b: -1}, 1, int(FREE)), ({b: 1, c: -1}, 1, int(FREE)), ({c: 1, a: -1}, 1, int(FREE))]
    else:  # two equations with one left side
        draft.rows += [({a: 2, b: -3}, 4, 4), ({a: 4, b: -6, c: 1}, 8 + most[2] + 1, int(FREE))]


def _parity_trouble(draw: np.random.Generator, draft: Draft, sets: int) -> None:
    """Only whole numbers fail: halves or thirds would do."""
    kind = int(draw.integers(4))
    wide = int(draw.choice([20, 1000, 10**6]))
    if kind == 0 and sets >= 3:  # an odd circle of three choices, each pair takes exactly one
        x, y, z = (int(draft.start[s]) for s in draw.permutation(sets)[:3])
        for j in (x, y, z):
            draft.upper[j] = 1
        draft.rows = [({j: 1, k: 1}, 1, 1) for j, k in ((x, y), (y, z), (x, z))]
    elif kind == 1:  # even and odd at once
        a, b = draft.amount(wide, 0), draft.amount(wide, 0)
        draft.rows += [({a: 1, b: 1}, 7, 7), ({a: 1, b: -1}, 2, 2)]
    elif kind == 2:  # no coins of 6, 10 and 15 make 29
        a, b, c = (draft.amount(wide, 0) for _ in range(3))
        draft.rows.append(({a: 6, b: 10, c: 15}, 29, 29))
    else:  # even prices, an odd sum: the row is divided by 2 and its limits cross
        a, b = draft.amount(9, 0), draft.amount(9, 0)
        draft.rows.append(({a: 2 * int(draw.integers(1, BILLION)), b: 2 * int(draw.integers(1, BILLION))}, 1, 1))


def _program(draw: np.random.Generator, draft: Draft, shape: str) -> Program:
    """Put together as ``optimizer.program.Builder`` does: rows divided by their common divisor."""
    columns, count = len(draft.upper), len(draft.rows)
    entries = [(r, j, v) for r, (own, _, _) in enumerate(draft.rows) for j, v in own.items()]
    row, column, value = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    matrix = sp.csr_array((value, (row, column)), shape=(count, columns), dtype=np.int64)
    lower, upper = (np.array([r[i] for r in draft.rows], dtype=np.int64) for i in (1, 2))
    unit = common_divisors(matrix)
    matrix.data //= np.repeat(unit, np.diff(matrix.indptr))
    lower = np.where(lower > -FREE // 2, -(-lower // unit), lower)
    upper = np.where(upper < FREE // 2, upper // unit, upper)
    sets = len(draft.start) - 1
    names = pd.DataFrame({"rule": "r", "clause": "T-1", "key": [str(r) for r in range(count)]})
    places = np.sort(draw.integers(0, 3, sets)) if shape == "parts" and sets else None
    continuous: Bools = np.array(draft.continuous, dtype=bool)
    return Program(
        matrix, lower, upper, scale_of(matrix), unit, names, np.array(draft.upper, dtype=np.int64), draft.start,
        tuple(f"h{s}" for s in range(sets)), {}, draft.groups, _stages(draw, draft, shape),
        None if places is None else np.unique(places, return_inverse=True)[1].astype(np.int64),
        continuous if continuous.any() else None,
    )  # fmt: skip


def _stages(draw: np.random.Generator, draft: Draft, shape: str) -> tuple[Stage, ...]:
    """One to three; what has practically no limit is never worth having more of, so that every stage has an optimum."""
    stages = []
    count = int(draw.integers(1, 4))
    upper = np.array(draft.upper, dtype=np.int64)
    for number in range(count):
        sign = 1 if draw.random() < 0.6 else -1
        largest = BILLION if shape == "money" and draw.random() < 0.5 else 20
        value = draw.integers(-largest // 4, largest, len(upper)) * (draw.random(len(upper)) < 0.7)
        value = np.where(upper > 1000, np.clip(value, -9, 9), value)
        value = np.where(upper > BILLION, -sign * np.abs(value), value).astype(np.int64)
        last = number == count - 1 and number > 0 and len(upper) > draft.options and draw.random() < 0.4
        base = int(draw.integers(-50, 50))
        stages.append(Stage(f"s{number}", "T-1", Wording("", ""), sign, "1", value, base, bool(last)))
    return tuple(stages)
