"""docs/division.md: every number on it is computed by the code, and its policy lines are those of Hunan's file."""

from __future__ import annotations

import csv
import doctest
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "division.md"


def test_the_examples_come_out_as_the_page_says() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert found.attempted >= 15
    assert found.failed == 0


def test_the_residents_are_those_of_the_instance() -> None:
    text = PAGE.read_text(encoding="utf-8")
    with (ROOT / "instances" / "hunan" / "cities.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 14
    assert all(f'"{row["city"]}": {row["residents"]}' in text for row in rows)


def test_the_policy_lines_are_hunans() -> None:
    """The page's entries, read as TOML, say what the model file says."""
    section = PAGE.read_text(encoding="utf-8").split("## In a policy file")[1]
    shown = tomllib.loads("\n".join(line[4:] for line in section.splitlines() if line.startswith("    ")))
    model = tomllib.loads((ROOT / "models" / "hunan.toml").read_text(encoding="utf-8"))
    for part in ("rule", "objective"):
        (entry,) = shown[part]
        theirs = next(e for e in model[part] if e["id"] == entry["id"])
        assert {key: theirs.get(key) for key in entry} == entry
