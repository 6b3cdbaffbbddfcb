"""HiGHS as a general solver of a whole program."""

from __future__ import annotations

import numpy as np

from optimizer.program import Ints
from optimizer.solvers.direct import Found
from optimizer.solvers.highs import WholeProgram, exact_with_bound


def highs_solver(program: WholeProgram, gap: float, seconds: float, start: Ints | None) -> Found:
    """See ``exact_with_bound``."""
    x, bound = exact_with_bound(program, gap, min(seconds, 1e7), start)
    return Found(x, bound if np.isfinite(bound) else np.inf)
