"""``in_turn``: a later rank is served only where everybody of the ranks before it is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.build import build
from optimizer.check import audit
from optimizer.errors import PolicyError
from tests.kit import Case, agree, conform, named, report_of
from tests.rules.test_rule_quota import FEW

NAME = {"zh": "项", "en": "item"}
WISHES = {
    "name": "wishes", "zh": "愿",
    "column": [*({"name": n, "zh": n, "type": "code", "key": True} for n in ("hamlet", "rank", "sort")),
               {"name": "year", "zh": "年", "type": "year", "key": True}, {"name": "want", "zh": "愿", "type": "whole"}],
}  # fmt: skip
SERVED = {
    "id": "served", "kind": "amount", "clause": "T-0", "title": NAME, "source": "wishes", "key": ["hamlet", "rank", "sort"],
    "at_most": "want", "quantity": "units",
}  # fmt: skip
DONE = {
    "id": "done", "kind": "amount", "clause": "T-0", "title": NAME, "source": "hamlets", "key": ["hamlet"],
    "one_of": {"rank": ["first"]}, "at_most": 1, "quantity": "yes",
}  # fmt: skip
RULE: dict[str, Any] = {
    "kind": "in_turn", "served": [{"table": "served"}], "wants": [{"table": "wishes", "measure": "want"}],
    "per": ["hamlet"], "item": ["sort"], "rank": "rank", "order": ["first", "second"], "done": "done",
}  # fmt: skip
Wish = tuple[str, str, str, int]


def frames_of(wishes: list[Wish], year: int = 2020) -> dict[str, pd.DataFrame]:
    """Wishes as a table; the hamlets that have some."""
    frame = pd.DataFrame(wishes, columns=["hamlet", "rank", "sort", "want"]).assign(year=year)
    return {"wishes": frame, "consents": FEW}


def case(*wishes: Wish, **more: Any) -> Case:
    """One hamlet's wishes (or two's), by rank and sort."""
    return Case({**RULE, **more}, amounts=[SERVED, DONE], tables=frames_of(list(wishes)), schema=[WISHES])


def statuses(one: Case, *given: Wish) -> dict[str, str]:
    """The report for what is served."""
    plan = {"served": pd.DataFrame(list(given), columns=["hamlet", "rank", "sort", "units"])}
    lines = report_of(audit(one.instance(), plan))
    return dict(zip(lines["key"], lines["status"], strict=True))


TWO: tuple[Wish, ...] = (("h1", "first", "a", 2), ("h1", "first", "b", 1), ("h1", "second", "a", 2))


def test_the_second_rank_waits_for_all_of_the_first() -> None:
    one = case(*TWO)
    conform(one, 30, free="done")
    full: tuple[Wish, ...] = (("h1", "first", "a", 2), ("h1", "first", "b", 1))
    assert statuses(one, *full, ("h1", "second", "a", 1)) == {"h1 / first": "binding"}
    assert statuses(one, full[0], ("h1", "second", "a", 1)) == {"h1 / first": "violated"}
    assert statuses(one, full[0]) == {"h1 / first": "met"}


def test_one_hamlet_does_not_wait_for_another() -> None:
    """h2 has nobody of the first rank: its second rank is free, whatever h1 does."""
    one = case(("h1", "first", "a", 1), ("h1", "second", "a", 1), ("h2", "second", "a", 1))
    conform(one, 30, free="done")
    assert "violated" not in statuses(one, ("h2", "second", "a", 1)).values()


def test_three_ranks() -> None:
    """The third waits for the first and the second."""
    wishes: tuple[Wish, ...] = (("h1", "first", "a", 1), ("h1", "second", "a", 1), ("h1", "third", "a", 1))
    done = {**DONE, "one_of": {"rank": ["first", "second"]}, "where": {"hamlet": "h1"}}
    one = Case({**RULE, "order": ["first", "second", "third"]}, amounts=[SERVED, done], tables=frames_of([*wishes]),
               schema=[WISHES])  # fmt: skip
    conform(one, 30, free="done")
    assert statuses(one, wishes[0], wishes[2]) == {"h1 / first": "binding", "h1 / second": "violated"}


def test_what_years_before_have_served_counts() -> None:
    """Wishes of 2020 and what both years serve; there are no switches for the later years of money, nor need there be."""
    served = {**SERVED, "years": "plan"}
    done = {**DONE, "years": "plan", "where": {"hamlet": "h1"}}
    rule = {**RULE, "per": ["hamlet", "year"], "running": True}
    within = {
        "id": "within", "clause": "T-2", "title": NAME, "kind": "total", "per": ["hamlet", "rank", "sort"],
        "terms": [{"table": "served"}], "at_most": {"table": "wishes", "measure": "want"},
    }  # fmt: skip
    tables = frames_of([("h1", "first", "a", 2), ("h1", "second", "a", 1)])
    one = Case(rule, amounts=[served, done], more=[within], tables=tables, schema=[WISHES])
    conform(one, 30, free="done")
    given = {"hamlet": "h1", "rank": ["first", "first", "second"], "sort": "a", "year": [2020, 2021, 2021], "units": 1}
    assert "violated" not in set(report_of(audit(one.instance(), {"served": pd.DataFrame(given)}))["status"])
    early = {**given, "year": [2020, 2021, 2020]}
    lines = report_of(audit(one.instance(), {"served": pd.DataFrame(early)}))
    assert list(lines.loc[lines["status"] == "violated", "key"]) == ["h1 / 2020 / first"]


def test_without_a_switch_later_ranks_wait_for_ever() -> None:
    """A hamlet that the switches leave out: rows never allow what the audit finds wrong, and the first rank stays free."""
    done = {**DONE, "where": {"hamlet": "h2"}}
    one = Case(RULE, amounts=[SERVED, done], tables=frames_of([("h1", "first", "a", 2), ("h1", "second", "a", 1)]),
               schema=[WISHES])  # fmt: skip
    program = build(one.instance()).program
    rows = program.matrix[program.rows["rule"].to_numpy() == "tested"]
    assert rows.shape[0] == 1
    assert rows.nnz == 1


def test_running_needs_years() -> None:
    with pytest.raises(PolicyError, match="running needs"):
        build(case(*TWO, running=True).instance())


def test_a_violation_names_clause_and_numbers() -> None:
    plan = pd.DataFrame([("h1", "second", "a", 2)], columns=["hamlet", "rank", "sort", "units"])
    found = audit(case(*TWO).instance(), {"served": plan})
    named(found)
    text = next(v.text for v in found.violations if v.rule == "tested")
    assert "尚缺 3 " in text.zh
    assert " 3 " in text.en


@settings(max_examples=2, deadline=None)
@given(st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_rows_and_audit_agree(wants: list[int]) -> None:
    """Any wishes of two sorts in two ranks."""
    keys = [(rank, sort) for rank in ("first", "second") for sort in ("a", "b")]
    wishes = [("h1", rank, sort, want) for (rank, sort), want in zip(keys, wants, strict=True)]
    agree(case(*wishes), 20, free="done")
