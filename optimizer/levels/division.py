"""The upper level's own program: how to divide, given what the places' prices say about every division.

A place's value is concave in its shares, so that each answer (value and prices at one division) bounds it from above
everywhere: a cut. The program over shares, the upper level's own amounts and one value a place under its cuts has the joint
optimum as its limit (Benders 1962; Geoffrion 1970, resource directives). Its duals weigh the answers; the weighted prices are prices of the
joint program, from which the bound is recomputed in whole numbers, so that no float proves anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from optimizer.lagrangian.bound import exact_bound, exact_total, whole_prices
from optimizer.levels.county import Answer
from optimizer.levels.split import Split
from optimizer.program import Floats, Ints, Program, Stage
from optimizer.solvers.conflict import Conflict
from optimizer.solvers.linear import Optimum, maximum
from optimizer.wording import Wording


@dataclass(frozen=True)
class Cut:
    """One place's answer as a cut: value ≤ ``at`` + ``slope`` · shares (all sides of the place, in scaled units), or for
    ``legal`` = False: 0 ≤ the same. ``price``: of the place's own rows."""

    place: int
    legal: bool
    at: float
    slope: Floats
    price: Floats


@dataclass(frozen=True)
class Division:
    """``shares``: wanted, not yet whole. ``outer``: the upper level's amounts. ``price``: of all the program's rows."""

    shares: Floats
    outer: Floats
    price: Floats


@dataclass
class UpperLevel:
    """The upper level of one stage: its cuts so far."""

    split: Split
    stage: Stage
    cuts: list[Cut] = field(default_factory=list)

    def __post_init__(self) -> None:
        sides = self.split.sides
        self.scale = self.split.program.row_scale[sides.row]
        self.cost = self.stage.sign * self.stage.value.astype(np.float64)
        self.of_place = [np.flatnonzero(sides.place == p.number) for p in self.split.places]
        self.top = np.array([_most(p.program, self.cost[p.columns]) for p in self.split.places])
        self.unit = max(1.0, float(np.abs(self.cost).max(initial=1.0)))

    def hear(self, place: int, shares: Ints, answer: Answer) -> None:
        """Takes a place's answer to the division ``shares``."""
        mine, own = self.of_place[place], self.split.places[place].own
        sides = self.split.sides
        price = answer.price[own:][sides.at[mine]] * sides.sign[mine]
        slope = np.maximum(price, 0.0) * self.scale[mine]
        at = answer.value - float(slope @ (shares[mine] / self.scale[mine]))
        self.cuts.append(Cut(place, answer.legal, at, slope, answer.price[:own]))

    def divide(self) -> Division | None:
        """The best division under the cuts, or None where no division satisfies every place (see ``conflict``)."""
        found = self._solve(missing=False)
        return None if found is None else self._division(found, len(self.split.places))

    def bound(self, price: Floats) -> tuple[Ints, int, int] | None:
        """Whole prices, their shift and the bound that they prove of the stage (without its base)."""
        program = self.split.program  # with earlier stages as its last rows, as a certificate has them
        try:
            multiples, shift = whole_prices(program, self.stage, [], price)
            return multiples, shift, exact_bound(program, self.stage, [], multiples, shift)
        except OverflowError:
            return None

    def conflict(self) -> Conflict | None:
        """Where no division satisfies every place: the joining limit that cannot be met with the rows that hold it, proven in
        whole numbers by the places' prices; None where that proof does not hold."""
        found = self._solve(missing=True)
        if found is None:
            return None
        price = self._division(found, 0).price
        program = self.split.program
        nothing = Stage("conflict", "", Wording("", ""), 1, "1", np.zeros(program.columns, dtype=np.int64))
        multiples, shift = whole_prices(program, nothing, [], price)
        try:
            total = exact_total(program, nothing, [], multiples, shift)
        except OverflowError:
            return None
        return None if total >= 0 else _named(self.split, multiples, total)

    def _solve(self, missing: bool) -> Optimum | None:
        """``missing``: least amounts missing of joining rows, instead of the most value."""
        sides, outer = self.split.sides, self.split.outer
        shares, places = len(sides.row), 0 if missing else len(self.split.places)
        rows, high = self._joining(places, missing)
        blocks, low = [rows], [np.full(len(high), -np.inf)]
        tops = [high]
        for matrix, least, most in (self._pairs(rows.shape[1]), self._heard(places, rows.shape[1])):
            blocks.append(matrix)
            low.append(least)
            tops.append(most)
        cost = np.zeros(rows.shape[1])
        if missing:
            cost[shares + len(outer) :] = -1.0
        else:
            cost[shares : shares + len(outer)] = self.cost[outer] / self.unit
            cost[shares + len(outer) :] = 1.0
        least = np.concatenate([sides.least / self.scale, np.zeros(len(outer)), np.full(places, -np.inf)])
        most = np.concatenate(
            [sides.most / self.scale, _amounts(self.split.program.upper[outer]), self.top[:places] / self.unit]
        )
        more = rows.shape[1] - len(least)
        least, most = np.append(least, np.zeros(more)), np.append(most, np.full(more, np.inf))
        matrix = sp.csr_array(sp.vstack(blocks, format="csr"))
        return maximum(cost, matrix, np.concatenate(low), np.concatenate(tops), least, most)

    def _joining(self, places: int, missing: bool) -> tuple[sp.csr_array, Floats]:
        """One row for each limited side of a joining row: shares and own amounts together within it."""
        split = self.split
        program, sides = split.program, split.sides
        limits = [(int(r), s) for r in split.joining for s in (1, -1) if abs(int(split.limit(np.array([r]), np.array([s]))[0])) < 2**61]  # fmt: skip
        self.limited = limits
        number = {side: at for at, side in enumerate(limits)}
        of_share = np.array([number[int(r), int(s)] for r, s in zip(sides.row, sides.sign, strict=True)], dtype=np.int64)
        count, shares = len(limits), len(sides.row)
        row = np.array([r for r, _ in limits], dtype=np.int64)
        sign = np.array([s for _, s in limits], dtype=np.int64)
        scale = program.row_scale[row]
        mine = sp.csr_array((np.ones(shares), (of_share, np.arange(shares))), shape=(count, shares))
        position = np.searchsorted(split.joining, row)
        own = sp.csr_array(sp.diags_array(sign / scale) @ split.outer_use()[position].astype(np.float64))
        blocks = [mine, own, sp.csr_array((count, places))]
        if missing:
            blocks.append(sp.csr_array(-sp.eye_array(count)))
        return sp.csr_array(sp.hstack(blocks, format="csr")), split.limit(row, sign) / scale

    def _pairs(self, width: int) -> tuple[sp.csr_array, Floats, Floats]:
        """Of a row with two limits, the lower share of a place is at most its upper one."""
        sides = self.split.sides
        known: dict[tuple[int, int], int] = {}
        pairs = []
        for k, key in enumerate(zip(sides.place.tolist(), sides.row.tolist(), strict=True)):
            if key in known:
                pairs.append((known[key], k))
            known[key] = k
        row = np.repeat(np.arange(len(pairs)), 2)
        column = np.array(pairs, dtype=np.int64).reshape(-1)
        matrix = sp.csr_array((np.ones(len(column)), (row, column)), shape=(len(pairs), width))
        return matrix, np.zeros(len(pairs)), np.full(len(pairs), np.inf)

    def _heard(self, places: int, width: int) -> tuple[sp.csr_array, Floats, Floats]:
        """The cuts: 0 or the place's value (in ``unit``) − slope · shares ≤ at."""
        cuts = [c for c in self.cuts if not c.legal or places]
        entries, columns, starts, high = [], [], [0], []
        first = len(self.split.sides.row) + len(self.split.outer)
        for cut in cuts:
            unit = self.unit if cut.legal else 1.0
            mine = self.of_place[cut.place]
            entries += [-cut.slope / unit, np.ones(1 if cut.legal else 0)]
            columns += [mine, np.full(1 if cut.legal else 0, first + cut.place)]
            starts.append(starts[-1] + len(mine) + (1 if cut.legal else 0))
            high.append(cut.at / unit)
        data = np.concatenate([*entries, np.zeros(0)])
        column = np.concatenate([*columns, np.zeros(0, np.int64)]).astype(np.int64)
        matrix = sp.csr_array((data, column, np.array(starts)), shape=(len(cuts), width))
        return matrix, np.full(len(cuts), -np.inf), np.array(high)

    def _division(self, found: Optimum, places: int) -> Division:
        """Shares, amounts, and the prices of the joint program: the answers' prices by the weights of their cuts."""
        sides, outer = self.split.sides, self.split.outer
        shares = len(sides.row)
        unit = self.unit if places else 1.0
        price = np.zeros(self.split.program.matrix.shape[0])
        for (row, sign), dual in zip(self.limited, found.dual[: len(self.limited)], strict=True):
            price[row] += sign * max(dual, 0.0) * unit / self.split.program.row_scale[row]
        cuts = [c for c in self.cuts if not c.legal or places]
        weights = found.dual[len(found.dual) - len(cuts) :] if cuts else np.zeros(0)
        for cut, weight in zip(cuts, weights, strict=True):
            place = self.split.places[cut.place]
            price[place.rows[: place.own]] += cut.price * max(weight, 0.0) * (1.0 if cut.legal else unit)
        return Division(found.x[:shares] * self.scale, found.x[shares : shares + len(outer)], price)


def _most(program: Program, cost: Floats) -> float:
    """What a place can be worth at most when every set takes its best option and every amount all of it."""
    owner, options = program.set_of_option(), program.options
    best = np.zeros(len(program.set_start) - 1)
    np.maximum.at(best, owner, cost[:options])
    amounts = np.maximum(cost[options:], 0.0) * program.upper[options:]
    total = float(best.sum() + amounts.sum())
    return total if total < 1e15 else np.inf


def _amounts(upper: Ints) -> Floats:
    return np.where(upper >= 10**12, np.inf, upper.astype(np.float64))


def _named(split: Split, prices: Ints, total: int) -> Conflict:
    """The conflict that prices prove: how near the joining limit with the dearest part comes under all the others."""
    program = split.program
    limit = np.where(prices > 0, program.row_upper, program.row_lower)
    tasks = [r for r in split.joining if prices[r] < 0 and limit[r] > 0]
    others = [r for r in split.joining if prices[r] != 0]
    asked: Sequence[int] = [int(r) for r in (tasks or others)]
    weight = [abs(int(prices[r]) * int(limit[r])) for r in asked]
    row = asked[int(np.argmax(weight))] if asked else int(np.flatnonzero(prices)[0])
    missing = -(total // abs(int(prices[row])))
    attainable = int(limit[row]) + (missing if prices[row] > 0 else -missing)
    worth = np.abs(prices.astype(np.float64) * np.where(np.abs(limit) < 2**61, limit, 0))
    holding = [int(r) for r in np.argsort(-worth, kind="stable") if prices[r] and int(r) != row]
    return Conflict([row, *holding[:200]], int(limit[row] * program.row_unit[row]), int(attainable * program.row_unit[row]))
