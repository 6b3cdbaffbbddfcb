"""Optimisation and allocation for planning staff: households to modes and sites, quotas and funds to places."""

from optimizer.api import certify, check, load, new, solve, write
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
from optimizer.errors import InputError, NoLegalPlan, OptimizerError, PlanBreaksClause, PolicyError, StoppedBeforePlan
from optimizer.plan import Plan

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
