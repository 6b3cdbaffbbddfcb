"""HiGHS, silent and stoppable: a program handed over in scaled floating point."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Bools, Floats, Ints, Vector, oversteps

TOLERANCE = 1e-6
"""Feasibility tolerance on scaled rows. Every solution is checked in whole numbers afterwards, and rows that it breaks are
tightened."""

COLUMNWISE, MAXIMISE = int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMaximize)

COARSE = 100.0
"""How much further rows of money and area are scaled down where presolve is wanted: its coefficient strengthening goes
on until what is left of a row is small against the tolerance, which for such rows can be for ever."""


SMALLEST, FINEST = 1e-12, 1e11
"""HiGHS takes entries below ``SMALLEST`` (1e-9, if it is not told otherwise) as 0, without a word, and a row of money with a large
constant then says something else. No row is scaled so far down that its smallest entry falls below 1 / ``FINEST``."""


@dataclass(frozen=True)
class WholeProgram:
    """maximise cost·x + offset, low ≤ A x ≤ high, 0 ≤ x ≤ upper, x whole but for ``continuous`` columns (None: all whole).

    Exact int64 with row scales; limits that keep an earlier stage over continuous columns make ``low`` and ``high`` float64.
    """

    matrix: sp.csr_array
    low: Vector
    high: Vector
    scale: Floats
    upper: Ints
    cost: Floats
    offset: float = 0.0
    continuous: Bools | None = None

    def oversteps(self, x: Vector) -> tuple[Vector, Vector]:
        """By how much ``x`` is under and over each row's limits: see ``optimizer.program.oversteps``."""
        return oversteps(self.matrix, self.low, self.high, self.scale, x, self.continuous)

    def broken(self, x: Vector) -> Ints:
        """Rows that ``x`` breaks: exactly, or by more than the tolerance where they have continuous columns."""
        under, over = self.oversteps(x)
        return np.flatnonzero((under > 0) | (over > 0))

    def contradicted(self) -> bool:
        """Whether a row's limits exclude each other, or a row without entries asks for something."""
        empty = np.diff(self.matrix.indptr) == 0
        return bool((self.low > self.high).any() or (self.low[empty] > 0).any() or (self.high[empty] < 0).any())

    def rounded(self, x: Floats) -> Vector:
        """A solver's values as a plan: whole columns rounded, continuous ones within their bounds."""
        whole = np.rint(x)
        if self.continuous is None:
            return whole.astype(np.int64)
        return np.where(self.continuous, np.clip(x, 0.0, self.upper), whole)


_banner = threading.Lock()
_shown = False


def silent() -> highspy.Highs:
    """A HiGHS instance that prints nothing, not even the notice that the first one of a process writes to standard
    output (where a caller may expect JSON)."""
    global _shown
    with _banner:
        if _shown:
            highs = highspy.Highs()  # type: ignore[no-untyped-call]
        else:
            highs, _shown = _without_notice(), True
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("threads", 1)  # the same plan whatever the number of cores
    if highs.run() == highspy.HighsStatus.kError:
        # Somebody else has used HiGHS with more threads in this process; it then refuses any other number than theirs.
        highs.setOptionValue("threads", 0)
    return highs


def _without_notice() -> highspy.Highs:
    """The first instance, with the process's standard output turned away while it is made."""
    try:
        kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    except OSError:
        return highspy.Highs()  # type: ignore[no-untyped-call]
    try:
        os.dup2(nowhere, 1)
        return highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def run(
    highs: highspy.Highs,
    seconds: float,
    stop: Callable[[], bool],
    tell: Callable[[float, float], None] | None = None,
) -> None:
    """Solve for at most ``seconds`` or until ``stop``. ``tell`` hears incumbent and bound about once a second."""
    highs.setOptionValue("time_limit", float(min(max(seconds, 0.1), 1e7)))
    heard = [time.perf_counter()]

    def watch(event: highspy.HighsCallbackEvent) -> None:
        if stop():
            event.interrupt()
        elif tell is not None and time.perf_counter() - heard[0] > 1.0:
            heard[0] = time.perf_counter()
            tell(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)

    highs.cbMipInterrupt.subscribe(watch)
    highs.run()


def _smallest(matrix: sp.csr_array) -> Floats:
    """The smallest absolute entry of each row (inf for an empty one)."""
    found = np.full(matrix.shape[0], np.inf)
    by_row = sp.csr_array(matrix)
    filled = np.flatnonzero(np.diff(by_row.indptr))
    if len(filled):
        size = np.abs(by_row.data).astype(np.float64)
        found[filled] = np.minimum.reduceat(np.where(size > 0, size, np.inf), by_row.indptr[:-1][filled])
    return found


def passed(
    program: WholeProgram,
    low: Vector,
    high: Vector,
    whole: Bools | None = None,
    presolve: bool = False,
) -> highspy.Highs:
    """The program handed to HiGHS in scaled floating point. ``presolve`` pays only where branching will be long.
    ``whole``: the columns that must be whole (None: all that are not continuous)."""
    coarse = presolve and program.continuous is None
    scale = np.where(program.scale > 1, program.scale * COARSE, program.scale) if coarse else program.scale
    scale = np.minimum(scale, FINEST * _smallest(program.matrix))
    scaled = sp.csc_array(sp.diags_array(1.0 / scale) @ program.matrix.astype(np.float64))
    rows, columns = scaled.shape
    wanted = np.ones(columns, dtype=bool) if whole is None else whole
    if program.continuous is not None:
        wanted = wanted & ~program.continuous
    highs = silent()
    highs.setOptionValue("primal_feasibility_tolerance", TOLERANCE)
    highs.setOptionValue("mip_feasibility_tolerance", TOLERANCE)
    highs.setOptionValue("presolve", "on" if presolve else "off")
    highs.setOptionValue("mip_root_presolve_only", True)
    highs.setOptionValue("small_matrix_value", SMALLEST)
    highs.passModel(
        columns, rows, scaled.nnz, COLUMNWISE, MAXIMISE, program.offset,
        np.asarray(program.cost, dtype=np.float64), np.zeros(columns),
        np.where(program.upper >= 10**12, highspy.kHighsInf, program.upper.astype(np.float64)),
        np.where(low <= -FREE // 2, -highspy.kHighsInf, low / scale),
        np.where(high >= FREE // 2, highspy.kHighsInf, high / scale),
        scaled.indptr.astype(np.int32), scaled.indices.astype(np.int32), scaled.data, wanted.astype(np.int32),
    )  # fmt: skip
    return highs
