"""The upper level's own program: how to divide, given what the places' prices say about every division.

A place's value is concave in its shares, so that each answer (bound and prices at one division) bounds it from above
everywhere: a cut. The program over shares, the upper level's own amounts and one value a place under its cuts has the joint
optimum as its limit (Benders 1962; Geoffrion 1970, resource-directive). Its duals weigh the answers; the weighted prices are
prices of the joint program, from which the bound is recomputed in whole numbers, so that no float proves anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from optimizer.lagrangian.bound import exact_total, whole_prices
from optimizer.levels.county import Answer
from optimizer.levels.split import Split
from optimizer.program import FREE, Floats, Ints, Program, Stage
from optimizer.solvers.linear import Optimum, maximum


@dataclass(frozen=True)
class Cut:
    """One place's answer: value ≤ ``at`` + ``slope`` · shares (all sides of the place, in scaled units). ``price``: of the
    place's own rows."""

    place: int
    at: float
    slope: Floats
    price: Floats


@dataclass(frozen=True)
class Division:
    """``shares``: wanted, not yet whole. ``outer``: the upper level's amounts. ``price``: of all the program's rows.
    ``value``: what the cuts promise."""

    value: float
    shares: Floats
    outer: Floats
    price: Floats


@dataclass(frozen=True)
class Proof:
    """Prices of all rows in multiples of 2^−``shift``, and what they add up to: no legal plan is worth more than ``total`` of
    these multiples (of sign · value)."""

    prices: Ints
    shift: int
    total: int


@dataclass
class UpperLevel:
    """The upper level of one stage with its cuts so far. ``penalty``: for one scaled unit that is missing of a joining row."""

    split: Split
    stage: Stage
    penalty: float
    cuts: list[Cut] = field(default_factory=list)

    def __post_init__(self) -> None:
        split, sides = self.split, self.split.sides
        self.scale = split.program.row_scale[sides.row]
        self.cost = self.stage.sign * self.stage.value.astype(np.float64)
        self.of_place = [np.flatnonzero(sides.place == p.number) for p in split.places]
        self.top = np.array([_most(p.program, self.cost[p.columns]) for p in split.places])
        self.unit = max(1.0, float(np.abs(self.cost).max(initial=1.0)))
        self.sides = _limited(split)
        self._fixed = self._rows_without_cuts()

    def hear(self, place: int, shares: Ints, answer: Answer) -> None:
        """Takes a place's answer to the division ``shares``."""
        mine, own = self.of_place[place], self.split.places[place].own
        sides = self.split.sides
        slope = np.maximum(answer.price[own:][sides.at[mine]] * sides.sign[mine], 0.0) * self.scale[mine]
        at = answer.bound - float(slope @ (shares[mine] / self.scale[mine]))
        self.cuts.append(Cut(place, at, slope, answer.price[:own]))

    def divide(self, around: Ints | None = None, width: Floats | None = None) -> Division | None:
        """The best division under the cuts, or the best whose shares stay within ``width`` of those ``around``; None where
        floats do not settle it."""
        matrix, low, high, cost, least, most = self._fixed
        if around is not None and width is not None:
            least, most, count = least.copy(), most.copy(), len(around)
            least[:count] = np.maximum(least[:count], np.minimum((around - width) / self.scale, most[:count]))
            most[:count] = np.minimum(most[:count], np.maximum((around + width) / self.scale, least[:count]))
        heard, tops = self._heard(matrix.shape[1])
        found = maximum(
            cost, sp.csr_array(sp.vstack([matrix, heard], format="csr")), np.append(low, np.full(len(tops), -np.inf)),
            np.append(high, tops), least, most,
        )  # fmt: skip
        return None if found is None else self._division(found)

    def proof(self, price: Floats) -> Proof | None:
        """What prices of the joint program prove, in whole numbers; None where these would not fit."""
        if not np.isfinite(price).all():
            return None
        program = self.split.program  # with earlier stages as its last rows, as a certificate has them
        try:
            prices, shift = whole_prices(program, self.stage, [], price)
            return Proof(prices, shift, exact_total(program, self.stage, [], prices, shift))
        except OverflowError:
            return None

    def _rows_without_cuts(self) -> tuple[sp.csr_array, Floats, Floats, Floats, Floats, Floats]:
        """Columns: shares, own amounts, values of the places, what is missing of each limited side. Rows: the limited sides;
        then, of a row with two limits, the lower share of a place at most its upper one."""
        split, sides = self.split, self.split.sides
        row, sign = self.sides
        number = {(int(r), int(s)): at for at, (r, s) in enumerate(zip(row, sign, strict=True))}
        of_share = np.array(
            [number[int(r), int(s)] for r, s in zip(sides.row, sides.sign, strict=True)], dtype=np.int64
        )
        count, shares, places, outer = len(row), len(sides.row), len(split.places), len(split.outer)
        scale = split.program.row_scale[row]
        mine = sp.csr_array((np.ones(shares), (of_share, np.arange(shares))), shape=(count, shares))
        own = split.outer_use()[np.searchsorted(split.joining, row)].astype(np.float64)
        blocks = [mine, sp.diags_array(sign / scale) @ own, sp.csr_array((count, places)), -sp.eye_array(count)]
        pairs = _pairs(split, shares + outer + places + count)
        matrix = sp.csr_array(sp.vstack([sp.hstack(blocks), pairs], format="csr"))
        low = np.append(np.full(count, -np.inf), np.zeros(pairs.shape[0]))
        high = np.append(split.limit(row, sign) / scale, np.full(pairs.shape[0], np.inf))
        cost = np.concatenate(
            [np.zeros(shares), self.cost[split.outer] / self.unit, np.ones(places), np.full(count, -self.penalty / self.unit)]
        )  # fmt: skip
        upper = split.program.upper[split.outer].astype(np.float64)
        far = 1e9  # scaled units: a side of which no limit is known
        least = np.concatenate([np.maximum(sides.least / self.scale, -far), np.zeros(outer), np.full(places, -np.inf), np.zeros(count)])  # fmt: skip
        most = np.concatenate(
            [np.minimum(sides.most / self.scale, far), np.where(upper >= 1e12, np.inf, upper), self.top / self.unit, np.full(count, np.inf)]
        )  # fmt: skip
        return matrix, low, high, cost, least, most

    def _heard(self, width: int) -> tuple[sp.csr_array, Floats]:
        """The cuts: the place's value (in ``unit``) − slope · shares ≤ at."""
        first = len(self.split.sides.row) + len(self.split.outer)
        data = [np.append(-cut.slope / self.unit, 1.0) for cut in self.cuts]
        column = [np.append(self.of_place[cut.place], first + cut.place) for cut in self.cuts]
        start = np.append(0, np.cumsum([len(each) for each in data])).astype(np.int64)
        none = np.zeros(0)
        entries = (np.concatenate([*data, none]), np.concatenate([*column, none]).astype(np.int64), start)
        return sp.csr_array(entries, shape=(len(self.cuts), width)), np.array([cut.at / self.unit for cut in self.cuts])

    def _division(self, found: Optimum) -> Division:
        """Shares, amounts, and prices of the joint program: the answers' prices by the weights of their cuts."""
        split = self.split
        shares = len(split.sides.row)
        row, sign = self.sides
        price = np.zeros(split.program.matrix.shape[0])
        worth = sign * np.maximum(found.dual[: len(row)], 0.0) * self.unit / split.program.row_scale[row]
        np.add.at(price, row, worth)
        weights = found.dual[len(found.dual) - len(self.cuts) :] if self.cuts else np.zeros(0)
        for cut, weight in zip(self.cuts, weights, strict=True):
            place = split.places[cut.place]
            price[place.rows[: place.own]] += cut.price * max(float(weight), 0.0)
        return Division(
            found.value * self.unit, found.x[:shares] * self.scale, found.x[shares : shares + len(split.outer)], price
        )


def _limited(split: Split) -> tuple[Ints, Ints]:
    """Row and sign of every side of a joining row that has a limit."""
    upper, lower = split.program.row_upper[split.joining], split.program.row_lower[split.joining]
    above, below = split.joining[upper < FREE // 2], split.joining[lower > -FREE // 2]
    sign = np.append(np.ones(len(above), dtype=np.int64), -np.ones(len(below), dtype=np.int64))
    return np.append(above, below).astype(np.int64), sign


def _pairs(split: Split, width: int) -> sp.csr_array:
    """Upper share + (minus the) lower share ≥ 0, for each place and row with both."""
    sides = split.sides
    known: dict[tuple[int, int], int] = {}
    pairs = []
    for k, key in enumerate(zip(sides.place.tolist(), sides.row.tolist(), strict=True)):
        if key in known:
            pairs.append((known[key], k))
        known[key] = k
    column = np.array(pairs, dtype=np.int64).reshape(-1)
    row = np.repeat(np.arange(len(pairs)), 2)
    return sp.csr_array((np.ones(len(column)), (row, column)), shape=(len(pairs), width))


def _most(program: Program, cost: Floats) -> float:
    """What a place can be worth at most: every set its best option, every amount all of it."""
    owner, options = program.set_of_option(), program.options
    best = np.zeros(len(program.set_start) - 1)
    np.maximum.at(best, owner, cost[:options])
    amounts = np.maximum(cost[options:], 0.0) * program.upper[options:]
    total = float(best.sum() + amounts.sum())
    return total if total < 1e15 else np.inf
