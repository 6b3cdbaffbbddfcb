"""Prices for items in bins: a subgradient climb from afar, then column generation to the top.

The climb follows Polyak's step towards a target above the best bound, with a deflected direction; the target comes
nearer when the bound stalls. Its last replies start the master of the column generation (``columns``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from optimizer.program import Floats
from optimizer.solvers.cores.columns import Columns
from optimizer.solvers.cores.lagrangian import Lagrangian, Reply
from optimizer.solvers.cores.shape import Bins

MEMORY = 60
"""How many of the climb's last replies start the master."""


@dataclass
class Top:
    """The best prices so far and their (exact) bound; ``rounds`` asked."""

    price: Floats
    bound: float = -np.inf
    rounds: int = 0
    replies: list[Reply] = field(default_factory=list)

    def hear(self, price: Floats, reply: Reply) -> bool:
        """Take a reply; whether it is the best."""
        self.rounds += 1
        if reply.bound > self.bound:
            self.bound, self.price = reply.bound, price.copy()
            return True
        return False


def second_cheapest(bins: Bins) -> Floats:
    """Every item's second smallest cost: where the climb starts."""
    order = np.lexsort((bins.cost, bins.item))
    first = np.searchsorted(bins.item[order], np.arange(bins.items))
    size = np.bincount(bins.item, minlength=bins.items)
    return np.asarray(bins.cost[order][first + np.minimum(1, size - 1)], dtype=np.float64)


def climb(problem: Lagrangian, top: Top, rounds: int, stop: Callable[[], bool], reach: float = 0.05) -> None:
    """At most ``rounds`` subgradient steps from ``top``'s prices; ``top`` keeps the best."""
    price, direction, stalled = top.price, np.zeros(problem.bins.items), 0
    for _ in range(rounds):
        reply = problem.ask(price)
        before = top.bound
        better = top.hear(price, reply)
        top.replies = [*top.replies[1 - MEMORY :], reply]
        stalled = 0 if better and top.bound > before + 0.05 * reach * abs(before) else stalled + 1
        if stalled >= 10:
            reach, stalled, price = reach * 0.6, 0, top.price
        miss = 1.0 - reply.taken
        direction = 0.3 * direction + 0.7 * miss if direction.any() else miss
        length = float(direction @ direction)
        if length == 0.0 or reach < 2e-5 or stop():
            return
        price = price + (top.bound + reach * max(1.0, abs(top.bound)) - reply.bound) / length * direction


def refine(problem: Lagrangian, top: Top, most: float, left: Callable[[], float], whole: float) -> float:
    """Column generation with in-out smoothing from ``top``; returns the master's value (≥ every bound to come).

    Ends when bound and value agree, when rounding up (to multiples of ``whole``) cannot gain any more, or when the
    bound exceeds ``most``, or no seconds are ``left``.
    """
    columns = Columns(problem)
    for reply in top.replies:
        columns.take(reply)
    value, asked_master = np.inf, False
    while (seconds := left()) > 0:
        solved = columns.solve(seconds)
        if solved is None:
            break
        value, dual = solved
        done = value - top.bound <= 1e-7 * abs(value)
        if done or rounded(top.bound, whole) >= rounded(value, whole) or top.bound > most:
            break
        asked = dual if asked_master else 0.6 * top.price + 0.4 * dual
        reply = problem.ask(asked)
        better = top.hear(asked, reply)
        added = columns.take(reply)
        if asked_master and not added and not better:
            break
        asked_master = not added and not better
    return value


def rounded(bound: float, whole: float) -> float:
    """The least value a plan can have, given that values are multiples of ``whole``."""
    return float(np.ceil(bound / whole - 1e-6) * whole)
