"""The run of a public set: one line a solver, aggregates, and alarms where a result contradicts what is published."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal
from pathlib import Path

import pytest

import benchmarks.public.run as running
from benchmarks.public.optima import Optimum
from benchmarks.public.run import chosen_instances, options, run
from benchmarks.public.summary import against, alarms, proven_by_peers_alone, shifted_mean, summary

PROVEN = Optimum("a", Decimal(100), "proven", Decimal(100), "x")
OPEN = Optimum("a", Decimal(100), "best-known", Decimal(95), "x")


def data(folder: Path) -> Path:
    """A hand-made assignment: two machines, three jobs; the cheap machine holds two of them (best: 1 + 2 + 6 = 9)."""
    (folder / "gap").mkdir()
    (folder / "gap" / "tiny.txt").write_text("2 3\n1 2 3\n4 5 6\n1 1 2\n2 1 1\n3 4\n", encoding="utf-8")
    known = "instance,sense,value,status,bound,source\ntiny,min,9,proven,9,by hand\n"
    (folder / "gap" / "optima.csv").write_text(known, encoding="utf-8")
    return folder


def test_every_solver_proves_the_hand_made_instance(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    options(parser)
    words = ["--data", str(data(tmp_path)), "--sets", "gap", "--limit", "10", "--peers", "highs,cpsat,cbc"]
    results = run(parser.parse_args(words))
    lines = [r for r in results if "instance" in r]
    assert [r["solver"] for r in lines] == ["prices", "highs", "cpsat", "cbc"]
    for line in lines:
        assert (line["status"], line["value"], line["bound"], line["gap"]) == ("proven", 9.0, 9.0, 0.0), line
        assert line["reached"]
        assert line["alarms"] == []
        assert line["peak_mb"] > 0
    assert "best plan by" in lines[0]["contributed"]
    assert {r["proven"] for r in results if "summary" in r} == {1}


def test_a_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no set 'pmed'"):
        chosen_instances(data(tmp_path), ["pmed"], [])


@pytest.mark.parametrize(
    ("value", "bound", "optimum", "words"),
    [
        (99.0, 99.0, PROVEN, "below the published bound"),
        (101.0, 101.0, PROVEN, "excludes the published value"),
        (94.0, None, OPEN, "below the published bound"),
        (100.0, 105.0, OPEN, "above the own value"),
    ],
)
def test_contradictions_are_alarms(value: float, bound: float | None, optimum: Optimum, words: str) -> None:
    assert any(words in alarm for alarm in alarms(value, bound, optimum))


def test_no_alarm_where_nothing_contradicts() -> None:
    assert alarms(100.0, 100.0, PROVEN) == []
    assert alarms(98.0, 96.0, OPEN) == []  # better than the best known, above its bound: news, no contradiction
    assert alarms(None, None, PROVEN) == []
    assert against({"value": 98.0, "bound": 96.0}, OPEN)["reached"]


def test_the_mean_is_geometric_and_shifted_by_a_second() -> None:
    assert shifted_mean([0.0, 3.0]) == pytest.approx(1.0)  # √(1·4) − 1
    assert shifted_mean([]) is None


def test_what_is_not_proven_counts_as_the_limit() -> None:
    line = {"set": "gap", "reached": True, "alarms": []}
    ours = line | {"instance": "a", "solver": "prices", "status": "stopped", "solve_seconds": 0.1}
    peer = line | {"instance": "a", "solver": "highs", "status": "proven", "solve_seconds": 1.0}
    told = {(s["summary"], s["solver"]): s for s in summary([ours, peer], 7.0)}
    assert told["gap", "prices"]["shifted_mean_seconds"] == 7.0
    assert told["all", "highs"]["shifted_mean_seconds"] == 1.0
    assert proven_by_peers_alone([ours, peer]) == ["a"]


def asked(folder: Path, *more: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    options(parser)
    chosen = parser.parse_args(["--data", str(folder), "--sets", "gap", "--limit", "5", *more])
    chosen.name = "public"
    return chosen


def test_an_interrupted_run_keeps_its_results_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, record = data(tmp_path), tmp_path / "record.json"
    second = (folder / "gap" / "tiny.txt").read_text(encoding="utf-8")
    (folder / "gap" / "tiny2.txt").write_text(second, encoding="utf-8")
    real, ran = running.in_child, list[str]()

    def interrupted(job: dict[str, object], place: Path) -> dict[str, object]:
        ran.append(Path(str(job["file"])).stem)
        if ran[-1] == "tiny2" and len(ran) == 2:
            raise KeyboardInterrupt
        return real(job, place)

    monkeypatch.setattr(running, "in_child", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(asked(folder, "--json", str(record)))
    assert [r["instance"] for r in json.loads(record.read_text())["results"] if "instance" in r] == ["tiny"]
    results = run(asked(folder, "--json", str(record), "--resume"))
    assert ran == ["tiny", "tiny2", "tiny2"]
    assert [r["instance"] for r in results if "instance" in r] == ["tiny", "tiny2"]
    assert {r["proven"] for r in results if "summary" in r} == {2}
    with pytest.raises(ValueError, match="differing: limit"):
        run(asked(folder, "--json", str(record), "--resume", "--limit", "6"))
