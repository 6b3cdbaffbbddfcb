"""Small random whole programs that hold a hidden plan."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, scale_of
from optimizer.solvers.highs import WholeProgram


def random_whole(*seed: int, small: int = 5, large: int = 0, most: int = 10**6) -> WholeProgram:
    """``small`` columns 0 … 3 and ``large`` ones 0 … ``most`` under four rows, one of which joins all columns. Entries of
    small columns are as large as a tenth of what the large ones can be, half of the time."""
    draw = np.random.default_rng(seed)
    upper = np.array([3] * small + [most] * large, dtype=np.int64)
    hidden = np.array([draw.integers(0, u + 1) for u in upper], dtype=np.int64)
    rows = draw.integers(-3, 10, (4, len(upper)))
    rows[:, :small] *= np.where(draw.random((4, small)) < 0.5, 1, max(1, most // 10 if large else 1))
    rows[0] = np.maximum(rows[0], 1)
    matrix = sp.csr_array(rows.astype(np.int64))
    used = matrix @ hidden
    slack = draw.integers(0, 6, 4)
    low = np.where(np.arange(4) == 3, used - slack, -int(FREE)).astype(np.int64)
    return WholeProgram(
        matrix, low, (used + slack).astype(np.int64), scale_of(matrix), upper,
        draw.integers(1, 12, len(upper)).astype(np.float64),
    )  # fmt: skip
