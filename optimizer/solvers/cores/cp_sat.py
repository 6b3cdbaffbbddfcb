"""CP-SAT on a whole program, with incumbents and bounds told while it runs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from ortools.sat.python import cp_model

from optimizer.program import FREE, Ints
from optimizer.solvers.highs import WholeProgram


def cp_model_of(program: WholeProgram) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """The program in CP-SAT's words: clauses where a row is one, linear rows otherwise; the cost in whole numbers."""
    model = cp_model.CpModel()
    columns = [model.new_int_var(0, int(u), "") for u in program.upper]
    rows = sp.csr_array(program.matrix)
    binary = program.upper <= 1
    for row in range(rows.shape[0]):
        part = slice(rows.indptr[row], rows.indptr[row + 1])
        index, value = rows.indices[part], rows.data[part]
        _add_row(model, columns, index, value, int(program.low[row]), int(program.high[row]), bool(binary[index].all()))
    cost = np.rint(program.cost).astype(np.int64)
    used = np.flatnonzero(cost)
    model.maximize(cp_model.LinearExpr.weighted_sum([columns[j] for j in used], cost[used].tolist()))
    return model, columns


def _add_row(
    model: cp_model.CpModel, columns: list[cp_model.IntVar], index: Ints, value: Ints, low: int, high: int, binary: bool
) -> None:
    picked = [columns[j] for j in index]
    if binary and len(value) and (value == 1).all() and high == 1 and low in (0, 1):
        (model.add_exactly_one if low == 1 else model.add_at_most_one)(picked)
        return
    if binary and len(value) == 2 and sorted(value.tolist()) == [-1, 1] and high == 0 and low <= -1:
        small, large = (0, 1) if value[0] == 1 else (1, 0)
        model.add_implication(picked[small], picked[large])
        return
    expression = cp_model.LinearExpr.weighted_sum(picked, value.tolist())
    low, high = max(low, -(2**62)), min(high, 2**62)
    if low <= -FREE // 2:
        model.add(expression <= high)
    elif high >= FREE // 2:
        model.add(expression >= low)
    else:
        model.add_linear_constraint(expression, low, high)


class _Hearer(cp_model.CpSolverSolutionCallback):
    """Hands every new solution on."""

    def __init__(self, columns: list[cp_model.IntVar], found: Callable[[Ints], None]) -> None:
        super().__init__()
        self._columns, self._found = columns, found

    def on_solution_callback(self) -> None:
        """CP-SAT's word for a better solution."""
        self._found(np.array([self.value(c) for c in self._columns], dtype=np.int64))


class CpSat:
    """One CP-SAT run that can be stopped from another thread."""

    def __init__(self, program: WholeProgram, workers: int, seed: int) -> None:
        self.model, self.columns = cp_model_of(program)
        self.solver = cp_model.CpSolver()
        self.solver.parameters.num_workers = workers
        self.solver.parameters.random_seed = seed
        self.status = cp_model.UNKNOWN

    def hint(self, x: Ints) -> None:
        """Begin near this solution."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for column, value in zip(self.columns, x, strict=True):
            self.model.add_hint(column, int(value))

    def run(self, seconds: float, found: Callable[[Ints], None], bound: Callable[[float], None]) -> None:
        """Solve for at most ``seconds``; ``found`` hears solutions and ``bound`` bounds on the (maximised) cost."""
        self.solver.parameters.max_time_in_seconds = max(seconds, 0.01)
        self.solver.best_bound_callback = bound
        self.status = self.solver.solve(self.model, _Hearer(self.columns, found))
        if self.status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            found(np.array([self.solver.value(c) for c in self.columns], dtype=np.int64))
            bound(self.solver.best_objective_bound)

    @property
    def infeasible(self) -> bool:
        """Whether the run proved that there is no solution."""
        return bool(self.status == cp_model.INFEASIBLE)

    @property
    def decided(self) -> bool:
        """Whether the run ended with a proof."""
        return bool(self.status in (cp_model.OPTIMAL, cp_model.INFEASIBLE))

    def stop(self) -> None:
        """End the run soon; may be called from any thread."""
        self.solver.stop_search()
