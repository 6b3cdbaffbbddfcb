"""``decided``: what is settled outside the plan stands."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.analysis.contradictions import contradictions_in, refuse_contradictions
from optimizer.build import build
from optimizer.check import audit
from optimizer.errors import NoLegalPlan
from optimizer.instance import Instance
from optimizer.policy.model import Policy
from tests.kit import Case, broken, named, plan_of, report_of, vectors

COLUMNS = ["person", "state", "mode", "site", "year"]
RULE = {
    "kind": "decided",
    "table": "moves",
    "decisions": "settled",
    "match": ["mode", "site", "year"],
    "per": ["hamlet"],
}
SCHEMA = {
    "name": "settled", "zh": "已定", "optional": True,
    "column": [
        {"name": "person", "zh": "户", "type": "code", "key": True, "refers": "people"},
        *({"name": n, "zh": n, "type": "code", "key": True, "empty": True} for n in COLUMNS[1:]),
    ],
}  # fmt: skip


def task(*rows: tuple[str, str, str, str, str], shuffle: int | None = None, free: bool = False) -> Instance:
    """The kit's households with such decisions; ``free``: the rule is there, the decisions are not."""
    instance = Case(RULE).instance(shuffle)
    policy = instance.policy.model_dump(by_alias=True)
    policy["table"] = [*policy["table"], SCHEMA]
    settled = pd.DataFrame([] if free else list(rows), columns=COLUMNS, dtype="str")
    return replace(
        instance,
        policy=Policy.model_validate({**policy, "file": "small.toml"}),
        tables={**instance.tables, "settled": settled},
    )


def legal_and_audited(*rows: tuple[str, str, str, str, str], every: int = 1) -> set[bool]:
    """Every plan (or every so many) of the task without decisions: whether rows and admission allow it is what the audit says."""
    everything, instance = build(task(free=True)), task(*rows)
    model = build(instance)
    keys = list(model.tables["moves"].keys)
    place = {tuple(map(str, row)): j for j, row in enumerate(model.tables["moves"].frame[keys].itertuples(index=False))}
    verdicts = set()
    for x in itertools.islice(vectors(everything), 0, None, every):
        tables = plan_of(everything, x)
        taken = [tuple(map(str, row)) for row in tables["moves"][keys].itertuples(index=False)]
        allowed = all(t in place for t in taken)
        if allowed:
            own = [0] * model.program.columns
            for t in taken:
                own[place[t]] = 1
            allowed = not model.program.faults(pd.Series(own, dtype="int64").to_numpy())
        found = audit(instance, tables)
        assert allowed != broken(found), f"{taken}: build {allowed}, audit {report_of(found)}"
        named(found)
        verdicts.add(allowed)
    return verdicts


@pytest.mark.parametrize(
    "rows",
    [
        [("p1", "signed", "go", "A", "")],
        [("p1", "signed", "", "B", "2021"), ("p2", "placed", "", "", "")],
        [("p3", "barred", "", "A", "")],
        [("p3", "barred", "stay", "", ""), ("p1", "placed", "", "", "")],
        [("p1", "placed", "", "", ""), ("p1", "barred", "", "A", "2020")],
        [("p3", "signed", "go", "", ""), ("p3", "signed", "", "", "2021")],
        [("p2", "barred", "", "", "")],
    ],
)
def test_rows_and_audit_agree_on_every_plan(rows):
    assert legal_and_audited(*rows, every=3) == {True, False}


def test_without_decisions_every_plan_is_legal():
    assert legal_and_audited() == {True}


def test_a_decision_for_another_household_triggers_nothing():
    instance = task(("p1", "barred", "", "", ""))
    other = pd.DataFrame({"person": ["p2"], "mode": ["go"], "site": ["A"], "year": [2020]})
    assert not audit(instance, {"moves": other}).violations


def test_the_order_of_rows_changes_nothing():
    rows = [("p1", "placed", "", "", ""), ("p3", "barred", "", "A", "")]
    plan = {
        "moves": pd.DataFrame({"person": ["p1", "p3"], "mode": ["go", "go"], "site": ["A", "A"], "year": [2020, 2020]})
    }
    one, two = (report_of(audit(task(*order, shuffle=s), plan)) for order, s in ((rows, None), (rows[::-1], 5)))
    pd.testing.assert_frame_equal(one, two)


def test_a_settled_household_is_no_equal_case_of_another():
    """p1 and p2 are the same in everything; p2 has signed, so that the lottery may not hand its place to p1."""
    instance = task(("p2", "signed", "", "", ""))
    people = pd.DataFrame({"person": ["p1", "p2"], "hamlet": "h1", "size": 2, "class": 1, "farm": True})
    consents = pd.DataFrame({"person": ["p1", "p2"], "mode": "go", "site": "B", "rank": 1})
    instance = replace(instance, tables={**instance.tables, "people": people, "consents": consents})
    assert len(set(build(instance).cases)) == 2
    free = replace(instance, tables={**instance.tables, "settled": instance.tables["settled"].iloc[:0]})
    assert len(set(build(free).cases)) == 1


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("p1", "signed", "go", "A", ""), ("p1", "barred", "", "A", "")], "p1 既要安排“go A”，又不得安排“A”"),
        ([("p3", "signed", "", "A", ""), ("p3", "placed", "", "B", "")], "p3 同时要安排“A”和“B”"),
        ([("p2", "signed", "go", "B", "")], "p2 已定“go B”，但不在该户可选之列"),
        ([("p2", "placed", "", "", ""), ("p2", "barred", "", "", "")], "p2 既要安排任一方案，又不得安排任一方案"),
    ],
)
def test_contradictions_are_named_before_anything_is_solved(rows, words):
    instance = task(*rows)
    found = contradictions_in(instance)
    assert [clause for clause, _ in found] == ["T-1"]
    assert words in found[0][1].zh
    with pytest.raises(NoLegalPlan) as told:
        refuse_contradictions(instance)
    assert told.value.conflict == ("T-1",)
    assert found[0][1].en in told.value.describe("en")


def test_what_can_stand_together_is_no_contradiction():
    rows = [
        ("p3", "signed", "go", "", ""),
        ("p3", "placed", "", "A", ""),
        ("p3", "barred", "stay", "", ""),
        ("p1", "barred", "", "", ""),
    ]
    assert contradictions_in(task(*rows)) == []


STATES = st.sampled_from(["signed", "barred", "placed"])
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["p1", "p2", "p3"]), STATES, st.sampled_from(["", "go", "stay"]), st.sampled_from(["", "A", "B"]),
        st.sampled_from(["", "2020", "2021"]),
    ),
    max_size=4, unique=True,
)  # fmt: skip


@settings(max_examples=5, deadline=None)
@given(ROWS)
def test_any_decisions(rows):
    """Rows and audit agree; where a contradiction is found, no plan at all is legal."""
    verdicts = legal_and_audited(*rows, every=7)
    if contradictions_in(task(*rows)):
        assert verdicts == {False}
