"""A proof by cases that leads nowhere ends early: after so many linear programs, after its seconds, and without a case."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.lagrangian.branches import bound_by_cases
from optimizer.program import Program
from optimizer.solvers import branching
from optimizer.solvers.base import Limits
from optimizer.solvers.branching import split_into_cases
from tests.solvers.placed_programs import in_order, placed, plans

SEED = 10  # 33 linear programs, 17 cases


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many linear programs were solved, one entry each."""
    seen: list[int] = []
    real = branching.lp_prices

    def counted(program, stage, kept, limits):  # type: ignore[no-untyped-def]
        seen.append(len(kept))
        return real(program, stage, kept, limits)

    monkeypatch.setattr(branching, "lp_prices", counted)
    return seen


def tight() -> Program:
    """A budget for a third of everything: the relaxation is better than any plan."""
    return placed(SEED, 0.3, False)


def test_cases_prove_the_optimum(looks: list[int]) -> None:
    program = tight()
    stage, best = program.stages[0], in_order(program)[0]
    cases = split_into_cases(program, stage, [], best, Limits())
    assert bound_by_cases(program, stage, [], cases) == best
    assert len(looks) > 1


def test_without_a_closed_case_it_is_given_up_early(looks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The first case of this program closes after more than two linear programs."""
    monkeypatch.setattr(branching, "FIRST_LOOK", 2)
    program = tight()
    assert split_into_cases(program, program.stages[0], [], in_order(program)[0], Limits()) == []
    assert len(looks) == 2


def test_what_cannot_be_proven_is_not_claimed(looks: list[int]) -> None:
    """A target that a legal plan beats: no cases, and an end."""
    program = tight()
    stage = program.stages[0]
    worst = int((stage.sign * (plans(program) @ stage.value)).min())
    assert split_into_cases(program, stage, [], stage.sign * (worst - 1), Limits()) == []
    assert 0 < len(looks) < 2 * branching.CASES


def test_no_seconds_no_cases(looks: list[int]) -> None:
    program = tight()
    best = in_order(program)[0]
    assert split_into_cases(program, program.stages[0], [], best, Limits(), seconds=-1.0) == []
    assert looks == []


def test_a_stop_ends_it(looks: list[int]) -> None:
    program = tight()
    limits = Limits(stop=lambda: len(looks) >= 2)
    assert split_into_cases(program, program.stages[0], [], in_order(program)[0], limits) == []
    assert len(looks) <= 2


def test_prices_of_cases_are_whole_numbers() -> None:
    program = tight()
    cases = split_into_cases(program, program.stages[0], [], in_order(program)[0], Limits())
    assert all(case.prices.dtype == np.int64 for case in cases)
