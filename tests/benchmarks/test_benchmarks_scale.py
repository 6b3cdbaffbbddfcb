"""Scale and build on tiny sizes: every solver on the same program, the same model by every builder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pulp
import pytest

from benchmarks import _builders
from benchmarks._bounds import BOUNDERS, recomputed
from benchmarks._peers import judged, program_of
from benchmarks._wholes import WHOLE, Answer, cpsat_model, rounded
from benchmarks.record import ROOT
from benchmarks.scale import exponent, make_instance
from optimizer.solvers.highs import passed
from optimizer.solvers.pulp_bridge import model_of


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("relocation") / "instance"
    make_instance(folder, 60, 1)
    return program_of(str(folder))


def lp_value(program) -> float:
    model = passed(program, program.low, program.high, np.zeros(len(program.upper), dtype=bool))
    model.run()
    return float(model.getInfo().objective_function_value)


def test_growth_exponent_of_synthetic_times() -> None:
    runs = [{"solver": "prices", "value": 1, "households": n, "solve_seconds": 1e-4 * n**1.15} for n in (10, 100, 5000)]
    runs.append({"solver": "highs", "value": 1, "households": 10, "solve_seconds": 1e6})
    assert exponent(runs) == pytest.approx(1.15)
    assert exponent(runs[:1]) is None


def test_ours_and_pulp_build_the_same_model(tiny) -> None:
    program, _ = tiny
    sizes = {name: build(program) for name, build in _builders.BUILDERS.items()}
    assert set(sizes.values()) == {(*program.matrix.shape, program.matrix.nnz)}
    model, _ = model_of(program)
    for variable in model.variables():
        variable.cat = pulp.LpContinuous
    model.solve(pulp.getSolver("PULP_CBC_CMD", msg=False))
    assert pulp.value(model.objective) == pytest.approx(lp_value(program), rel=1e-6)


@pytest.mark.parametrize("name", sorted(BOUNDERS))
def test_bounds_are_recomputed_and_agree(tiny, name: str) -> None:
    program, _ = tiny
    _, prices, _ = BOUNDERS[name](program, 1e-6, 60.0)
    assert lp_value(program) * (1 - 1e-7) <= recomputed(program, prices) <= lp_value(program) * (1 + 1e-4)
    assert recomputed(program, prices * 0.7) > lp_value(program)  # a bound at any prices, only weaker


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_every_peer_solves_the_same_program(tiny, name: str) -> None:
    program, stage = tiny
    told = judged(program, stage, WHOLE[name](program, 0.02, 30.0), 0.02, False)
    assert told["status"] == "complete", told
    assert 0.97 * lp_value(program) <= told["value"] - stage.base <= lp_value(program) * (1 + 1e-7)
    assert told["bound"] >= told["value"]


def test_what_a_solver_gives_is_checked(tiny) -> None:
    program, stage = tiny
    everything = Answer(np.ones(len(program.upper)), 1e9, "Optimal")
    assert judged(program, stage, everything, 0.1, False)["status"] == "its plan breaks rows"
    nothing = Answer(None, np.inf, "")
    assert judged(program, stage, nothing, 0.1, True)["status"] == "no plan, ended at the limit"
    assert judged(program, stage, nothing, 0.1, False)["status"] == "no plan"
    assert rounded(np.array([0.9999999])).tolist() == [1]


def test_cpsat_refuses_what_would_overflow(tiny) -> None:
    program, _ = tiny
    large = type(program)(program.matrix * 2**50, program.low, program.high, program.scale, program.upper, program.cost)
    with pytest.raises(OverflowError, match="2\\^62"):
        cpsat_model(large)


def test_scale_from_end_to_end(tmp_path: Path) -> None:
    file = tmp_path / "scale.json"
    words = [
        "run",
        "scale",
        "--sizes",
        "150,300",
        "--peers",
        "highs,cbc",
        "--peers-up-to",
        "150",
        "--gap",
        "0.05",
        "--time",
        "1",
        "--factor",
        "2",
    ]
    subprocess.run([sys.executable, "-m", "benchmarks", *words, "--json", str(file)], cwd=ROOT, check=True)
    found = json.loads(file.read_text(encoding="utf-8"))
    assert "ortools" in found["settings"]["versions"]
    by = {(r["households"], r["solver"]): r for r in found["results"]}
    assert len(by) == 6
    for size in (150, 300):
        ours = by[size, "prices"]
        assert ours["value"] <= ours["bound"]
        assert ours["growth_exponent"] is not None
        assert ours["peak_mb"] > 0
    assert by[150, "highs"]["value"] <= by[150, "prices"]["bound"]
    assert by[300, "cbc"]["status"] == "not run"
