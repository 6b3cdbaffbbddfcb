"""``frontier``, ``alternatives`` and ``fairness`` from the command line, on the mini."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer import api
from tests.cli_kit import Said, run  # noqa: F401

Run = Callable[..., Said]


def test_frontier_writes_its_folder_and_says_so(run: Run, tmp_path: Path) -> None:  # noqa: F811
    out = tmp_path / "answer"
    said = run("frontier", "songjiang-mini", "--between", "demonstration", "balance", "--points", "2", "--gap", "0",
               "--out", str(out), "--lang", "en", "--json")  # fmt: skip
    assert said.code == 0, said.err
    record = json.loads(said.out)
    assert record["out"] == str(out)
    first, last = record["points"][0], record["points"][-1]
    assert first["values"][0] == 11
    assert last["values"][1] >= 966_800_000
    assert [p["values"] for p in record["points"]] == [p["most"] for p in record["points"]]
    assert (out / "frontier.svg").is_file()
    for point in record["points"]:
        assert not api.check("songjiang-mini", out / point["plan"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("frontier", "songjiang-mini", "--between", "setled", "wishes"), "Maybe 'settled' was meant."),
        (("frontier", "songjiang-mini", "--between", "settled", "settled"), "Name two different goals."),
        (("frontier", "songjiang-mini", "--between", "settled", "wishes", "--points", "1"), "2 or more"),
        (("alternatives", "songjiang-mini", "--within", "150%"), "a share from 0 to 100 %"),
        (("alternatives", "songjiang-mini", "--count", "0"), "1 or more"),
    ],
)
def test_mistakes_end_with_2_and_the_way_out(run: Run, words: tuple[str, ...], told: str) -> None:  # noqa: F811
    said = run(*words, "--lang", "en")
    assert said.code == 2
    assert told in said.err


def test_fairness_and_alternatives_of_a_plan_folder(run: Run, tmp_path: Path) -> None:  # noqa: F811
    plan = tmp_path / "plan"
    task = api.load("songjiang-mini")
    api.write(api.solve(task, gap=0), task, plan)
    said = run("fairness", str(plan), "--out", str(tmp_path / "fair"), "--lang", "en")
    assert said.code == 0, said.err
    assert "share of households placed" in said.out
    assert (tmp_path / "fair" / "fairness.csv").is_file()
    unknown = run("fairness", str(plan), "--by", "twon", "--lang", "en")
    assert unknown.code == 2
    assert "Maybe 'town' was meant." in unknown.err
    near = run("alternatives", str(plan), "--count", "1", "--gap", "0", "--out", str(tmp_path / "near"), "--lang", "en")
    assert near.code == 0, near.err
    assert json.loads((tmp_path / "near" / "alternatives.json").read_text(encoding="utf-8"))["text"]["en"] in near.out
