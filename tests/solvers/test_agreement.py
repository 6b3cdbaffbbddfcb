"""Random small programs: our engine, HiGHS and CP-SAT (or CBC) say the same. ``python -m benchmarks run agreement`` runs 2,000."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.solvers.agreement import judge
from tests.solvers.random_programs import SHAPES, TROUBLES, random_case

PROGRAMS = 126
"""Every shape meets every trouble in 105."""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("number", range(PROGRAMS))
def test_our_engine_agrees_with_its_peers(number: int) -> None:
    verdict = judge(random_case(number))
    assert verdict.agrees, (verdict.case.shape, verdict.case.trouble, verdict.ours, verdict.peers)


def test_the_slice_holds_every_shape_legal_and_with_every_trouble() -> None:
    """Otherwise agreement would say little."""
    cases = [random_case(number) for number in range(PROGRAMS)]
    met = Counter((c.shape, c.trouble) for c in cases)
    assert all(met[shape, trouble] for shape in SHAPES for trouble in ("", "shifted", *TROUBLES))
    rows = [(c.program.row_lower > -(2**61), c.program.row_upper < 2**61) for c in cases]
    senses = {(bool(a), bool(b)) for low, high in rows for a, b in zip(low, high, strict=True)}
    assert senses >= {(False, True), (True, False), (True, True)}
    assert any((c.program.row_lower == c.program.row_upper).any() for c in cases)
    assert any(c.program.mixed for c in cases)
    assert any(c.program.groups is not None for c in cases)
    assert any(s.given_choices for c in cases for s in c.program.stages)
    assert any(len({s.sign for s in c.program.stages}) == 2 for c in cases)


def test_a_hidden_plan_makes_a_program_legal() -> None:
    """Programs without trouble are legal for a reason of their own, not because a solver says so."""
    for number in range(PROGRAMS):
        case = random_case(number)
        verdict = case.trouble or case.program.faults(case.hidden)
        assert case.trouble or verdict == [], (number, case.shape, verdict)
