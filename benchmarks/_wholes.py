"""General solvers on one whole program; building the model in the solver's own language counts as its time."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
import pulp
import scipy.sparse as sp
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from optimizer.program import FREE, Floats, Ints
from optimizer.solvers.highs import WholeProgram, passed
from optimizer.solvers.pulp_bridge import model_of

MOST = 2**62  # activities of CP-SAT must stay below
UNBOUNDED = 10**12


@dataclass(frozen=True)
class Answer:
    """What a solver gives back: values as they come (None: no plan), its bound on cost·x (inf: none), its own word."""

    x: Floats | None
    bound: float
    word: str


Solver = Callable[[WholeProgram, float, float], Answer]


def highs(program: WholeProgram, gap: float, seconds: float) -> Answer:
    """HiGHS's MIP from arrays, with presolve."""
    began = time.perf_counter()
    model = passed(program, program.low, program.high, presolve=True)
    model.setOptionValue("mip_rel_gap", gap)
    model.setOptionValue("time_limit", max(0.1, seconds - (time.perf_counter() - began)))
    model.run()
    info = model.getInfo()
    word = model.modelStatusToString(model.getModelStatus())
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Answer(None, float(info.mip_dual_bound), word)
    return Answer(np.asarray(model.getSolution().col_value), float(info.mip_dual_bound), word)


def through_pulp(name: str) -> Solver:
    """A solver by PuLP's name. PuLP tells no bound; a proven optimum proves value · (1 + gap)."""

    def solve(program: WholeProgram, gap: float, seconds: float) -> Answer:
        began = time.perf_counter()
        model, columns = model_of(program)
        left = seconds - (time.perf_counter() - began)
        if left <= 0:
            return Answer(None, np.inf, "the time was over before PuLP had built the model")
        model.solve(pulp.getSolver(name, msg=False, gapRel=gap, timeLimit=left))
        word = pulp.LpSolution[model.sol_status]
        # After "Not Solved" and the like a value can still be read, so the status decides.
        if model.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
            return Answer(None, np.inf, word)
        x = np.array([c.value() or 0.0 for c in columns])
        value = float(program.cost @ x)
        # A time limit can read as "optimal" in PuLP's HiGHS: a proof only counts where time was left.
        proven = model.sol_status == pulp.LpSolutionOptimal and time.perf_counter() - began < seconds
        return Answer(x, value + gap * abs(value) if proven else np.inf, word)

    return solve


def mathopt_model(program: WholeProgram, whole: bool = True) -> model_pb2.ModelProto:
    """The program as MathOpt's message (rows scaled, in order of rows as it demands)."""
    rows, columns = program.matrix.shape
    matrix = sp.csr_array(sp.diags_array(1.0 / program.scale) @ program.matrix.astype(np.float64))
    matrix.sort_indices()
    model = model_pb2.ModelProto()
    variables, limits, entries = model.variables, model.linear_constraints, model.linear_constraint_matrix
    variables.ids.extend(range(columns))
    variables.lower_bounds.extend([0.0] * columns)
    variables.upper_bounds.extend(np.where(program.upper >= UNBOUNDED, np.inf, program.upper).tolist())
    variables.integers.extend([whole] * columns)
    model.objective.maximize = True
    used = np.flatnonzero(program.cost)
    model.objective.linear_coefficients.ids.extend(used.tolist())
    model.objective.linear_coefficients.values.extend(program.cost[used].tolist())
    limits.ids.extend(range(rows))
    limits.lower_bounds.extend(np.where(program.low <= -FREE // 2, -np.inf, program.low / program.scale).tolist())
    limits.upper_bounds.extend(np.where(program.high >= FREE // 2, np.inf, program.high / program.scale).tolist())
    entries.row_ids.extend(np.repeat(np.arange(rows), np.diff(matrix.indptr)).tolist())
    entries.column_ids.extend(matrix.indices.tolist())
    entries.coefficients.extend(matrix.data.tolist())
    return model


def scip(program: WholeProgram, gap: float, seconds: float) -> Answer:
    """SCIP through OR-Tools' MathOpt."""
    began = time.perf_counter()
    model = mathopt.Model.from_model_proto(mathopt_model(program))
    left = max(0.1, seconds - (time.perf_counter() - began))
    asked = mathopt.SolveParameters(time_limit=datetime.timedelta(seconds=left), relative_gap_tolerance=gap)
    result = mathopt.solve(model, mathopt.SolverType.GSCIP, params=asked)
    word = f"{result.termination.reason.name} {result.termination.limit.name if result.termination.limit else ''}"
    bound = float(result.termination.objective_bounds.dual_bound)
    if not result.has_primal_feasible_solution():
        return Answer(None, bound, word.strip())
    values = result.variable_values()
    x = np.zeros(program.matrix.shape[1])
    for variable, value in values.items():
        x[variable.id] = value
    return Answer(x, bound, word.strip())


def cpsat_model(program: WholeProgram) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """The program for CP-SAT in whole numbers as they are. Raises ``OverflowError`` where a row could leave int64."""
    if not np.array_equal(program.cost, np.rint(program.cost)):
        raise OverflowError("the objective is not in whole numbers, which CP-SAT needs")
    most = np.minimum(program.upper, UNBOUNDED).astype(np.float64)
    reach = max((abs(program.matrix.astype(np.float64)) @ most).max(initial=0.0), float(np.abs(program.cost) @ most))
    if reach >= MOST:
        raise OverflowError(f"a row can reach {reach:.3g}, beyond the whole numbers of CP-SAT (2^62)")
    model = cp_model.CpModel()
    columns = [model.new_int_var(0, int(u), "") for u in np.minimum(program.upper, UNBOUNDED)]
    rows = sp.csr_array(program.matrix)
    for row in np.flatnonzero(np.diff(rows.indptr)):
        part = slice(rows.indptr[row], rows.indptr[row + 1])
        left = cp_model.LinearExpr.weighted_sum([columns[j] for j in rows.indices[part]], rows.data[part].tolist())
        low, high = int(max(program.low[row], -MOST)), int(min(program.high[row], MOST))
        model.add_linear_constraint(left, low, high)
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, program.cost.astype(np.int64).tolist()))
    return model, columns


def cpsat(program: WholeProgram, gap: float, seconds: float) -> Answer:
    """CP-SAT with two workers."""
    began = time.perf_counter()
    model, columns = cpsat_model(program)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.relative_gap_limit = gap
    solver.parameters.max_time_in_seconds = max(0.1, seconds - (time.perf_counter() - began))
    status = solver.solve(model)
    word = solver.status_name(status)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, float(solver.best_objective_bound), word)
    return Answer(np.array(solver.values(columns), dtype=float), float(solver.best_objective_bound), word)


WHOLE: dict[str, Solver] = {
    "highs": highs, "cbc": through_pulp("PULP_CBC_CMD"), "pulp-highs": through_pulp("HiGHS"), "scip": scip,
    "cpsat": cpsat,
}  # fmt: skip


def rounded(x: Floats) -> Ints:
    """The whole numbers that a solver's floats stand for."""
    return np.rint(x).astype(np.int64)
