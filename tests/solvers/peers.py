"""Second formulations of a program, straight from what ``Program`` says, for HiGHS, CP-SAT and CBC.

They share no solving code with ``optimizer.solvers``: rows are not scaled, a whole-group column is held set by set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import highspy
import numpy as np
import pulp
from ortools.sat.python import cp_model

from optimizer.program import FREE, Program, Stage, Vector
from optimizer.solvers.base import Outcome

UNLIMITED = 10**12
"""Columns from here on have no upper bound for a solver in floating point."""


class NoAnswer(RuntimeError):
    """The peer neither found an optimum nor proved that there is no plan."""


@dataclass(frozen=True)
class Line:
    """low ≤ Σ entries · x ≤ high; None: no limit."""

    entries: dict[int, int]
    low: float | None
    high: float | None


def lines(program: Program) -> Iterator[Line]:
    """Everything that a plan must hold, beside the columns' bounds."""
    dense = program.matrix.toarray()
    for row in range(dense.shape[0]):
        entries = {int(j): int(dense[row, j]) for j in np.flatnonzero(dense[row])}
        low, high = int(program.row_lower[row]), int(program.row_upper[row])
        yield Line(entries, None if low <= -FREE else low, None if high >= FREE else high)
    start = program.set_start
    for s in range(len(start) - 1):
        yield Line(dict.fromkeys(range(start[s], start[s + 1]), 1), None, 1)
    groups = program.groups
    if groups is None:
        return
    for group in np.unique(groups.group):
        yield Line({int(j): 1 for j in groups.column[groups.group == group]}, None, 1)
    for column, group, at in zip(groups.column, groups.group, groups.at, strict=True):
        for s in np.flatnonzero(groups.group_of_set == group):
            early = [j for j in range(start[s], start[s + 1]) if groups.level[j] <= at]
            yield Line({int(column): 1, **dict.fromkeys(early, -1)}, None, 0)


Solve = Callable[[Program, Stage, list[Line], Vector], float | int | None]


def values(program: Program, solve: Solve, ours: Outcome | None) -> list[float | int] | None:
    """The value of every stage, in order; None where there is no plan.

    Every stage is given what our outcome reached in the earlier ones (each of which was compared before), and a stage over
    the amounts alone is given our outcome's options.
    """
    held, reached = list(lines(program)), []
    for number, stage in enumerate(program.stages):
        own = held
        if stage.given_choices and ours is not None:
            own = [*held, *(Line({j: 1}, float(ours.x[j]), float(ours.x[j])) for j in range(program.options))]
        value = solve(program, stage, own, program.upper)
        if value is None or ours is None:
            return None if value is None else [value]
        reached.append(value)
        kept = ours.stages[number].value
        entries = {int(j): int(stage.value[j]) for j in np.flatnonzero(stage.value)}
        held.append(Line(entries, kept, None) if stage.sign > 0 else Line(entries, None, kept))
    return reached


def by_cpsat(program: Program, stage: Stage, held: list[Line], upper: Vector) -> int | None:
    """CP-SAT, exact in whole numbers."""
    model = cp_model.CpModel()
    x = [model.new_int_var(0, int(u), f"x{j}") for j, u in enumerate(upper)]
    for line in held:
        low = -(2**62) if line.low is None else int(line.low)
        high = 2**62 if line.high is None else int(line.high)
        if not line.entries:
            if low > 0 or high < 0:
                return None
            continue
        if low > high:
            return None
        total = cp_model.LinearExpr.weighted_sum([x[j] for j in line.entries], list(line.entries.values()))
        model.add_linear_constraint(total, low, high)
    worth = cp_model.LinearExpr.weighted_sum(x, stage.value.tolist())
    (model.maximize if stage.sign > 0 else model.minimize)(worth)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 60
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None
    if status != cp_model.OPTIMAL:
        raise NoAnswer(f"CP-SAT: {solver.status_name(status)}")
    taken = [solver.value(v) for v in x]
    return sum(int(v) * t for v, t in zip(stage.value, taken, strict=True))


def by_highs(program: Program, stage: Stage, held: list[Line], upper: Vector) -> float | int | None:
    """HiGHS, rows as they are; without presolve where presolve finds no plan."""
    for presolve in ("on", "off"):
        highs = _highs_model(program, stage, held, upper)
        highs.setOptionValue("presolve", presolve)
        highs.run()
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            x = np.asarray(highs.getSolution().col_value)
            return _value(program, stage, x)
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    raise NoAnswer(f"HiGHS: {highs.modelStatusToString(status)}")


def _highs_model(program: Program, stage: Stage, held: list[Line], upper: Vector) -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    for name in ("mip_rel_gap", "mip_abs_gap"):
        highs.setOptionValue(name, 0.0)
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"):
        highs.setOptionValue(name, 1e-9)
    highs.setOptionValue("time_limit", 60.0)
    free = np.zeros(program.columns, dtype=bool) if program.continuous is None else program.continuous
    for j, most in enumerate(upper):
        highs.addCol(float(stage.value[j]), 0.0, np.inf if most >= UNLIMITED else float(most), 0, [], [])
        if not free[j]:
            highs.changeColIntegrality(j, highspy.HighsVarType.kInteger)
    highs.changeObjectiveSense(highspy.ObjSense.kMaximize if stage.sign > 0 else highspy.ObjSense.kMinimize)
    for line in held:
        low = -np.inf if line.low is None else float(line.low)
        high = np.inf if line.high is None else float(line.high)
        columns, entries = np.array(list(line.entries), np.int32), np.array(list(line.entries.values()), np.float64)
        highs.addRow(low, high, len(columns), columns, entries)
    return highs


def by_cbc(program: Program, stage: Stage, held: list[Line], upper: Vector) -> float | int | None:
    """CBC through PuLP, rows as they are."""
    free = np.zeros(program.columns, dtype=bool) if program.continuous is None else program.continuous
    model = pulp.LpProblem("peer", pulp.LpMaximize if stage.sign > 0 else pulp.LpMinimize)
    x = [
        pulp.LpVariable(
            f"x{j}", 0, None if u >= UNLIMITED else int(u), pulp.LpContinuous if free[j] else pulp.LpInteger
        )
        for j, u in enumerate(upper)
    ]
    model += pulp.lpSum(int(stage.value[j]) * x[j] for j in range(len(x)))
    for line in held:
        if not line.entries:
            if (line.low or 0) > 0 or (line.high or 0) < 0:
                return None
            continue
        total = pulp.LpAffineExpression([(x[j], v) for j, v in line.entries.items()])
        if line.low is not None:
            model += total >= line.low
        if line.high is not None:
            model += total <= line.high
    model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0, timeLimit=60))
    if model.sol_status == pulp.LpSolutionOptimal:
        return _value(program, stage, np.array([v.value() or 0.0 for v in x]))
    if model.status == pulp.LpStatusInfeasible:
        return None
    raise NoAnswer(f"CBC: {pulp.LpStatus[model.status]}")


def _value(program: Program, stage: Stage, x: Vector) -> float | int:
    """Recomputed: an int where only whole columns count."""
    free = np.zeros(program.columns, dtype=bool) if program.continuous is None else program.continuous
    whole = np.where(free, x, np.rint(x))
    if not stage.value[free].any():
        return int(stage.value @ np.where(free, 0, whole).astype(np.int64))
    return float(stage.value @ whole)
