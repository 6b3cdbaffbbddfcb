"""Optimisation and allocation for planning staff: households to modes and sites, quotas and funds to places."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optimizer.api import certify, check, load, new, solve, write
from optimizer.errors import InputError, NoLegalPlan, OptimizerError, PlanBreaksClause, PolicyError, StoppedBeforePlan
from optimizer.plan import Plan

if TYPE_CHECKING:
    from optimizer.asking.alternatives import Alternatives, alternatives
    from optimizer.asking.answer_files import write_alternatives, write_fairness
    from optimizer.asking.compare import Comparison, compare
    from optimizer.asking.fairness import Fairness, fairness
    from optimizer.asking.frontier import Frontier, frontier
    from optimizer.asking.frontier_files import write_frontier
    from optimizer.asking.nest import Nest, nest
    from optimizer.asking.place import Placed, place
    from optimizer.asking.prices import price_ranges
    from optimizer.asking.relax import relax
    from optimizer.asking.repair import Repair, repair
    from optimizer.asking.replan import Replan, replan
    from optimizer.asking.reserve import ReservePlan, reserve
    from optimizer.asking.why import Why, why

_ASKING = {
    "Alternatives": "optimizer.asking.alternatives",
    "Comparison": "optimizer.asking.compare",
    "Fairness": "optimizer.asking.fairness",
    "Frontier": "optimizer.asking.frontier",
    "Nest": "optimizer.asking.nest",
    "Placed": "optimizer.asking.place",
    "Repair": "optimizer.asking.repair",
    "Replan": "optimizer.asking.replan",
    "ReservePlan": "optimizer.asking.reserve",
    "Why": "optimizer.asking.why",
    "alternatives": "optimizer.asking.alternatives",
    "compare": "optimizer.asking.compare",
    "fairness": "optimizer.asking.fairness",
    "frontier": "optimizer.asking.frontier",
    "nest": "optimizer.asking.nest",
    "place": "optimizer.asking.place",
    "price_ranges": "optimizer.asking.prices",
    "relax": "optimizer.asking.relax",
    "repair": "optimizer.asking.repair",
    "replan": "optimizer.asking.replan",
    "reserve": "optimizer.asking.reserve",
    "why": "optimizer.asking.why",
    "write_alternatives": "optimizer.asking.answer_files",
    "write_fairness": "optimizer.asking.answer_files",
    "write_frontier": "optimizer.asking.frontier_files",
}
"""Where each question lives. Loaded when first asked for: most need a solver, and a plan can be audited where none is installed."""

__all__ = [
    "Alternatives",
    "Comparison",
    "Fairness",
    "Frontier",
    "InputError",
    "Nest",
    "NoLegalPlan",
    "OptimizerError",
    "Placed",
    "Plan",
    "PlanBreaksClause",
    "PolicyError",
    "Repair",
    "Replan",
    "ReservePlan",
    "StoppedBeforePlan",
    "Why",
    "alternatives",
    "certify",
    "check",
    "compare",
    "fairness",
    "frontier",
    "load",
    "nest",
    "new",
    "place",
    "price_ranges",
    "relax",
    "repair",
    "replan",
    "reserve",
    "solve",
    "why",
    "write",
    "write_alternatives",
    "write_fairness",
    "write_frontier",
]


def __getattr__(name: str) -> Any:
    if name not in _ASKING:
        raise AttributeError(f"module 'optimizer' has no attribute '{name}'")
    return getattr(import_module(_ASKING[name]), name)
