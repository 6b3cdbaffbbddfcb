"""``rate_order``: one rate is at most another."""

from __future__ import annotations

import pytest

from optimizer.build import build
from optimizer.check import audit
from tests.kit import Case, allowed, broken, plan_of, report_of, vectors


@pytest.mark.parametrize(("lower", "legal"), [(4, True), (5, True), (6, False)])
def test_both_sides_of_the_limit(lower: int, legal: bool) -> None:
    """Whatever the plan, the rates decide."""
    rule = {"kind": "rate_order", "lower": "less", "upper": "more"}
    case = Case(rule, parameters={"less": lower, "more": 5})
    model = build(case.instance())
    for x in list(vectors(model))[::40]:
        found = audit(case.instance(), plan_of(model, x))
        assert allowed(model, x) is legal
        assert broken(found) is not legal
        assert report_of(found)["slack"].tolist() == [5 - lower]
