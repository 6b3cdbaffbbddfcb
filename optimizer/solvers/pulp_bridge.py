"""PuLP as the bridge to CBC and to a user's own solver; what comes back is checked exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pulp
import scipy.sparse as sp

from optimizer.program import FREE, Vector
from optimizer.solvers.direct import Found, WholeSolver
from optimizer.solvers.highs import WholeProgram


def model_of(program: WholeProgram, name: str = "plan") -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The program as a PuLP model (maximised), rows scaled."""
    model = pulp.LpProblem(name, pulp.LpMaximize)
    whole = np.ones(len(program.upper), dtype=bool) if program.continuous is None else ~program.continuous
    columns = [
        pulp.LpVariable(
            f"x{j}",
            0,
            None if upper >= 10**12 else int(upper),
            cat=pulp.LpInteger if whole[j] else pulp.LpContinuous,
        )
        for j, upper in enumerate(program.upper)
    ]
    model += pulp.LpAffineExpression([(columns[j], float(program.cost[j])) for j in np.flatnonzero(program.cost)])
    rows = sp.csr_array(program.matrix)
    for row in range(rows.shape[0]):
        part = slice(rows.indptr[row], rows.indptr[row + 1])
        scale = float(program.scale[row])
        terms = [(columns[j], float(v) / scale) for j, v in zip(rows.indices[part], rows.data[part], strict=True)]
        low, high = program.low[row].item(), program.high[row].item()
        if not terms:
            continue
        expression = pulp.LpAffineExpression(terms)
        if low == high:
            model += expression == low / scale
            continue
        if low > -FREE // 2:
            model += expression >= low / scale
        if high < FREE // 2:
            model += expression <= high / scale
    return model, columns


def pulp_solver(name: str) -> WholeSolver:
    """A general solver through PuLP, by PuLP's name (``PULP_CBC_CMD``, ``GUROBI``, ``COPT`` …); once started, it
    is only stopped by its time limit."""

    def solve(
        program: WholeProgram,
        gap: float,
        seconds: float,
        start: Vector | None,
        stop: Callable[[], bool],
        tell: Callable[[float, float], None],
    ) -> Found:
        model, columns = model_of(program)
        model.solve(pulp.getSolver(name, msg=False, gapRel=gap, timeLimit=min(seconds, 1e7)))
        if model.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
            return Found(None, np.inf)
        values = [c.value() for c in columns]
        x = program.rounded(np.array([0.0 if v is None else v for v in values]))
        if len(program.broken(x)) or (x < 0).any() or (x > program.upper).any():
            return Found(None, np.inf)
        value = float(program.cost @ x)
        proven = model.sol_status == pulp.LpSolutionOptimal
        return Found(x, value + gap * abs(value) if proven else np.inf)

    return solve
