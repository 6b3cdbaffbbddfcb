"""The LP bound alone by general solvers; every bound is recomputed from the prices that the solver gives."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from ortools.math_opt.python import mathopt

from benchmarks._wholes import UNBOUNDED, mathopt_model
from optimizer.program import FREE, Floats
from optimizer.solvers.highs import WholeProgram, passed

Bounder = Callable[[WholeProgram, float, float], tuple[float, Floats | None, str]]
"""From program, relative tolerance and seconds to the objective it claims, its prices on scaled rows, its word."""


def recomputed(program: WholeProgram, prices: Floats) -> float:
    """The Lagrangian bound that prices on the scaled rows prove, in floating point: valid for any prices of the right
    sign; those of a wrong sign are taken as 0."""
    low, high = program.low / program.scale, program.high / program.scale
    price = np.where((prices < 0) & (program.low <= -FREE // 2), 0.0, prices)
    price = np.where((price > 0) & (program.high >= FREE // 2), 0.0, price)
    scaled = sp.diags_array(1.0 / program.scale) @ program.matrix.astype(np.float64)
    worth = program.cost - price @ scaled
    limits = np.where(price > 0, high, np.where(price < 0, low, 0.0))
    most = np.where(program.upper >= UNBOUNDED, float(UNBOUNDED), program.upper.astype(np.float64))
    return float(price @ limits + most @ np.maximum(worth, 0.0))


def through_highs(solver: str, crossover: str) -> Bounder:
    """HiGHS by simplex or interior point."""

    def solve(program: WholeProgram, tolerance: float, seconds: float) -> tuple[float, Floats | None, str]:
        model = passed(program, program.low, program.high, np.zeros(len(program.upper), dtype=bool))
        for option, value in {
            "presolve": "on", "solver": solver, "run_crossover": crossover, "time_limit": max(0.1, seconds),
            "simplex_strategy": 1, "ipm_optimality_tolerance": tolerance,
        }.items():  # fmt: skip
            model.setOptionValue(option, value)
        model.run()
        word = model.modelStatusToString(model.getModelStatus())
        found = model.getSolution()
        prices = np.asarray(found.row_dual) if found.dual_valid else None
        return float(model.getInfo().objective_function_value), prices, word

    return solve


def pdlp(program: WholeProgram, tolerance: float, seconds: float) -> tuple[float, Floats | None, str]:
    """OR-Tools' first-order method, two threads."""
    model = mathopt.Model.from_model_proto(mathopt_model(program, whole=False))
    asked = mathopt.SolveParameters(time_limit=datetime.timedelta(seconds=max(0.1, seconds)), threads=2)
    criteria = asked.pdlp.termination_criteria.simple_optimality_criteria
    criteria.eps_optimal_relative, criteria.eps_optimal_absolute = tolerance, 1e-6
    result = mathopt.solve(model, mathopt.SolverType.PDLP, params=asked)
    word = result.termination.reason.name
    if not result.has_dual_feasible_solution():
        return np.nan, None, word
    prices = np.zeros(program.matrix.shape[0])
    for row, value in result.dual_values().items():
        prices[row.id] = value
    return float(result.termination.objective_bounds.dual_bound), prices, word


BOUNDERS: dict[str, Bounder] = {
    "highs-simplex": through_highs("simplex", "off"),
    "highs-ipm": through_highs("ipm", "off"),
    "highs-ipm-crossover": through_highs("ipm", "on"),
    "pdlp": pdlp,
}


def bound_of(program: WholeProgram, name: str, tolerance: float, seconds: float) -> dict[str, object]:
    """The recomputed bound by one solver, what it claims, and its word (``bound`` None where it gave no prices)."""
    claimed, prices, word = BOUNDERS[name](program, tolerance, seconds)
    bound = None if prices is None else recomputed(program, prices)
    return {"bound": bound, "claimed": claimed if np.isfinite(claimed) else None, "word": word}
