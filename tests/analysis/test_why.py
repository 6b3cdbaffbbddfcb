"""``why``: what is said of an option is what the audit finds when the plan takes it; a swap is a legal plan of that worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import optimizer
from optimizer.analysis.other_options import question
from optimizer.analysis.swap import least_swap
from optimizer.analysis.why import AS_GOOD, BETTER, HELD, NOT_OFFERED, STOPPED, WORSE, reasons
from optimizer.build import build
from optimizer.check import audit
from optimizer.errors import OptimizerError

pytestmark = pytest.mark.xdist_group("why")  # one worker makes what the tests share

LATE = ("priority-order", "own-town-first", "equal-cases")
"""Rules that compare households with one another: what one change does to them is not asked."""


@pytest.fixture(scope="module")
def task():
    """The mini without the rules of ``LATE``, so that an audit is quick."""
    instance = optimizer.load("songjiang-mini")
    kept = tuple(rule for rule in instance.policy.rule if rule["id"] not in LATE)
    return replace(instance, policy=instance.policy.model_copy(update={"rule": kept}))


@pytest.fixture(scope="module")
def plan(task):
    return optimizer.solve(task, gap=0)


@pytest.fixture(scope="module")
def found(task, plan):
    return reasons(task, plan.tables, seed=plan.seed)


def exchanged(task, tables, household, option):
    """The plan with ``option`` (None: nothing) in place of what the household has, keys only."""
    keys = list(question(task, tables).choice.keys)
    moves = tables["moves"][keys]
    moves = moves.loc[moves["household"] != household]
    if option is not None:
        moves = pd.concat([moves, pd.DataFrame([{"household": household, **option}])[keys]], ignore_index=True)
    return {**tables, "moves": moves}


def broken(task, tables, seed):
    """Rules and keys that the audit finds broken."""
    return {(v.rule, v.key) for v in audit(task, tables, seed).violations}


def test_every_option_is_there_once(task, plan, found):
    keys = list(found.keys)
    assert not found.frame.duplicated(keys).any()
    assert (found.frame["verdict"] == HELD).sum() == len(plan.tables["moves"])
    assert set(found.frame["verdict"]) <= {HELD, NOT_OFFERED, STOPPED, WORSE, AS_GOOD, BETTER}


def test_the_audit_says_the_same_of_each_option(task, plan, found):
    """A seeded sample of all options: broken limits, and the first goal that changes, by how much."""
    before = audit(task, plan.tables, plan.seed).reached
    goals = {
        str(o["id"]): 1 if o["sense"] == "max" else -1 for o in task.policy.objective if not o.get("given_choices")
    }
    others = found.frame.loc[found.frame["verdict"] != HELD]
    seen = set()
    for row in others.sample(n=5, random_state=2).to_dict("records"):
        option = {k: row[k] for k in found.keys[1:]}
        tables = exchanged(task, plan.tables, row["household"], option)
        wrong = broken(task, tables, plan.seed)
        assert bool(row["rule"]) == bool(wrong), (row, wrong)
        if row["rule"]:
            assert row["rule"] in {rule for rule, _ in wrong}
        after = audit(task, tables, plan.seed).reached
        lost = [(g, s * (before[g] - after[g])) for g, s in goals.items() if before[g] != after[g]]
        assert (row["goal"], row["loss"]) == (lost[0] if lost else ("", 0))
        seen.add(row["verdict"])
    assert {STOPPED, WORSE} <= seen


def test_one_household_alone_is_told_the_same(task, plan, found):
    one = reasons(task, plan.tables, ["M05"], plan.seed).frame
    pd.testing.assert_frame_equal(
        one, found.frame.loc[found.frame["household"] == "M05"].reset_index(drop=True), check_dtype=False
    )


def test_an_option_without_consent_is_not_there_and_a_rule_s_refusal_is_named(plan):
    """A smaller area than any home has: no home is offered at all."""
    task = optimizer.load("songjiang-mini", {"footprint_small.value": 1})
    refused = reasons(task, plan.tables, ["M05"], plan.seed).frame
    assert set(refused.loc[refused["mode"] == "settlement", "verdict"]) == {NOT_OFFERED}
    assert set(refused.loc[refused["mode"] == "settlement", "rule"]) == {"footprint-small"}


def test_an_unknown_household_is_an_error_with_a_near_one(task, plan):
    with pytest.raises(OptimizerError, match="M99"):
        reasons(task, plan.tables, ["M99"])


@pytest.fixture(scope="module")
def program(task, plan):
    """The program, the plan as a vector of it, and each household's options as column numbers by their keys."""
    model = build(task)
    x = np.zeros(model.program.columns, dtype=np.int64)
    columns: dict[str, dict[tuple[str, ...], int]] = {}
    for name, (first, _) in model.program.tables.items():
        table = model.tables[name]
        keys = [tuple(map(str, row)) for row in table.frame[list(table.keys)].itertuples(index=False)]
        place = {key: first + at for at, key in enumerate(keys)}
        rows = plan.tables[name]
        for row, key in zip(rows.to_dict("records"), rows[list(table.keys)].itertuples(index=False), strict=True):
            step = int(table.frame["_step"].iloc[0]) if table.quantity else 1
            x[place[tuple(map(str, key))]] = int(row[table.quantity]) // step if table.quantity else 1
        if table.set_column:
            for key, column in place.items():
                columns.setdefault(key[0], {})[key[1:]] = column
    assert not model.program.faults(x)
    return model.program, x, columns


@pytest.mark.parametrize(("household", "wanted"), [("M04", "S2"), ("M05", "S1")])
def test_a_swap_is_the_best_legal_one(task, plan, program, household, wanted):
    """Against trying every option of the household with every change of one other household, by the program's own rows."""
    whole, x, columns = program
    stages = [s for s in whole.stages if not s.given_choices]

    def gains(y):
        return [s.sign * (whole.reached(s, y) - whole.reached(s, x)) for s in stages]

    def without(y, name):
        done = y.copy()
        done[list(columns[name].values())] = 0
        return done

    best = None
    others = set(plan.tables["moves"]["household"]) - {household}
    for key, column in columns[household].items():
        if wanted not in key[:2] or x[column]:
            continue
        mine = without(x, household)
        mine[column] = 1
        for other in [None, *others]:
            for instead in [None] if other is None else [None, *columns[other].values()]:
                if instead is not None and x[instead]:
                    continue
                y = mine if other is None else without(mine, other)
                if instead is not None:
                    y = y.copy()
                    y[instead] = 1
                if not whole.faults(y):
                    best = gains(y) if best is None else max(best, gains(y))
    swap = least_swap(task, plan.tables, household, wanted, plan.seed)
    assert (swap is None) == (best is None)
    if swap is not None:
        assert [gain for _, gain in swap.gains] == best
        tables = exchanged(task, plan.tables, household, dict(swap.option))
        if swap.other is not None:
            tables = exchanged(task, tables, swap.other, dict(swap.instead) if swap.instead else None)
        assert not broken(task, tables, plan.seed)


def test_the_answer_is_a_sentence_in_both_languages(plan):
    answer = optimizer.why(plan, "M04", instead="S2", instance="songjiang-mini")
    assert "M04：方案没有安排" in answer.text.zh
    assert "SJ-02" in answer.text.zh
    assert "M05" in answer.text.zh
    assert "M04 gets nothing" in answer.text.en
    assert np.isin(answer.reasons["household"], ["M04"]).all()
