"""A whole program to one general solver, stage by stage."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Program, Stage, group_rows, scale_of
from optimizer.progress import Progress
from optimizer.solvers.base import Limits, Outcome, StageOutcome
from optimizer.solvers.highs import WholeProgram
from optimizer.wording import Wording


@dataclass(frozen=True)
class Found:
    """What a general solver gives back: a whole solution (or None) and a bound on cost·x (inf where it has none)."""

    x: Ints | None
    bound: float


WholeSolver = Callable[[WholeProgram, float, float, Ints | None], Found]
"""(program, relative gap, seconds, start) → what was found."""


def written_out(program: Program, kept: list[tuple[Stage, int]], cost: Floats) -> WholeProgram:
    """The program with choice sets, whole groups and earlier stages as ordinary rows."""
    groups, group_low, group_high = group_rows(program)
    sets = len(program.set_start) - 1
    owner = program.set_of_option()
    choice = sp.csr_array(
        (np.ones(len(owner), np.int64), (owner, np.arange(len(owner)))), shape=(sets, program.columns)
    )
    earlier = [sp.csr_array(stage.value.reshape(1, -1)) for stage, _ in kept]
    matrix = sp.csr_array(sp.vstack([program.matrix, groups, choice, *earlier], format="csr"))
    low = [v if s.sign > 0 else -int(FREE) for s, v in kept]
    high = [int(FREE) if s.sign > 0 else v for s, v in kept]
    return WholeProgram(
        matrix,
        np.concatenate([program.row_lower, group_low, np.full(sets, -FREE), np.array(low, np.int64)]),
        np.concatenate([program.row_upper, group_high, np.ones(sets, np.int64), np.array(high, np.int64)]),
        scale_of(matrix),
        program.upper,
        cost,
    )


def restricted(program: WholeProgram, fixed: Ints, free: Ints) -> WholeProgram:
    """The program over the columns ``free``, the others staying at ``fixed``."""
    given = program.matrix @ fixed
    part = sp.csr_array(sp.csc_array(program.matrix)[:, free])
    touched = np.flatnonzero(np.diff(part.indptr))
    return WholeProgram(
        part[touched],
        np.where(program.low > -FREE // 2, program.low - given, program.low)[touched],
        np.where(program.high < FREE // 2, program.high - given, program.high)[touched],
        program.scale[touched],
        program.upper[free],
        program.cost[free],
    )


def solve_directly(program: Program, limits: Limits, solver: WholeSolver, name: str) -> Outcome | None:
    """Every stage by the solver alone; the value is recomputed exactly, the bound is the solver's word."""
    kept: list[tuple[Stage, int]] = []
    outcomes: list[StageOutcome] = []
    plan: Ints | None = None
    for number, stage in enumerate(program.stages):
        began = time.perf_counter()
        whole = written_out(program, kept, (stage.sign * stage.value).astype(np.float64))
        share = limits.left() / 2 if number + 1 < len(program.stages) else limits.left()
        found = solver(whole, limits.gap, share, plan)
        plan = found.x if found.x is not None else plan
        if plan is None:
            return None
        value = int(stage.value @ plan)
        proven = stage.sign * found.bound
        limit = np.floor(proven + 1e-6) if stage.sign > 0 else np.ceil(proven - 1e-6)
        best = (
            int(stage.sign * np.abs(stage.value).astype(np.float64) @ np.minimum(program.upper, 10**6))
            if not np.isfinite(limit)
            else int(limit)
        )
        bound = max(best, value) if stage.sign > 0 else min(best, value)
        engine = Wording(zh=f"整体求解（{name}）", en=f"whole program ({name})")
        outcomes.append(StageOutcome(stage, value, bound, time.perf_counter() - began, engine))
        limits.report(
            Progress(
                stage=number + 1, stages=len(program.stages), title=stage.title, sense="max" if stage.sign > 0 else "min",
                incumbent=value + stage.base, bound=bound + stage.base, gap=outcomes[-1].gap, unit=stage.unit, seconds=outcomes[-1].seconds,
            )
        )  # fmt: skip
        kept.append((stage, value))
    return Outcome(plan, tuple(outcomes), limits.over()) if plan is not None else None
