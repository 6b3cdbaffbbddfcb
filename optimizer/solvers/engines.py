"""The engines by name: prices for choice sets, HiGHS for everything small, PuLP for a user's own solver."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from importlib import metadata

import pulp

from optimizer.errors import OptimizerError
from optimizer.kinds import nearest
from optimizer.program import Floats, Program
from optimizer.solvers.base import Limits, Outcome
from optimizer.solvers.conflict import Conflict, find_conflict
from optimizer.solvers.cores.engine import solve_cores
from optimizer.solvers.direct import WholeSolver, solve_directly
from optimizer.solvers.prices.lexicographic import solve_stages
from optimizer.solvers.pulp_bridge import pulp_solver
from optimizer.solvers.whole_highs import highs_solver
from optimizer.wording import Wording


class Engine(ABC):
    """A way to solve a whole program, stage by stage."""

    name: str

    @abstractmethod
    def solve(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """The best plan found with its bounds, or None."""

    def conflict(self, program: Program, limits: Limits) -> Conflict | None:
        """Proof that no legal plan exists, or None where that is not proven."""
        return find_conflict(program, limits)


class PriceEngine(Engine):
    """Prices for choice sets (``optimizer.solvers.prices``)."""

    name = "prices"

    def solve(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """See ``solve_stages``. Programs with continuous columns go to HiGHS whole."""
        if program.mixed:
            return solve_directly(program, limits, highs_solver, "highs")
        return solve_stages(program, limits, lottery)


class CoreEngine(Engine):
    """Prices, fixing and two solvers on the core, for hard pure problems (``optimizer.solvers.cores``)."""

    name = "cores"

    def solve(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """See ``solve_cores``. Programs with continuous columns go to HiGHS whole."""
        if program.mixed:
            return solve_directly(program, limits, highs_solver, "highs")
        return solve_cores(program, limits)


class DirectEngine(Engine):
    """The whole program, as it is, to one solver."""

    def __init__(self, name: str, solver: WholeSolver) -> None:
        self.name, self.solver = name, solver

    def solve(self, program: Program, limits: Limits, lottery: Floats) -> Outcome | None:
        """See ``solve_directly``."""
        return solve_directly(program, limits, self.solver, self.name)


@dataclass(frozen=True)
class Installed:
    """One solver that could run here."""

    name: str
    version: str
    available: bool
    note: Wording


def engine_named(name: str | None, program: Program) -> Engine:
    """The engine asked for, or the one that fits the program. Raises ``OptimizerError`` for an unknown name."""
    if name is None:
        name = "prices" if program.options and not program.mixed else "highs"
    if name == "prices":
        return PriceEngine()
    if name == "cores":
        return CoreEngine()
    if name == "highs":
        return DirectEngine("highs", highs_solver)
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
