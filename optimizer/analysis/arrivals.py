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

from optimizer.analysis.standing import Offer, Standing
from optimizer.program import Floats, Ints, Program

GROWTH = 1.35
"""Each interval between two forecasts is about this many times the one before, up to the middle; then they shrink alike."""

FIRST = 0.01
"""The first forecast is made when this share of the households has come."""

TAIL = 12
"""No forecasts any more for the last few households."""

PRESSED = 0.9
"""A target is pressing once it needs this share of the most that those still to come could bring to it."""

CEILING = 2.0**45
"""Goals are weighted so that they come in order, as far as the weights stay below this."""


@dataclass(frozen=True)
class Forecast:
    """What prices are asked for: households that stand for those to come, each for ``weight`` of them, beside the choices
    made (``taken``: their options), what these use of every row, and the limits that are held by now."""

    pool: Ints
    weight: float
    taken: Ints
    used: Ints
    low: Ints
    high: Ints

    @classmethod
    def at(cls, standing: Standing, pool: Ints, weight: float, taken: Sequence[int]) -> Forecast:
        """The forecast to ask for at a moment of a sequence."""
        chosen = np.array(taken, dtype=np.int64)
        return cls(pool, weight, chosen, standing.choices.copy(), standing.low.copy(), standing.high.copy())


@dataclass(frozen=True)
class Prices:
    """One price a row (of one row unit), and what the amounts are to use of each row from now on (None: as before)."""

    price: Floats
    amounts: Ints | None = None


@dataclass(frozen=True)
class Followed:
    """How a sequence went. ``option``: of each choice set (−1: none). ``short``: what is missing of each row's target.
    ``forecasts``: how many were made. ``standing``: what all of it uses."""

    option: Ints
    short: Ints
    forecasts: int
    standing: Standing


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


def by_prices(
    offer: Offer, worth: Floats, order: Sequence[int] | Ints, reprice: Callable[[Forecast], Prices],
    pool: int = 600, seed: int = 1, known: Ints | None = None,
) -> Followed:  # fmt: skip
    """Place the choice sets of ``order`` as they come. ``pool``: at most so many stand for those to come. ``known``: sets
    that are known beforehand to be like those that will come (a survey); without any the first few are placed at no prices."""
    standing, option = Standing(offer), np.full(len(offer.start) - 1, -1, dtype=np.int64)
    price, draw = np.zeros(len(offer.low)), np.random.default_rng(seed)
    count, asked = len(order), np.flatnonzero(offer.asked)
    bring = np.maximum(offer.use[:, asked].toarray(), 0)
    brought, taken, made = np.zeros(len(asked)), list[int](), 0
    stops = set(moments(count).tolist())
    before = np.zeros(0, dtype=np.int64) if known is None else known
    for number, household in enumerate(order):
        if number in stops or (number == 0 and len(before)):
            seen = np.concatenate([before, np.asarray(order[:number], dtype=np.int64)])
            drawn = draw.choice(seen, min(pool, len(seen)), replace=False)
            found = reprice(Forecast.at(standing, drawn, (count - number) / len(drawn), taken))
            price, made = found.price, made + 1
            if found.amounts is not None:
                standing.settle(found.amounts)
        options = offer.options_of(household)
        if len(asked) and options.start < options.stop:
            brought += bring[options].max(axis=0)
        pressing = _pressing(offer, standing, asked, brought / (number + 1), count - number) if len(asked) else None
        best = choice_at(offer, standing, worth, price, options, pressing)
        if best >= 0:
            standing.take(best)
            option[household] = best
            taken.append(best)
    return Followed(option, standing.short(), made, standing)


def greedily(
    offer: Offer, worth: Floats, order: Sequence[int] | Ints, reprice: Callable[[Forecast], Prices] | None = None
) -> Followed:  # fmt: skip
    """What a counter without prices does: each household gets the best of its options that fits. ``reprice``: amounts are
    settled again at the same moments, where the policy has any; its prices are passed over."""
    standing, option = Standing(offer), np.full(len(offer.start) - 1, -1, dtype=np.int64)
    none, taken, made = np.zeros(len(offer.low)), list[int](), 0
    stops = set(moments(len(order)).tolist()) if reprice is not None else set()
    for number, household in enumerate(order):
        if number in stops and reprice is not None:
            seen = np.asarray(order[:number], dtype=np.int64)
            drawn = seen[:: max(1, number // 600)]
            found = reprice(Forecast.at(standing, drawn, (len(order) - number) / len(drawn), taken))
            made += 1
            if found.amounts is not None:
                standing.settle(found.amounts)
        best = choice_at(offer, standing, worth, none, offer.options_of(household), None)
        if best >= 0:
            standing.take(best)
            option[household] = best
            taken.append(best)
    return Followed(option, standing.short(), made, standing)


def choice_at(
    offer: Offer, standing: Standing, worth: Floats, price: Floats, options: slice, pressing: Ints | None
) -> int:
    """The option (its number) with the best value − price × use that fits; −1 where none fits or all are worth less than
    what they use. ``pressing``: rows whose targets press: what adds to one of them comes first."""
    fits = standing.fits(options)
    if not fits.any():
        return -1
    part = offer.use[options]
    net = worth[options] - part @ price
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
