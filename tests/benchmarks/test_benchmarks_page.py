"""The page of benchmarks is what the records give, and never mixes machines, settings or commits."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from benchmarks._page import PAGE, RESULTS, fingerprint, page, section, table

RECORDS = sorted(RESULTS.glob("*.json"))


def record() -> dict:
    return {
        "machine": {"cpu": "C", "cores": 2, "memory": "1 kB", "load": 0.5, "system": "S"},
        "settings": {"name": "scale", "sizes": [300, 600], "time": None, "versions": {"python": "3.11"},
                     "commit": "a" * 40, "date": "2026-11-25T00:00:00+00:00"},
        "results": [{"households": 300, "solver": "prices", "status": "complete", "value": 10, "bound": 11, "gap": 0.1,
                     "best_known": 10, "solve_seconds": 1.5, "seconds": 2.0, "peak_mb": 100.0}],
    }  # fmt: skip


def test_the_page_is_what_the_records_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("path", RECORDS, ids=lambda p: p.stem)
def test_records_have_their_shape(path: Path) -> None:
    found = json.loads(path.read_text(encoding="utf-8"))
    assert {"machine", "settings", "results"} == set(found)
    assert {"cpu", "cores"} <= set(found["machine"])
    assert {"name", "versions", "commit", "date"} <= set(found["settings"])
    fields = {"solver", "status", "value", "bound", "gap", "best_known", "solve_seconds", "seconds", "peak_mb"}
    for result in found["results"]:
        assert fields <= set(result)
        assert "instance" in result or "households" in result


@pytest.mark.parametrize(
    ("part", "name", "other"),
    [("machine", "cpu", "D"), ("machine", "cores", 4), ("settings", "gap", 0.5), ("settings", "commit", "b" * 40),
     ("settings", "versions", {"python": "3.12"})],
)  # fmt: skip
def test_different_runs_are_never_in_one_table(tmp_path: Path, part: str, name: str, other: object) -> None:
    first, second = record(), copy.deepcopy(record())
    second[part][name] = other
    assert fingerprint(first) != fingerprint(second)
    with pytest.raises(ValueError, match="one table"):
        section([first, second])
    for number, one in enumerate((first, second)):
        (tmp_path / f"{number}.json").write_text(json.dumps(one), encoding="utf-8")
    assert page(tmp_path).count("\n## scale") == 2


def test_the_same_run_on_another_day_shares_its_table(tmp_path: Path) -> None:
    first, second = record(), record()
    second["settings"]["date"] = "2026-11-26T00:00:00+00:00"
    second["machine"]["load"] = 2.0
    for number, one in enumerate((first, second)):
        (tmp_path / f"{number}.json").write_text(json.dumps(one), encoding="utf-8")
    written = page(tmp_path)
    assert written.count("\n## scale") == 1
    assert "2026-11-25 and 2026-11-26" in written
    assert "    python -m benchmarks run scale --sizes 300,600\n" in written


def test_a_peer_without_a_plan_is_told_in_words() -> None:
    row = record()["results"][0] | {"solver": "cbc", "status": "killed", "value": None}
    assert "did not heed its limit and was ended; no plan" in table([row])[-1]
    assert "no plan" not in table([row | {"value": 3}])[-1]  # ended after it had told a plan
    row["status"] = "no plan, ended at the limit"
    assert "no plan when its time was over" in table([row])[-1]
