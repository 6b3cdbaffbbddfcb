"""A goal as a limit: the rule that holds what an objective reaches at a level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimizer.decisions import decisions_of
from optimizer.instance import Instance
from optimizer.objectives import Objective, objectives_of
from optimizer.objectives.balance import Balance
from optimizer.objectives.leximin import FULL, Leximin
from optimizer.objectives.sum import Sum
from optimizer.policy.filters import resolve
from optimizer.policy.terms import Term
from optimizer.rules import rules_of
from optimizer.rules.total import Total
from optimizer.wording import Wording

Entry = Mapping[str, Any]


def can_be_held(objective: Objective) -> bool:
    """Whether ``held`` has a rule for this kind: sums, closing balances, and the worst-off of a leximin objective."""
    return isinstance(objective, Sum | Balance | Leximin)


def objective_of(instance: Instance, entry: Entry) -> Objective:
    """The objective that an entry describes, in the policy of the instance. Raises ``PolicyError``."""
    policy = instance.policy.model_copy(update={"objective": (dict(entry),)})
    return objectives_of(policy)[0]


def held(instance: Instance, objective: Objective, level: int, name: str, why: Wording) -> dict[str, Any]:
    """A rule ``name`` (an entry as in a policy file, kind ``total`` over the objective's own terms): at least ``level`` of an
    objective that is maximised, at most ``level`` of one that is minimised; base units of the objective. ``why`` stands behind its title.

    Of ``leximin`` it holds the worst-off: every key's coverage is at least ``level`` basis points in whole steps. Raises
    ``ValueError`` for a kind that cannot be held.
    """
    title = {"zh": f"{objective.title.zh}：{why.zh}", "en": f"{objective.title.en}: {why.en}"}
    head = {"id": name, "clause": objective.clause, "kind": "total", "title": title}
    if isinstance(objective, Leximin):
        return {**head, **_worst_off(instance, objective, level)}
    side = "at_least" if objective.sense == "max" else "at_most"
    terms = [plain(term) for term in _terms(instance, objective)]
    return {**head, "unit": objective.unit, "terms": terms, side: level}


def plain(term: Term) -> dict[str, Any]:
    """A term as an entry."""
    return term.model_dump(exclude_defaults=True, by_alias=True)


def _terms(instance: Instance, objective: Objective) -> list[Term]:
    """The terms that the objective adds up, over exactly the tables that it counts."""
    if isinstance(objective, Sum):
        decided = {decision.id for decision in decisions_of(instance.policy)}
        return [term for term in objective.terms if term.table in decided]
    if isinstance(objective, Balance):
        account = next(r for r in rules_of(instance.policy) if isinstance(r, Total) and r.id == objective.rule)
        return list(account.terms)
    raise ValueError(f"a goal of kind '{objective.kind}' cannot be held at a level")


def _worst_off(instance: Instance, objective: Leximin, level: int) -> dict[str, Any]:
    """⌊steps · served / need⌋ ≥ level for each key, which is steps · served − level · need ≥ 0."""
    least = -(-level * objective.steps // FULL)
    served = [_times(instance, term, objective.steps) for term in objective.served]
    need = [_times(instance, term, -least) for term in objective.need]
    return {"unit": "1", "terms": [*served, *need], "per": list(objective.per), "at_least": 0}


def _times(instance: Instance, term: Term, factor: int) -> dict[str, Any]:
    return plain(term) | {"times": resolve(term.times, instance.parameters) * factor}
