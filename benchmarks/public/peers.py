"""The general solvers on the same program: HiGHS, CP-SAT and CBC, each as it comes, with value and bound."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import highspy
import numpy as np
import pulp

from optimizer.program import Ints
from optimizer.solvers.cores.cp_sat import CpSat
from optimizer.solvers.highs import WholeProgram, silent
from optimizer.solvers.highs import passed as passed_to_highs
from optimizer.solvers.pulp_bridge import model_of

WORKERS = 2
Answer = tuple[Ints | None, float]
"""A solution (checked by the caller) and a bound on the maximised cost (inf where there is none)."""


def highs(program: WholeProgram, seconds: float) -> Answer:
    """HiGHS with its default settings, to a gap of zero."""
    solver = silent()
    solver.passModel(passed_to_highs(program, program.low, program.high).getLp())
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.999)  # costs are whole numbers
    solver.setOptionValue("time_limit", seconds)
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, float(info.mip_dual_bound)
    return np.rint(np.asarray(solver.getSolution().col_value)).astype(np.int64), float(info.mip_dual_bound)


def cpsat(program: WholeProgram, seconds: float) -> Answer:
    """CP-SAT with two workers."""
    best: list[Ints] = []
    bounds = [np.inf]
    run = CpSat(program, WORKERS, seed=1)
    run.run(seconds, best.append, bounds.append)
    return (best[-1] if best else None), bounds[-1]


def cbc(program: WholeProgram, seconds: float) -> Answer:
    """CBC through PuLP with two threads; its bound is read from its log."""
    model, columns = model_of(program)
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "log"
        solver = pulp.PULP_CBC_CMD(
            msg=False,
            timeLimit=seconds,
            threads=WORKERS,
            gapRel=0.0,
            gapAbs=0.999,
            logPath=str(log),
            timeMode="elapsed",
        )
        model.solve(solver)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    if model.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return None, cbc_bound(text)
    x = np.array([round(c.value() or 0) for c in columns], dtype=np.int64)
    # PuLP reads a stop at the time limit as optimal; CBC's own line tells them apart
    proven = "Result - Optimal solution found" in text
    return x, float(program.cost @ x) if proven else cbc_bound(text)


def cbc_bound(log: str) -> float:
    """CBC minimises the negated cost; its "Lower bound" turned back, inf where it names none."""
    found = re.findall(r"(?:Lower|Upper) bound:\s+(-?[\d.eE+]+)", log)
    return abs(float(found[-1])) * (-1 if float(found[-1]) > 0 else 1) if found else np.inf


PEERS = {"highs": highs, "cpsat": cpsat, "cbc": cbc}
