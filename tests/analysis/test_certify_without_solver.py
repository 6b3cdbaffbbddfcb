"""The certificate is recomputed without any solver: none is imported, and none needs to be there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from optimizer import api
from optimizer.report.proof import proof_lines
from tests.analysis.plan_folders import change_json, solved
from tests.test_layers import layer, reached

pytestmark = pytest.mark.xdist_group("certify_without_solver")  # one worker makes what the tests share

ROOT = Path(__file__).resolve().parents[2]
MINI = ROOT / "instances" / "songjiang-mini"
EXPECTED: dict[str, Any] = tomllib.loads((MINI / "expected.toml").read_text(encoding="utf-8"))
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
    if command == "check":
        return
    solve = [sys.executable, "-c", WITHOUT, "solve", "songjiang-mini", "--out", str(mini.parent / "other")]
    assert subprocess.run(solve, capture_output=True, check=False).returncode == 1


def test_all_stages_of_the_small_instance_are_proven_best(mini: Path) -> None:
    """Groups, kept stages, amounts, given choices, and what prices alone do not prove by cases: nothing is left to a solver's
    word."""
    found = api.certify(MINI, mini)
    assert found.holds
    assert {s.id: s.proven for s in found.stages} == EXPECTED["optimum"]
    assert [(s.more, s.solver_bound) for s in found.stages] == [(0, None)] * 6
    assert [s.id for s in found.stages if s.given_choices] == ["balance"]


def wishes(content: dict[str, Any]) -> dict[str, Any]:
    """The stage that is proven by cases."""
    found: dict[str, Any] = next(s for s in content["stages"] if s["stage"] == "wishes")
    assert found["proof"] == "cases"
    return found


def swapped(content: dict[str, Any]) -> None:
    stages = content["stages"]
    stages[1], stages[2] = stages[2], stages[1]


def dearer_keep(content: dict[str, Any]) -> None:
    wishes(content)["keeps"][0]["value"] += 1


def other_keeps(content: dict[str, Any]) -> None:
    wishes(content)["keeps"].reverse()


def reversed_split(content: dict[str, Any]) -> None:
    first = wishes(content)["cases"][0]["where"][0]
    first[2] = "<=" if first[2] == ">=" else ">="


def nowhere(content: dict[str, Any]) -> None:
    wishes(content)["cases"][0]["where"][0][1] = 10**6


def priceless(content: dict[str, Any]) -> None:
    for case in wishes(content)["cases"]:
        case.update(prices=[], keeps=[0] * len(case["keeps"]))


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (swapped, "stages", "certificate.json 的目标依次为"),
        (dearer_keep, "keep", "为前提，而本方案只达到"),
        (lambda c: wishes(c)["keeps"][0].update(value=-(2**61)), "price", "有价格或合计被改动"),
        (other_keeps, "keep", "所保持的目标不是排在它前面的那些"),
        (lambda c: wishes(c)["cases"].pop(), "price", "分情形的证明不完整"),
        (reversed_split, "price", "分情形的证明不完整"),
        (nowhere, "price", "分情形的证明不完整"),
        (lambda c: wishes(c)["cases"][0]["splits"].pop(), "price", "分情形的证明不完整"),
        (priceless, "bound", "界不由价格得出"),
        (lambda c: wishes(c).update(bound=wishes(c)["bound"] + 1), "bound", "界不由价格得出"),
        (lambda c: wishes(c).update(proof="prices"), "bound", "界不由价格得出"),
        (lambda c: c["stages"][-1].update(given_choices=False), "stages", "对哪些方案而言与政策不符"),
        (lambda c: c["stages"][0].update(sense="min"), "stages", "对哪些方案而言与政策不符"),
    ],
)  # fmt: skip
def test_changed_stages_keeps_and_cases_are_found(
    mini: Path, tmp_path: Path, change: Any, kind: str, words: str
) -> None:
    """Each by its sentence."""
    plan = tmp_path / "plan"
    shutil.copytree(mini, plan)
    change_json(plan / "certificate.json", change)
    found = api.certify(MINI, plan)
    told = [d.text.zh for d in found.doubts if d.kind == kind]
    assert any(words in text for text in told), [d.text.zh for d in found.doubts]


def test_a_solver_s_word_is_said_to_be_one(mini: Path, tmp_path: Path) -> None:
    """Without its cases the stage rests on the solver: what prices prove is shown, and the rest is named."""
    plan = tmp_path / "plan"
    shutil.copytree(mini, plan)
    change_json(plan / "certificate.json", lambda c: wishes(c).update(proof="solver", cases=[]))
    stage = next(s for s in api.certify(MINI, plan).stages if s.id == "wishes")
    assert stage.proven is not None
    assert (stage.solver_bound, stage.proven > stage.value) == (stage.value, True)
    lines = proof_lines(api.certify(MINI, plan), "en")
    assert any("a bound of 722 points is the solver's word (branch and bound)" in line for line in lines)
