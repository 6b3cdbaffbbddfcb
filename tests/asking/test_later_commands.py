"""``optimizer place`` and ``optimizer reserve`` on a plan folder: words, JSON, files and exit codes."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import optimizer
from tests.cli_kit import run  # noqa: F401
from tests.relocation_case import folder, tables


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """A plan folder, and the households that have no place in it."""
    place = tmp_path_factory.mktemp("later")
    task = optimizer.load(folder(place / "i", "csv", tables(60, 1, 5)))
    made = optimizer.solve(task, gap=2e-2, solver="highs", time=20)
    optimizer.write(made, task, place / "plan")
    waiting = sorted(set(task.tables["households"]["household"]) - set(made.tables["moves"]["household"].astype(str)))
    return place / "plan", waiting, str(made.tables["moves"]["household"].iloc[0])


def test_place_answers_in_words_and_in_json(run, plan) -> None:  # noqa: F811
    out, waiting, held = plan
    said = run("place", str(out), waiting[0])
    assert said.code == 0, said.err
    assert said.out.startswith(f"{waiting[0]}：")
    record = json.loads(run("place", str(out), waiting[0], "--json").out)
    assert record["placed"][0]["household"] == waiting[0]
    assert record["placed"][0]["text"]["zh"] == said.out.strip()
    assert run("place", str(out), held).code == 2
    assert "no household 'H9999999'" in run("place", str(out), "H9999999", "--lang", "en").err


def test_reserve_writes_its_lists(run, plan, tmp_path) -> None:  # noqa: F811
    out, waiting, _ = plan
    file = tmp_path / "list.csv"
    said = run("reserve", str(out), "--rates", "10%", "--scenarios", "8", "--audits", "1", "--out", str(file))
    assert said.code == 0, said.err
    assert "8 种情景" in said.out
    lists = pd.read_csv(file, encoding="utf-8-sig", dtype=str)
    assert set(lists["household"]) <= set(waiting)
    assert list(lists.columns[:3]) == ["site", "position", "household"]
    record = json.loads(
        run("reserve", str(out), "--rates", "0.1", "--scenarios", "8", "--audits", "1", "--json", "--lang", "en").out
    )
    assert (record["scenarios"], record["audited"], record["audit_faults"]) == (8, 1, 0)
    assert len(record["lists"]) == len(lists)
    assert run("reserve", str(out), "--rates", "2").code == 2
    assert run("reserve", str(out), "--rates", "0.1", "--scenarios", "0").code == 2
