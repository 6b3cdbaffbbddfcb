"""Programs of amounts with many 0/1 switches of which few matter: branching on those alone.

In the relaxation a switch stands at the fraction that its row asks for. Most of them can be raised to 1 at no loss (debts are
returned, needs are met); those that cannot are what there is to decide. So only these are asked to be whole, until all others can be
raised beside them: the bound of that relaxation holds for the whole program, and its solution is one whose switches are all whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import highspy
import numpy as np

from optimizer.program import Bools, Floats, Ints, Vector
from optimizer.solvers.direct import restricted
from optimizer.solvers.highs import TOLERANCE, WholeProgram, passed, run
from optimizer.solvers.large_last import large_last
from optimizer.solvers.whole_highs import Settled, by_highs, step_of

ROUNDS = 8
"""How often switches that cannot be raised are added to those that must be whole."""

RAISED = 6
"""How often switches are raised before what is left counts as not to be raised."""

LOSS = 1e-9
"""Of the value: what counts as no loss."""


def by_switches(
    program: WholeProgram, gap: float, seconds: float, start: Vector | None, stop: Callable[[], bool]
) -> Settled | None:
    """The better of ``start`` and a solution found by its switches, with a bound; None where the relaxation has no solution
    or there is no 0/1 column."""
    began = time.perf_counter()
    binary = program.upper == 1
    if program.continuous is not None or not binary.any():
        return None
    core, bound, whole = np.zeros(len(binary), dtype=bool), np.inf, None
    for _ in range(ROUNDS):
        left = seconds - (time.perf_counter() - began)
        if left <= 0 or stop():
            break
        highs = passed(program, program.low, program.high, core)
        highs.setOptionValue("mip_rel_gap", gap / 10)
        highs.setOptionValue("mip_heuristic_effort", 0.0)
        for heuristic in ("rens", "rins", "root_reduced_cost"):
            highs.setOptionValue(f"mip_heuristic_run_{heuristic}", False)
        run(highs, left / 2, stop)
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        info = highs.getInfo()
        value = float(info.objective_function_value)
        bound = min(bound, float(info.mip_dual_bound) if core.any() else value)
        found = np.asarray(highs.getSolution().col_value)
        whole, failed = _raised(
            program, binary, core, found, value, lambda: stop() or time.perf_counter() - began > seconds
        )
        if not failed.any():
            break
        core |= failed
    if not np.isfinite(bound):
        return None
    best = start
    if whole is not None:
        fixed = np.where(binary, whole, 0).astype(np.int64)
        rest = np.flatnonzero(~binary)
        part, left = restricted(program, fixed, rest), max(1.0, seconds - (time.perf_counter() - began))
        enough = max(gap, 0.4 * step_of(program) / max(1.0, abs(bound)))
        first = large_last(part, enough, left, None, stop, None)
        x = first.x if first is not None else None
        x = by_highs(part, enough, left / 2, None, stop, None).x if x is None else x
        if x is not None:
            fixed[rest] = x
            if not len(program.broken(fixed)) and (best is None or float(program.cost @ (fixed - best)) > 0):
                best = fixed
    return Settled(best, bound)


def _raised(
    program: WholeProgram, binary: Bools, core: Bools, found: Floats, value: float, over: Callable[[], bool]
) -> tuple[Ints | None, Bools]:
    """Switches all whole at (nearly) no loss, the core as found; and those that cannot be raised (or were not, once it is
    ``over``), where that fails."""
    none = np.zeros(len(binary), dtype=bool)
    highs = passed(program, program.low, program.high, none)
    for column in np.flatnonzero(core):
        highs.changeColBounds(int(column), float(np.rint(found[column])), float(np.rint(found[column])))
    least = value - LOSS * max(1.0, abs(value))
    up, at = none.copy(), found
    for _ in range(RAISED):
        split = binary & ~core & ~up & (np.abs(at - np.rint(at)) > TOLERANCE)
        if not split.any():
            return np.where(core | up, np.rint(np.where(up, 1.0, found)), np.rint(at)).astype(np.int64), none
        failed = _fails(highs, np.flatnonzero(split), least, over)
        if len(failed):
            lost = none.copy()
            lost[failed] = True
            return None, lost
        up |= split
        highs.run()
        at = np.asarray(highs.getSolution().col_value)
    return None, split


def _fails(highs: highspy.Highs, columns: Ints, least: float, over: Callable[[], bool]) -> list[int]:
    """Raises the columns that can be raised without the value falling below ``least``; gives back the others, untried ones too.
    Halves are tried together, so that few of many are found in few solves."""
    if over():
        return columns.tolist()
    for column in columns:
        highs.changeColBounds(int(column), 1.0, 1.0)
    highs.run()
    optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    if optimal and highs.getInfo().objective_function_value >= least:
        return []
    for column in columns:
        highs.changeColBounds(int(column), 0.0, 1.0)
    if len(columns) == 1:
        return [int(columns[0])]
    middle = len(columns) // 2
    return [*_fails(highs, columns[:middle], least, over), *_fails(highs, columns[middle:], least, over)]
