"""A command line whose solving is replaced: what it prints, where, and its exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from optimizer import api, cli
from optimizer.plan import Plan, StageResult
from optimizer.progress import Progress
from optimizer.wording import Wording

TITLE = Wording("进镇集中居住户数", "households moved to towns")


@dataclass(frozen=True)
class Said:
    """What one run of the command line leaves."""

    code: int
    out: str
    err: str


def make_plan(status: str = "complete") -> Plan:
    """A plan with one goal in people, one in money, and three clauses."""
    clauses = pd.DataFrame(
        {
            "clause": ["SJ-03", "SJ-03", "SJ-02", "SJ-05"],
            "status": ["binding", "binding", "met", "stretch missed"],
        }
    )
    stages = (
        StageResult("moved", "SJ-01", TITLE, "max", "households", 12_345, 12_347, 1.5, "prices"),
        StageResult("cost", "SJ-03", Wording("资金", "money"), "min", "fen", 100_000_000, 100_000_000, 0.5, "prices"),
    )
    return Plan(
        "songjiang", "small", status, {}, stages, clauses, {}, pd.DataFrame(), {}, seed=7, engine="prices",  # type: ignore[arg-type]
        engine_reason=Wording("按指定", "asked for by name"),
    )  # fmt: skip


def progress() -> Progress:
    """One event of the first goal."""
    return Progress(
        1, 2, TITLE, "max", 12_000, 12_400, 0.0333, "households", 0.5, Wording("第 3 轮", "round 3"), done=True
    )


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """``api`` replaced by a record of its calls that answers with ``make_plan()``."""
    seen: dict[str, Any] = {}
    task = SimpleNamespace(
        name="small", policy=SimpleNamespace(id="songjiang"), tables={"towns": pd.DataFrame({"a": [1]})}
    )

    def load(source: str, set: object = None) -> tuple[object, list[Wording]]:
        seen["load"] = (source, set)
        return task, [Wording("已按全角数字读入", "full-width digits read")]

    def solve(instance: object, **options: Any) -> Plan:
        seen["solve"] = (instance, options)
        options["progress"](progress())
        return make_plan()

    monkeypatch.setattr(api, "load_with_notices", load)
    monkeypatch.setattr(api, "solve", solve)
    monkeypatch.setattr(api, "write", lambda *given: seen.update(write=given))
    monkeypatch.setattr(api, "check", lambda *given: seen.update(check=given) or seen.get("found", []))
    monkeypatch.setattr(api, "new", lambda *given: seen.update(new=given))
    return seen


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run the command line in this process."""

    def command(*arguments: str) -> Said:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        out, err = capfd.readouterr()
        return Said(int(ended.value.code or 0), out, err)

    return command
