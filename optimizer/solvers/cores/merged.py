"""Equal rows merged: "at least one" of a rule and "at most one" of a choice set become "exactly one"."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from optimizer.solvers.highs import WholeProgram


def merged(program: WholeProgram) -> WholeProgram:
    """The same program with rows of equal entries put together (the tighter of their limits holds)."""
    matrix = sp.csr_array(program.matrix)
    matrix.sort_indices()
    first: dict[tuple[bytes, bytes], int] = {}
    group = np.zeros(matrix.shape[0], dtype=np.int64)
    for row, (start, end) in enumerate(zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)):
        entries = (matrix.indices[start:end].tobytes(), matrix.data[start:end].tobytes())
        group[row] = first.setdefault(entries, row)
    kept, member = np.unique(group, return_inverse=True)
    low = np.full(len(kept), np.iinfo(np.int64).min)
    high = np.full(len(kept), np.iinfo(np.int64).max)
    np.maximum.at(low, member, program.low)
    np.minimum.at(high, member, program.high)
    return replace(program, matrix=matrix[kept], low=low, high=high, scale=program.scale[kept])
