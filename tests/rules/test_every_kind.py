"""No kind of rule without a test of its own."""

from __future__ import annotations

from pathlib import Path

from optimizer.kinds import Catalogue
from optimizer.rules.base import Rule


def test_every_kind_of_rule_has_a_test_file() -> None:
    """tests/rules/test_rule_<kind>.py for each kind that a policy file may name."""
    here = Path(__file__).parent
    kinds = Catalogue("optimizer.rules", Rule).kinds
    assert len(kinds) >= 13
    assert [k for k in kinds if not (here / f"test_rule_{k}.py").exists()] == []
