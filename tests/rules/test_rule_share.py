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
