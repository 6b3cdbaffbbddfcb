"""HiGHS and CP-SAT side by side on one core, one thread each, exchanging plans and bounds; the first proof ends both."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np

from optimizer.program import Floats, Ints
from optimizer.solvers.cores.cp_sat import CpSat
from optimizer.solvers.highs import TOLERANCE, WholeProgram, passed, silent

LISTEN = 0.005
"""Seconds between two looks at what the others do."""


@dataclass
class Core:
    """A core (maximised, as ``WholeProgram``), and what is known of it: the best solution, a bound, what each solver said.

    ``offer(x, who)`` hands a solution on; ``whole``: costs are multiples of it. ``best`` and ``bound`` are on the
    (maximised) cost; ``empty``: the solver that proved that nothing is left in the core. ``limited``: the core with a limit
    on the cost, for CP-SAT (a limit helps to prove that nothing is there, and hinders the finding of a first plan).
    """

    program: WholeProgram
    offer: Callable[[Ints, str], object]
    whole: int
    seed: int
    seconds: float
    best: Ints | None = None
    limited: WholeProgram | None = None
    value: float = -np.inf
    bound: float = np.inf
    prover: str = ""
    empty: str = ""
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def found(self, x: Ints, who: str) -> None:
        """A solution of one of the solvers; only one that holds every row exactly counts."""
        if len(self.program.broken(x)):
            return
        value = float(self.program.cost @ x)
        with self.lock:
            if value <= self.value:
                return
            self.best, self.value = x, value
        self.offer(x, who)

    def proven(self, bound: float, who: str) -> None:
        """A bound of one of the solvers."""
        with self.lock:
            if bound < self.bound:
                self.bound, self.prover = bound, who

    @property
    def done(self) -> bool:
        """Whether the core is solved: nothing in it, or its best proven."""
        return bool(self.empty) or self.bound < self.value + self.whole - 1e-6


def solve_core(core: Core, stop: Callable[[], bool], enough: Callable[[], bool] = lambda: False) -> None:
    """Run both solvers until the core is done, its seconds are over, ``stop`` asks or ``enough`` is reached."""
    ended = time.perf_counter() + core.seconds
    sat = CpSat(core.program if core.limited is None else core.limited, workers=1, seed=core.seed)
    if core.best is not None:
        sat.hint(core.best)
    threads = [
        threading.Thread(target=_by_highs, args=(core, ended), daemon=True),
        threading.Thread(target=_by_cp_sat, args=(core, sat, ended), daemon=True),
    ]
    for thread in threads:
        thread.start()
    while any(t.is_alive() for t in threads):
        if core.done or stop() or enough() or time.perf_counter() > ended:
            break
        time.sleep(LISTEN)
    core.over.set()
    # a solver inside a long step may not hear at once; what it still finds is nobody's any more
    for thread in threads:
        wait = time.perf_counter() + 1.0
        while thread.is_alive() and time.perf_counter() < wait:
            sat.stop()
            thread.join(0.02)


def _by_cp_sat(core: Core, sat: CpSat, ended: float) -> None:
    if core.over.is_set():
        return
    sat.run(
        ended - time.perf_counter(),
        lambda x: core.found(x, "CP-SAT"),
        lambda bound: core.proven(bound, "CP-SAT"),
    )
    if sat.infeasible and not core.over.is_set():
        core.empty = "CP-SAT"


def _by_highs(core: Core, ended: float) -> None:
    highs = silent()
    program = core.program
    highs.passModel(passed(program, program.low, program.high).getLp())
    highs.setOptionValue("primal_feasibility_tolerance", TOLERANCE)
    highs.setOptionValue("mip_feasibility_tolerance", TOLERANCE)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", core.whole - 1e-3)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", core.seed)
    highs.setOptionValue("time_limit", max(0.1, ended - time.perf_counter()))
    told = [core.value]
    if core.best is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(core.best.astype(np.float64))
        highs.setSolution(solution)

    def watch(event: highspy.HighsCallbackEvent) -> None:
        if core.over.is_set():
            event.interrupt()

    def hear(event: highspy.HighsCallbackEvent) -> None:
        watch(event)
        core.proven(float(event.data_out.mip_dual_bound), "HiGHS")

    def improved(event: highspy.HighsCallbackEvent) -> None:
        x = _whole(event.data_out.mip_solution)
        core.found(x, "HiGHS")
        told[0] = max(told[0], float(core.program.cost @ x))

    def ask(event: highspy.HighsCallbackEvent) -> None:
        with core.lock:
            best, value = core.best, core.value
        if best is not None and value > told[0] and event.data_in is not None:
            told[0] = value
            event.data_in.setSolution(best.astype(np.float64))

    highs.cbMipInterrupt.subscribe(hear)
    highs.cbSimplexInterrupt.subscribe(watch)
    highs.cbIpmInterrupt.subscribe(watch)
    highs.cbMipImprovingSolution.subscribe(improved)
    highs.cbMipUserSolution.subscribe(ask)
    highs.run()
    _concluded(core, highs)


def _concluded(core: Core, highs: highspy.Highs) -> None:
    """What HiGHS ended with."""
    info = highs.getInfo()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible and not core.over.is_set():
        core.empty = "HiGHS"
        return
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        core.found(_whole(np.asarray(highs.getSolution().col_value)), "HiGHS")
    if np.isfinite(info.mip_dual_bound):
        core.proven(float(info.mip_dual_bound), "HiGHS")


def _whole(values: Floats) -> Ints:
    return np.asarray(np.rint(np.asarray(values)), dtype=np.int64)
