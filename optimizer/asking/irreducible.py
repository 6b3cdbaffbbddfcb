"""A smallest set of rules that cannot hold together: each of them is needed for the conflict."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.relaxed import Irreducible
from optimizer.program import Vector
from optimizer.rules import Rule
from optimizer.rules.share import Share
from optimizer.rules.total import Total
from optimizer.solvers.base import Limits
from optimizer.solvers.feasible import Verdict, any_plan, where_to_look


def irreducible(parts: ByRule, limits: Limits, first: Sequence[str] | None = None) -> Irreducible | None:
    """A set of rules that exclude each other and of which none can be left out (deletion filtering; Chinneck and Dravnieks,
    ORSA Journal on Computing 3, 1991); None where the rules have a plan, or no conflict is proven in time. The relaxed
    program cuts the candidates first; what is left out or kept is decided by whole numbers. ``first``: begin with these rules.
    """
    rules = [r.id for r in parts.acting] if first is None else list(first)
    whole = _judged(parts, rules, limits)
    if not whole[0].impossible:
        return None
    rules = _within(rules, whole[1])
    without: dict[str, Vector] = {}
    for again in (False, True):  # what is not known among many rules may be among the few that are left
        for name in _in_turn(parts, rules):
            if name not in rules or name in without or limits.over():
                continue
            rest = [r for r in rules if r != name]
            verdict, proof = _judged(parts, rest, limits)
            if verdict.impossible:
                rules = _within(rest, proof)
            elif verdict.x is not None:
                without[name] = verdict.x
        if again or all(name in without for name in rules):
            break
    unknown = [name for name in rules if name not in without]
    order = [r.id for r in parts.acting if r.id in rules]
    proven = any_plan(parts.only(order), limits).impossible
    kept = {name: x for name, x in without.items() if name in rules}
    return Irreducible(tuple(order), kept, tuple(n for n in order if n in unknown), proven)


def _within(rules: Sequence[str], proof: set[str] | None) -> list[str]:
    return [r for r in rules if proof is None or r in proof]


def _judged(parts: ByRule, rules: Sequence[str], limits: Limits) -> tuple[Verdict, set[str] | None]:
    """Whether the rules have a plan, and where not the rules that already exclude each other (None: not known)."""
    program = parts.only(rules)
    hint = where_to_look(program, limits)
    if hint is not None:
        fewer = parts.behind(*hint, program) & set(rules)
        if any_plan(parts.only(fewer), limits).impossible:
            return Verdict(None, True), fewer
    return any_plan(program, limits), None


def _in_turn(parts: ByRule, rules: Sequence[str]) -> list[str]:
    """The order in which rules are tried without: what only records or defines first, true limits last, so that a conflict
    is told by limits where it can be."""
    by_id: dict[str, Rule] = {r.id: r for r in parts.acting}
    return sorted(rules, key=lambda name: _limiting(by_id[name]))


def _limiting(rule: Rule) -> int:
    if isinstance(rule, Total):
        limits = [v for v in (rule.at_least, rule.at_most, rule.equal) if v is not None]
        return 2 if any(v != 0 for v in limits) else 1
    return 2 if isinstance(rule, Share) else 0
