"""One model, from the same arrays to a solver-ready model, by each library; and our whole build from tables."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pulp
import scipy.sparse as sp
from ortools.math_opt.python import mathopt

from benchmarks._measure import peak_mb, write_answer
from benchmarks._peers import program_of
from benchmarks._wholes import cpsat_model, mathopt_model
from optimizer import load
from optimizer.build import build
from optimizer.program import FREE
from optimizer.solvers.highs import WholeProgram, passed, silent
from optimizer.solvers.pulp_bridge import model_of

Size = tuple[int, int, int]
"""Rows, columns, entries of what was built."""


def arrays(program: WholeProgram) -> Size:
    """Ours: the arrays handed to HiGHS, as the engine does it."""
    model = passed(program, program.low, program.high)
    return model.getNumRow(), model.getNumCol(), model.getNumNz()


def bare_arrays(program: WholeProgram) -> Size:
    """The shortest way there is: scaled arrays to highspy's ``passModel``, without the engine's own layer."""
    scaled = sp.csc_array(sp.diags_array(1.0 / program.scale) @ program.matrix.astype(np.float64))
    rows, columns = scaled.shape
    most = np.where(program.upper >= 10**12, np.inf, program.upper.astype(np.float64))
    low = np.where(program.low <= -FREE // 2, -np.inf, program.low / program.scale)
    high = np.where(program.high >= FREE // 2, np.inf, program.high / program.scale)
    model = silent()
    model.passModel(columns, rows, scaled.nnz, 1, -1, 0.0, program.cost, np.zeros(columns), most, low, high,
                    scaled.indptr.astype(np.int32), scaled.indices.astype(np.int32), scaled.data,
                    np.ones(columns, dtype=np.int32))  # fmt: skip
    return model.getNumRow(), model.getNumCol(), model.getNumNz()


def pulp_affine(program: WholeProgram) -> Size:
    """PuLP, one LpAffineExpression of pairs a row."""
    return pulp_size(model_of(program)[0])


def pulp_dicts(program: WholeProgram) -> Size:
    """PuLP as its guides write it: ``LpVariable.dicts`` and ``lpSum`` over terms."""
    model = pulp.LpProblem("plan", pulp.LpMaximize)
    x = pulp.LpVariable.dicts("x", range(len(program.upper)), 0, cat=pulp.LpInteger)
    for j, upper in enumerate(program.upper):
        x[j].upBound = None if upper >= 10**12 else int(upper)
    model += pulp.lpSum(float(program.cost[j]) * x[j] for j in np.flatnonzero(program.cost).tolist())
    entries = sp.coo_array(program.matrix)
    of_row: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row, column, value in zip(entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True):
        of_row[row].append((column, value))
    for row, terms in of_row.items():
        scale = float(program.scale[row])
        total = pulp.lpSum(value / scale * x[column] for column, value in terms)
        low, high = int(program.low[row]), int(program.high[row])
        if low == high:
            model += total == low / scale
            continue
        if low > -FREE // 2:
            model += total >= low / scale
        if high < FREE // 2:
            model += total <= high / scale
    return pulp_size(model)


def pulp_size(model: pulp.LpProblem) -> Size:
    """Rows, columns and entries of a PuLP model."""
    return len(model.constraints), len(model.variables()), sum(len(c) for c in model.constraints.values())


def math_opt(program: WholeProgram) -> Size:
    """OR-Tools' MathOpt from a ModelProto of arrays."""
    model = mathopt.Model.from_model_proto(mathopt_model(program))
    return model.get_num_linear_constraints(), model.get_num_variables(), program.matrix.nnz


def cp_sat(program: WholeProgram) -> Size:
    """CP-SAT, one ``weighted_sum`` a row."""
    model, columns = cpsat_model(program)
    return len(model.proto.constraints), len(columns), program.matrix.nnz


BUILDERS: dict[str, Callable[[WholeProgram], Size]] = {
    "prices": arrays, "arrays": bare_arrays, "pulp": pulp_affine, "pulp-dicts": pulp_dicts, "mathopt": math_opt, "cpsat": cp_sat
}  # fmt: skip


def run_build(job: dict[str, Any]) -> None:
    """One build; for "tables" the instance stays in memory and everything after reading counts."""
    began = time.perf_counter()
    if job["solver"] == "tables":
        instance = load(job["folder"])
        gc.collect()
        before, start = peak_mb(), time.perf_counter()
        program = build(instance).program
        size: Size = (program.matrix.shape[0], program.columns, program.matrix.nnz)
    else:
        whole, _ = program_of(job["folder"])
        gc.collect()
        before, start = peak_mb(), time.perf_counter()
        size = BUILDERS[job["solver"]](whole)
    now = time.perf_counter()
    write_answer(job, status="complete", stages=[], value=None, bound=None, gap=None, solve_seconds=now - start,
                 seconds=now - began, peak_before_mb=before, rows=size[0], columns=size[1], entries=size[2])  # fmt: skip
