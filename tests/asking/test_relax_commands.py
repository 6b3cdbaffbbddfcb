"""``optimizer relax`` and ``optimizer prices``: what they print, where, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli_kit import Said, run  # noqa: F401

Run = Callable[..., Said]


def test_relax_answers_in_words_and_in_files(run: Run, tmp_path: Path) -> None:  # noqa: F811
    out = tmp_path / "answer"
    said = run("relax", "hunan-mini", "--set", "towns-chosen.equal=4", "--out", str(out))
    assert said.code == 0, said.err
    assert said.out.startswith("没有合法方案。")
    assert "HN-05 四(八) 示范县城数：等于 4" in said.out
    assert "--set towns-chosen.equal=2" in said.out
    record = json.loads((out / "relax.json").read_text(encoding="utf-8"))
    assert {c["rule"] for c in record["conflict"]} == {"towns-chosen", "each-group"}
    assert record["repairs"][0]["moves"][0]["to"] == 2
    assert record["repairs"][0]["holds"]
    assert record["repairs"][0]["goals"], "the repaired task is solved to its goals"
    assert (out / "answer.txt").read_text(encoding="utf-8").strip() == said.out.strip()


def test_relax_says_so_where_there_is_a_plan(run: Run) -> None:  # noqa: F811
    said = run("relax", "hunan-mini", "--json", "--lang", "en")
    assert said.code == 0, said.err
    assert json.loads(said.out)["status"] == "legal"


def test_mistakes_are_faulty_input(run: Run, tmp_path: Path) -> None:  # noqa: F811
    assert run("relax", "no-such-instance").code == 2
    said = run("relax", "hunan-mini", "--protect", "HN-99")
    assert said.code == 2
    assert "HN-99" in said.err
    assert run("prices", str(tmp_path)).code == 2
