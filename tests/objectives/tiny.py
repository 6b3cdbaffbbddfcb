"""Tiny programs of parts for places under one or two budgets, and all of their plans."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from optimizer import api
from optimizer.api import Plan
from tests.kit import Case
from tests.rules.test_rule_quota import FEW, PARTS

NAMES = ["A", "B", "C"]


def solved(goal: Mapping[str, Any], needs: Sequence[int], caps: Sequence[int], prices: Sequence[int], pot: int) -> Plan:
    """Parts of 0 … cap for each place (needs: column ``room``), at a price each (column ``least``), within the pot."""
    count = len(needs)
    frame = {"site": NAMES[:count], "sort": ["own"] * count, "room": needs, "first": caps, "least": prices}
    # the kit's moves stay out of it: nobody may move
    nobody = {"id": "nobody", "clause": "T-2", "title": PARTS["title"], "kind": "total", "terms": [{"table": "moves"}]}
    costs = [{"table": "parts", "measure": "price"}]
    priced = {**PARTS, "at_most": "first", "attribute": [{"name": "price", "path": "site.least"}]}
    rule = {"kind": "total", "terms": costs, "at_most": "pot"}
    case = Case(
        rule, amounts=[priced], more=[{**nobody, "at_most": 0}], parameters={"pot": pot},
        tables={"places": pd.DataFrame(frame), "consents": FEW},
    )  # fmt: skip
    instance = case.instance()
    title = {"zh": "目标", "en": "goal"}
    whole = {"id": "goal", "clause": "T-1", "title": title, **goal}
    instance = replace(instance, policy=instance.policy.model_copy(update={"objective": (whole,)}))
    return api.solve(instance, gap=0, solver="highs")


def units(plan: Plan, count: int) -> list[int]:
    """Parts of each place in a plan."""
    given = dict(zip(plan.tables["parts"]["site"], plan.tables["parts"]["units"], strict=True))
    return [int(given.get(name, 0)) for name in NAMES[:count]]


def all_plans(caps: Sequence[int], prices: Sequence[int], pot: int) -> Iterator[tuple[int, ...]]:
    """Every plan within caps and pot."""
    for given in itertools.product(*(range(cap + 1) for cap in caps)):
        if sum(g * p for g, p in zip(given, prices, strict=True)) <= pot:
            yield given
