"""Households come one by one and are placed at once and for ever, by prices of what is short; prices are found again as
people come.

At prices p for the limits a household gets the option with the best value − p·use that still fits, or none where all are
worth less than what they use. Prices come from a forecast: those seen so far stand for those still to come, under what is left (prices learned from what was seen:
Agrawal, Wang and Ye 2014; what is left decided again and again: Jasin and Kumar 2012; placing at expected prices: Ahani, Gölz,
Procaccia, Teytelboym and Trapp 2024). They are sought at growing intervals, and again at shrinking ones towards the end, where a
target can still be missed. Nothing here solves: the forecast is asked of ``reprice``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.analysis.clearing import Clearing
from optimizer.analysis.standing import Offer, Standing
from optimizer.program import Floats, Ints, Program

GROWTH = 1.35
"""Each interval between two forecasts is about this many times the one before, up to the middle; then they shrink alike."""

FIRST = 0.01
"""The first forecast is made when this share of the households has come."""

TAIL = 12
"""No forecasts any more for the last few households."""

FEW = 150
"""A forecast stands on so many households, as far as there are any."""

PRESSED = 0.9
"""A target is pressing once it needs this share of the most that those still to come could bring to it."""

CEILING = 2.0**45
"""Goals are weighted so that they come in order, as far as the weights stay below this."""


@dataclass(frozen=True)
class Forecast:
    """What prices are asked for: households that stand for those to come, each for ``weight`` of them, beside the choices
    made (``taken``: their options), what these use of every row, and the limits that are held by now. ``cleared``: columns of groups
    cleared whole by now, and ``chance``: which share of the groups may be expected to be."""

    pool: Ints
    weight: float
    taken: Ints
    used: Ints
    low: Ints
    high: Ints
    cleared: Ints
    chance: float


@dataclass(frozen=True)
class Prices:
    """One price a row (of one row unit), and what the amounts are to use of each row from now on (None: as before)."""

    price: Floats
    amounts: Ints | None = None


@dataclass(frozen=True)
class Followed:
    """How a sequence went. ``option``: of each choice set (−1: none). ``short``: what is missing of each row's target.
    ``forecasts``: how many were made. ``standing``: what all of it uses. ``cleared``: columns of groups cleared whole."""

    option: Ints
    short: Ints
    forecasts: int
    standing: Standing
    cleared: Ints


def worth_of(program: Program) -> Ints:
    """One worth for each option: the goals over the choices, the earlier weighing more than the most by which later ones
    can differ for one household (as far as ``CEILING``)."""
    many = program.options
    total, weight = np.zeros(many, dtype=np.int64), 1
    for stage in reversed([s for s in program.stages if not s.given_choices]):
        value = stage.sign * stage.value[:many]
        total += weight * value
        spread = int(max(value.max(initial=0), 0) - min(value.min(initial=0), 0))
        if weight * (1 + spread) * (1 + spread) < CEILING:
            weight *= 1 + spread
    return total


def moments(count: int) -> Ints:
    """After how many of ``count`` households prices are sought (0: before the first, where something is known by then)."""
    found, at, step = [], max(2.0, FIRST * count), max(2.0, FIRST * count)
    while at < count / 2:
        found.append(int(at))
        step *= GROWTH
        at += min(step, count / 16)
    later = [count - at for at in found]
    return np.unique([at for at in [*found, count // 2, *later] if 0 < at <= count - TAIL]).astype(np.int64)


class Counter:
    """Where households come to: what was decided by now, and at which prices the next is."""

    def __init__(self, offer: Offer, worth: Floats, program: Program | None, start: Ints | None = None) -> None:
        """``start``: a legal plan of ``program`` to go on from, one number a column (None: nothing yet)."""
        self.offer, self.worth = offer, worth
        self.standing = Standing(offer)
        self.option = np.full(len(offer.start) - 1, -1, dtype=np.int64)
        self.price = np.zeros(len(offer.low))
        self.taken: list[int] = []
        self.clearing = None if program is None or program.groups is None else Clearing(program)
        self.forecasts = 0
        self._whole = np.zeros(0 if self.clearing is None else len(self.clearing.columns))
        if start is not None and program is not None:
            self._begin(program, start)

    def _begin(self, program: Program, start: Ints) -> None:
        """Goes on from a plan."""
        choices, amounts = start.copy(), start.copy()
        choices[program.options :], amounts[: program.options] = 0, 0
        self.taken = np.flatnonzero(choices).tolist()
        self.option[program.set_of_option()[self.taken]] = self.taken
        self.standing = Standing(self.offer, program.matrix @ amounts, program.matrix @ choices)
        if self.clearing is not None:
            whole = self.clearing.columns
            self.clearing.begin(self.option, whole[start[whole] > 0])

    def serve(self, household: int, pressing: Ints | None) -> None:
        """One household, at once and for ever."""
        options = self.offer.options_of(household)
        lead = 0.0 if self.clearing is None else self.clearing.lead(household, options, self._whole)
        best = choice_at(self.offer, self.standing, self.worth, self.price, options, pressing, lead)
        if best >= 0:
            self.standing.take(best)
            self.option[household] = best
            self.taken.append(best)
        column = -1 if self.clearing is None else self.clearing.step(household, best)
        if self.clearing is not None and column >= 0:
            use = self.clearing.use
            part = slice(int(use.indptr[column]), int(use.indptr[column + 1]))
            if self.standing.add(use.indices[part], use.data[part]):
                self.clearing.cleared.append(int(self.clearing.columns[column]))

    def ask(self, pool: Ints, weight: float, reprice: Callable[[Forecast], Prices], priced: bool = True) -> None:
        """Prices (and amounts) from a forecast."""
        standing, clearing = self.standing, self.clearing
        cleared = np.array([] if clearing is None else clearing.cleared, dtype=np.int64)
        chance = 0.0 if clearing is None else clearing.chance
        found = reprice(
            Forecast(
                pool, weight, np.array(self.taken, dtype=np.int64), standing.choices.copy(), standing.low.copy(),
                standing.high.copy(), cleared, chance,
            )
        )  # fmt: skip
        self.forecasts += 1
        if found.amounts is not None:
            standing.settle(found.amounts)
        if priced:
            self.price = found.price
            self._whole = np.zeros(0) if clearing is None else -(clearing.use @ found.price)

    def followed(self) -> Followed:
        """What came of it."""
        cleared = np.array([] if self.clearing is None else self.clearing.cleared, dtype=np.int64)
        return Followed(self.option, self.standing.short(), self.forecasts, self.standing, cleared)


def by_prices(
    offer: Offer, worth: Floats, order: Sequence[int] | Ints, reprice: Callable[[Forecast], Prices],
    pool: int = 600, seed: int = 1, known: Ints | None = None, program: Program | None = None, start: Ints | None = None,
) -> Followed:  # fmt: skip
    """Place the choice sets of ``order`` as they come. ``pool``: at most so many stand for those to come. ``known``: sets
    that are known beforehand to be like those that will come (a survey); without any the first few are placed at no prices.
    ``program``: where it has groups that count whole. ``start``: a plan of it to go on from (``Counter``)."""
    counter, draw = Counter(offer, worth, program, start), np.random.default_rng(seed)
    count, asked = len(order), np.flatnonzero(offer.asked)
    bring = np.maximum(offer.use[:, asked].toarray(), 0)
    brought, stops = np.zeros(len(asked)), set(moments(count).tolist())
    before = np.zeros(0, dtype=np.int64) if known is None else known
    for number, household in enumerate(order):
        if number in stops or (number == 0 and len(before)):
            drawn = _standing_for(before, np.asarray(order[:number], dtype=np.int64), pool, draw)
            counter.ask(drawn, (count - number) / len(drawn), reprice)
        options = offer.options_of(household)
        if len(asked) and options.start < options.stop:
            brought += bring[options].max(axis=0)
        mean, left = brought / (number + 1), count - number
        counter.serve(household, _pressing(offer, counter.standing, asked, mean, left) if len(asked) else None)
    return counter.followed()


def _standing_for(known: Ints, seen: Ints, pool: int, draw: np.random.Generator) -> Ints:
    """Who stands for those to come: those known beforehand that have not come yet, as these are like them in whatever order
    people come; where they are few, the last that came beside them; where none was known, all that came."""
    left = known[~np.isin(known, seen)]
    if len(known) and len(left) < FEW:
        left = np.concatenate([left, seen[len(seen) - min(len(seen), FEW - len(left)) :]])
    among = left if len(known) else seen
    return draw.choice(among, min(pool, len(among)), replace=False)


def greedily(
    offer: Offer, worth: Floats, order: Sequence[int] | Ints, reprice: Callable[[Forecast], Prices] | None = None,
    program: Program | None = None, start: Ints | None = None,
) -> Followed:  # fmt: skip
    """What a counter without prices does: each household gets the best of its options that fits. ``reprice``: amounts are
    settled again at the same moments, where the policy has any; its prices are passed over."""
    counter = Counter(offer, worth, program, start)
    stops = set(moments(len(order)).tolist()) if reprice is not None else set()
    for number, household in enumerate(order):
        if number in stops and reprice is not None:
            drawn = np.asarray(order[:number], dtype=np.int64)[:: max(1, number // 600)]
            counter.ask(drawn, (len(order) - number) / len(drawn), reprice, priced=False)
        counter.serve(household, None)
    return counter.followed()


def choice_at(
    offer: Offer, standing: Standing, worth: Floats, price: Floats, options: slice, pressing: Ints | None,
    lead: Floats | float = 0.0,
) -> int:  # fmt: skip
    """The option (its number) with the best value − price × use that fits; −1 where none fits or all are worth less than
    what they use. ``pressing``: rows whose targets press: what adds to one of them comes first. ``lead``: what each option is
    worth beside its value."""
    fits = standing.fits(options)
    if not fits.any():
        return -1
    part = offer.use[options]
    net = worth[options] - part @ price + lead
    helps = np.zeros(len(net), dtype=bool)
    if pressing is not None and len(pressing):
        helps = (np.asarray(part[:, pressing].sum(axis=1)).ravel() > 0) & fits
    among = helps if helps.any() else fits & (net > 0)
    if not among.any():
        return -1
    return options.start + int(np.argmax(np.where(among, net, -np.inf)))


def _pressing(offer: Offer, standing: Standing, asked: Ints, mean: Floats, left: int) -> Ints:
    """Targets that need most of what those still to come could bring."""
    need = offer.low[asked] - standing.choices[asked] - standing.amounts[asked]
    return asked[(need > 0) & (need >= PRESSED * mean * left)]
