"""``if``: a claim only where the condition is reached."""

from __future__ import annotations

import pytest

from tests.kit import Case, conform, frames

NAME = {"zh": "项", "en": "item"}
SWITCH = {
    "id": "switch", "kind": "amount", "clause": "T-0", "title": NAME, "source": "places", "key": ["site"],
    "at_most": 1, "quantity": "met",
}  # fmt: skip
BONUS = {**SWITCH, "id": "bonus", "at_most": 3, "quantity": "households"}


@pytest.mark.parametrize("limit", [1, 2, "cap", {"table": "places", "measure": "least"}])
def test_a_bonus_needs_enough_households(limit: object) -> None:
    """The claim is legal exactly where the households are there: the switch may be chosen freely, so a plan counts
    as allowed when some value of the switch allows it."""
    going = {"table": "moves", "where": {"mode": "go"}}
    rule = {
        "kind": "if", "per": ["site"], "terms": [going], "at_least": limit, "indicator": "switch",
        "claims": [{"table": "bonus"}], "most": [{"table": "moves"}],
    }  # fmt: skip
    within = {
        "id": "within", "clause": "T-2", "title": NAME, "kind": "total", "per": ["site"], "at_most": 0,
        "terms": [{"table": "bonus"}, {"table": "moves", "times": -1}],
    }  # fmt: skip
    places = frames()["places"].assign(least=[2, 1])
    case = Case(rule, amounts=[SWITCH, BONUS], more=[within], parameters={"cap": 2}, tables={"places": places})
    conform(case, free="switch")


YEARLY = {"years": "plan"}
OWN = {"where": {"sort": "own"}, **YEARLY}
THREE = {"consents": frames()["consents"].iloc[[0, 2, 3]].reset_index(drop=True)}


def test_a_bonus_by_what_is_reached_up_to_its_year() -> None:
    """The condition counts earlier years too."""
    least = {"table": "places", "measure": "least"}
    rule = {
        "kind": "if", "per": ["site", "year"], "running": True, "at_least": 5, "indicator": "switch",
        "terms": [{"table": "moves", "measure": "size"}], "claims": [{"table": "bonus"}],
        "most": [{**least, "fixed": {"year": 2020}}, {**least, "fixed": {"year": 2021}}],
    }  # fmt: skip
    places = frames()["places"].assign(least=[1, 0])
    amounts = [{**SWITCH, **OWN}, {**BONUS, **OWN, "at_most": 1}]
    conform(Case(rule, amounts=amounts, tables={"places": places, **THREE}), sample=60, free="switch")


@pytest.mark.parametrize("running", [False, True])
def test_what_is_due_exactly_where_the_condition_holds(running: bool) -> None:
    """A waiver is all of what is earned where the condition holds, and nothing where it does not."""
    rule = {
        "kind": "if", "per": ["site", "year"], "running": running, "exactly": True, "at_least": 4,
        "indicator": "switch", "terms": [{"table": "moves", "measure": "size"}],
        "claims": [{"table": "bonus"}], "most": [{"table": "moves", "where": {"farm": True}}],
    }  # fmt: skip
    amounts = [{**SWITCH, **OWN}, {**BONUS, **OWN, "at_most": 2}]
    conform(Case(rule, amounts=amounts, tables=THREE), sample=60, free="switch")


def test_a_condition_over_amounts_alone() -> None:
    """What is earned hangs on an amount that follows the moves (GX-19: relocated workers of a park); the choice table may then
    be made in pieces, which ``conform`` compares with one piece."""
    one = {"where": {"site": "A"}}
    count = {**SWITCH, **one, "id": "count", "at_most": 3, "quantity": "number"}
    follows = {
        "id": "follows", "clause": "T-2", "title": NAME, "kind": "total", "per": ["site"], "equal": 0,
        "terms": [{"table": "count"}, {"table": "moves", "times": -1, **one}],
    }  # fmt: skip
    rule = {
        "kind": "if", "per": ["site"], "terms": [{"table": "count"}], "at_least": 2, "indicator": "switch",
        "claims": [{"table": "bonus"}], "most": [{"table": "bonus"}],
    }  # fmt: skip
    bonus = {**BONUS, **one, "at_most": 1}
    conform(Case(rule, amounts=[{**SWITCH, **one}, count, bonus], more=[follows]), free="switch")


@pytest.mark.parametrize("limit", [1, 2])
def test_small_claims_have_rows_of_their_own(limit: int) -> None:
    """Several claims of one key, each well below what they are together: rows for each of them forbid nothing more."""
    parts = {**BONUS, "at_most": 1, "one_of": {"part": ["x", "y"]}}
    rule = {
        "kind": "if", "per": ["site"], "terms": [{"table": "moves", "where": {"mode": "go"}}], "at_least": limit,
        "indicator": "switch", "claims": [{"table": "bonus"}], "most": [{"table": "moves", "times": 2}],
    }  # fmt: skip
    within = {
        "id": "within", "clause": "T-2", "title": NAME, "kind": "total", "per": ["site"], "at_most": 0,
        "terms": [{"table": "bonus"}, {"table": "moves", "times": -2}],
    }  # fmt: skip
    conform(Case(rule, amounts=[SWITCH, parts], more=[within]), sample=40, free="switch")
