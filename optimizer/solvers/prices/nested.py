"""Prices for very many parts: a master for each part under one for the few rows that link them.

The outer master mixes plans of whole parts (counties) over the linking rows; its duals, smoothed, are the prices at
which every part is asked again. A part replies with a mixture of its own plans and a Lagrangian bound on what it can be
worth at these prices, from its own column generation (``Part``). The sum of the parts' bounds and the worth of the
linking limits bounds every legal plan, at any sign-correct prices. Parts are asked side by side; what they reply does
not depend on each other nor on the number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Program, Stage
from optimizer.solvers.highs import silent
from optimizer.solvers.prices.part import Part, Reply
from optimizer.solvers.prices.partition import Partition
from optimizer.solvers.prices.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Linking:
    """The linking rows, scaled: limits, and use of the outer amounts (by amount; ``whole_use`` in whole row units)."""

    rows: Ints
    low: Floats
    high: Floats
    scale: Floats
    cost: Floats
    upper: Floats
    whole_use: sp.csr_array
    use: sp.csr_array

    def sign_correct(self, price: Floats) -> Floats:
        """No upper limit, no positive price; no lower, no negative one."""
        clipped = np.where(np.isfinite(self.high), price, np.minimum(price, 0.0))
        return np.where(np.isfinite(self.low), clipped, np.maximum(clipped, 0.0))

    def worth(self, price: Floats) -> float:
        """Σ price · limit, and what the outer amounts gain at the price."""
        up, down = np.maximum(price, 0.0), np.minimum(price, 0.0)
        high = np.where(np.isfinite(self.high), self.high, 0.0)
        low = np.where(np.isfinite(self.low), self.low, 0.0)
        gain = np.maximum(self.cost - self.use @ price, 0.0)
        return float(up @ high + down @ low + gain @ self.upper)


class OuterMaster:
    """maximise Σ value of part mixtures and outer amounts over the linking rows, one mixture a part."""

    def __init__(self, linking: Linking, parts: int, cost_scale: float, penalty: float) -> None:
        self.linking, self.parts, self.cost_scale = linking, parts, cost_scale
        self.rows = len(linking.rows)
        self.highs = silent()
        self.highs.setOptionValue("threads", 1)
        low = np.append(linking.low, np.ones(parts))
        high = np.append(linking.high, np.ones(parts))
        self.highs.addRows(len(low), low, high, 0, np.zeros(len(low) + 1, np.int32), np.zeros(0, np.int32), np.zeros(0))
        self._add(linking.cost / cost_scale, linking.upper, linking.use)
        each = sp.eye_array(self.rows, format="csr")
        free = np.full(self.rows, np.inf)
        self._add(np.full(self.rows, -penalty), np.where(np.isfinite(linking.low), free, 0.0), each)
        self._add(np.full(self.rows, -penalty), np.where(np.isfinite(linking.high), free, 0.0), sp.csr_array(-each))
        self.first = len(linking.cost) + 2 * self.rows
        self.owner: list[int] = []
        self.value: list[float] = []
        self.use: list[Floats] = []

    def _add(self, cost: Floats, upper: Floats, entries: sp.csr_array) -> None:
        entries = sp.csr_array(entries)
        self.highs.addCols(
            len(cost), -np.asarray(cost, dtype=np.float64), np.zeros(len(cost)), np.asarray(upper, dtype=np.float64),
            entries.nnz, entries.indptr.astype(np.int32), entries.indices.astype(np.int32),
            np.asarray(entries.data, dtype=np.float64),
        )  # fmt: skip

    def take(self, replies: Sequence[Reply]) -> None:
        """One more column for each part."""
        uses = np.vstack([r.use for r in replies])
        entries = sp.csr_array(sp.hstack([sp.csr_array(uses), sp.eye_array(self.parts)], format="csr"))
        values = np.array([r.value for r in replies])
        self._add(values / self.cost_scale, np.full(self.parts, np.inf), entries)
        self.owner += range(self.parts)
        self.value += values.tolist()
        self.use += list(uses)

    def solve(self) -> tuple[float, Floats]:
        """Value and prices of the linking rows."""
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.highs.clearSolver()
            self.highs.run()
        dual = -np.asarray(self.highs.getSolution().row_dual) * self.cost_scale
        return -self.highs.getInfo().objective_function_value * self.cost_scale, dual[: self.rows]

    def shortfall(self) -> float:
        """How far the linking rows are from being legal."""
        return float(np.sum(np.asarray(self.highs.getSolution().col_value)[len(self.linking.cost) : self.first]))

    def allotment(self) -> tuple[Floats, Floats]:
        """What each part's mixture uses of the linking rows (parts × rows), and the outer amounts."""
        value = np.asarray(self.highs.getSolution().col_value)
        weight = value[self.first :]
        gather = sp.csr_array((weight, (self.owner, np.arange(len(weight)))), shape=(self.parts, len(weight)))
        return np.asarray(gather @ np.vstack(self.use)), value[: len(self.linking.cost)]


@dataclass(frozen=True)
class NestedPrices:
    """Where the search ended: prices of all rows (scaled), their bound, the master's value, the parts' allotments of the linking
    rows and the outer amounts in the mixture; ``legal`` where the mixture lacks nothing."""

    price: Floats
    linking_price: Floats
    bound: float
    value: float
    allotment: Floats
    amounts: Floats
    legal: bool
    rounds: int


def linking_of(program: Program, split: Partition, by_column: sp.csr_array, cost: Floats) -> Linking:
    """The linking rows in scaled floating point."""
    scale = program.row_scale[split.linking]
    low, high = program.row_lower[split.linking], program.row_upper[split.linking]
    use = sp.csr_array(by_column[split.outer].tocsc()[:, split.linking])
    return Linking(
        split.linking,
        np.where(low > -FREE, low / scale, -np.inf),
        np.where(high < FREE, high / scale, np.inf),
        scale,
        cost[split.outer],
        program.upper[split.outer].astype(np.float64),
        use,
        sp.csr_array(use.astype(np.float64) @ sp.diags_array(1.0 / scale)),
    )


def make_parts(
    program: Program, stage: Stage, cost: Floats, split: Partition, by_column: sp.csr_array, settings: Settings
) -> list[Part]:
    """All parts, side by side."""
    return side_by_side(lambda p: Part(program, stage, cost, split, p, by_column, settings), range(len(split.sets)))


def side_by_side(work: Callable[[int], T], numbers: Sequence[int]) -> list[T]:
    """``work`` for each number on all cores (most of it leaves the interpreter lock), in order."""
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(work, numbers))


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def search_parts(
    program: Program,
    parts: list[Part],
    linking: Linking,
    gap: float,
    settings: Settings,
    stop: Callable[[], bool],
    tell: Callable[[float, float], None],
) -> NestedPrices:
    """Outer column generation with smoothing, until the outer master's value and the best bound agree."""
    cost_scale = max(p.problem.cost_scale for p in parts)
    master = OuterMaster(linking, len(parts), cost_scale, settings.penalty)
    asked = np.zeros(len(linking.rows))
    best_bound, best_price, value, shortfall, done = np.inf, asked, -np.inf, 0.0, 0
    for number in range(settings.outer_rounds):
        apart = abs(best_bound - value) / max(1.0, abs(best_bound)) if number else 0.1
        inner = max(0.3 * gap, min(settings.inner_share * apart, 0.02))  # no finer than the linking prices deserve
        asking = partial(_reply, parts=parts, price=asked, gap=inner, rounds=settings.part_rounds)
        replies = side_by_side(asking, range(len(parts)))
        bound = sum(r.bound for r in replies) + linking.worth(asked)
        if bound < best_bound:
            best_bound, best_price = bound, asked
            for part in parts:
                part.remember()
        master.take(replies)
        value, dual = master.solve()
        shortfall = master.shortfall() + sum(r.shortfall for r in replies)
        done = number + 1
        tell(-np.inf, best_bound)
        if best_bound - value <= gap * max(1.0, abs(best_bound)) or stop():
            break
        weight = 0.5 if number < 3 else 0.3
        asked = linking.sign_correct(weight * best_price + (1 - weight) * dual)
    for part in parts:
        part.recall()
    price = np.zeros(program.matrix.shape[0])
    for part in parts:
        price[part.rows] = part.price
    price[linking.rows] = best_price
    allotment, amounts = master.allotment()
    return NestedPrices(price, best_price, best_bound, value, allotment, amounts, shortfall < 1e-7, done)


def _reply(number: int, parts: list[Part], price: Floats, gap: float, rounds: int) -> Reply:
    return parts[number].reply(price, gap, rounds)
