"""Optimisation and allocation for planning staff: households to modes and sites, quotas and funds to places."""

from optimizer.api import certify, check, load, new, solve, write
from optimizer.asking.alternatives import Alternatives, alternatives
from optimizer.asking.answer_files import write_alternatives, write_fairness
from optimizer.asking.fairness import Fairness, fairness
from optimizer.asking.frontier import Frontier, frontier
from optimizer.asking.frontier_files import write_frontier
from optimizer.asking.why import Why, why
from optimizer.errors import InputError, NoLegalPlan, OptimizerError, PlanBreaksClause, PolicyError, StoppedBeforePlan
from optimizer.plan import Plan

__all__ = [
    "Alternatives",
    "Fairness",
    "Frontier",
    "InputError",
    "NoLegalPlan",
    "OptimizerError",
    "Plan",
    "PlanBreaksClause",
    "PolicyError",
    "StoppedBeforePlan",
    "Why",
    "alternatives",
    "certify",
    "check",
    "fairness",
    "frontier",
    "load",
    "new",
    "solve",
    "why",
    "write",
    "write_alternatives",
    "write_fairness",
    "write_frontier",
]
