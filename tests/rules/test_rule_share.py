"""``share``: a part of a whole between two percentages."""

from __future__ import annotations

import pytest

from tests.kit import Case, conform


@pytest.mark.parametrize(
    "limit", [{"at_least": 0.5}, {"at_most": 0.5}, {"at_least": 0.3334, "at_most": 0.6667}, {"at_least": "low"}]
)
def test_a_share_of_households(limit: dict[str, object]) -> None:
    """Both sides, also from a parameter in basis points; nobody taken is never a violation."""
    rule = {"kind": "share", "part": [{"table": "moves", "where": {"mode": "go"}}], "whole": [{"table": "moves"}]}
    conform(Case({**rule, **limit}, parameters={"low": 5000}))


def test_a_share_for_each_place() -> None:
    """Persons of farm households among all who go to a place."""
    part = {"table": "moves", "measure": "size", "where": {"farm": True}}
    rule = {"kind": "share", "part": [part], "whole": [{"table": "moves", "measure": "size"}], "per": ["site"]}
    conform(Case({**rule, "at_least": 0.4, "at_most": 0.9}))


def test_a_share_carried_from_year_to_year() -> None:
    """Of all persons gone by each year at most half to the own place; what stands beside the whole counts too."""
    part = {"table": "moves", "measure": "size", "where": {"sort": "own"}}
    rule = {"kind": "share", "part": [part], "whole": [{"table": "moves", "measure": "size"}], "per": ["year"]}
    conform(Case({**rule, "running": True, "at_most": 0.6}))
    spent = {"id": "spend", "kind": "amount", "clause": "T-0", "title": {"zh": "支", "en": "spend"}, "source": "places",
             "key": ["site"], "years": "plan", "at_most": 2, "quantity": "amount"}  # fmt: skip
    rule = {"kind": "share", "part": [{"table": "spend"}], "whole": [{"table": "moves", "measure": "size"}]}
    conform(Case({**rule, "per": ["site", "year"], "running": True, "at_most": 0.5}, amounts=[spent]))


def test_a_part_without_any_whole_is_above_its_share() -> None:
    """Spending at a place where nobody goes is a share of nothing."""
    spent = {"id": "spend", "kind": "amount", "clause": "T-0", "title": {"zh": "支", "en": "spend"}, "source": "places",
             "key": ["site"], "at_most": 2, "quantity": "amount"}  # fmt: skip
    rule = {
        "kind": "share",
        "part": [{"table": "spend"}],
        "whole": [{"table": "moves", "measure": "size"}],
        "per": ["site"],
    }
    conform(Case({**rule, "at_most": 0.5}, amounts=[spent]))
