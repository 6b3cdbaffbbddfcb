"""The checker on mutated plans: every break is caught and its clause named, and harmless changes raise no alarm.

A sample for every test run; the full 1,000 and 100 are ``python -m benchmarks run mutations``.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests import songjiang_breaking, songjiang_harmless  # noqa: F401  (they register their generators)
from tests.songjiang_mutations import Facts, breaking, harmless, mutations
from tests.songjiang_plan import SEED, judge, solved

pytestmark = pytest.mark.xdist_group("songjiang_mutations")  # one worker makes what the tests share

HOUSEHOLDS, GENERATED, SECONDS, GAP = 150, 2, 120.0, 0.02


@pytest.fixture(scope="session")
def case() -> tuple[Any, Facts]:
    """An instance and the facts of its plan."""
    instance, plan = solved(HOUSEHOLDS, GENERATED, SECONDS, GAP)
    return instance, Facts(instance, plan, SEED)


def test_mutations_are_different_and_of_many_kinds(case: tuple[Any, Facts]) -> None:
    made = mutations(case[1], breaking, 1_000, 1)
    assert len({(m.name, m.what) for m in made}) == 1_000
    assert len({m.name for m in made}) >= 42
    first, second = (mutations(case[1], breaking, 40, 5) for _ in range(2))
    assert [(m.name, m.what) for m in first] == [(m.name, m.what) for m in second], "the same seed"


def test_every_break_is_caught_with_its_clause(case: tuple[Any, Facts]) -> None:
    wrong = [judge(case[0], m)[0] for m in mutations(case[1], breaking, 12, 1)]
    assert [w for w in wrong if w] == []


def test_harmless_changes_raise_no_alarm(case: tuple[Any, Facts]) -> None:
    wrong = [judge(case[0], m)[0] for m in mutations(case[1], harmless, 4, 1)]
    assert [w for w in wrong if w] == []
