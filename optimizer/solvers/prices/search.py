"""Search for prices: master and pricing in turn, until value and bound agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.program import Floats, Ints
from optimizer.solvers.prices.master import Master, MasterStuck
from optimizer.solvers.prices.pricing import Answer
from optimizer.solvers.prices.problem import StageProblem


@dataclass(frozen=True)
class Prices:
    """Where the search ended: best prices and bound, the master's value, what it still lacks of legality."""

    price: Floats
    bound: float
    value: float
    shortfall: float
    rounds: int


def blocks_of(problem: StageProblem, size: int) -> Ints:
    """Units put together in order until a block has ``size`` sets."""
    sets_of_unit = np.bincount(problem.pricing.unit, minlength=problem.pricing.units)
    return np.asarray((np.cumsum(sets_of_unit) - sets_of_unit) // max(size, 1), dtype=np.int64)


def compact(blocks: Ints) -> Ints:
    """Block numbers without holes."""
    return np.unique(blocks, return_inverse=True)[1].astype(np.int64)


def search(
    problem: StageProblem,
    master: Master,
    cost: Floats,
    start: Floats | None,
    gap: float,
    rounds: int,
    stop: Callable[[], bool],
) -> Prices:
    """Column generation with in-out smoothing (Wentges): prices asked are ``weight`` of the best so far
    plus the rest of the master's duals."""
    best_price = problem.sign_correct(start if start is not None else np.zeros(master.rows))
    best_bound, value, done = np.inf, -np.inf, 0
    asked = best_price
    for number in range(rounds):
        answer, bound = ask(problem, asked, cost)
        if bound < best_bound:
            best_bound, best_price = bound, asked
        master.take(answer)
        done = number + 1
        try:
            value, dual, _ = master.solve()
        except MasterStuck:
            break
        if best_bound - value <= gap * max(1.0, abs(best_bound)) or stop():
            break
        weight = 0.5 if number < 6 else 0.3
        asked = problem.sign_correct(weight * best_price + (1 - weight) * dual)
        if number % 10 == 9:
            master.drop(8)
            try:
                value, dual, _ = master.solve()
            except MasterStuck:
                break
    return Prices(best_price, best_bound, value, master.shortfall(), done)


def ask(problem: StageProblem, price: Floats, cost: Floats) -> tuple[Answer, float]:
    """The sets' reply at a price, and the Lagrangian bound it proves."""
    reduced = problem.reduced(price, cost)
    answer = problem.answer(reduced)
    return answer, problem.bound(price, reduced, answer)
