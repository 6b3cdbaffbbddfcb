"""The bound of items in bins: a price for each item's "exactly once", a 0/1 knapsack for each bin.

With prices λ, one a item, every plan costs at least
    L(λ) = Σ_j λ_j + min over sets of open bins Σ_b (opening_b − max Σ_{j in b} (λ_j − cost_jb)),
the open bins having room for everything, or being exactly so many (see ``opening``). Prices are multiples of a power of two
so small that every sum below is exact in double precision: L(λ) is proven, not approximated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.program import Floats
from optimizer.solvers.cores.knapsacks import NEVER, Knapsacks
from optimizer.solvers.cores.opening import Opening
from optimizer.solvers.cores.shape import Bins


@dataclass(frozen=True)
class Reply:
    """The bins' answer to prices: the bound, the filling of every bin (bool, one an option), each bin's term (opening −
    worth), which bins are open, and how often each item is taken by them."""

    bound: float
    filling: np.ndarray  # type: ignore[type-arg]
    term: Floats
    open: np.ndarray  # type: ignore[type-arg]
    taken: Floats


@dataclass(frozen=True)
class Reach:
    """Lower bounds on every plan (``bound``), on those with an option (``within``) or without it (``without``), and on
    those with a bin ``open`` or ``closed``."""

    bound: float
    within: Floats
    without: Floats
    open: Floats
    closed: Floats

    def joined(self, other: Reach) -> Reach:
        """The better bound of the two, everywhere."""
        return Reach(
            max(self.bound, other.bound),
            np.maximum(self.within, other.within),
            np.maximum(self.without, other.without),
            np.maximum(self.open, other.open),
            np.maximum(self.closed, other.closed),
        )


class Lagrangian:
    """Asks the bins; keeps their tables' shape at hand."""

    def __init__(self, bins: Bins) -> None:
        self.bins, self.knapsacks, self.opening = bins, Knapsacks(bins), Opening(bins)
        largest = float(np.abs(bins.cost).sum() + np.abs(bins.opening).sum()) + 1.0
        self.step = 2.0 ** np.ceil(np.log2(largest) - 50)

    def exact(self, price: Floats) -> Floats:
        """The prices as multiples of the step."""
        return np.asarray(np.rint(price / self.step) * self.step)

    def ask(self, price: Floats) -> Reply:
        """The bins' answer to ``price`` (made exact first)."""
        bins, price = self.bins, self.exact(price)
        best, filling = self.knapsacks.best(price[bins.item] - bins.cost)
        term = bins.opening - best
        total, opened = self.opening.best(term)
        taken = np.bincount(bins.item[filling & opened[bins.bin]], minlength=bins.items).astype(np.float64)
        return Reply(float(price.sum()) + total, filling, term, opened, taken)

    def reach(self, price: Floats) -> Reach:
        """What every option and bin would cost at least, in or out.

        An item taken by one bin leaves the bins that are certainly open, which lifts the bound of its option further.
        """
        bins, price = self.bins, self.exact(price)
        best, put, out = self.knapsacks.forced(price[bins.item] - bins.cost)
        term = bins.opening - best
        opened = self.opening.forced(term)
        base, owner = float(price.sum()), bins.bin
        rest = base + opened.with_bin[owner] - term[owner]
        within = np.where(put > NEVER / 2, rest + bins.opening[owner] - put, np.inf)
        lost = np.where(bins.state[owner] == 1, best[owner] - out, 0.0)
        within += np.bincount(bins.item, weights=lost, minlength=bins.items)[bins.item] - lost
        without = np.minimum(base + opened.without[owner], rest + bins.opening[owner] - out)
        return Reach(base + opened.total, within, without, base + opened.with_bin, base + opened.without)
