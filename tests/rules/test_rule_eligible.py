"""``eligible``: a row of one sort must pass a second filter."""

from __future__ import annotations

import pytest

from optimizer.build import admitted, build
from optimizer.check import audit
from tests.kit import Case, broken, plan_of, vectors

FREE = {"kind": "eligible", "table": "moves", "require": {}}


@pytest.mark.parametrize(
    "rule",
    [
        {"require": {"size": {"at_most": 3}}},
        {"where": {"mode": "go"}, "require": {"farm": True}},
        {"where": {"sort": "own"}, "require": {"year": {"at_most": "last"}}},
        {"require": {"size": {"at_least": 3, "at_most": 3}}},
        {"require": {"class": {"at_most_column": "rank"}}},
    ],
)
def test_a_row_is_admitted_exactly_where_the_audit_accepts_it(rule: dict[str, object]) -> None:
    """Every plan of one option alone, among all options before admission."""
    case = Case({**FREE, **rule}, parameters={"last": 2020})
    instance, everything = case.instance(), Case(FREE).instance()
    model = build(everything)
    rules = build(instance).rules
    kept = admitted(instance, rules)["moves"].frame
    keys = list(model.tables["moves"].keys)
    legal = {tuple(map(str, row)) for row in kept[keys].itertuples(index=False)}
    verdicts = set()
    for x in vectors(model):
        if x.sum() != 1:
            continue
        tables = plan_of(model, x)
        key = tuple(map(str, tables["moves"].iloc[0][keys]))
        verdicts.add(key in legal)
        assert (key in legal) != broken(audit(instance, tables))
    assert verdicts == {True, False}
