"""The certificate is recomputed without any solver: none is imported, and none needs to be there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from optimizer import api
from tests.analysis.plan_folders import solved
from tests.test_layers import layer, reached

ROOT = Path(__file__).resolve().parents[2]
MINI = ROOT / "instances" / "songjiang-mini"
WITHOUT = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"highspy", "pulp", "ortools"}:
            raise ImportError(name + " is not here")
sys.meta_path.insert(0, Blocked())
from optimizer.cli import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan folder of the small Songjiang instance, solved to its optimum."""
    return solved(MINI, tmp_path_factory.mktemp("mini") / "plan", gap=0)


def test_certify_reaches_no_solver() -> None:
    """By imports, through any file."""
    for module in ("optimizer.analysis.certificate", "optimizer.report.proof", "optimizer.report.stated"):
        found = {layer(m) for m in reached(module)}
        assert "lagrangian" in found
        assert "solvers" not in found


@pytest.mark.parametrize("command", ["certify", "check"])
def test_it_runs_where_no_solver_is_installed(mini: Path, command: str) -> None:
    """With highspy, pulp and ortools out of reach; solving then fails, so that they really are."""
    arguments = [command, "songjiang-mini", str(mini), "--lang", "en"]
    done = subprocess.run([sys.executable, "-c", WITHOUT, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    solve = [sys.executable, "-c", WITHOUT, "solve", "songjiang-mini", "--out", str(mini.parent / "other")]
    assert subprocess.run(solve, capture_output=True, check=False).returncode == 1


def test_all_stages_of_the_small_instance(mini: Path) -> None:
    """Groups, kept stages, amounts and given choices: prices prove all stages but the wishes to be the best; there the
    solver's word is said to be one."""
    found = api.certify(MINI, mini)
    assert found.holds
    assert [s.more for s in found.stages if s.id != "wishes"] == [0] * 5
    wishes = next(s for s in found.stages if s.id == "wishes")
    assert wishes.solver_bound == wishes.value
    assert wishes.proven is not None
    assert wishes.proven > wishes.value
    balance = found.stages[-1]
    assert balance.given_choices
    assert balance.proven == 966_800_000
