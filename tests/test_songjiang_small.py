"""A small Songjiang instance end to end: a plan that passes the audit, and a conflict that is named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from optimizer import api
from optimizer.errors import NoLegalPlan

pytestmark = pytest.mark.xdist_group("songjiang_small")  # one worker makes what the tests share

GENERATE = Path(__file__).parents[1] / "instances/songjiang/generate.py"
LOW = {"target_2022.value": 0, "target_2025.value": 5, "stretch_2022.value": 30}


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated instance of 20 households, as a folder."""
    folder = tmp_path_factory.mktemp("small")
    done = subprocess.run(
        [sys.executable, str(GENERATE), "--households", "20", "--seed", "1", "--out", str(folder)],
        check=False,
    )
    assert done.returncode == 0
    return folder


def test_the_plan_passes_the_audit_and_names_every_clause(small: Path) -> None:
    """End to end on 20 households: values within their bounds, no violation, all 22 clauses reported."""
    instance = api.load(small, LOW)
    plan = api.solve(instance, time=20)
    assert all(stage.value <= stage.bound for stage in plan.stages if stage.sense == "max")
    assert plan.stages[0].value > 0
    assert api.check(instance, plan) == []
    assert {f"SJ-{n:02d}" for n in range(1, 23)} <= set(plan.clauses["clause"].str.split(" ").str[0])


def test_a_target_out_of_reach_is_named_with_what_is_missing(small: Path) -> None:
    """Exit 3: the clause, and the amount missing."""
    with pytest.raises(NoLegalPlan) as caught:
        api.solve(api.load(small, {"total-2025.at_least": 100_000}), solver="prices", time=20)
    assert caught.value.exit_code == 3
    assert caught.value.conflict[0].startswith("SJ-01")
    assert "100,000" in caught.value.fact.zh
