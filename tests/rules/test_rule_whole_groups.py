"""``whole_groups``: a hamlet is cleared only where every household of it goes."""

from __future__ import annotations

from tests.kit import Case, conform, frames

CLEARED = {
    "id": "cleared", "kind": "amount", "clause": "T-0", "title": {"zh": "清退", "en": "cleared"}, "source": "hamlets",
    "key": ["hamlet"], "years": "plan", "at_most": 1, "quantity": "met",
}  # fmt: skip
RULE = {"kind": "whole_groups", "table": "moves", "group": "hamlet", "cleared": "cleared", "members": "people"}


def test_a_hamlet_is_cleared_once_and_only_whole() -> None:
    """By the year itself; a second clearing of the same hamlet is refused."""
    conform(Case(RULE, amounts=[CLEARED]), sample=120)


def test_a_hamlet_with_a_household_that_agrees_to_nothing_is_never_cleared() -> None:
    """The household without options counts as a member."""
    tables = frames()
    people = tables["people"]
    people.loc[2, "hamlet"] = "h1"
    people.loc[0, "hamlet"] = "h2"
    consents = tables["consents"].query("person != 'p1'").reset_index(drop=True)
    conform(Case(RULE, amounts=[CLEARED], tables={"people": people, "consents": consents}), sample=120)
