"""Optimisation and allocation for planning staff: households to modes and sites, quotas and funds to places."""

from optimizer.api import certify, check, load, new, solve, write
from optimizer.asking.compare import Comparison, compare
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
    "Comparison",
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
    "certify",
    "check",
    "compare",
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
]
