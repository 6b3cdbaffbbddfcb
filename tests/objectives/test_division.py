"""``division``: under nothing but total, floors and caps the plan is the method's own division."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from optimizer import api
from optimizer.apportionment import Method, divide
from tests.kit import Case
from tests.rules.test_rule_quota import PARTS, RULE

NEEDS, FLOORS, CAPS = [60, 26, 14, 3], [0, 0, 4, 0], [30, 40, 40, 40]
GOAL: dict[str, Any] = {
    "id": "fair", "kind": "division", "clause": "T-1", "title": {"zh": "份", "en": "share"}, "rule": "tested"
}  # fmt: skip


@pytest.mark.parametrize("method", ["largest_remainder", "webster", "jefferson", "adams", "huntington_hill"])
@pytest.mark.parametrize("total", [11, 37, 90])
def test_the_plan_is_the_methods_own_division(method: Method, total: int) -> None:
    names = ["A", "B", "C", "D"]
    frame = pd.DataFrame(
        {"site": names, "sort": ["own"] * 4, "room": NEEDS, "first": CAPS, "least": FLOORS}
    )  # fmt: skip
    consents = pd.DataFrame({"person": ["p1"], "mode": ["go"], "site": ["B"], "rank": [1]})
    terms = {n: {"table": "places", "measure": m} for n, m in (("floor", "least"), ("cap", "first"))}
    whole = {"clause": "T-2", "title": {"zh": "总", "en": "all"}, "kind": "total", "terms": [{"table": "parts"}]}
    more = [
        {**whole, "id": "all", "equal": "pot"},
        {**whole, "id": "least", "per": ["site"], "at_least": terms["floor"]},
    ]
    rule = {**RULE, **terms, "method": method, "stretch": True}
    parts = {**PARTS, "at_most": "first"}
    case = Case(
        rule, amounts=[parts], more=more, parameters={"pot": total}, tables={"places": frame, "consents": consents}
    )
    instance = case.instance()
    instance = replace(instance, policy=instance.policy.model_copy(update={"objective": (GOAL,)}))
    plan = api.solve(instance, gap=0, solver="highs")
    given = dict(zip(plan.tables["parts"]["site"], plan.tables["parts"]["units"], strict=True))
    assert [given.get(n, 0) for n in names] == list(divide(total, NEEDS, method, FLOORS, CAPS).shares)
    assert plan.stages[0].value == plan.stages[0].bound
