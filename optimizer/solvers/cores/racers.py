"""HiGHS and CP-SAT as racers: each in a thread of its own, on a part of the program, with one thread of work.

Both let go of Python's lock while they work and ask for it a few hundred times a second at most. Plans go both ways between
HiGHS and the race; CP-SAT begins near the best plan and tells its own.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod

import highspy
import numpy as np

from optimizer.program import Floats, Ints
from optimizer.solvers.cores.cp_sat import CpSat
from optimizer.solvers.cores.race import Part, Race
from optimizer.solvers.highs import TOLERANCE, passed, silent


class Racer(threading.Thread, ABC):
    """A solver on a ``part`` until it is done, ``seconds`` are over or it is asked to ``stop``; ``who`` tells its plans."""

    who = ""

    def __init__(self, race: Race, part: Part, seconds: float, seed: int) -> None:
        super().__init__(name=f"optimizer-{self.who}")
        self.race, self.part, self.seed = race, part, seed
        self.until = time.perf_counter() + seconds
        self.over, self.decided = threading.Event(), False
        self.start()

    def run(self) -> None:
        """The thread's work; what goes wrong is the race's to tell."""
        try:
            self.work()
        except BaseException as failure:  # whatever it is, the waiting side raises it
            self.race.fail(failure)
        finally:
            self.race.news.set()

    @abstractmethod
    def work(self) -> None:
        """Solve the part."""

    def stop(self) -> None:
        """End, and wait for the end: nothing runs on behind a caller's back."""
        self.over.set()
        while self.is_alive():
            self.interrupt()
            self.join(0.02)

    def interrupt(self) -> None:
        """Make the solver look at ``over``."""

    def found(self, x: Ints) -> None:
        """A solution of the part."""
        self.race.offer(self.part.plan(x), self.who)

    def proven(self, bound: float) -> None:
        """A bound on the part's (maximised) cost."""
        self.part.proven(bound, self.race, self.who)


class HighsRacer(Racer):
    """HiGHS: hears of the race's plans while it runs."""

    who = "HiGHS"

    def work(self) -> None:
        """Solve the part."""
        highs, race, program = silent(), self.race, self.part.program
        highs.passModel(passed(program, program.low, program.high).getLp())
        for name, value in (
            ("primal_feasibility_tolerance", TOLERANCE), ("mip_feasibility_tolerance", TOLERANCE), ("mip_rel_gap", 0.0),
            ("mip_abs_gap", race.whole - 1e-3), ("random_seed", self.seed),
            ("time_limit", max(0.05, self.until - time.perf_counter())),
        ):  # fmt: skip
            highs.setOptionValue(name, value)
        told: list[int | None] = [None]
        start = self._start()
        if start is not None:
            told[0] = race.value
            solution = highspy.HighsSolution()
            solution.col_value = list(start)
            highs.setSolution(solution)

        def watch(event: highspy.HighsCallbackEvent) -> None:
            if self.over.is_set() or race.ended:
                event.interrupt()
            self.proven(float(event.data_out.mip_dual_bound))

        def improved(event: highspy.HighsCallbackEvent) -> None:
            x = whole_numbers(event.data_out.mip_solution)
            self.found(x)
            told[0] = race.value

        def ask(event: highspy.HighsCallbackEvent) -> None:
            if race.value != told[0] and event.data_in is not None:
                told[0], better = race.value, self._start()
                if better is not None:
                    event.data_in.setSolution(better)

        highs.cbMipInterrupt.subscribe(watch)
        highs.cbMipImprovingSolution.subscribe(improved)
        highs.cbMipUserSolution.subscribe(ask)
        highs.run()
        self._conclude(highs)

    def _start(self) -> Floats | None:
        """The race's plan as HiGHS takes it, where it is in the part."""
        with self.race.lock:
            plan = self.race.plan
        x = None if plan is None else self.part.solution(plan)
        return None if x is None else x.astype(np.float64)

    def _conclude(self, highs: highspy.Highs) -> None:
        info, status = highs.getInfo(), highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            self.decided = True
            self.part.empty(self.race, self.who)
            return
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            self.found(whole_numbers(np.asarray(highs.getSolution().col_value)))
        self.proven(float(info.mip_dual_bound))
        self.decided = status == highspy.HighsModelStatus.kOptimal


class SatRacer(Racer):
    """CP-SAT with one worker, from the race's plan where it is in the part."""

    who = "CP-SAT"

    def work(self) -> None:
        """Solve the part."""
        self.sat = sat = CpSat(self.part.program, workers=1, seed=self.seed)
        with self.race.lock:
            plan = self.race.plan
        start = None if plan is None else self.part.solution(plan)
        if start is not None:
            sat.hint(start)
        if self.over.is_set() or self.race.ended:
            return
        sat.run(self.until - time.perf_counter(), self.found, self.proven)
        self.decided = sat.decided
        if sat.infeasible:
            self.part.empty(self.race, self.who)

    def interrupt(self) -> None:
        """CP-SAT is told directly."""
        sat = getattr(self, "sat", None)
        if sat is not None:
            sat.stop()


def whole_numbers(values: Floats) -> Ints:
    """A solver's solution, rounded."""
    return np.asarray(np.rint(values), dtype=np.int64)
