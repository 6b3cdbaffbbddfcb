"""Reduced-cost fixing: what no plan of at most a given cost can use, or do without."""

from __future__ import annotations

import numpy as np

from optimizer.solvers.cores.lagrangian import Reach
from optimizer.solvers.cores.shape import Bins


def narrowed(bins: Bins, reach: Reach, most: float) -> Bins:
    """The bins as every plan of cost ≤ ``most`` sees them: options, open and closed bins that ``reach`` decides.

    An option goes where every plan with it costs more than ``most``; an item's other options go where every plan without
    one of them does; a bin is open (closed) where every plan without (with) it costs more.
    """
    state = bins.state.copy()
    free = state < 0
    state[free & (reach.closed > most)] = 1
    state[free & (reach.open > most)] = 0
    keep = (reach.within <= most) & (state[bins.bin] != 0)
    needed = reach.without > most
    decided = np.zeros(bins.items, dtype=bool)
    decided[bins.item[needed]] = True
    return bins.kept(keep & (~decided[bins.item] | needed), state)


def cutoff_for(bins: Bins, reach: Reach, options: int) -> float:
    """The least cost at which about so many options stay."""
    if options >= len(reach.within):
        return float("inf")
    return float(np.partition(reach.within, options)[options])
