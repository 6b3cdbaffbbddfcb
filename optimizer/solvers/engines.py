"""The engines by name: prices for choice sets, HiGHS for everything small, PuLP for a user's own solver."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from importlib import metadata

import pulp

from optimizer.errors import OptimizerError
from optimizer.kinds import nearest
from optimizer.program import Floats, Program
from optimizer.solvers.ahead import Shortcuts
from optimizer.solvers.base import Limits, Outcome
from optimizer.solvers.conflict import Conflict, find_conflict
from optimizer.solvers.cores.engine import solve_cores
from optimizer.solvers.direct import WholeSolver, solve_directly
from optimizer.solvers.large_last import highs_solver
from optimizer.solvers.prices.lexicographic import solve_stages
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.pulp_bridge import pulp_solver
from optimizer.solvers.separate import by_separate_parts
from optimizer.solvers.whole_highs import FEW_COLUMNS
from optimizer.wording import Wording


class Engine(ABC):
    """A way to solve a whole program, stage by stage. ``reason``: why this one runs."""

    name: str
    reason: Wording

    @abstractmethod
    def solve(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """The best plan found with its bounds and the reason for who found it, or None."""

    def conflict(self, program: Program, limits: Limits) -> Conflict | None:
        """Proof that no legal plan exists, or None where that is not proven."""
        return find_conflict(program, limits)


class PriceEngine(Engine):
    """Prices for choice sets (``optimizer.solvers.prices``); where they do not fit or find nothing, HiGHS."""

    name = "prices"

    def __init__(self, reason: Wording) -> None:
        self.reason = reason

    def solve(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """See ``solve_stages``. The plan of a small program is given to HiGHS whole where it breaks a row or is missing."""
        if program.mixed or not program.options:
            return explained(
                solve_directly(program, limits, by_separate_parts(highs_solver), "highs", Shortcuts()),
                reason_for(program),
            )
        settings = _settings(program, limits)
        small = program.options <= settings.closed_at_most
        outcome = solve_stages(program, limits, lottery, settings)
        if small and not limits.over() and (outcome is None or program.faults(outcome.x)):
            patience = limits.allow(2 * settings.closing_seconds)  # HiGHS already had its time on the first stage
            within = replace(limits, seconds=time.perf_counter() - limits.began + patience)
            return explained(solve_directly(program, within, highs_solver, "highs"), INSTEAD)
        return explained(outcome, self.reason)


def _settings(program: Program, limits: Limits) -> Settings:
    """The method's knobs for the program: where HiGHS closes the whole of it anyway, less time for prices and parts."""
    settings = Settings()
    if program.options <= settings.closed_at_most and limits.gap < NO_GAP:
        settings.rounds = FEW_ROUNDS
    if program.columns <= FEW_COLUMNS:
        settings.finish_seconds, settings.repair_seconds, settings.repairs = 2.0, 1.0, 1
    return settings


NO_GAP = 1e-7
FEW_ROUNDS = 25
"""Below ``NO_GAP`` prices have no gap to stop at, and their rounds go on to the limit; small programs are closed by HiGHS."""

INSTEAD = Wording(
    "价格导向法没有得到合法方案，改由 HiGHS 整体求解", "prices found no legal plan: the whole program to HiGHS instead"
)
ASKED = Wording("按指定", "asked for by name")


class CoreEngine(Engine):
    """Prices, fixing and two solvers on the core, for hard pure problems (``optimizer.solvers.cores``)."""

    name = "cores"

    def solve(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """See ``solve_cores``. Programs with continuous columns go to HiGHS whole."""
        if program.mixed:
            return explained(solve_directly(program, limits, highs_solver, "highs"), reason_for(program))
        return explained(solve_cores(program, limits), ASKED)


class DirectEngine(Engine):
    """The whole program, as it is, to one solver."""

    def __init__(self, name: str, solver: WholeSolver, reason: Wording = ASKED) -> None:
        self.name, self.solver, self.reason = name, solver, reason

    def solve(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """See ``solve_directly``."""
        solver, ahead = by_separate_parts(self.solver), Shortcuts() if self.name == "highs" else None
        return explained(solve_directly(program, limits, solver, self.name, ahead), self.reason)


def explained(outcome: Outcome | None, reason: Wording) -> Outcome | None:
    """The outcome with why its solver ran."""
    return None if outcome is None else replace(outcome, reason=reason)


def reason_for(program: Program) -> Wording:
    """Which solver fits the program's shape, in a sentence."""
    options, sets = program.options, len(program.sets)
    if not options:
        return Wording(
            f"没有选择组，{program.columns:,} 个变量整体交给 HiGHS",
            f"no choice sets: the whole program of {program.columns:,} columns to HiGHS",
        )
    if program.continuous is not None and program.mixed:
        count = int(program.continuous.sum())
        return Wording(
            f"有 {count:,} 个连续变量，整体交给 HiGHS", f"{count:,} continuous columns: the whole program to HiGHS"
        )
    if options <= Settings().closed_at_most:
        return Wording(
            f"{sets:,} 个选择组、{options:,} 个选项：价格导向法起步，HiGHS 整体证明",
            f"{options:,} options in {sets:,} choice sets: prices first, then HiGHS proves the whole program",
        )
    return Wording(
        f"{sets:,} 个选择组、{options:,} 个选项：价格导向法", f"{options:,} options in {sets:,} choice sets: prices"
    )


@dataclass(frozen=True)
class Installed:
    """One solver that could run here."""

    name: str
    version: str
    available: bool
    note: Wording


def engine_named(name: str | None, program: Program) -> Engine:
    """The engine asked for, or the one that fits the program. Raises ``OptimizerError`` for an unknown name."""
    reason = ASKED
    if name is None:
        name, reason = "prices" if program.options and not program.mixed else "highs", reason_for(program)
    if name == "prices":
        return PriceEngine(reason)
    if name == "cores":
        return CoreEngine()
    if name == "highs":
        return DirectEngine("highs", highs_solver, reason)
    known = {_short(n): n for n in pulp.listSolvers()}
    if name.lower() in known and known[name.lower()] in pulp.listSolvers(onlyAvailable=True):
        return DirectEngine(name.lower(), pulp_solver(known[name.lower()]))
    error = OptimizerError(
        Wording(zh=f"没有可用的求解器“{name}”。", en=f"There is no solver '{name}' here."),
        nearest(name, ["prices", "cores", "highs", *known]),
    )
    error.exit_code = 2  # type: ignore[misc]
    raise error


def _short(name: str) -> str:
    """PuLP's name as a planner would say it: ``PULP_CBC_CMD`` is cbc."""
    return name.lower().removesuffix("_cmd").removeprefix("pulp_")


def installed() -> list[Installed]:
    """Our own engines, then every solver that PuLP knows."""
    own = [
        Installed(
            "prices",
            metadata.version("highspy"),
            True,
            Wording("价格导向法，适合大量农户（默认）", "price-directed, for many households (default)"),
        ),
        Installed(
            "cores",
            metadata.version("ortools"),
            True,
            Wording(
                "价格定界、核心求解，适合难的组合问题",
                "bound by prices, HiGHS and CP-SAT on the core, for hard pure problems",
            ),
        ),
        Installed(
            "highs",
            metadata.version("highspy"),
            True,
            Wording("整体交给 HiGHS，适合小实例", "the whole program to HiGHS, for small instances"),
        ),
    ]
    here = set(pulp.listSolvers(onlyAvailable=True))
    note = Wording("经 PuLP 调用", "through PuLP")
    for name in pulp.listSolvers():
        short = _short(name)
        if short not in {i.name for i in own}:
            own.append(Installed(short, metadata.version("pulp"), name in here, note))
    return own
