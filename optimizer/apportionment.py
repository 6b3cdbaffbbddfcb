"""Division of whole units by need: the named methods, exact, with floors and caps.

``total`` units go to keys with weights (needs) w. The fair share of a key is what it would get if units could be cut:
``total`` · w / Σw, held between its floor and its cap, what that takes away or adds being shared by the others in
proportion (``fair_shares``). A method says how fair shares become whole numbers. Everything is whole numbers and
fractions: no share depends on how a float was rounded. Source: M. L. Balinski and H. P. Young, *Fair Representation:
Meeting the Ideal of One Man, One Vote*, 1982.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

Method = Literal["largest_remainder", "webster", "jefferson", "adams", "huntington_hill", "leximin"]
METHODS: tuple[Method, ...] = get_args(Method)

_PRIORITY: dict[str, Callable[[int, int], tuple[Fraction, int]]] = {
    "webster": lambda k, w: (Fraction(2 * k + 1, w), 0),
    "jefferson": lambda k, w: (Fraction(k + 1, w), 0),
    "adams": lambda k, w: (Fraction(k, w), 0),
    "huntington_hill": lambda k, w: (Fraction(k * (k + 1), w * w), 0),
    "leximin": lambda k, w: (Fraction(k, w), w),
}
"""The smaller, the sooner a key of weight w that has k units gets one more."""


@dataclass(frozen=True)
class Division:
    """Who gets how much. ``shares``: whole units, in the order of the weights. ``fair``: the fair shares."""

    shares: tuple[int, ...]
    fair: tuple[Fraction, ...]

    @property
    def off_quota(self) -> tuple[int, ...]:
        """Positions whose share is not the fair share rounded down or up (the quota property fails there)."""
        return off_quota(self.shares, self.fair)


def off_quota(shares: Sequence[int], fair: Sequence[Fraction]) -> tuple[int, ...]:
    """Positions at which a share is below its lower or above its upper quota: a whole unit or more from the fair share."""
    return tuple(i for i, (x, q) in enumerate(zip(shares, fair, strict=True)) if abs(x - q) >= 1)


def fair_shares(
    total: int, weights: Sequence[int], floors: Sequence[int] | None = None, caps: Sequence[int] | None = None
) -> tuple[Fraction, ...]:
    """For each key max(floor, min(cap, λ·weight)), with the one λ at which they add up to ``total``.

    ``weights`` are above 0; ``floors`` default to 0, ``caps`` to ``total``. Raises ``ValueError`` where the floors
    are more than ``total`` together, the caps less, or a floor lies above its cap.

    >>> [str(q) for q in fair_shares(10, [5, 3, 2], floors=[0, 0, 4])]
    ['15/4', '9/4', '4']
    """
    low, high = _bounds(total, weights, floors, caps)
    keys = range(len(weights))
    marks = sorted({Fraction(b[i], weights[i]) for b in (low, high) for i in keys})

    def given(rate: Fraction) -> Fraction:
        return sum((max(Fraction(low[i]), min(Fraction(high[i]), rate * weights[i])) for i in keys), Fraction(0))

    at, over = 0, len(marks) - 1  # the last mark gives every key its cap: at least ``total``
    while at < over:
        middle = (at + over) // 2
        at, over = (at, middle) if given(marks[middle]) >= total else (middle + 1, over)
    rate = marks[at]
    moving = [i for i in keys if at and low[i] <= marks[at - 1] * weights[i] and rate * weights[i] <= high[i]]
    if moving and given(rate) != total:
        moved = sum(weights[i] for i in moving)
        rate -= (given(rate) - total) / moved
    return tuple(max(Fraction(low[i]), min(Fraction(high[i]), rate * weights[i])) for i in keys)


def divide(
    total: int,
    weights: Sequence[int],
    method: Method,
    floors: Sequence[int] | None = None,
    caps: Sequence[int] | None = None,
    order: Sequence[int] | None = None,
) -> Division:
    """``total`` units divided by ``method``; the shares add up to ``total`` exactly.

    ``largest_remainder`` (Hamilton): fair shares rounded down, what is left to the largest remainders. The divisor methods
    hand out unit after unit, starting from the floors, each to the key whose priority comes first:
    ``webster`` (Sainte-Laguë) (2k + 1)/w, ``jefferson`` (d'Hondt) (k + 1)/w, ``adams`` k/w, ``huntington_hill`` √(k(k + 1))/w
    for a key that has k. ``leximin`` makes the worst-off key (least k/w) as well off as can be, then the second worst, …:
    Adams, with ties for the smaller weight. Other ties go to the smaller ``order`` (a public lottery's numbers; default: the
    order of the keys). Raises ``ValueError`` as ``fair_shares`` does.

    >>> [divide(10, [60, 26, 14], m).shares for m in ("largest_remainder", "jefferson", "adams")]
    [(6, 3, 1), (6, 3, 1), (5, 3, 2)]
    """
    low, high = _bounds(total, weights, floors, caps)
    fair = fair_shares(total, weights, floors, caps)
    first = list(order) if order is not None else list(range(len(weights)))
    if method == "largest_remainder":
        return Division(_largest_remainders(total, fair, first), fair)
    priority = _PRIORITY[method]
    shares = list(low)
    queue = [(priority(k, w), first[i], i) for i, (k, w) in enumerate(zip(shares, weights, strict=True)) if k < high[i]]
    heapq.heapify(queue)
    for _ in range(total - sum(shares)):
        i = heapq.heappop(queue)[2]
        shares[i] += 1
        if shares[i] < high[i]:
            heapq.heappush(queue, (priority(shares[i], weights[i]), first[i], i))
    return Division(tuple(shares), fair)


def losers(
    total: int,
    weights: Sequence[int],
    method: Method,
    floors: Sequence[int] | None = None,
    caps: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """Positions that get less of ``total`` + 1 units than of ``total``: where there are any, house monotonicity fails (the
    Alabama paradox). Divisor methods have none; largest remainders can. ``caps`` that leave no room for one more unit:
    none.

    >>> losers(10, [60, 26, 14], "webster"), losers(10, [6, 6, 2], "largest_remainder")
    ((), (2,))
    """
    if caps is not None and sum(caps) <= total:
        return ()
    now = divide(total, weights, method, floors, caps).shares
    more = divide(total + 1, weights, method, floors, caps).shares
    return tuple(i for i, (x, y) in enumerate(zip(now, more, strict=True)) if y < x)


def _largest_remainders(total: int, fair: Sequence[Fraction], first: Sequence[int]) -> tuple[int, ...]:
    shares = [q.numerator // q.denominator for q in fair]
    by_remainder = sorted(range(len(fair)), key=lambda i: (shares[i] - fair[i], first[i]))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return tuple(shares)


def _bounds(
    total: int, weights: Sequence[int], floors: Sequence[int] | None, caps: Sequence[int] | None
) -> tuple[list[int], list[int]]:
    low = [0] * len(weights) if floors is None else list(floors)
    high = [max(total, f) for f in low] if caps is None else list(caps)
    if not weights or min(weights) <= 0 or min(low) < 0:
        raise ValueError("weights must be above 0 and floors at least 0")
    if any(f > c for f, c in zip(low, high, strict=True)):
        raise ValueError("a floor lies above its cap")
    if not sum(low) <= total <= sum(high):
        raise ValueError(f"{total} units do not fit between floors of {sum(low)} and caps of {sum(high)} in all")
    return low, high
