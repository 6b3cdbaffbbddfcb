"""A whole program to one general solver, stage by stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import scipy.sparse as sp

from optimizer.lagrangian.bound import proven_value
from optimizer.program import FREE, Bools, Floats, Ints, Number, Program, Stage, Vector, group_rows, scale_of
from optimizer.solvers.base import Limits, Outcome, StageOutcome, StageTeller
from optimizer.solvers.highs import WholeProgram
from optimizer.wording import Wording

Kept = Sequence[tuple[Stage, Number]]
"""Earlier stages (or parts of them) with what every later plan is at least worth there."""


@dataclass(frozen=True)
class Found:
    """What a general solver gives back: a solution (or None) and a bound on cost·x (inf where it has none)."""

    x: Vector | None
    bound: float


class WholeSolver(Protocol):
    """A general solver of whole programs. One that cannot be stopped or watched may ignore ``stop`` and ``tell``."""

    def __call__(
        self,
        program: WholeProgram,
        gap: float,
        seconds: float,
        start: Vector | None,
        stop: Callable[[], bool],
        tell: Callable[[float, float], None],
    ) -> Found:
        """The best found within the relative gap or the seconds, from ``start``; ``tell`` hears incumbent and bound."""


def written_out(program: Program, kept: Kept, cost: Floats, bounds: Sequence[Number] = ()) -> WholeProgram:
    """The program with choice sets, whole groups and earlier stages as ordinary rows; ``bounds``: what no plan beats in
    these stages, where given for all of them."""
    groups, group_low, group_high = group_rows(program)
    sets = len(program.set_start) - 1
    owner = program.set_of_option()
    choice = sp.csr_array(
        (np.ones(len(owner), np.int64), (owner, np.arange(len(owner)))), shape=(sets, program.columns)
    )
    earlier = [sp.csr_array(stage.value.reshape(1, -1)) for stage, _ in kept]
    matrix = sp.csr_array(sp.vstack([program.matrix, groups, choice, *earlier], format="csr"))
    best = bounds or [s.sign * int(FREE) for s, _ in kept]
    low = [v if s.sign > 0 else b for (s, v), b in zip(kept, best, strict=True)]
    high = [b if s.sign > 0 else v for (s, v), b in zip(kept, best, strict=True)]
    return WholeProgram(
        matrix,
        np.concatenate([program.row_lower, group_low, np.full(sets, -FREE), limits_of(low)]),
        np.concatenate([program.row_upper, group_high, np.ones(sets, np.int64), limits_of(high)]),
        scale_of(matrix),
        program.upper,
        cost,
        continuous=program.continuous if program.mixed else None,
    )


def with_choices(program: WholeProgram, plan: Vector, options: int) -> WholeProgram:
    """The program with the options as in ``plan``: a row for each option."""
    each = sp.csr_array(sp.eye_array(options, program.matrix.shape[1], dtype=np.int64, format="csr"))
    chosen = plan[:options].astype(np.int64)
    return replace(
        program,
        matrix=sp.csr_array(sp.vstack([program.matrix, each], format="csr")),
        low=np.append(program.low, chosen),
        high=np.append(program.high, chosen),
        scale=np.append(program.scale, np.ones(options)),
    )


def limits_of(values: Sequence[Number]) -> Vector:
    """Limits of kept stages: int64, unless one of them was reached with continuous columns."""
    return np.array(values, dtype=np.float64 if any(isinstance(v, float) for v in values) else np.int64)


def restricted(program: WholeProgram, fixed: Vector, free: Ints) -> WholeProgram:
    """The program over the columns ``free`` (0 in ``fixed``), the others staying at ``fixed``; rows without a free column
    are left out."""
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
        continuous=mask_of(program.continuous, free),
    )


def mask_of(continuous: Bools | None, columns: Ints) -> Bools | None:
    """The mask over some of the columns; None where all of them are whole."""
    return continuous[columns] if continuous is not None and continuous[columns].any() else None


class Ahead(Protocol):
    """Quicker ways than a stage's own search, tried first. A plan that they find is legal and their bounds hold."""

    def ready(self, program: Program, limits: Limits) -> Program:
        """The program with bounds that are quicker to work with and take no legal plan away."""

    def hopeless(self, program: Program, limits: Limits) -> bool:
        """Whether there is provably no plan."""

    def stages(
        self, program: Program, kept: Kept, stages: Sequence[Stage], plan: Vector | None, limits: Limits
    ) -> Leap | None:
        """Optimal values of the first stage, or of several, at once; None where that fails."""

    def start(self, program: Program, kept: Kept, stage: Stage, plan: Vector, limits: Limits) -> Vector:
        """The plan as good as it gets in ``stage`` by the objectives' own amounts alone."""


@dataclass(frozen=True)
class Leap:
    """A plan, bounds that it reaches for as many stages, in order, what else every plan that keeps them is worth, and how
    it was found."""

    x: Vector
    bounds: tuple[Number, ...]
    engine: Wording
    parts: tuple[tuple[Stage, Number], ...] = ()


def solve_directly(
    program: Program, limits: Limits, solver: WholeSolver, name: str, ahead: Ahead | None = None
) -> Outcome | None:  # fmt: skip
    """Every stage by the solver alone, or by what ``ahead`` finds before it; the value is recomputed, the bound is the
    solver's word."""
    kept: list[tuple[Stage, Number]] = []
    outcomes: list[StageOutcome] = []
    plan: Vector | None = None
    if ahead is not None:
        if ahead.hopeless(program, limits):
            return None
        program = ahead.ready(program, limits)
    while len(outcomes) < len(program.stages):
        left = program.stages[len(outcomes) :]
        tell = StageTeller(limits, left[0], len(outcomes), len(program.stages))
        tell(None, None)
        seconds = fair_share(limits, len(left))
        leap = ahead.stages(program, kept, left, plan, limits) if ahead is not None else None
        if leap is None:
            start = plan if ahead is None or plan is None else ahead.start(program, kept, left[0], plan, limits)
            found = _one_stage(program, kept, left[0], start, seconds, limits, solver, tell)
            if found is None:
                return None
            leap = Leap(*found, Wording(zh=f"整体求解（{name}）", en=f"whole program ({name})"))
        plan = leap.x
        took = (time.perf_counter() - tell.began) / len(leap.bounds)
        for stage, bound in zip(left, leap.bounds, strict=False):
            value = program.reached(stage, plan)
            outcomes.append(StageOutcome(stage, value, bound, took, leap.engine))
            StageTeller(limits, stage, len(outcomes) - 1, len(program.stages), tell.began)(value, bound, done=True)
            kept.append((stage, value))
        kept += leap.parts
    return Outcome(plan, tuple(outcomes), limits.over()) if plan is not None else None


def fair_share(limits: Limits, stages: int, together: int = 1) -> float:
    """Seconds for the next of so many stages (or so many ``together``): early ones may take more than an equal share, but leave
    time for the others."""
    return limits.left() * min(1.0, (MORE + together) / (MORE + stages))


ANYTHING = 0.6
"""Of the time that is left, what is spent on any plan at all where the first stage's search finds none."""
MORE = 3
"""The next stage may take as long as this many more of those after it."""


def _one_stage(
    program: Program,
    kept: Kept,
    stage: Stage,
    plan: Vector | None,
    seconds: float,
    limits: Limits,
    solver: WholeSolver,
    tell: StageTeller,
) -> tuple[Vector, tuple[Number, ...]] | None:
    """The better of ``plan`` and what the solver finds, and the bound; None where there is no plan at all."""
    whole = written_out(program, kept, (stage.sign * stage.value).astype(np.float64))
    if stage.given_choices and plan is not None:
        whole = with_choices(whole, plan, program.options)
    found = solver(whole, limits.gap, seconds, plan, limits.over, tell.hear)
    if found.x is not None and (
        plan is None or stage.sign * (program.reached(stage, found.x) - program.reached(stage, plan)) >= 0
    ):
        plan = found.x
    if plan is None and limits.left() > 1.0 and not limits.over():  # any plan at all; a conflict's proof needs time too
        anything = replace(whole, cost=np.zeros(program.columns))
        plan = solver(anything, 1.0, ANYTHING * limits.left(), None, limits.over, lambda value, bound: None).x
    if plan is None:
        return None
    return plan, (proven_bound(program, stage, program.reached(stage, plan), found.bound),)


def proven_bound(program: Program, stage: Stage, value: Number, found: float) -> Number:
    """A solver's bound on sign · value, no better than ``value``, as a whole multiple of what all the stage's values are
    multiples of, where it counts whole columns only; where there is none, what the stage would be worth with everything taken."""
    if not np.isfinite(found):
        best: Number = sum(
            int(v) * int(u) for v, u in zip(stage.sign * stage.value, program.upper, strict=True) if v > 0
        )
    elif isinstance(value, float):
        best = found
    else:
        best = stage.sign * proven_value(program, stage, int(np.floor(found + 1e-6)), 0)
    return stage.sign * max(best, stage.sign * value)
