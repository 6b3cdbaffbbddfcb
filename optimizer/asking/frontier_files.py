"""A frontier as files: the table, the pictures, the record, and a plan folder for each point."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from optimizer import api
from optimizer.analysis.tradeoff import Fact
from optimizer.asking.frontier import Frontier, Point
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report.answer_page import Section, answer_page, plan_rows
from optimizer.report.cells import guard, write_rows
from optimizer.report.frontier import frontier_rows
from optimizer.wording import Language, Wording

HEAD = "frontier.json"


def write_frontier(found: Frontier, out: str | Path, language: Language = "zh") -> None:
    """``out``/report.html, frontier.csv, frontier.svg, frontier.json, answer.txt and plan-1 … (a plan folder a point), moved into place whole.
    An earlier frontier folder is replaced; anything else is not touched (``OptimizerError``)."""
    header, rows = frontier_rows(found.told, language)
    names = [f"plan-{number}" for number in range(1, len(found.points) + 1)]
    columns = [[row[at] for row in rows] for at in range(len(header))]

    def fill(folder: Path) -> None:
        write_rows(folder / "frontier.csv", [guard(name) for name in header], columns)
        (folder / "frontier.svg").write_text(found.picture.to(language), encoding="utf-8")
        (folder / "answer.txt").write_text(found.text.to(language) + "\n", encoding="utf-8")
        (folder / "report.html").write_text(_page(found, header, rows, names, language), encoding="utf-8")
        write_record(folder / HEAD, frontier_record(found))
        for name, point in zip(names, found.points, strict=True):
            write_asked(point.plan, point.task, found.between.task, folder / name, language)

    write_whole(Path(out), HEAD, fill)


def _page(found: Frontier, header: list[str], rows: list[list[str]], names: list[str], language: Language) -> str:
    """The answer as one page; each plan's number leads to its own report."""
    told = found.told
    first, second = (told.short(goal, language) for goal in (0, 1))
    question = Wording(f"“{first}”和“{second}”如何取舍", f"'{first}' against '{second}'").to(language)
    words = [[row[0], *(f"{float(cell):,.12g}" for cell in row[1:])] for row in rows]
    sections = [
        Section(picture=found.picture.to(language)),
        Section(header=header, rows=plan_rows(names, words), lines=found.text.to(language).splitlines()),
    ]
    return answer_page(question, found.between.task, sections, language)


def frontier_record(found: Frontier) -> dict[str, Any]:
    """The answer in plain values: goals, points (base units of the unit beside them), what stays, what is proven."""
    two = found.between
    goals = [
        {"id": goal.id, "title": goal.title.model_dump(), "unit": goal.unit, "sense": goal.sense} for goal in two.goals
    ]
    return {
        "status": "stopped" if found.stopped else "ok",
        "between": goals,
        "complete": found.complete,
        "points": [_point(number, point, found) for number, point in enumerate(found.points, start=1)],
        "kept": [{"id": name, "value": value, "bound": bound} for name, (value, bound) in found.kept.items()],
        "refused": [{"values": list(r.values), "text": {"zh": r.text.zh, "en": r.text.en}} for r in found.refused],
        "proven": [_fact(fact, found) for fact in found.facts],
        "text": {"zh": found.text.zh, "en": found.text.en},
    }


def _fact(fact: Fact, found: Frontier) -> dict[str, Any]:
    """With the level ``at`` of goal ``given`` or better (None: any), the other goal is at best ``best``."""
    two = found.between
    at = None if fact.least is None else two.signs[fact.given] * fact.least
    return {"given": two.goals[fact.given].id, "at": at, "best": two.signs[1 - fact.given] * fact.most}


def _point(number: int, point: Point, found: Frontier) -> dict[str, Any]:
    held = None if point.level is None else {"id": found.between.goals[point.held].id, "level": point.level}
    gaps = [abs(m - v) / max(1, abs(v)) for v, m in zip(point.values, point.most, strict=True)]
    return {
        "plan": f"plan-{number}",
        "values": list(point.values),
        "most": list(point.most),
        "gaps": gaps,
        "held": held,
    }


def write_asked(plan: Plan, task: Instance, original: Instance, out: Path, language: Language) -> None:
    """The folder of a plan that was made for a question: it names the instance that it can be asked about."""
    settings = {**plan.settings, "source": original.source}
    api.write(replace(plan, settings=settings), task, out, language)


def write_record(path: Path, record: dict[str, Any]) -> None:
    """One JSON file."""
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_whole(out: Path, head: str, fill: Callable[[Path], None]) -> None:
    """Fill a new folder beside ``out`` and move it there; only a folder with the file ``head`` in it is replaced."""
    out = out.resolve()
    refuse_other(out, head)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as space:
        new = Path(space) / "new"
        new.mkdir()
        fill(new)
        if out.exists():
            shutil.move(out, Path(space) / "old")
        shutil.move(new, out)


def refuse_other(out: Path, head: str) -> None:
    """Raise ``OptimizerError`` where ``out`` holds anything but an earlier answer of the same sort."""
    if not out.exists() or (out.is_dir() and (not any(out.iterdir()) or (out / head).is_file())):
        return
    error = OptimizerError(
        Wording(f"“{out}”已有别的内容，不会覆盖。", f"'{out}' holds something else; it is not overwritten."),
        Wording("Maybe（也许）换一个 --out 文件夹。", "Maybe choose another --out folder."),
    )
    error.exit_code = 2  # type: ignore[misc]
    raise error
